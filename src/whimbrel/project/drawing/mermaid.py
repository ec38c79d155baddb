"""
The text that Mermaid draws: what README files and issues show as a picture.

Place: `project.drawing`, above `words` and `tables`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from whimbrel.project.diagram import Attribute, SchemaDiagram
from whimbrel.project.drawing.tables import tables_heading
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
    yield f"title: {_scalar(heading(graph))}"
    yield "---"
    yield "flowchart TB"
    for number, (app, nodes) in enumerate(graph.by_app().items()):
        yield f"  subgraph app{number} [{quoted(app)}]"
        for node in nodes:
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


def er_diagram(diagram: SchemaDiagram) -> str:
    """Return *diagram* as an entity relationship diagram."""
    return "".join(f"{line}\n" for line in _er_diagram(diagram))


def _er_diagram(diagram: SchemaDiagram) -> Iterator[str]:
    yield "---"
    yield f"title: {_scalar(tables_heading(diagram))}"
    yield "---"
    yield "erDiagram"
    for entity in diagram.entities:
        yield f"  {quoted(entity.name)} {{"
        for column in entity.columns:
            yield f"    {_column(column)}"
        yield "  }"
    for entity, reference in diagram.drawn():
        one = "|o" if reference.optional else "||"
        many = "o|" if reference.single else "o{"
        yield (
            f"  {quoted(reference.target)} {one}--{many} {quoted(entity.name)} "
            f": {quoted(', '.join(reference.columns))}"
        )


def _column(column: Attribute) -> str:
    unique = column.unique and not column.primary_key
    keys = {"PK": column.primary_key, "FK": column.refers, "UK": unique}
    marks = ", ".join(mark for mark, is_so in keys.items() if is_so)
    name = _word(column.name)
    told = [] if name == column.name else [column.name]
    if column.nullable:
        told.append("NULL")
    comment = quoted(", ".join(told)) if told else ""
    return " ".join(filter(None, (_word(column.type), name, marks, comment)))


def _word(text: str) -> str:
    """Return *text* as one word of those that Mermaid takes for types and names."""
    word = re.sub(r"[^\w()\[\]-]+", "_", text).strip("_") or "_"
    return word if word[0].isalpha() else f"c_{word}"


def _scalar(text: str) -> str:
    """Return *text* as YAML, in which titles are said."""
    return json.dumps(text, ensure_ascii=False)


def quoted(text: str) -> str:
    """Return *text* in quotes; what Mermaid or HTML would read becomes a number."""
    plain = " ".join(text.split())
    return '"' + re.sub(r'[#"<>&`\\]', lambda found: f"#{ord(found[0])};", plain) + '"'
