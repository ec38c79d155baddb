"""
The graph of migrations as a picture.

Place: `project.drawing`, above `words` and `picture`.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.project.drawing.picture import Box, Entry, Link, Picture
from whimbrel.project.drawing.words import (
    MARKS,
    MEANINGS,
    heading,
    notes,
    operations,
)
from whimbrel.project.graph import GraphNode, MigrationGraph, Status


def migrations_picture(graph: MigrationGraph) -> Picture:
    """Return *graph* as boxes in the lanes of their apps."""
    conflicts = graph.conflicts
    return Picture(
        title=heading(graph),
        kind="migrations",
        boxes=tuple(_box(node, conflict=node.key in conflicts) for node in graph.nodes),
        links=tuple(
            Link(
                upper=_key(parent),
                lower=_key(node.key),
                dashed=parent in node.pushed,
                note=f"{_key(parent)} comes before {_key(node.key)}"
                + (" (run_before)" if parent in node.pushed else ""),
            )
            for node in graph.nodes
            for parent in node.after
        ),
        legend=tuple(_legend(graph)),
    )


def _key(key: tuple[str, str]) -> str:
    return ".".join(key)


def _box(node: GraphNode, *, conflict: bool) -> Box:
    looks = {"conflict": conflict, "context": node.context}
    return Box(
        key=_key(node.key),
        group=node.app,
        title=node.name,
        caption=node.app + (" · squash" if node.replaces else ""),
        mark=MARKS[node.status],
        looks=(node.status.value, *(name for name, is_so in looks.items() if is_so)),
        notes=notes(node, conflict=conflict),
        details=operations(node),
    )


def _legend(graph: MigrationGraph) -> Iterator[Entry]:
    for status in Status:
        if any(node.status is status for node in graph.nodes):
            yield Entry(looks=status.value, mark=MARKS[status], text=MEANINGS[status])
    if graph.conflicts:
        yield Entry(looks="conflict", mark="", text="several ends of one app")
    if any(node.context for node in graph.nodes):
        yield Entry(looks="context", mark="", text="of another app")
    if any(node.pushed for node in graph.nodes):
        yield Entry(looks="link", mark="", text="run_before")
