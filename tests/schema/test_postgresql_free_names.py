"""
Names that nobody gave and that something else has: PostgreSQL takes the next one.

What comes out is what `create_all` makes beside the same objects.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from attempts import attempt, metadata_of, state
from sqlalchemy.dialects import postgresql as pg

from whimbrel.execute.editor import PrintingEditor
from whimbrel.migrations.hints import Hints
from whimbrel.schema.database import database_for
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

pytestmark = pytest.mark.needs("names_constraints", "schemas")

NUMBERED = [
    "CREATE TABLE other (x integer, y integer, CONSTRAINT a_b_c_key UNIQUE (x))",
    "CREATE TABLE a_b_pkey (x integer)",
    "ALTER TABLE other ADD CONSTRAINT a_b_c_check CHECK (x > 0)",
    "ALTER TABLE other ADD CONSTRAINT a_b_c_fkey FOREIGN KEY (y) REFERENCES other (x)",
    "CREATE INDEX a_b_c_excl ON other (y)",
]


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer)


def many(table: str, column: str) -> tuple[object, ...]:
    """Return a table with one of each kind of constraint, none of which has a name."""
    return (
        table,
        sa.Column("id", sa.Integer, primary_key=True),
        number(column),
        sa.UniqueConstraint(column),
        sa.CheckConstraint(f"{column} > 0"),
        sa.ForeignKeyConstraint([column], [f"{table}.id"]),
        pg.ExcludeConstraint((column, "="), using="btree"),
    )


def changed(
    database: Scratch,
    before: sa.MetaData,
    after: sa.MetaData,
    hints: Hints | None = None,
    others: list[str] | None = None,
) -> list[str]:
    """Return how the catalog differs from that of *after* beside *others*."""
    catalogs = []
    for made in (before, after):
        database.reset()
        with database.engine.begin() as connection:
            for sql in NUMBERED if others is None else others:
                connection.exec_driver_sql(sql)
            made.create_all(connection)
            if made is after:
                catalogs.append(catalog(connection))
                continue
        outcome = attempt(database, before, after, hints or Hints())
        assert outcome.error is None
        with database.engine.connect() as connection:
            catalogs.append(catalog(connection))
    return [*differences(*catalogs)]


def test_a_new_table(database: Scratch) -> None:
    assert changed(database, sa.MetaData(), metadata_of(many("a_b", "c"))) == []


def test_new_constraints(database: Scratch) -> None:
    name, key, column, *_ = many("a_b", "c")
    before = metadata_of((str(name), key, column))
    assert changed(database, before, metadata_of(many("a_b", "c"))) == []


def test_two_new_tables(database: Scratch) -> None:
    """What the change itself takes is taken too."""
    tables = [("a", number("b_c"), sa.UniqueConstraint("b_c")), many("a_b", "c")]
    assert changed(database, sa.MetaData(), metadata_of(*tables), others=[]) == []


def test_a_table_that_gets_a_name_like_that(database: Scratch) -> None:
    """The names follow the table, as far as they are free."""
    hints = Hints(models={("shop", "item"): ("shop", "a_b")})
    before, after = metadata_of(many("item", "c")), metadata_of(many("a_b", "c"))
    assert changed(database, before, after, hints) == []


def test_what_the_change_itself_frees_is_free(database: Scratch) -> None:
    """A table that goes takes its names with it."""
    unique = sa.UniqueConstraint
    before = metadata_of(("a", number("b_c"), unique("b_c")), ("a_b", number("c")))
    after = metadata_of(("a_b", number("c"), unique("c")))
    assert changed(database, before, after, others=[]) == []


def test_a_constraint_of_another_schema_is_not_in_the_way(database: Scratch) -> None:
    others = [
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.x (y integer CONSTRAINT a_b_c_key UNIQUE)",
    ]
    after = metadata_of(many("a_b", "c"))
    assert changed(database, sa.MetaData(), after, others=others) == []


def test_what_got_a_number_can_be_dropped(database: Scratch) -> None:
    before = metadata_of(many("a_b", "c"))
    name, key, column, *_ = many("a_b", "c")
    assert changed(database, before, metadata_of((str(name), key, column))) == []


def test_without_a_database_the_change_itself_is_known(database: Scratch) -> None:
    tables = [
        ("a", number("b_c"), sa.UniqueConstraint("b_c")),
        ("a_b", number("c"), sa.UniqueConstraint("c")),
    ]
    editor = PrintingEditor(database_for("postgresql"))
    editor.transition(state(sa.MetaData()), state(metadata_of(*tables)), Hints())
    first, second = (statement.sql for statement in editor.statements)
    assert "CONSTRAINT a_b_c_key UNIQUE (b_c)" in first
    assert "CONSTRAINT a_b_c_key1 UNIQUE (c)" in second
