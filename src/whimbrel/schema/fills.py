"""
What existing rows get in a column that is new, or that must no longer be NULL.

Place: `schema`, above `lineage`, below `transition`.
"""

from __future__ import annotations

from typing import Any

from whimbrel.errors.schema import FillNotSpelled
from whimbrel.migrations.hints import Hints
from whimbrel.models import Field
from whimbrel.models.table import NO_DEFAULT, effective_default
from whimbrel.schema.lineage import TablePair
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import Column, Table
from whimbrel.state.assemble import build_expression
from whimbrel.state.construct import Construct
from whimbrel.state.project import ProjectState


def fills_of(
    pair: TablePair, after: ProjectState, hints: Hints, lowering: Lowering
) -> dict[str, str]:
    """
    Return column → SQL of the value for existing rows.

    In this order: what the operation says, a Django-style field's default, and on
    the way back the neutral value of a type where NULL is not allowed.

    Raises:
        FillNotSpelled: SC103.
    """
    if pair.before is None or pair.after is None:
        return {}
    old = {pair.renamed.get(c.name, c.name): c for c in pair.before.columns}
    fills: dict[str, str] = {}
    for column in pair.after.columns:
        previous = old.get(column.name)
        if column.name in pair.replaced:
            previous = None
        if not wants_fill(previous, column):
            continue
        sql = fill_of(pair, previous, column, after, hints, lowering)
        if sql is not None:
            fills[column.name] = sql
    return fills


def wants_fill(before: Column | None, after: Column) -> bool:
    """Whether rows lack a value that the database does not give by itself."""
    if after.computed is not None or after.auto_increment is not None:
        return False
    return before is None or (before.nullable and not after.nullable)


def fill_of(
    pair: TablePair,
    before: Column | None,
    column: Column,
    after: ProjectState,
    hints: Hints,
    lowering: Lowering,
) -> str | None:
    """Return the fill of one column, None for none."""
    name = pair.fields.get(column.name)
    made = None
    if pair.model is not None and name is not None:
        key = (*pair.model, name)
        if key in hints.fills:
            return spelled(pair, column, name, hints.fills[key], after, lowering)
        made = after.models[pair.model].fields.get(name)
        if column.default is None and isinstance(made, Field):
            if callable(made.default) and made.default is not NO_DEFAULT:
                return spelled(pair, column, name, made.default, after, lowering)
            value = effective_default(made)
            if value is not NO_DEFAULT:
                return spelled(pair, column, name, value, after, lowering)
    if column.nullable:
        return None
    if column.default is not None:
        return None if before is None else column.default
    # Forwards somebody was asked for a field's value; going back nobody can be, and
    # for a column that no field says (``_order``) nobody is.
    return column.empty if hints.fills_neutrally or made is None else None


def spelled(
    pair: TablePair,
    column: Column,
    name: str,
    value: Any,
    after: ProjectState,
    lowering: Lowering,
) -> str | None:
    """Return SQL of *value*, a Python value, a callable or an expression."""
    assert pair.model is not None
    assert pair.after is not None
    type_ = lowering.column_type(after, pair.model, name)
    literals = lowering.database.tables.literals
    if callable(value) and not hasattr(value, "resolve"):
        if is_unique(pair.after, column.name):
            each = literals.each_row(value, type_)
            if each is not None:
                return each
        value = value()
    if value is None:
        return None
    if isinstance(value, Construct):
        value = build_expression(value)
    if hasattr(value, "resolve"):
        value = value.resolve(_no_column)
    sql = literals.literal(value, type_)
    if sql is None:
        raise FillNotSpelled(pair.after.name, column.name, value)
    return sql


def is_unique(table: Table, column: str) -> bool:
    """Whether no two rows of *table* may have the same value in *column*."""
    keys = [c.columns for c in table.constraints if c.kind == "unique"]
    keys += [i.columns for i in table.indexes if i.unique]
    if table.primary_key is not None:
        keys.append(table.primary_key.columns)
    return (column,) in keys


def _no_column(name: str) -> Any:
    raise KeyError(name)
