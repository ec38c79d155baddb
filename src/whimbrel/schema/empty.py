"""
The neutral value of a type: what fills rows when nobody says what.

Place: `schema`, beside `lower_table`.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import types

from whimbrel.schema.objects import EnumType

EPOCH = datetime.datetime(1970, 1, 1)

_VALUES: tuple[tuple[type[Any], object], ...] = (
    (types.Boolean, False),
    (types.Integer, 0),
    (types.Float, 0.0),
    (types.Numeric, Decimal(0)),
    (types.DateTime, EPOCH),
    (types.Date, EPOCH.date()),
    (types.Time, datetime.time()),
    (types.Interval, datetime.timedelta()),
    (types.LargeBinary, b""),
    (types._Binary, b""),
)


def unwrapped(type_: Any, dialect: sa.Dialect) -> Any:
    """Return the type that the dialect makes of *type_*, decorators taken off."""
    found = type_.dialect_impl(dialect)
    while isinstance(found, types.TypeDecorator):
        found = found.load_dialect_impl(dialect).dialect_impl(dialect)
    return found


def empty_value(
    type_: Any, dialect: sa.Dialect, enum: EnumType | None = None
) -> str | None:
    """Return SQL of the neutral value of *type_*; None where there is none."""
    found = unwrapped(type_, dialect)
    if isinstance(found, types.ARRAY):
        return "'{}'"
    if isinstance(found, types.Enum):
        values = enum.values if enum else tuple(found.enums)
        return sql_literal(values[0], sa.String(), dialect) if values else None
    if isinstance(found, types.JSON):
        return "'{}'"
    if isinstance(found, types.Uuid):
        return sql_literal(UUID(int=0), sa.Uuid(), dialect)
    if isinstance(found, types.String):
        return "''"
    for kind, value in _VALUES:
        if isinstance(found, kind):
            if kind is types.Interval and not getattr(found, "native", True):
                value = EPOCH
            return sql_literal(value, found, dialect)
    return None


def sql_literal(value: object, type_: Any, dialect: sa.Dialect) -> str | None:
    """Return *value* as SQL text, None if the type has no literal for it."""
    if value is None:
        return "NULL"
    if isinstance(value, sa.ClauseElement):
        compiled = value.compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
        return str(compiled)
    try:
        compiled = sa.literal(value, type_).compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
    except (sa.exc.CompileError, NotImplementedError, TypeError, ValueError):
        return None
    return str(compiled)
