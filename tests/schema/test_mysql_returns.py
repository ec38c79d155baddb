"""
The way back to what two apps were, where one refers to the other's models.

MySQL's and MariaDB's foreign keys carry the name of the table that they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from whimbrel import models
from whimbrel.migrations import AlterField, CreateModel, RenameModel
from whimbrel.migrations.operation import Operation
from whimbrel.state.project import ProjectState
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)
from whimbrel.testing.journey import Journey


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    try:
        server = find_server("mysql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as found:
        yield found


def code(size: int) -> models.Field:
    return models.CharField(max_length=size, primary_key=True)


def two_apps() -> ProjectState:
    state = ProjectState()
    CreateModel("Author", [("code", code(9))]).state_forwards("library", state)
    main = models.OneToOneField("library.Author", models.CASCADE, primary_key=True)
    CreateModel("LineItem", [("main", main)]).state_forwards("shop", state)
    return state


def there_and_back(operation: Operation, scratch: Scratch) -> Journey:
    before = two_apps()
    after = before.clone()
    operation.state_forwards("library", after)
    journey = Journey(("library", "shop"))
    scratch.reset()
    with scratch.engine.connect() as connection:
        journey.make(before)
        journey.migrate(connection)
        leaves, once = journey.leaves(), catalog(connection)
        connection.rollback()
        journey.make(after, lambda question: True)
        journey.migrate(connection)

        journey.migrate_back(connection, leaves)

        assert differences(catalog(connection), once) == []
    return journey


def test_a_foreign_key_is_called_again_after_a_model_that_was_renamed(
    scratch: Scratch,
) -> None:
    journey = there_and_back(RenameModel("Author", "Shelf"), scratch)

    # A rename waits for those that know the old name, on a new database too.
    renaming = journey.history.migrations["library", "0002_rename_author_shelf"]
    assert ("shop", "0001_initial") in renaming.dependencies
    scratch.reset()
    with scratch.engine.connect() as connection:
        journey.migrate(connection)


def test_a_foreign_key_s_column_gets_back_the_type_of_its_target(
    scratch: Scratch,
) -> None:
    there_and_back(AlterField("Author", "code", code(19)), scratch)
