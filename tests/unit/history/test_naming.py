"""Numbers and names."""

from __future__ import annotations

import datetime

import pytest

from whimbrel import migrations, models
from whimbrel.errors.history import NotAName
from whimbrel.history.naming import check_name, next_number, numbered, parse_number
from whimbrel.migrations import Migration

MOMENT = datetime.datetime(2025, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0001_initial", 1),
        ("0123", 123),
        ("12345_x", 12345),
        ("initial", None),
        ("0001_squashed_0042_x", 42),
        ("0001_squashed_0042_squashed_0050_x", 50),
        ("0001_squashed_things", 1),
    ],
)
def test_the_number_of_a_name(name: str, number: int | None) -> None:
    """A squash goes on with the number of the last that it replaces."""
    assert parse_number(name) == number


def test_the_next_number() -> None:
    """Counting goes on after the greatest."""
    assert next_number() == 1
    assert next_number("initial") == 1
    assert next_number("0009_x", "0010_y", "0002_z") == 11
    assert numbered(7, "x" * 200) == "0007_" + "x" * 100
    assert numbered(12345, "x") == "12345_x"


@pytest.mark.parametrize("name", ["", "a b", "1a", "a-b", "../a"])
def test_a_name_must_fit_into_a_module_name(name: str) -> None:
    """It becomes a file that Python imports."""
    with pytest.raises(NotAName) as caught:
        check_name(name)

    assert str(caught.value) == (
        f"[HI121] {name!r} cannot be part of a migration's name\n"
        "fix: use letters, digits and underscores, no digit first"
    )


def named(*operations: migrations.Operation, initial: bool | None = None) -> str:
    migration = Migration.of("library", "", operations=operations, initial=initial)
    return migration.suggest_name(MOMENT)


def test_names_say_what_the_operations_do() -> None:
    """As long as they are short."""
    add = migrations.AddField("Book", "title", models.TextField())
    long = migrations.AddField(
        "Book", "a_very_long_name_for_any_field", models.TextField()
    )

    assert named(add) == "book_title"
    assert named(add, migrations.DeleteModel("Shelf")) == "book_title_delete_shelf"
    assert (
        named(add, long, add)
        == "book_title_book_a_very_long_name_for_any_field_and_more"
    )
    assert named(add, initial=True) == "initial"


def test_a_name_ends_before_it_gets_too_long() -> None:
    """52 characters at most, and then the rest in two words."""
    removals = [migrations.DeleteModel(f"Model{n}") for n in range(10)]

    assert named(*removals) == "delete_model0_delete_model1_delete_model2_and_more"


def test_without_words_the_time_is_the_name() -> None:
    """Raw SQL says nothing; neither does an empty migration."""
    sql = migrations.RunSQL("SELECT 1")

    assert named(sql) == "auto_20250304_0506"
    assert named() == "auto_20250304_0506"
    assert named(migrations.DeleteModel("Shelf"), sql) == "auto_20250304_0506"
    assert Migration.of("library", "").suggest_name() == "auto"


def test_odd_characters_become_underscores() -> None:
    """Names of indexes may be anything."""
    remove = migrations.RemoveIndex("Book", "ix-a b")

    assert named(remove) == "remove_book_ix_a_b"


def test_a_migration_is_what_its_app_and_name_say() -> None:
    """Two loads of a file are the same migration."""
    one, same = Migration("0001", "a"), Migration("0001", "a")

    assert one == same
    assert hash(one) == hash(same)
    assert one != Migration("0001", "b")
    assert one != "a.0001"
    assert (str(one), repr(one), one.key) == (
        "a.0001",
        "<Migration a.0001>",
        ("a", "0001"),
    )
