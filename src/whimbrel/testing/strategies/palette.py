"""
The column types that the strategies draw from.

Place: `testing.strategies`, lowest part. Types of one family may turn into each
other with rows in the table, on every database; the values of a type mean the
same in all types of its family.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql


@dataclass(frozen=True, slots=True)
class Default:
    """
    A server default.

    Args:
        make: Returns it, a new one each time.

        only: The databases that have it; empty: all.
    """

    make: Callable[[], Any]
    only: frozenset[str] = frozenset()


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

        collated: May have a collation.

        cast: Database → what a hand-written CAST to this type is to.
    """

    make: Callable[[], Any]
    value: Callable[[int], Any]
    family: str
    defaults: tuple[Default, ...] = ()
    indexed: bool = False
    distinct: bool = True
    key: bool = False
    collated: bool = False
    cast: Mapping[str, str] = field(default_factory=dict)


def on_all(*made: Callable[[], Any]) -> tuple[Default, ...]:
    """Return defaults for every database."""
    return tuple(Default(make) for make in made)


def only(database: str, text: str) -> Default:
    """Return a default in SQL for one database."""
    return Default(lambda: sa.text(text), frozenset({database}))


def _casts(sql: str, mysql_sql: str) -> dict[str, str]:
    return {"sqlite": sql, "postgresql": sql, "mysql": mysql_sql}


def _string(length: int) -> ColumnType:
    return ColumnType(
        make=lambda: sa.String(length),
        value=lambda i: f"row {i}",
        family="text",
        defaults=(
            *on_all(lambda: "it's", lambda: "", lambda: sa.text("'x%'")),
            only("postgresql", "upper('x'::text)"),
            only("mysql", "(upper('x'))"),
            only("sqlite", "(upper('x'))"),
        ),
        indexed=True,
        key=True,
        collated=True,
        cast=_casts(f"VARCHAR({length})", f"CHAR({length})"),
    )


def _integer(
    make: Callable[[], Any], *, key: bool = True, cast: Mapping[str, str] | None = None
) -> ColumnType:
    return ColumnType(
        make=make,
        value=lambda i: i + 1,
        family="number",
        defaults=(
            *on_all(lambda: "0", lambda: sa.text("7")),
            only("postgresql", "1 + 1"),
            only("mysql", "(1 + 1)"),
            only("sqlite", "(1 + 1)"),
        ),
        indexed=True,
        key=key,
        cast=cast or {},
    )


def _now(*, first: datetime.datetime, family: str, timezone: bool) -> ColumnType:
    return ColumnType(
        make=lambda: sa.DateTime(timezone=timezone),
        value=lambda i: first + datetime.timedelta(days=i % 28),
        family=family,
        defaults=(*on_all(sa.func.now, lambda: sa.text("CURRENT_TIMESTAMP")),),
        indexed=True,
    )


NOON = datetime.datetime(2020, 2, 1, 12, 30)
MIDNIGHT = datetime.datetime(2020, 2, 1)

TYPES: dict[str, ColumnType] = {
    "integer": _integer(sa.Integer, cast=_casts("INTEGER", "SIGNED")),
    "string40": _string(40),
    "bigint": _integer(sa.BigInteger, cast=_casts("BIGINT", "SIGNED")),
    "string10": _string(10),
    "smallint": _integer(sa.SmallInteger),
    "numeric": _integer(
        lambda: sa.Numeric(12, 2),
        key=False,
        cast=_casts("NUMERIC(12, 2)", "DECIMAL(12, 2)"),
    ),
    "coarse": _integer(lambda: sa.Numeric(8, 1), key=False),
    "digits": ColumnType(
        make=lambda: sa.String(20),
        value=lambda i: str(i + 1),
        family="number",
        defaults=on_all(lambda: "3"),
        indexed=True,
        collated=True,
        cast=_casts("VARCHAR(20)", "CHAR(20)"),
    ),
    "text": ColumnType(
        make=sa.Text, value=lambda i: f"row {i}", family="text", collated=True
    ),
    "boolean": ColumnType(
        make=sa.Boolean,
        value=lambda i: i % 2 == 0,
        family="boolean",
        defaults=on_all(sa.true, sa.false),
        distinct=False,
    ),
    "bit": ColumnType(
        make=sa.Integer,
        value=lambda i: 1 - i % 2,
        family="boolean",
        defaults=on_all(lambda: "1"),
        distinct=False,
    ),
    "float": ColumnType(make=sa.Float, value=lambda i: i + 0.5, family="float"),
    "double": ColumnType(make=sa.Double, value=lambda i: i + 0.5, family="float"),
    "date": ColumnType(
        make=sa.Date,
        value=lambda i: datetime.date(2020, 2, 1 + i % 28),
        family="day",
        indexed=True,
    ),
    "midnight": _now(first=MIDNIGHT, family="day", timezone=False),
    "datetime": _now(first=NOON, family="moment", timezone=False),
    "timestamptz": _now(first=NOON, family="moment", timezone=True),
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
        defaults=(
            only("postgresql", "gen_random_uuid()"),
            only("sqlite", "(hex(randomblob(16)))"),
        ),
        indexed=True,
        key=True,
    ),
    "hex": ColumnType(
        make=lambda: sa.String(40),
        value=lambda i: uuid.UUID(int=i + 1).hex,
        family="uuid",
        indexed=True,
    ),
    "json": ColumnType(
        make=sa.JSON,
        value=lambda i: {"row": i},
        family="json",
        defaults=(
            only("postgresql", "'{}'"),
            only("mysql", "'{}'"),
            only("sqlite", "'{}'"),
        ),
    ),
    "jsontext": ColumnType(
        make=sa.Text, value=lambda i: json.dumps({"row": i}), family="json"
    ),
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
            family="json",
            defaults=on_all(lambda: sa.text("'{}'::jsonb"), lambda: "{}"),
        ),
        "array": ColumnType(
            make=lambda: postgresql.ARRAY(sa.Integer),
            value=lambda i: [i],
            family="array",
            defaults=on_all(lambda: "{}"),
        ),
        "textarray": ColumnType(
            make=lambda: postgresql.ARRAY(sa.Text),
            value=lambda i: [str(i)],
            family="array",
        ),
        "inet": ColumnType(
            make=postgresql.INET, value=lambda i: f"10.0.0.{i}", family="inet"
        ),
        "range": ColumnType(
            make=postgresql.INT4RANGE,
            value=lambda i: postgresql.Range(i, i + 1),
            family="range",
        ),
        "tsvector": ColumnType(
            make=postgresql.TSVECTOR, value=lambda i: f"'row{i}'", family="tsvector"
        ),
        "seconds": ColumnType(
            make=lambda: postgresql.TIMESTAMP(precision=0),
            value=lambda i: NOON + datetime.timedelta(days=i % 28),
            family="moment",
        ),
    },
    "mysql": {
        "unsigned": ColumnType(
            make=lambda: mysql.INTEGER(unsigned=True),
            value=lambda i: i + 1,
            family="number",
            indexed=True,
        ),
        "mediumtext": ColumnType(
            make=mysql.MEDIUMTEXT,
            value=lambda i: f"row {i}",
            family="text",
            collated=True,
        ),
        "varbinary": ColumnType(
            make=lambda: mysql.VARBINARY(20),
            value=lambda i: bytes([i]),
            family="binary",
            indexed=True,
        ),
        "set": ColumnType(
            make=lambda: mysql.SET("red", "it's", "blue"),
            value=lambda i: ("red", "blue")[i % 2],
            family="set",
            defaults=on_all(lambda: "red"),
            distinct=False,
        ),
        "moreset": ColumnType(
            make=lambda: mysql.SET("white", "red", "it's", "blue"),
            value=lambda i: ("red", "blue")[i % 2],
            family="set",
            distinct=False,
        ),
        "timestamp": ColumnType(
            make=lambda: mysql.TIMESTAMP(),
            value=lambda i: NOON + datetime.timedelta(days=i % 28),
            family="moment",
            defaults=(
                only("mysql", "CURRENT_TIMESTAMP"),
                only("mysql", "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            ),
        ),
        "micros": ColumnType(
            make=lambda: mysql.DATETIME(fsp=6),
            value=lambda i: NOON + datetime.timedelta(days=i % 28),
            family="moment",
            defaults=(
                only("mysql", "CURRENT_TIMESTAMP(6)"),
                only("mysql", "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"),
            ),
        ),
    },
}
"""SQLAlchemy's name of a dialect → more types that only it has."""

COLLATIONS: dict[str, tuple[str, ...]] = {
    "sqlite": ("NOCASE", "RTRIM"),
    "postgresql": ("C", "POSIX"),
    "mysql": ("utf8mb4_bin", "utf8mb4_general_ci"),
}


def types_of(database: str) -> dict[str, ColumnType]:
    """Return the types that columns may have on *database*."""
    return {**TYPES, **EXTRA_TYPES.get(database, {})}


def type_named(name: str) -> ColumnType:
    """Return a type by its name here, whatever database it is for."""
    for types in (TYPES, *EXTRA_TYPES.values()):
        if name in types:
            return types[name]
    raise KeyError(name)
