"""A data step may use what the same migration has made before it."""

from __future__ import annotations

import sqlalchemy as sa

from whimbrel.execute.executor import Executor
from whimbrel.migrations import AlterField, CreateModel, Migration, RunSQL
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import Scratch


def state(*values: str) -> sa.Column[str]:
    return sa.Column(sa.Enum(*values, name="item_state"))


def test_a_new_value_is_used_in_the_migration_that_adds_it(database: Scratch) -> None:
    """PostgreSQL refuses a value in the transaction that added it to a type."""
    first, second = Migration("0001_initial", "shop"), Migration("0002_sold", "shop")
    fields = [
        ("id", sa.Column(sa.Integer(), primary_key=True)),
        ("state", state("new")),
    ]
    first.operations = [
        CreateModel("Item", fields, options={"db_table": "item"}),
        RunSQL("INSERT INTO item VALUES (1, 'new')", ""),
    ]
    second.operations = [
        AlterField("Item", "state", state("new", "sold")),
        RunSQL("UPDATE item SET state = 'sold'", "UPDATE item SET state = 'new'"),
    ]
    with database.engine.connect() as connection:
        executor = Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=[first, second],
        )
        executor.run([(first, False), (second, False)])
        query = sa.text("SELECT state FROM item")
        assert connection.scalar(query) == "sold"
        connection.rollback()
        executor.run([(second, True)])
        assert connection.scalar(query) == "new"
        connection.rollback()
