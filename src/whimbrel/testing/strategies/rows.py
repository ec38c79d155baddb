"""
Rows for random schemas: they satisfy every constraint, and can be found again.

Place: `testing.strategies`, above `specs`; those of Django-style models are in
`model_rows`. Row *i* of every
table holds the *i*-th value of each column's type, so a foreign key's columns in
row *i* equal the key in row *i* of the table that they reference.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.testing.strategies.specs import SchemaSpec, TableSpec

ROWS = 3
NULL_ROW = 1
"""In this row every column that may be NULL is, but for keys and references."""

FILL_ROW = 20
"""The value that columns get where a tool asks for one: that of this row."""

Place: TypeAlias = tuple[int, int]
"""Numbers of a table and a column; the numbers stay when names change."""

Kept: TypeAlias = dict[Place, list[object]]
"""Column → its values, in the order of the rows' keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowColumn:
    """
    A column to fill and to read.

    Args:
        value: Row number → value; None: the database computes it.
    """

    uid: int
    name: str
    value: Callable[[int], object] | None
    nullable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """
    A table to fill and to read.

    Args:
        key: The columns (uids) that tell its rows apart.
    """

    uid: int
    table: sa.Table
    columns: tuple[RowColumn, ...]
    key: tuple[int, ...]

    @property
    def places(self) -> dict[Place, RowColumn]:
        return {(self.uid, column.uid): column for column in self.columns}


def tables_of_schema(schema: SchemaSpec, metadata: sa.MetaData) -> list[RowTable]:
    """Return what to fill in a SQLAlchemy schema built as *metadata*."""
    return [_of_table(table, metadata.tables[table.name]) for table in schema.tables]


def _of_table(table: TableSpec, built: sa.Table) -> RowTable:
    fixed = {*table.key, *table.referencing}
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
        )
        for column in table.columns
    ]
    return RowTable(uid=table.uid, table=built, columns=tuple(columns), key=table.key)


def in_row(value: Callable[[int], object], optional: bool) -> Callable[[int], object]:
    """Return *value*, or None in the row that has no value where it is *optional*."""
    return lambda i: None if optional and i == NULL_ROW else value(i)


def insert_rows(connection: sa.Connection, tables: Iterable[RowTable]) -> None:
    """Put `ROWS` rows into each of *tables*, which must be there and empty."""
    check_foreign_keys(connection, on=False)
    for table in tables:
        rows = [
            {c.name: c.value(number) for c in table.columns if c.value is not None}
            for number in range(ROWS)
        ]
        connection.execute(sa.insert(table.table), rows)
    check_foreign_keys(connection, on=True)


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
        query = f"SELECT {names} FROM {quote(table.table.name)}"
        found = connection.exec_driver_sql(
            query, execution_options={"no_parameters": True}
        ).all()
        plain = [[_plain(value) for value in row] for row in found]
        uids = [column.uid for column in table.columns]
        plain.sort(key=lambda row: _sortable(row, [uids.index(u) for u in table.key]))
        for position, uid in enumerate(uids):
            kept[table.uid, uid] = [row[position] for row in plain]
    return kept


def _sortable(row: Sequence[object], key: Iterable[int]) -> list[tuple[str, Any]]:
    return [
        ("number", value) if isinstance(value, Decimal) else ("text", str(value))
        for value in (row[position] for position in key)
    ]


def _plain(value: object) -> object:
    """Return *value* so that ``1`` and ``1.00`` are the same, and so on."""
    match value:
        case bool() | int() | float() | Decimal():
            return Decimal(str(float(value)))
        case bytes() | memoryview():
            return bytes(value)
        case dict() | list():
            return json.dumps(value)
        case uuid.UUID():
            return value.hex
        case datetime.datetime() if value.tzinfo is not None:
            return value.astimezone(datetime.UTC).replace(tzinfo=None)
        case str() if value[:1] in {"{", "["}:
            return json.dumps(json.loads(value))
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
    wrong = []
    for place, was in before.items():
        column = columns.get(place)
        if column is None or column.value is None or place not in after:
            continue
        now = after[place]
        same = len(was) == len(now) and all(
            a == b or (a is None and not column.nullable)
            for a, b in zip(was, now, strict=True)
        )
        if not same:
            wrong.append(f"{column.name} (table {place[0]}): {was} became {now}")
    return wrong
