"""
Rows for random schemas: they satisfy every constraint, and can be found again.

Place: `testing.strategies`, above `specs`. Row *i* of every table holds the
*i*-th value of each column's type, so a foreign key's columns in row *i* equal
the key in row *i* of the table that they reference.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    SchemaSpec,
    TableSpec,
    metadata_of,
)

ROWS = 3
NULL_ROW = 1
"""In this row every column that may be NULL is, but for keys and references."""

FILL_ROW = 20
"""The value that columns get where a tool asks for one: that of this row."""

Kept: TypeAlias = dict[int, dict[int, list[object]]]
"""Table → column → its values, in the order of the rows."""


def insert_rows(connection: sa.Connection, schema: SchemaSpec) -> None:
    """Put `ROWS` rows into every table of *schema*, which must be there and empty."""
    metadata = metadata_of(schema)
    _check_foreign_keys(connection, on=False)
    for table in schema.tables:
        rows = [_row(table, number) for number in range(ROWS)]
        statement = sa.insert(metadata.tables[table.name])
        if any(column.identity for column in table.columns):
            pass  # BY DEFAULT, as SQLAlchemy's Identity() is, takes given values
        connection.execute(statement, rows)
    _check_foreign_keys(connection, on=True)


def _row(table: TableSpec, number: int) -> dict[str, Any]:
    fixed = {*table.key, *table.referencing}
    return {
        column.name: None
        if number == NULL_ROW and column.nullable and column.uid not in fixed
        else column.column_type.value(number)
        for column in table.columns
        if column.computed is None
    }


def _check_foreign_keys(connection: sa.Connection, *, on: bool) -> None:
    """Turn foreign keys off while rows that refer to each other go in."""
    if connection.dialect.name == "postgresql":
        role = "origin" if on else "replica"
        connection.exec_driver_sql(f"SET session_replication_role = {role}")
    elif connection.dialect.name in {"mysql", "mariadb"}:
        connection.exec_driver_sql(f"SET foreign_key_checks = {int(on)}")


def read_rows(connection: sa.Connection, schema: SchemaSpec) -> Kept:
    """Return the values of all columns, in one form whatever their type is now."""
    quote = connection.dialect.identifier_preparer.quote
    kept: Kept = {}
    for table in schema.tables:
        names = ", ".join(quote(column.name) for column in table.columns)
        query = f"SELECT {names} FROM {quote(table.name)}"
        found = connection.exec_driver_sql(query.replace("%", "%%")).all()
        plain = [[_plain(value) for value in row] for row in found]
        key = [[c.uid for c in table.columns].index(uid) for uid in table.key]
        plain.sort(key=lambda row: [_sortable(row[position]) for position in key])
        kept[table.uid] = {
            column.uid: [row[position] for row in plain]
            for position, column in enumerate(table.columns)
        }
    return kept


def _sortable(value: object) -> tuple[str, Any]:
    return ("number", value) if isinstance(value, Decimal) else ("text", str(value))


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
            return value.astimezone(datetime.UTC)
        case str() if value[:1] in {"{", "["}:
            return json.dumps(json.loads(value))
    return value


def lost_rows(
    schema: SchemaSpec,
    before: Kept,
    after: Kept,
    columns: Mapping[int, ColumnSpec],
) -> list[str]:
    """
    Return in words which kept values are not what they were.

    Args:
        schema: The one that *before* was read from.

        columns: The kept columns as they are after the change. Where such a
            column no longer takes NULL, a NULL may have become any value.
    """
    wrong = []
    for table in schema.tables:
        for column in table.columns:
            if table.uid not in after or column.uid not in columns:
                continue
            was = before[table.uid][column.uid]
            now = after[table.uid].get(column.uid)
            if now is None or column.computed is not None:
                continue
            filled = not columns[column.uid].nullable
            same = len(was) == len(now) and all(
                a == b or (a is None and filled) for a, b in zip(was, now, strict=True)
            )
            if not same:
                wrong.append(f"{table.name}.{column.name}: {was} became {now}")
    return wrong
