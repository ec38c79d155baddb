"""
Random pairs of schemas as changes that a compiler takes.
"""

from __future__ import annotations

import sqlalchemy as sa

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.database import Database
from whimbrel.testing.strategies import SchemaPair, SchemaSpec, metadata_of
from whimbrel.testing.strategies.rows import (
    FILL_ROW,
    Kept,
    lost_rows,
    read_rows,
    tables_of_schema,
)
from whimbrel.testing.strategies.specs import ColumnSpec, TableSpec


def change_of(pair: SchemaPair, database: Database) -> SchemaChange:
    """Return the change of *pair*, with the answers that only a person knows."""
    old = {t.uid: t for t in pair.before.tables}
    new = {t.uid: t for t in pair.after.tables}
    before, after = metadata_of(pair.before), metadata_of(pair.after)
    changes = []
    for uid in {**old, **new}:
        was, will = old.get(uid), new.get(uid)
        changes.append(
            TableChange(
                before=was and database.lower_table(before.tables[was.name]),
                after=will and database.lower_table(after.tables[will.name]),
                **hints(was, will, database) if was and will else {},
            )
        )
    return SchemaChange(tables=tuple(changes))


def hints(was: TableSpec, will: TableSpec, database: Database) -> dict[str, object]:
    old = {c.uid: c for c in was.columns}
    names = {c.name for c in was.columns}
    added = [c for c in will.columns if c.uid not in old]
    kept = [(old[c.uid], c) for c in will.columns if c.uid in old]
    return {
        "renamed": {a.name: b.name for a, b in kept if a.name != b.name},
        "replaced": frozenset(c.name for c in added if c.name in names),
        "fills": {
            c.name: fill(c, database)
            for c in (
                *(c for c in added if c.default is None),
                *(after for before, after in kept if before.nullable),
            )
            if not c.nullable and c.computed is None and c.uid not in will.key
        },
    }


def fill(column: ColumnSpec, database: Database) -> str:
    kind = column.column_type
    sql = database.tables.literals.literal(kind.value(FILL_ROW), kind.make())
    assert sql is not None
    return sql


def back(pair: SchemaPair) -> SchemaPair:
    return SchemaPair(pair.after, pair.before)


def loses_tables(pair: SchemaPair) -> bool:
    """Whether rows may refer to a table that comes back empty."""
    return not {*pair.before.uids} <= {*pair.after.uids}


def check_rows(connection: sa.Connection, kept: Kept, schema: SchemaSpec) -> None:
    """Fail unless the rows of *schema* are those in *kept*, where both have them."""
    rows = tables_of_schema(schema, metadata_of(schema))
    places = {place: c for table in rows for place, c in table.places.items()}
    assert lost_rows(kept, read_rows(connection, rows), places) == []


def empty(connection: sa.Connection, schema: SchemaSpec) -> None:
    """Delete all rows; foreign keys look away."""
    mysql = connection.dialect.name in {"mysql", "mariadb"}
    if mysql:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
    for table in metadata_of(schema).tables.values():
        connection.execute(sa.delete(table))
    if mysql:
        connection.exec_driver_sql("SET foreign_key_checks = 1")
