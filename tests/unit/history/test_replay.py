"""Replay: the state at any point of the history."""

from __future__ import annotations

import pytest

from history.reading import migration
from whimbrel import models
from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.history import AppNotFound
from whimbrel.history.history import History
from whimbrel.history.replay import state_at, state_before
from whimbrel.migrations import AddField, CreateModel, DeleteModel

BOOK = CreateModel("Book", [("id", models.BigAutoField(primary_key=True))])
TITLE = AddField("Book", "title", models.TextField())
HISTORY = History.of(
    [
        migration("a.1", operations=(BOOK,)),
        migration("a.2", "a.1", operations=(TITLE,)),
        migration("b.1", "a.1", operations=(CreateModel("Shop", BOOK.fields),)),
    ]
)


def test_the_state_at_a_migration_is_that_of_all_before_it() -> None:
    """And of nothing else."""
    assert list(state_at(HISTORY, ("a", "1")).models) == [("a", "book")]
    assert set(state_at(HISTORY).models) == {("a", "book"), ("b", "shop")}
    assert "title" in state_at(HISTORY).model("a", "book").fields
    assert "title" not in state_at(HISTORY, ("b", "1")).model("a", "book").fields


def test_the_state_before_a_migration_lacks_it() -> None:
    """For `sqlmigrate`."""
    assert "title" not in state_before(HISTORY, ("a", "2")).model("a", "book").fields
    assert not state_before(HISTORY, ("a", "1")).models


def test_an_operation_that_does_not_fit_is_placed() -> None:
    """Which file, which operation."""
    history = History.of(
        [migration("a.1", operations=(BOOK, DeleteModel("Shelf")))],
        files={("a", "1"): "a/migrations/1.py"},
    )

    with pytest.raises(WhimbrelError) as caught:
        state_at(history)

    assert caught.value.where == (
        "a/migrations/1.py, operation 2 of 2, Delete model Shelf"
    )


def test_migrations_of_an_app_come_in_order() -> None:
    """With none of another app's."""
    assert [m.name for m in HISTORY.of_app("a")] == ["1", "2"]
    assert HISTORY.of_app("x") == ()


def test_an_unknown_label_is_named() -> None:
    """With what was probably meant."""
    with pytest.raises(AppNotFound, match="there is no app 'shp'"):
        HISTORY.check_label("shp")
