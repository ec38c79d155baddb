"""
What existing rows get in a column that is new, or that must no longer be NULL.

Place: `schema`, above `lineage`, below `transition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from whimbrel.migrations.hints import Hints
from whimbrel.models import Field
from whimbrel.models.table import NO_DEFAULT, effective_default
from whimbrel.schema.lineage import TablePair
from whimbrel.schema.lower import Lowering
from whimbrel.schema.lower_table import TableLowering
from whimbrel.schema.objects import Column, Constraint, Index, Table
from whimbrel.schema.statement import PythonFill
from whimbrel.state.assemble import build_expression
from whimbrel.state.construct import Construct
from whimbrel.state.model import ModelKey
from whimbrel.state.project import ProjectState

Fill: TypeAlias = str | PythonFill
"""SQL, or what only Python can give."""


@dataclass(frozen=True, slots=True)
class Filling:
    """
    Where values are looked for.

    Args:
        after, leads_to: The state after the change, and after its whole migration,
            which may make a column unique that is not yet so.
    """

    after: ProjectState
    leads_to: ProjectState
    hints: Hints
    lowering: Lowering

    @property
    def tables(self) -> TableLowering:
        return self.lowering.database.tables


def fills_of(pair: TablePair, filling: Filling) -> dict[str, Fill]:
    """
    Return column → the value for existing rows.

    In this order: what the operation says, a Django-style field's default, and on
    the way back the neutral value of a type where NULL is not allowed.
    """
    if pair.before is None or pair.after is None:
        return {}
    old = {pair.renamed.get(c.name, c.name): c for c in pair.before.columns}
    fills: dict[str, Fill] = {}
    for column in pair.after.columns:
        previous = old.get(column.name)
        if column.name in pair.replaced:
            previous = None
        if not wants_fill(previous, column):
            continue
        fill = fill_of(pair, previous, column, filling)
        if fill is not None:
            fills[column.name] = fill
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
    filling: Filling,
) -> Fill | None:
    """Return the fill of one column, None for none."""
    hints = filling.hints
    name = pair.fields.get(column.name)
    made = None
    if pair.model is not None and name is not None:
        key = (*pair.model, name)
        if key in hints.fills:
            return spelled(pair, column, name, hints.fills[key], filling)
        made = filling.after.models[pair.model].fields.get(name)
        if column.default is None and isinstance(made, Field):
            if callable(made.default) and made.default is not NO_DEFAULT:
                return spelled(pair, column, name, made.default, filling)
            value = effective_default(made)
            if value is not NO_DEFAULT:
                return spelled(pair, column, name, value, filling)
    if column.nullable:
        return None
    if column.default is not None:
        return None if before is None else column.default
    # Forwards somebody was asked for a field's value; going back nobody can be, and
    # for a column that no field says (``_order``) nobody is.
    return column.empty if hints.fills_neutrally or made is None else None


def spelled(
    pair: TablePair, column: Column, name: str, value: Any, filling: Filling
) -> Fill | None:
    """
    Return *value*, a Python value, a callable or an expression, for existing rows.

    A callable is called once; for each row where the column is in a unique key, in
    SQL if SQL can do what it does.
    """
    assert pair.model is not None
    assert pair.after is not None
    type_ = filling.lowering.column_type(filling.after, pair.model, name)
    literals = filling.tables.literals
    if callable(value) and not hasattr(value, "resolve"):
        if in_unique_key(pair.after, column.name) or will_be_unique(
            pair.model, name, filling
        ):
            each = literals.each_row(value, type_)
            return PythonFill(value=value, type=type_) if each is None else each
        value = value()
    if value is None:
        return None
    value = resolved(value)
    sql = literals.literal(value, type_)
    return PythonFill(value=value, type=type_, once=True) if sql is None else sql


def in_unique_key(table: Table, column: str) -> bool:
    """Whether two rows of *table* may be forbidden to agree in *column*."""
    items: list[Constraint | Index] = [
        *(item for item in table.constraints if item.kind == "unique"),
        *(item for item in table.indexes if item.unique),
    ]
    if table.primary_key is not None:
        items.append(table.primary_key)
    return any(column in item.columns for item in items)


def will_be_unique(model: ModelKey, name: str, filling: Filling) -> bool:
    """Whether the migration puts a field into a unique key, now or later."""
    if model not in filling.leads_to.models:
        return False
    lowered = filling.lowering.lower(filling.leads_to, model)
    column = lowered.columns.get(name)
    if lowered.main is None or column is None:
        return False
    return in_unique_key(lowered.main, column)


def resolved(value: Any) -> Any:
    """Return an expression as SQLAlchemy's own, any other value as it is."""
    if isinstance(value, Construct):
        value = build_expression(value)
    return value.resolve(_no_column) if hasattr(value, "resolve") else value


def _no_column(name: str) -> Any:
    raise KeyError(name)
