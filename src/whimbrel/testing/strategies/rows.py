"""
Rows for random schemas: they satisfy every constraint, and can be found again.

Place: `testing.strategies`, above `specs`; those of Django-style models are in
`model_rows`. Row *i* of every
table holds the *i*-th value of each column's type, so a foreign key's columns in
row *i* equal the key in row *i* of the table that they reference.
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from whimbrel.testing.strategies.specs import SchemaSpec, TableSpec

ROWS = 3
NULL_ROW = 1
"""In this row every column that may be NULL is, but for keys and references."""

FILL_ROW = 20
"""The value that columns get where a tool asks for one: that of this row."""

Place: TypeAlias = tuple[int, int]
"""Numbers of a table and a column; the numbers stay when names change."""

Kept: TypeAlias = dict[Place, list[object]]
"""Column → its values; the rows are in the same order for all columns of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowColumn:
    """
    A column to fill and to read.

    Args:
        value: Row number → value; None: the database computes it.

        texts: What it is called → the value of an enumeration that is meant.
    """

    uid: int
    name: str
    value: Callable[[int], object] | None
    nullable: bool
    texts: Mapping[str, str] = field(default_factory=dict)

    def meant(self, value: object) -> object:
        """Return a value that was read, under the name that it always has."""
        if not isinstance(value, str):
            return value
        bare = value.strip('{}"') if value.startswith("{") else value
        return value.replace(bare, self.texts[bare]) if bare in self.texts else value


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """A table to fill and to read."""

    uid: int
    table: sa.Table
    columns: tuple[RowColumn, ...]

    @property
    def places(self) -> dict[Place, RowColumn]:
        return {(self.uid, column.uid): column for column in self.columns}


def tables_of_schema(
    schema: SchemaSpec, metadata: sa.MetaData, other: SchemaSpec | None = None
) -> list[RowTable]:
    """
    Return what to fill in a SQLAlchemy schema built as *metadata*.

    Args:
        other: What the schema was, or becomes: columns that are referenced or
            refer in either are never NULL.
    """
    fixed = {uid for one in (schema, other) if one is not None for uid in _fixed(one)}
    return [
        _of_table(table, metadata.tables[table.full_name], fixed)
        for table in schema.tables
    ]


def _fixed(schema: SchemaSpec) -> set[int]:
    """Return the columns that hold no NULL: of keys, and at both ends of references."""
    fixed = set(schema.pointed_at)
    for table in schema.tables:
        fixed |= {*table.key, *table.referencing}
    return fixed


def _of_table(table: TableSpec, built: sa.Table, fixed: set[int]) -> RowTable:
    columns = [
        RowColumn(
            uid=column.uid,
            name=column.name,
            value=None
            if column.computed is not None
            else in_row(
                column.column_type.value, column.nullable and column.uid not in fixed
            ),
            nullable=column.nullable and column.uid not in table.key,
            texts={text: value for value, text in column.enum.words}
            if column.enum is not None
            else {},
        )
        for column in table.columns
    ]
    return RowTable(uid=table.uid, table=built, columns=tuple(columns))


def in_row(value: Callable[[int], object], optional: bool) -> Callable[[int], object]:
    """Return *value*, or None in the row that has no value where it is *optional*."""
    return lambda i: None if optional and i == NULL_ROW else value(i)


class _Given(sa.sql.Insert):
    """An INSERT that gives values also where a column numbers itself ALWAYS."""

    inherit_cache = True


@compiles(_Given, "postgresql")
def _insert_given(insert: _Given, compiler: Any, **options: Any) -> str:
    text: str = compiler.visit_insert(insert, **options)
    return text.replace(") VALUES (", ") OVERRIDING SYSTEM VALUE VALUES (", 1)


def insert_rows(connection: sa.Connection, tables: Iterable[RowTable]) -> None:
    """Put `ROWS` rows into each of *tables*, which must be there and empty."""
    check_foreign_keys(connection, on=False)
    for table in tables:
        rows = [
            {c.name: _sql(c.value(number)) for c in table.columns if c.value}
            for number in range(ROWS)
        ]
        connection.execute(_Given(table.table).values(rows))
    check_foreign_keys(connection, on=True)


def _sql(value: object) -> Any:
    """Return *value* to insert; None is NULL, and not a document that says null."""
    return sa.null() if value is None else value


def check_foreign_keys(connection: sa.Connection, *, on: bool) -> None:
    """Turn foreign keys off while rows that refer to each other go in."""
    if connection.dialect.name == "sqlite":
        connection.commit()  # the pragma does nothing inside a transaction
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {int(on)}")
    elif connection.dialect.name == "postgresql":
        role = "origin" if on else "replica"
        connection.exec_driver_sql(f"SET session_replication_role = {role}")
    elif connection.dialect.name in {"mysql", "mariadb"}:
        connection.exec_driver_sql(f"SET foreign_key_checks = {int(on)}")


def read_rows(connection: sa.Connection, tables: Iterable[RowTable]) -> Kept:
    """Return the values of all columns, in one form whatever their type is now."""
    quote = connection.dialect.identifier_preparer.quote
    kept: Kept = {}
    for table in tables:
        names = ", ".join(quote(column.name) for column in table.columns)
        name = connection.dialect.identifier_preparer.format_table(table.table)
        found = connection.exec_driver_sql(
            f"SELECT {names} FROM {name}", execution_options={"no_parameters": True}
        ).all()
        meant = [column.meant for column in table.columns]
        rows = sorted(
            (
                [_plain(read(value)) for read, value in zip(meant, row, strict=True)]
                for row in found
            ),
            key=repr,
        )
        for position, column in enumerate(table.columns):
            kept[table.uid, column.uid] = [row[position] for row in rows]
    return kept


_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _plain(value: object) -> object:
    """Return *value* so that ``1``, ``1.00`` and ``'1'`` are the same, and so on."""
    match value:
        case bool() | int() | float() | Decimal():
            return Decimal(str(float(value)))
        case bytes() | memoryview():
            return bytes(value)
        case list():
            return [_plain(one) for one in value]
        case dict():
            return json.dumps(value)
        case uuid.UUID():
            return _plain(value.hex)
        case datetime.datetime() if value.tzinfo is not None:
            return value.astimezone(datetime.UTC).replace(tzinfo=None)
        case datetime.date() if not isinstance(value, datetime.datetime):
            return datetime.datetime(value.year, value.month, value.day)
        case str():
            return _plain_text(value)
    return value


def _plain_text(value: str) -> object:
    if value[:1] in {"{", "["}:
        return _plain_json(value)
    if _NUMBER.fullmatch(value):
        return _plain(float(value))
    if _UUID.fullmatch(value):
        return _plain(value.replace("-", ""))
    if _DAY.match(value):
        return _plain(datetime.datetime.fromisoformat(value))
    return value


def _plain_json(value: str) -> str:
    """Return a document in one spelling; arrays of enumerations look like one."""
    try:
        return json.dumps(json.loads(value))
    except ValueError:
        return value


def lost_rows(
    before: Kept, after: Kept, columns: Mapping[Place, RowColumn]
) -> list[str]:
    """
    Return in words which kept values are not what they were.

    Args:
        columns: The columns after the change. Where one takes no NULL, a NULL may
            have become any value; what is not there is no loss.
    """
    wrong: list[str] = []
    for table in dict.fromkeys(uid for uid, _ in before):
        kept = [
            (columns[place], was, after[place])
            for place, was in before.items()
            if place[0] == table
            and place in after
            and place in columns
            and columns[place].value is not None
        ]
        if not kept:
            continue
        count = max(len(values) for _, was, now in kept for values in (was, now))
        # Nothing but the rows themselves need tell them apart: any order will do.
        orders = itertools.permutations(range(count))
        found = [_differences(table, kept, order) for order in orders]
        fewest: list[str] = min(found, key=len)
        wrong += fewest
    return wrong


def _differences(
    table: int,
    kept: Iterable[tuple[RowColumn, list[object], list[object]]],
    order: tuple[int, ...],
) -> list[str]:
    """Return in words which columns differ if the rows after come in *order*."""
    wrong = []
    for column, was, now in kept:
        ordered = [now[place] for place in order if place < len(now)]
        same = len(was) == len(now) and all(
            a == b or (a is None and not column.nullable)
            for a, b in zip(was, ordered, strict=True)
        )
        if not same:
            wrong.append(f"{column.name} (table {table}): {was} became {ordered}")
    return wrong
