"""
What pictures of the graph say about a migration.

Place: `project.drawing`, lowest part. A mark stands beside every colour, because
not everybody tells colours apart, and text forms have none.
"""

from __future__ import annotations

from whimbrel.project.graph import GraphNode, MigrationGraph, Status

MARKS = {
    Status.APPLIED: "✓",
    Status.REPLACED: "◐",
    Status.PENDING: "○",
    Status.UNKNOWN: "",
}

MEANINGS = {
    Status.APPLIED: "applied",
    Status.REPLACED: "all that it replaces is applied",
    Status.PENDING: "pending",
    Status.UNKNOWN: "no database asked",
}


def marked(node: GraphNode) -> str:
    """Return the name of a migration behind the mark of its status."""
    return f"{MARKS[node.status]} {node.name}".strip()


def heading(graph: MigrationGraph) -> str:
    """Return what the picture shows."""
    if graph.database is None:
        return "Migrations"
    return f"Migrations of database {graph.database}"


def notes(node: GraphNode, *, conflict: bool) -> tuple[str, ...]:
    """Return what there is to say about a migration, its name first."""
    status = MEANINGS[node.status]
    if node.when is not None:
        status += f" {node.when:%Y-%m-%d %H:%M:%S}"
    found = [f"{node.app}.{node.name}: {status}"]
    if conflict:
        found.append("one of several ends of its app")
    if node.replaces:
        replaced = ", ".join(f"{app}.{name}" for app, name in node.replaces)
        found.append(f"replaces {replaced}")
    return tuple(found)


def operations(node: GraphNode) -> tuple[tuple[str, str], ...]:
    """Return the operations of a migration: symbol and words."""
    return tuple(
        (
            one.symbol,
            one.text + (f" ({one.detail})" if one.detail else ""),
        )
        for one in node.operations
    )
