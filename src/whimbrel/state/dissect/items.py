"""
What columns, constraints and indexes have in common, taken apart.

Place: `state.dissect`, above `expressions`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause

from whimbrel.errors.state import ConditionNotUnderstood, TypeNotUnderstood
from whimbrel.state.construct import Argument, Construct, DictValue, ListValue
from whimbrel.state.dissect.arguments import UNKNOWN, plain_argument, plain_text
from whimbrel.state.dissect.expressions import dissect_expression
from whimbrel.state.dissect.types import dissect_type
from whimbrel.state.tables import Options

COLUMN_NAMES = ("_include", "_ops", "_length", "_prefix")
"""Endings of dialect arguments that name columns, by their keys in the table."""

SQL_TEXTS = ("_where",)
"""Endings of dialect arguments in which a plain string is SQL."""


def name_of(item: Any) -> str | None:
    """Return the name of *item*: conventions have been applied, or it has none."""
    name = item.name
    return plain_text(name) if isinstance(name, str) else None


def dialects_of(item: Any) -> tuple[str, ...]:
    """Return the databases of ``ddl_if``, sorted.

    Raises:
        ConditionNotUnderstood: ST125, the condition is a function.
    """
    condition = item._ddl_if
    if condition is None:
        return ()
    if condition.callable_ is not None:
        raise ConditionNotUnderstood(f"{type(item).__name__} {name_of(item)!r}")
    given = condition.dialect
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(sorted(given))


def options_of(item: Any, table: sa.Table | None = None) -> Options:
    """Return the dialect arguments of *item*, sorted, without empty ones."""
    # Asking for `dialect_kwargs` makes a collection; most items have none.
    if "dialect_options" not in vars(item):
        return ()
    kwargs = item.dialect_kwargs
    said = ((key, option(key, kwargs[key], table)) for key in sorted(kwargs))
    return tuple((key, value) for key, value in said if not is_empty(value))


def is_empty(value: Argument) -> bool:
    """Return whether an option says nothing."""
    return value is None or (isinstance(value, ListValue | DictValue) and not value)


def option(key: str, value: object, table: sa.Table | None) -> Argument:
    """Return one dialect argument as the state keeps it."""
    if isinstance(value, str) and key.endswith(SQL_TEXTS):
        return Construct("sqlalchemy.text", (plain_text(value),))
    if isinstance(value, list | tuple | dict) and key.endswith(COLUMN_NAMES):
        return named_columns(value, table)
    return option_value(key, value)


def option_value(key: str, value: object) -> Argument:
    """Return a value, or what is inside a list, of the dialect argument *key*."""
    if isinstance(value, sa.types.TypeEngine):
        return dissect_type(value)
    if isinstance(value, ColumnClause) and not value.is_literal:
        return plain_text(value.name)
    if isinstance(value, ClauseElement):
        return dissect_expression(value)
    if isinstance(value, list):
        return ListValue(option_value(key, item) for item in value)
    if isinstance(value, tuple):
        return tuple(option_value(key, item) for item in value)
    argument = plain_argument(value)
    if argument is UNKNOWN:
        raise TypeNotUnderstood(type(value).__qualname__, f"it is the value of {key}")
    return argument


def named_columns(value: Any, table: sa.Table | None) -> Argument:
    """Return columns by name, where SQLAlchemy has them by key."""

    def name(column: Any) -> Argument:
        if isinstance(column, str) and table is not None and column in table.c:
            return plain_text(table.c[column].name)
        return option_value("", column)

    if isinstance(value, dict):
        return DictValue((name(key), option_value("", v)) for key, v in value.items())
    return ListValue(name(column) for column in value)


def sql_of(clause: ClauseElement | str) -> str | Construct:
    """Return text as it is written, or an expression."""
    if isinstance(clause, str):
        return plain_text(clause)
    if isinstance(clause, TextClause) and not clause._bindparams:
        return plain_text(clause.text)
    return dissect_expression(clause)


def column_name(column: Any) -> str:
    """Return the name of a column given as such or as a string."""
    return plain_text(column if isinstance(column, str) else column.name)
