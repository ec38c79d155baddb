"""
SQLAlchemy columns taken apart.

Place: `state.dissect`, above `items` and `sequences`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.sql import naming

from whimbrel.errors.state import (
    ColumnNameMismatch,
    ColumnSaysTooMuch,
    NamingConventionFailed,
    StateError,
)
from whimbrel.state.construct import Construct
from whimbrel.state.dissect.arguments import plain_text
from whimbrel.state.dissect.expressions import dissect_expression
from whimbrel.state.dissect.items import name_of, options_of, sql_of
from whimbrel.state.dissect.sequences import dissect_identity, dissect_sequence
from whimbrel.state.dissect.types import dissect_type
from whimbrel.state.tables import Column

CHECK_NAME = "check_name"
"""Key of ``sa.Column(info=…)`` that holds `tables.Column.check_name`."""


def dissect_column(column: sa.Column[Any]) -> Column:
    """Return *column* without its name, keys and indexes.

    Raises:
        StateError: its type or an expression cannot be taken apart.
    """
    try:
        return _dissected(column)
    except StateError as error:
        table = getattr(column, "table", None)
        place = f"{table.fullname}.{column.name}" if table is not None else column.name
        raise error.at(f"column {place}") if place else error from None


def _dissected(column: sa.Column[Any]) -> Column:
    default = column.server_default
    sequence = column.default
    return Column(
        type=dissect_type(column.type),
        nullable=bool(column.nullable),
        primary_key=column.primary_key,
        autoincrement=column.autoincrement,
        server_default=default_sql(default),
        server_onupdate=default_sql(column.server_onupdate),
        computed=dissect_computed(column.computed),
        identity=dissect_identity(column.identity) if column.identity else None,
        sequence=dissect_sequence(sequence)
        if isinstance(sequence, sa.Sequence)
        else None,
        comment=column.comment,
        quote=getattr(column.name, "quote", None),
        check_name=check_name(column),
        options=options_of(column),
    )


def default_sql(default: object) -> str | Construct | None:
    """Return what a DEFAULT clause says; None for a mere promise of one."""
    if not isinstance(default, sa.DefaultClause):
        return None
    said = default.arg
    return plain_text(said) if isinstance(said, str) else dissect_expression(said)


def dissect_computed(computed: sa.Computed | None) -> Construct | None:
    """Return the call that makes *computed*."""
    if computed is None:
        return None
    kept = computed.persisted
    kwargs = () if kept is None else (("persisted", kept),)
    return Construct("sqlalchemy.Computed", (sql_of(computed.sqltext),), kwargs)


def check_name(column: sa.Column[Any]) -> str | None:
    """Return the name of the type's CHECK, where it is not the type's own name."""
    if CHECK_NAME in column.info:
        return str(column.info[CHECK_NAME])
    every = (column.type, *column.type._variant_mapping.values())
    # Types that bring a check are few; look at the table only for those.
    bringing = [t for t in every if getattr(t, "create_constraint", False)]
    if not bringing or not isinstance(column.table, sa.Table):
        return None
    known = {getattr(type_, "name", None) for type_ in bringing}
    for constraint in sorted(column.table.constraints, key=lambda c: c._creation_order):
        if is_type_bound(constraint) and column in columns_in(constraint):
            name = bound_name(constraint, column.table)
            if name not in known:
                return name
    return None


def is_type_bound(constraint: sa.Constraint) -> bool:
    """Return whether a type brings *constraint* with it."""
    return bool(getattr(constraint, "_type_bound", False))


def columns_in(constraint: sa.Constraint) -> set[sa.Column[Any]]:
    """Return the columns that *constraint* is over."""
    return set(getattr(constraint, "columns", ()))


def bound_name(constraint: sa.Constraint, table: sa.Table) -> str | None:
    """Return the name that SQLAlchemy's DDL compiler gives a check of a type."""
    name = name_of(constraint)
    if name is not None:
        return name
    try:
        found = naming._constraint_name_for_table(constraint, table)  # type: ignore[no-untyped-call]
    except InvalidRequestError as error:
        raise NamingConventionFailed(
            str(error), where=f"table {table.fullname}"
        ) from error
    return plain_text(found) if isinstance(found, str) else None


def check_column_alone(column: sa.Column[Any], name: str | None = None) -> None:
    """Raise unless a column given to an operation says only what a column is.

    Args:
        name: What the operation calls the column, if it says so.

    Raises:
        ColumnSaysTooMuch: ST123.

        ColumnNameMismatch: ST128.
    """
    if column.foreign_keys or column._proxies:
        raise ColumnSaysTooMuch("a ForeignKey", "AddConstraint")
    if column.unique:
        raise ColumnSaysTooMuch("unique=True", "AddConstraint or AddIndex")
    if column.index:
        raise ColumnSaysTooMuch("index=True", "AddIndex")
    if column.constraints:
        raise ColumnSaysTooMuch("a constraint", "AddConstraint")
    if name is not None and column.name is not None and column.name != name:
        raise ColumnNameMismatch(plain_text(column.name), name)
