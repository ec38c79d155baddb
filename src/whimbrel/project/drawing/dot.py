"""
The text that Graphviz draws.

Place: `project.drawing`, above `words` and `tables`.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from whimbrel.project.diagram import Attribute, Entity, SchemaDiagram
from whimbrel.project.drawing.tables import (
    key_mark,
    reference_words,
    tables_heading,
)
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
    for number, (app, nodes) in enumerate(graph.by_app().items()):
        yield f"  subgraph cluster_{number} {{"
        yield f'    label={quoted(app)}; style=rounded; color="#98a2b3";'
        for node in nodes:
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


def tables_digraph(diagram: SchemaDiagram) -> str:
    """Return *diagram* as a directed graph, with crow's feet."""
    return "".join(f"{line}\n" for line in _tables_digraph(diagram))


def _tables_digraph(diagram: SchemaDiagram) -> Iterator[str]:
    yield "digraph tables {"
    yield f"  graph [label={quoted(tables_heading(diagram))}, labelloc=t, rankdir=TB];"
    yield '  graph [fontname="sans-serif"];'
    yield '  node [fontname="monospace", shape=plain];'
    yield '  edge [color="#667085", dir=both];'
    for entity in diagram.entities:
        yield f"  {quoted(entity.name)} [label=<{_table(entity)}>];"
    for entity, reference in diagram.drawn():
        one = "teeodot" if reference.optional else "teetee"
        many = "teeodot" if reference.single else "crowodot"
        yield (
            f"  {quoted(reference.target)} -> {quoted(entity.name)} "
            f"[arrowtail={one}, arrowhead={many}, "
            f"tooltip={quoted(reference_words(entity, reference))}];"
        )
    yield "}"


def _table(entity: Entity) -> str:
    border = "#98a2b3" if entity.context else "#344054"
    rows = "".join(_row(column) for column in entity.columns)
    return (
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" COLOR="{border}">'
        f'<TR><TD COLSPAN="3" BGCOLOR="#eceff3"><B>{escape(entity.name)}</B></TD></TR>'
        f"{rows}</TABLE>"
    )


def _row(column: Attribute) -> str:
    kind = column.type + (" NULL" if column.nullable else "")
    cells = (key_mark(column), column.name, kind)
    inside = "".join(f'<TD ALIGN="LEFT">{escape(cell) or " "}</TD>' for cell in cells)
    return f"<TR>{inside}</TR>"


def quoted(text: str) -> str:
    """Return *text* as a quoted string."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
