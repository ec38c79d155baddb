"""
Python values as SQL text of a column's type.

Place: `schema`, below `lower_table`. SQLAlchemy's literal processors do most of
it; what they cannot say (bytes, documents, arrays of named types) is here.
"""

from __future__ import annotations

import datetime
import enum
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.exc import SQLAlchemyError

from whimbrel.facts import Facts
from whimbrel.schema.objects import EnumType

EPOCH = datetime.datetime(1970, 1, 1)


class Literals:
    """Literals of one dialect. Standard SQL; dialects override parts."""

    def __init__(self, dialect: sa.Dialect, facts: Facts) -> None:
        self.dialect = dialect
        self.facts = facts
        self._empty: dict[type[Any], str | None] = {}

    def literal(self, value: object, type_: Any) -> str | None:
        """Return SQL of *value* in a column of *type_*; None if there is none."""
        if isinstance(value, sa.ClauseElement):
            return self.expression(value)
        if value is None:
            return "NULL"
        found = unwrapped(type_, self.dialect)
        if isinstance(value, enum.Enum) and not isinstance(found, types.Enum):
            value = value.value
        if isinstance(value, uuid.UUID):
            value = uuid_for(found, value)
        if isinstance(found, types.JSON):
            return self.document(value, type_)
        if isinstance(value, bytes | bytearray | memoryview):
            return self.binary(bytes(value))
        if isinstance(value, datetime.timedelta) and isinstance(found, types.DateTime):
            return self.plain(EPOCH + value, found)
        if isinstance(found, types.ARRAY) and isinstance(value, list | tuple):
            return self.array([*value], found)
        return self.plain(value, type_) or self.fallback(value)

    def each_row(self, function: object, type_: Any) -> str | None:
        """Return SQL that does for every row anew what *function* does, or None."""
        impl = type_.dialect_impl(self.dialect)
        if function is not uuid.uuid4 or not isinstance(impl, types.Uuid):
            return None
        # As digits alone; a type that is only for UUIDs takes these too.
        return self.facts.random_uuid

    def expression(self, clause: sa.ClauseElement) -> str:
        """Return the SQL of an expression."""
        compiled = clause.compile(
            dialect=self.dialect, compile_kwargs={"literal_binds": True}
        )
        return str(compiled)

    def plain(self, value: object, type_: Any) -> str | None:
        """Return what SQLAlchemy's literal processor makes of *value*."""
        try:
            return self.expression(sa.literal(value, type_))
        except (SQLAlchemyError, NotImplementedError, TypeError, ValueError):
            return None
        except (AttributeError, LookupError):
            return None

    def fallback(self, value: object) -> str | None:
        """Return a literal by the value's own class; texts fit most types."""
        if isinstance(value, str):
            return self.expression(sa.literal(value, sa.String()))
        if isinstance(value, bool):
            return self.expression(sa.literal(value, sa.Boolean()))
        if isinstance(value, int | float | Decimal):
            return str(value)
        if isinstance(value, datetime.date | datetime.time | uuid.UUID):
            return self.expression(sa.literal(str(value), sa.String()))
        return None

    def document(self, value: object, type_: Any) -> str | None:
        """Return a JSON document as a text literal."""
        processor = type_.dialect_impl(self.dialect).bind_processor(self.dialect)
        bound = processor(value) if callable(processor) else value
        if not isinstance(bound, str):
            dumps: Callable[[object], str] = (
                getattr(self.dialect, "_json_serializer", None) or json.dumps
            )
            bound = dumps(value)
        return self.expression(sa.literal(bound, sa.String()))

    def binary(self, value: bytes) -> str:
        """Return bytes, SQL's ``X'00ff'``."""
        return f"X'{value.hex()}'"

    def array(self, values: list[object], type_: types.ARRAY[Any]) -> str | None:
        return None

    def empty(self, type_: Any, enum_type: EnumType | None = None) -> str | None:
        """Return the neutral value of *type_*: it fills rows when nobody says what."""
        found = unwrapped(type_, self.dialect)
        if isinstance(found, types.ARRAY | types.JSON):
            return "'{}'"
        if isinstance(found, types.Enum):
            values = enum_type.values if enum_type else tuple(found.enums)
            return self.literal(values[0], sa.String()) if values else None
        if type(found) not in self._empty:
            self._empty[type(found)] = self._neutral(found)
        return self._empty[type(found)]

    def _neutral(self, found: Any) -> str | None:
        for kind, value in _EMPTY:
            if isinstance(found, kind):
                return self.literal(value, found)
        try:
            python_type = found.python_type
        except NotImplementedError:
            return None
        if python_type is bytes:  # MySQL's LONGBLOB is no LargeBinary
            return self.binary(b"")
        if python_type is datetime.timedelta:
            return self.literal(datetime.timedelta(), found)
        return None


DIGITS = 32
"""Hexadecimal digits of a UUID."""

_EMPTY: tuple[tuple[type[Any], object], ...] = (
    (types.Uuid, uuid.UUID(int=0)),
    (types.String, ""),
    (types.Boolean, False),
    (types.Integer, 0),
    (types.Float, 0.0),
    (types.Numeric, Decimal(0)),
    (types.DateTime, EPOCH),
    (types.Date, EPOCH.date()),
    (types.Time, datetime.time()),
    (types.Interval, datetime.timedelta()),
)


def uuid_for(found: Any, value: uuid.UUID) -> uuid.UUID | str:
    """Return *value* as a column of type *found* keeps it: bare digits if need be."""
    if isinstance(found, types.Uuid):
        return value if found.as_uuid else str(value)
    if isinstance(found, types.String) and found.length == DIGITS:
        return value.hex
    return value


def is_simple(type_: Any) -> bool:
    """Whether *type_* is one of SQLAlchemy's own that holds no other type."""
    return (
        type(type_).__module__.startswith("sqlalchemy.")
        and not type_._variant_mapping
        and not isinstance(type_, types.Enum | types.ARRAY | types.TypeDecorator)
    )


def unwrapped(type_: Any, dialect: sa.Dialect) -> Any:
    """Return the type that the dialect makes of *type_*, decorators taken off."""
    found = type_.dialect_impl(dialect)
    while isinstance(found, types.TypeDecorator):
        found = found.load_dialect_impl(dialect).dialect_impl(dialect)
    return found
