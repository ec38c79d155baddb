"""
Blueprints of SQLAlchemy-style models: classes for the tables of a state.

Place: `state`, above `assemble` and `model`. A foreign key of one column gives
a relation: its name is the column's without ``_id`` where that is free, and the
way back is ``<model>_set``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from whimbrel.models.mapping import Blueprint, Reference
from whimbrel.state.assemble import assemble_table
from whimbrel.state.model import ModelState
from whimbrel.state.tables import (
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

OfTable = Callable[[str], ModelState | None]
"""Gives the model whose table has this full name."""


def table_blueprint(
    model: ModelState, of_table: OfTable, metadata: sa.MetaData
) -> Blueprint:
    """Return what to map for a SQLAlchemy-style *model*."""
    table = assemble_table(model, metadata)
    return Blueprint(
        key=model.key,
        label=model.label,
        table=table,
        columns={column.name: column for column in table.columns},
        references=tuple(table_references(model, of_table)),
    )


def table_references(model: ModelState, of_table: OfTable) -> Iterator[Reference]:
    """Yield the relations that foreign keys of one column make."""
    taken = set(model.fields)
    for constraint in model.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        target = of_table(constraint.target)
        if target is None or len(constraint.columns) != 1:
            continue
        (column,) = constraint.columns
        name = relation_name(column, taken)
        if name is None:
            continue
        taken.add(name)
        yield Reference(
            name=name,
            attribute=column,
            target=target.key,
            target_attribute=constraint.target_columns[0],
            accessor=f"{model.name_lower}_set",
            query_name=model.name_lower,
            single=is_unique(model, column),
        )


def relation_name(column: str, taken: set[str]) -> str | None:
    """Return a free name for the relation that *column* keeps, if there is one."""
    plain = column.removesuffix("_id") if column.endswith("_id") else f"{column}_object"
    return plain if plain and plain not in taken else None


def is_unique(model: ModelState, column: str) -> bool:
    """Return whether a constraint lets a value of *column* occur only once."""
    return any(
        constraint.columns == (column,)
        for constraint in model.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
    )
