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
    Status.UNKNOWN: "not asked",
}


def marked(node: GraphNode) -> str:
    """Return the name of a migration behind the mark of its status."""
    return f"{MARKS[node.status]} {node.name}".strip()


def heading(graph: MigrationGraph) -> str:
    """Return what the picture shows."""
    if graph.database is None:
        return "Migrations"
    return f"Migrations of database {graph.database}"


def said(node: GraphNode, *, conflict: bool) -> tuple[str, ...]:
    """Return what there is to say about a migration, a line each, its name first."""
    lines = [f"{node.app}.{node.name}: {MEANINGS[node.status]}"]
    if node.when is not None:
        lines[0] += f" {node.when:%Y-%m-%d %H:%M:%S}"
    if conflict:
        lines.append("one of several ends of its app")
    if node.replaces:
        replaced = ", ".join(f"{app}.{name}" for app, name in node.replaces)
        lines.append(f"replaces {replaced}")
    for operation in node.operations:
        detail = f" ({operation.detail})" if operation.detail else ""
        lines.append(f"{operation.symbol} {operation.text}{detail}")
    return tuple(lines)
