"""
Literals as PostgreSQL writes them.

Place: `schema.postgresql`, below `types`.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import types
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import (
    AbstractMultiRange,
    AbstractSingleRange,
)

from whimbrel.schema.literals import Literals

RANDOM_UUID = "gen_random_uuid()"

EMPTY = {
    "INET": "'0.0.0.0'",
    "CIDR": "'0.0.0.0/0'",
    "MACADDR": "'00:00:00:00:00:00'",
    "MACADDR8": "'00:00:00:00:00:00:00:00'",
    "TSVECTOR": "''",
    "HSTORE": "''",
    "MONEY": "0",
}
"""Neutral values of types that only PostgreSQL has."""


class PostgresqlLiterals(Literals):
    """Bytes in hexadecimal, arrays with the type of their items."""

    def each_row(self, function: object, type_: Any) -> str | None:
        """Return what gives a UUID itself where the type is for that; it is evaluated
        row by row also as a DEFAULT."""
        digits = super().each_row(function, type_)
        impl = type_.dialect_impl(self.dialect)
        native = getattr(impl, "native_uuid", False)
        return RANDOM_UUID if digits and native else digits

    def _neutral(self, found: Any) -> str | None:
        if isinstance(found, AbstractSingleRange):
            return "'empty'"  # which overlaps nothing
        if isinstance(found, AbstractMultiRange):
            return "'{}'"
        name = getattr(found, "__visit_name__", "")
        return EMPTY.get(name) or super()._neutral(found)

    def plain(self, value: object, type_: Any) -> str | None:
        """Return a literal; SQLAlchemy has none of a range."""
        if isinstance(value, Range):
            return self.literal(str(value), types.String())
        return super().plain(value, type_)

    def binary(self, value: bytes) -> str:
        return f"'\\x{value.hex()}'::bytea"

    def array(self, values: list[object], type_: types.ARRAY[Any]) -> str | None:
        item_type = type_.item_type
        compiler: Any = self.dialect.type_compiler_instance
        spelled = cast(str, compiler.process(type_))
        parts: list[str] = []
        for value in values:
            if isinstance(value, list | tuple):
                part = self.array([*value], type_)
                text = None if part is None else part.partition("::")[0]
            else:
                text = self.literal(value, item_type)
            if text is None:
                return None
            parts.append(text)
        return f"ARRAY[{', '.join(parts)}]::{spelled}"
