"""
The column types that the strategies draw from.

Place: `testing.strategies`, lowest part. Types of one family may turn into each
other with rows in the table, on every database and without a cast; the values
of a type fit all types of its family.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """
    A type, with what else must be known to use it.

    Args:
        make: Returns SQLAlchemy's type, a new one each time.

        value: The value in row *i*, different for each where *distinct*.

        family: Types of one family convert into each other.

        defaults: Server defaults that it may have.

        indexed: May be part of a key or an index on every database.

        key: May be a primary key.
    """

    make: Callable[[], Any]
    value: Callable[[int], Any]
    family: str
    defaults: tuple[Callable[[], Any], ...] = ()
    indexed: bool = False
    distinct: bool = True
    key: bool = False


def _string(length: int) -> ColumnType:
    return ColumnType(
        make=lambda: sa.String(length),
        value=lambda i: f"row {i}",
        family="text",
        defaults=(lambda: "it's", lambda: "", lambda: sa.text("'x%'")),
        indexed=True,
        key=True,
    )


def _collated() -> sa.types.TypeEngine[str]:
    return (
        sa.String(40, collation="C")
        .with_variant(sa.String(40, collation="NOCASE"), "sqlite")
        .with_variant(sa.String(40, collation="utf8mb4_bin"), "mysql", "mariadb")
    )


def _integer(make: Callable[[], Any], *, key: bool = True) -> ColumnType:
    return ColumnType(
        make=make,
        value=lambda i: i + 1,
        family="integer",
        defaults=(lambda: "0", lambda: sa.text("7")),
        indexed=True,
        key=key,
    )


TYPES: dict[str, ColumnType] = {
    "integer": _integer(sa.Integer),
    "string40": _string(40),
    "bigint": _integer(sa.BigInteger),
    "string10": _string(10),
    "smallint": _integer(sa.SmallInteger),
    "numeric": _integer(lambda: sa.Numeric(12, 2), key=False),
    "text": ColumnType(make=sa.Text, value=lambda i: f"row {i}", family="text"),
    "collated": ColumnType(
        make=_collated, value=lambda i: f"row {i}", family="collated", indexed=True
    ),
    "boolean": ColumnType(
        make=sa.Boolean,
        value=lambda i: i % 2 == 0,
        family="boolean",
        defaults=(sa.true, sa.false),
        distinct=False,
    ),
    "float": ColumnType(make=sa.Float, value=lambda i: i + 0.5, family="float"),
    "date": ColumnType(
        make=sa.Date,
        value=lambda i: datetime.date(2020, 2, 1 + i % 28),
        family="date",
        indexed=True,
    ),
    "datetime": ColumnType(
        make=sa.DateTime,
        value=lambda i: datetime.datetime(2020, 2, 1 + i % 28, 12, 30),
        family="datetime",
        defaults=(sa.func.now, lambda: sa.text("CURRENT_TIMESTAMP")),
        indexed=True,
    ),
    "timestamptz": ColumnType(
        make=lambda: sa.DateTime(timezone=True),
        value=lambda i: datetime.datetime(2020, 2, 1 + i % 28, 12, 30),
        family="timestamptz",
        indexed=True,
    ),
    "time": ColumnType(
        make=sa.Time, value=lambda i: datetime.time(i % 24, 30), family="time"
    ),
    "interval": ColumnType(
        make=sa.Interval,
        value=lambda i: datetime.timedelta(hours=i),
        family="interval",
    ),
    "uuid": ColumnType(
        make=sa.Uuid,
        value=lambda i: uuid.UUID(int=i + 1),
        family="uuid",
        indexed=True,
        key=True,
    ),
    "json": ColumnType(make=sa.JSON, value=lambda i: {"row": i}, family="json"),
    "binary": ColumnType(
        make=sa.LargeBinary, value=lambda i: bytes([i]), family="binary"
    ),
}
"""Types for every database, the simplest first (Hypothesis shrinks to them)."""

EXTRA_TYPES: dict[str, dict[str, ColumnType]] = {
    "postgresql": {
        "jsonb": ColumnType(
            make=postgresql.JSONB,
            value=lambda i: {"row": i},
            family="jsonb",
            defaults=(lambda: sa.text("'{}'::jsonb"), lambda: "{}"),
        ),
        "array": ColumnType(
            make=lambda: postgresql.ARRAY(sa.Integer),
            value=lambda i: [i],
            family="array",
        ),
        "inet": ColumnType(
            make=postgresql.INET, value=lambda i: f"10.0.0.{i}", family="inet"
        ),
    },
    "mysql": {
        "unsigned": ColumnType(
            make=lambda: mysql.INTEGER(unsigned=True),
            value=lambda i: i + 1,
            family="integer",
            indexed=True,
        ),
        "mediumtext": ColumnType(
            make=mysql.MEDIUMTEXT, value=lambda i: f"row {i}", family="text"
        ),
        "varbinary": ColumnType(
            make=lambda: mysql.VARBINARY(20),
            value=lambda i: bytes([i]),
            family="varbinary",
            indexed=True,
        ),
    },
}
"""SQLAlchemy's name of a dialect → more types that only it has."""


def types_of(database: str) -> dict[str, ColumnType]:
    """Return the types that columns may have on *database*."""
    return {**TYPES, **EXTRA_TYPES.get(database, {})}


def type_named(name: str) -> ColumnType:
    """Return a type by its name here, whatever database it is for."""
    for types in (TYPES, *EXTRA_TYPES.values()):
        if name in types:
            return types[name]
    raise KeyError(name)
