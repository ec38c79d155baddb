"""
The text that Graphviz draws.

Place: `project.drawing`, above `words`.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.project.drawing.words import heading, marked, notes, operations
from whimbrel.project.graph import GraphNode, MigrationGraph, Status

FILLS = {
    Status.APPLIED: ("#d9f2e3", "#1a7f4b"),
    Status.REPLACED: ("#d7ecfa", "#1f6fa8"),
    Status.PENDING: ("#fff1cf", "#a86a00"),
    Status.UNKNOWN: ("#eceff3", "#667085"),
}
"""Status → fill and border."""


def digraph(graph: MigrationGraph) -> str:
    """Return *graph* as a directed graph, an app a cluster."""
    return "".join(f"{line}\n" for line in _digraph(graph))


def _digraph(graph: MigrationGraph) -> Iterator[str]:
    conflicts = graph.conflicts
    yield "digraph migrations {"
    yield f"  graph [label={quoted(heading(graph))}, labelloc=t, rankdir=TB];"
    yield '  graph [fontname="sans-serif"];'
    yield '  node [fontname="monospace", shape=box, style="rounded,filled"];'
    yield '  edge [color="#667085", fontname="sans-serif", fontsize=10];'
    for number, app in enumerate(graph.apps):
        yield f"  subgraph cluster_{number} {{"
        yield f'    label={quoted(app)}; style=rounded; color="#98a2b3";'
        for node in graph.nodes:
            if node.app == app:
                yield f"    {_node(node, conflict=node.key in conflicts)}"
        yield "  }"
    for node in graph.nodes:
        for app, name in node.after:
            pushed = (app, name) in node.pushed
            look = ' [style=dashed, label="run_before"]' if pushed else ""
            yield f"  {quoted(f'{app}.{name}')} -> {_id(node)}{look};"
    yield "}"


def _node(node: GraphNode, *, conflict: bool) -> str:
    fill, border = FILLS[node.status]
    look = {"fillcolor": fill, "color": "#c01c28" if conflict else border}
    if conflict:
        look["penwidth"] = "3"
    if node.context:
        look["style"] = "rounded,filled,dashed"
    look["label"] = marked(node)
    said = (f"{symbol} {text}" for symbol, text in operations(node))
    look["tooltip"] = "\n".join((*notes(node, conflict=conflict), *said))
    return f"{_id(node)} [{', '.join(f'{k}={quoted(v)}' for k, v in look.items())}];"


def _id(node: GraphNode) -> str:
    return quoted(f"{node.app}.{node.name}")


def quoted(text: str) -> str:
    """Return *text* as a quoted string."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
