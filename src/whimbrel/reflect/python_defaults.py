"""
What SQLAlchemy's columns say of their values in Python: ``default=``.

Place: `reflect`, below `metadata`. A default in Python is no part of the database,
and so of no state. But where existing rows need a value, it is the one that the model
gives to new ones.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from whimbrel.detect.comparison import PythonDefault
from whimbrel.errors.base import WhimbrelError
from whimbrel.history.serialize import serialize
from whimbrel.state.dissect.expressions import dissect_expression

ITS_OWN = "sqlalchemy.sql.schema"
"""The module whose wrapper lets a function do without the context."""


def python_default(column: sa.Column[Any]) -> PythonDefault | None:
    """Return what existing rows can get of a column's default; None if it has none."""
    default = column.default
    if not isinstance(default, sa.ColumnDefault):
        return None
    if not default.is_callable:
        return usable(default.arg)
    function = without_context(default.arg)
    if function is None:
        return PythonDefault(refused="is called with the context of an INSERT")
    return usable(function)


def usable(value: object) -> PythonDefault:
    """Return *value*, if a migration file can say it."""
    try:
        if isinstance(value, sa.ClauseElement):
            value = dissect_expression(value)
        serialize(value)
    except WhimbrelError:
        return PythonDefault(refused="cannot be written into a migration file")
    return PythonDefault(value=value)


def without_context(function: Any) -> Any:
    """Return the function that SQLAlchemy calls without arguments; None for one that
    takes the context, which it leaves as it is."""
    module = getattr(function, "__globals__", {}).get("__name__")
    if module != ITS_OWN or not function.__closure__:
        return None
    return function.__closure__[0].cell_contents
