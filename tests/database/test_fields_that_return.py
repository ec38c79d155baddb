"""A field that is removed and added again in one run is a new one."""

from __future__ import annotations

import sqlalchemy as sa

from whimbrel import models
from whimbrel.execute.executor import Executor
from whimbrel.migrations import AddField, CreateModel, Migration, RemoveField, RunSQL
from whimbrel.schema.database import database_for
from whimbrel.testing.databases import Scratch


def links() -> models.Field:
    return models.ManyToManyField("self", symmetrical=False)


def test_links_are_gone_with_their_field(database: Scratch) -> None:
    """The table between has the same name before and after, and must be another."""
    first, second = Migration("0001_initial", "shop"), Migration("0002_again", "shop")
    first.operations = [
        CreateModel(
            "Item", [("id", models.AutoField(primary_key=True)), ("links", links())]
        ),
        RunSQL("INSERT INTO shop_item (id) VALUES (1)"),
        RunSQL("INSERT INTO shop_item_links (from_item_id, to_item_id) VALUES (1, 1)"),
    ]
    second.operations = [
        RemoveField("Item", "links"),
        AddField("Item", "links", links()),
    ]
    with database.engine.connect() as connection:
        Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=[first, second],
        ).run([(first, False), (second, False)])
        count = sa.text("SELECT count(*) FROM shop_item_links")
        assert connection.scalar(count) == 0
        connection.rollback()
