"""
The order of statements, where one thing makes way for another.

What they do to a database is tested with all others (`test_postgresql_live`, …).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from order_pairs import ORDER, POSTGRESQL_ORDER
from table_pairs import Pair, check, col, key, table, tables

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.database import Database, database_for
from whimbrel.schema.types_in_use import with_types

POSTGRESQL = database_for("postgresql")
SQLITE = database_for("sqlite")
MARIADB = database_for("mysql", (10, 11), is_mariadb=True)
MYSQL = database_for("mysql", (8, 0, 30))


def texts(database: Database, change: SchemaChange) -> list[str]:
    return [" ".join(s.sql.split()) for s in database.compile(with_types(change))]


def of(database: Database, name: str, back: bool = False) -> list[str]:
    pair = {**ORDER, **POSTGRESQL_ORDER}[name]
    if back:
        pair = pair.reversed()
    return texts(database, pair.change(database.lower_table))


def test_an_enum_makes_way_for_a_table() -> None:
    """Tables and types share their names in PostgreSQL."""
    assert of(POSTGRESQL, "a table takes the name of an enum that goes") == [
        "ALTER TABLE book DROP COLUMN mood, ADD COLUMN mood_id INTEGER",
        "DROP TYPE mood",
        "CREATE TABLE mood ( id SERIAL NOT NULL, name VARCHAR(50), "
        "CONSTRAINT mood_pkey PRIMARY KEY (id) )",
        "ALTER TABLE book ADD CONSTRAINT book_mood_id_fkey "
        "FOREIGN KEY(mood_id) REFERENCES mood (id)",
    ]


def test_a_table_makes_way_for_an_enum() -> None:
    assert of(POSTGRESQL, "a table takes the name of an enum that goes", True) == [
        "ALTER TABLE book DROP CONSTRAINT book_mood_id_fkey",
        "DROP TABLE mood",
        "CREATE TYPE mood AS ENUM ('sad', 'glad')",
        "ALTER TABLE book DROP COLUMN mood_id, ADD COLUMN mood mood",
    ]


def test_an_enum_in_use_steps_aside_for_a_table() -> None:
    """The table must have its new name before it can let the type go."""
    assert of(POSTGRESQL, "a table takes the name of the enum that it gives up") == [
        "ALTER TYPE mood RENAME TO whimbrel_old_mood",
        "ALTER TABLE a RENAME TO mood",
        "ALTER SEQUENCE IF EXISTS a_id_seq RENAME TO mood_id_seq",
        "ALTER TABLE mood RENAME CONSTRAINT a_pkey TO mood_pkey",
        "ALTER TABLE mood ALTER COLUMN mood TYPE VARCHAR(50)",
        "DROP TYPE whimbrel_old_mood",
    ]


def test_a_sequence_in_use_steps_aside_for_a_table() -> None:
    name = "a table takes the name of the sequence that it gives up"

    assert of(POSTGRESQL, name) == [
        "ALTER SEQUENCE IF EXISTS counter RENAME TO whimbrel_old_counter",
        "ALTER TABLE b RENAME TO counter",
        "ALTER SEQUENCE IF EXISTS b_id_seq RENAME TO counter_id_seq",
        "ALTER TABLE counter RENAME CONSTRAINT b_pkey TO counter_pkey",
        "ALTER TABLE counter ALTER COLUMN x DROP DEFAULT",
        "DROP SEQUENCE whimbrel_old_counter",
    ]


def test_a_table_and_its_index_change_names() -> None:
    """Relations of all kinds share their names in PostgreSQL."""
    assert of(POSTGRESQL, "a table and an index change names") == [
        "ALTER INDEX b RENAME TO whimbrel_old_b",
        "ALTER TABLE a RENAME TO b",
        "ALTER SEQUENCE IF EXISTS a_id_seq RENAME TO b_id_seq",
        "ALTER TABLE b RENAME CONSTRAINT a_pkey TO b_pkey",
        "ALTER INDEX whimbrel_old_b RENAME TO a",
    ]


def test_a_dropped_table_makes_way_for_a_sequence() -> None:
    assert of(POSTGRESQL, "a sequence takes the name of a table that goes") == [
        "DROP TABLE counter",
        "CREATE SEQUENCE counter",
    ]


def test_a_table_leaves_a_name_in_a_schema_before_another_comes() -> None:
    name = "a table moves to a schema where another one frees its name"

    assert of(POSTGRESQL, name) == [
        "ALTER TABLE other.a RENAME TO b",
        "ALTER SEQUENCE IF EXISTS other.a_id_seq RENAME TO b_id_seq",
        "ALTER TABLE other.b RENAME CONSTRAINT a_pkey TO b_pkey",
        "ALTER TABLE a SET SCHEMA other",
    ]


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_an_index_gives_its_name_to_another_table(database: Database) -> None:
    drop, _, create = of(database, "an index's name passes to a table that is new")

    assert (drop, create) == ("DROP INDEX ix", "CREATE INDEX ix ON b (y)")


@pytest.mark.parametrize("database", [MYSQL, MARIADB], ids=["mysql", "mariadb"])
def test_a_foreign_key_gives_its_name_to_another_table(database: Database) -> None:
    """These names are one database's, not one table's."""
    name = "the names of foreign keys go round between tables"
    statements = of(database, name)
    drops = [i for i, text in enumerate(statements) if "DROP FOREIGN KEY" in text]
    adds = [i for i, text in enumerate(statements) if "ADD CONSTRAINT" in text]

    assert len(drops) == len(adds) == 2
    assert max(drops) < min(adds)


def checks(one: str, two: str) -> Pair:
    """Return two tables whose checks begin to test something else, under new names."""

    def owner(name: str, text: str, constraint: str):  # type: ignore[no-untyped-def]
        return table(name, key(), col("n"), check(text, constraint))

    return Pair(
        before=tables(owner("a", "n > 0", one), owner("b", "n > 0", two)),
        after=tables(owner("a", "n > 1", two), owner("b", "n > 1", one)),
    )


def test_checks_that_exchange_names_go_before_others_come() -> None:
    """In MySQL the names of checks are one database's; each table alone could not."""
    change = checks("one", "two").change(MYSQL.lower_table)

    assert texts(MYSQL, change) == [
        "ALTER TABLE a DROP CHECK one",
        "ALTER TABLE b DROP CHECK two, ADD CONSTRAINT one CHECK (n > 1)",
        "ALTER TABLE a ADD CONSTRAINT two CHECK (n > 1)",
    ]


def test_in_mariadb_checks_are_their_tables_own() -> None:
    change = checks("one", "two").change(MARIADB.lower_table)

    assert texts(MARIADB, change) == [
        "ALTER TABLE a DROP CONSTRAINT one, ADD CONSTRAINT two CHECK (n > 1)",
        "ALTER TABLE b DROP CONSTRAINT two, ADD CONSTRAINT one CHECK (n > 1)",
    ]


def in_schema(schema: str, name: str = "a") -> sa.Table:
    return sa.Table(name, sa.MetaData(), sa.Column("x", sa.Integer), schema=schema)


def test_a_schema_goes_after_its_last_table() -> None:
    goes, moves = (POSTGRESQL.lower_table(in_schema("aged", name)) for name in "ab")
    change = SchemaChange(
        tables=(
            TableChange(before=moves, after=replace(moves, schema="young")),
            TableChange(before=goes, after=None),
        ),
        created_schemas=("young",),
        dropped_schemas=("aged",),
    )

    assert texts(POSTGRESQL, change) == [
        "CREATE SCHEMA IF NOT EXISTS young",
        "DROP TABLE aged.a",
        "ALTER TABLE aged.b SET SCHEMA young",
        "DROP SCHEMA aged",
    ]


def test_a_schema_comes_before_its_first_type() -> None:
    mood = sa.Enum("sad", "glad", name="mood", schema="young")
    made = sa.Table("a", sa.MetaData(), sa.Column("x", mood), schema="young")
    change = SchemaChange(
        tables=(TableChange(before=None, after=POSTGRESQL.lower_table(made)),),
        created_schemas=("young",),
    )

    assert [text.split(" (")[0] for text in texts(POSTGRESQL, change)] == [
        "CREATE SCHEMA IF NOT EXISTS young",
        "CREATE TYPE young.mood AS ENUM",
        "CREATE TABLE young.a",
    ]


def test_a_schema_comes_before_a_table_whose_index_is_called_otherwise_there() -> None:
    """The index has a name aside in the new schema, too, which it then frees."""

    def owner(column: str, schema: str | None) -> sa.Table:
        numbers = sa.Column(column, sa.Integer, index=True)
        return sa.Table("a", sa.MetaData(), numbers, schema=schema)

    change = SchemaChange(
        tables=(
            TableChange(
                before=POSTGRESQL.lower_table(owner("x", None)),
                after=POSTGRESQL.lower_table(owner("y", "young")),
                renamed={"x": "y"},
            ),
        ),
        created_schemas=("young",),
    )

    assert texts(POSTGRESQL, change) == [
        "CREATE SCHEMA IF NOT EXISTS young",
        "ALTER INDEX ix_a_x RENAME TO whimbrel_old_ix_a_x",
        "ALTER TABLE a SET SCHEMA young",
        "ALTER TABLE young.a RENAME COLUMN x TO y",
        "ALTER INDEX young.whimbrel_old_ix_a_x RENAME TO ix_young_a_y",
    ]
