"""
What a SQLAlchemy foreign key refers to, also where its target is not at hand.

Place: `schema`, below `lower_table`.
"""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa


def referred(
    item: sa.ForeignKeyConstraint,
) -> tuple[str | None, str, tuple[str, ...]]:
    """Return schema, table and columns that a foreign key refers to."""
    schema: str | None = None
    table = ""
    columns: list[str] = []
    for element in item.elements:
        column = target_column(element)
        if column is not None:
            target = column.table
            schema, table = target.schema, str(target.name)
            columns.append(str(column.name))
            continue
        schema, table, name = cast(Any, element)._column_tokens
        schema = schema or item.table.metadata.schema
        columns.append(str(name or element.parent.key))
    return schema, table, tuple(columns)


def target_column(element: sa.ForeignKey) -> sa.Column[Any] | None:
    """Return the column that *element* refers to, if it is at hand."""
    anything: Any = element
    given = getattr(anything, "target_column", None)  # SQLAlchemy 2.1
    if given is None and isinstance(
        spec := anything.__dict__.get("_colspec"), sa.Column
    ):
        given = spec  # SQLAlchemy 2.0
    if given is not None:
        return cast("sa.Column[Any]", given)
    schema, table, name = anything._column_tokens
    metadata = element.parent.table.metadata
    schema = schema or metadata.schema
    found = metadata.tables.get(f"{schema}.{table}" if schema else table)
    if found is None:
        return None
    name = name or element.parent.key
    if anything.link_to_name:
        return next((c for c in found.c if c.name == name), None)
    return found.c.get(name)
