"""Rows are filled in a table with foreign keys that are checked at the end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from whimbrel.execute.executor import Executor
from whimbrel.migrations import AlterField, CreateModel, Migration, RunSQL
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import Scratch

TREE = [
    CreateModel(
        "node",
        [
            ("id", sa.Column(sa.Integer(), primary_key=True)),
            ("parent_id", sa.Column(sa.Integer())),
            ("note", sa.Column(sa.Text())),
        ],
        options={
            "db_table": "node",
            "constraints": [
                sa.ForeignKeyConstraint(
                    ["parent_id"], ["node.id"], deferrable=True, initially="DEFERRED"
                )
            ],
        },
    ),
    RunSQL("INSERT INTO node (id, parent_id, note) VALUES (1, 1, 'a'), (2, 1, NULL)"),
]


@pytest.mark.needs("deferrable_constraints")
def test_a_column_changes_its_type_and_is_filled(database: Scratch) -> None:
    """
    PostgreSQL takes a row that the change of type has written for a new one, and its
    foreign keys wait to be looked at: no ALTER TABLE may follow until they were.
    """
    first, second = Migration("0001_initial", "app"), Migration("0002_note", "app")
    first.operations = list(TREE)
    column = sa.Column(sa.String(20), nullable=False)
    second.operations = [AlterField("node", "note", column, fill="none")]
    with database.engine.connect() as connection:
        executor = Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=[first, second],
        )
        executor.run([(first, False)])
        executor.run([(second, False)])
        notes = connection.execute(sa.text("SELECT note FROM node ORDER BY id"))
        found = [note for (note,) in notes]
        connection.rollback()

    assert found == ["a", "none"]
