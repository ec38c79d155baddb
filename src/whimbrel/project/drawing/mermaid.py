"""
The text that Mermaid draws: what README files and issues show as a picture.

Place: `project.drawing`, above `words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whimbrel.project.drawing.words import heading, marked
from whimbrel.project.graph import GraphNode, MigrationGraph

STYLES = """\
  classDef applied fill:#d9f2e3,stroke:#1a7f4b,color:#0b3d24
  classDef replaced fill:#d7ecfa,stroke:#1f6fa8,color:#0c3450
  classDef pending fill:#fff1cf,stroke:#a86a00,color:#4a3000
  classDef unknown fill:#eceff3,stroke:#667085,color:#1d2430
  classDef conflict stroke:#c01c28,stroke-width:3px
  classDef context stroke-dasharray:4 3"""
"""Fills with texts of their own colour, so that they hold on light and dark."""


def flowchart(graph: MigrationGraph) -> str:
    """Return *graph* as a flow chart, an app a box."""
    return "".join(f"{line}\n" for line in _flowchart(graph))


def _flowchart(graph: MigrationGraph) -> Iterator[str]:
    ids = {node.key: f"m{number}" for number, node in enumerate(graph.nodes)}
    conflicts = graph.conflicts
    yield "---"
    yield f"title: {quoted(heading(graph))}"
    yield "---"
    yield "flowchart TB"
    for number, app in enumerate(graph.apps):
        yield f"  subgraph app{number} [{quoted(app)}]"
        for node in graph.nodes:
            if node.app == app:
                yield f"    {ids[node.key]}[{quoted(marked(node))}]"
        yield "  end"
    for node in graph.nodes:
        for parent in node.after:
            arrow = "-. run_before .->" if parent in node.pushed else "-->"
            yield f"  {ids[parent]} {arrow} {ids[node.key]}"
    yield STYLES
    members: dict[str, list[str]] = {}
    for node in graph.nodes:
        for name in _classes(node, conflict=node.key in conflicts):
            members.setdefault(name, []).append(ids[node.key])
    for name, found in members.items():
        yield f"  class {','.join(found)} {name}"


def _classes(node: GraphNode, *, conflict: bool) -> Iterator[str]:
    yield node.status.value
    if conflict:
        yield "conflict"
    if node.context:
        yield "context"


def quoted(text: str) -> str:
    """Return *text* in quotes; what Mermaid or HTML would read becomes a number."""
    plain = " ".join(text.split())
    return '"' + re.sub(r'[#"<>&`\\]', lambda found: f"#{ord(found[0])};", plain) + '"'
