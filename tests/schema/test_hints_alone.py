"""Changes that the states on both sides do not show: only the hints say them."""

from __future__ import annotations

import sqlalchemy as sa

from whimbrel.execute.executor import Executor
from whimbrel.migrations import (
    AddField,
    CreateModel,
    Migration,
    Operation,
    RemoveField,
    RenameField,
    RunSQL,
)
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import Scratch


def column() -> sa.Column[str]:
    return sa.Column(sa.String(10))


def migrated(database: Scratch, *operations: Operation) -> list[tuple[object, ...]]:
    """Return the row (1, a, b) after *operations*, executed as one step."""
    migration = Migration("0001_initial", "shop")
    migration.operations = [
        CreateModel(
            "Item",
            [
                ("id", sa.Column(sa.Integer(), primary_key=True)),
                ("first", column()),
                ("second", column()),
            ],
            options={"db_table": "item"},
        ),
        RunSQL("INSERT INTO item VALUES (1, 'a', 'b')"),
        *operations,
    ]
    with database.engine.connect() as connection:
        Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=[migration],
        ).run([(migration, False)])
        rows = connection.execute(sa.text("SELECT first, second FROM item"))
        found = [tuple(row) for row in rows]
        connection.rollback()
    return found


def test_a_column_that_went_and_came_again_is_empty(database: Scratch) -> None:
    """Both states are equal; what was in the column must be gone."""
    again = migrated(
        database, RemoveField("Item", "first"), AddField("Item", "first", column())
    )

    assert again == [(None, "b")]


def test_two_columns_of_one_type_exchange_their_names(database: Scratch) -> None:
    swapped = migrated(
        database,
        RenameField("Item", "first", "aside"),
        RenameField("Item", "second", "first"),
        RenameField("Item", "aside", "second"),
    )

    assert swapped == [("b", "a")]
