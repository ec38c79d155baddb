"""
Existing rows get a value each, where no two may be the same.

On every database, with several rows, there, back and there again; the schema is
as SQLAlchemy makes it (SQLAlchemy tables) or as it was (Django-style models).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from database.journeys import (
    ADD_SKU,
    INDEX,
    KEY,
    ROWS,
    SKU,
    UNIQUE,
    Journey,
    Numbers,
    numbered,
    table,
)
from whimbrel import migrations, models
from whimbrel.errors.execute import DataStepFailed
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch


def all_different(values: list[Any], count: int = ROWS) -> bool:
    return len(values) == len({*values}) == count and None not in values


@pytest.mark.parametrize("item", [UNIQUE, INDEX], ids=["constraint", "index"])
def test_a_new_unique_column_gets_a_value_for_each_row(
    journey: Callable[..., Journey], item: Any, yardstick: Scratch
) -> None:
    add = migrations.AddField(*ADD_SKU, fill=Numbers())
    trip = journey(table(KEY), add, item)
    trip.start("id", *numbered())
    before = trip.schema()

    trip.forwards()

    assert all_different(trip.column("sku"))
    metadata = sa.MetaData()
    key, sku = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sku", sa.String(20), nullable=False),
    )
    built = sa.Table("item", metadata, key, sku)
    if item is UNIQUE:
        built.append_constraint(sa.UniqueConstraint("sku", name="uq_sku"))
    else:
        sa.Index("ix_sku", built.c.sku, unique=True)
    yardstick.reset()
    with yardstick.engine.begin() as connection:
        metadata.create_all(connection)
        assert differences(trip.schema(), catalog(connection)) == []

    trip.backwards()

    assert differences(trip.schema(), before) == []
    assert trip.column("id") == list(range(1, ROWS + 1))

    trip.forwards()

    assert all_different(trip.column("sku"))


def test_a_django_style_field_gets_its_default_for_each_row(
    journey: Callable[..., Journey],
) -> None:
    """The field's own default stays in the model; it is called for each row."""
    field = models.CharField(max_length=20, unique=True, default=Numbers())
    first = migrations.CreateModel(
        "Item",
        [("id", models.BigAutoField(primary_key=True))],
        options={"db_table": "item"},
    )
    trip = journey(first, migrations.AddField("Item", "sku", field))
    trip.start("id", *numbered())

    trip.forwards()
    assert all_different(trip.column("sku"))

    trip.backwards()
    trip.forwards()
    assert all_different(trip.column("sku"))


def test_a_field_that_comes_back_gets_its_default_for_each_row(
    journey: Callable[..., Journey],
) -> None:
    field = models.CharField(max_length=20, unique=True, default=Numbers())
    fields = [("id", models.BigAutoField(primary_key=True)), ("sku", field)]
    first = migrations.CreateModel("Item", fields, options={"db_table": "item"})
    trip = journey(first, migrations.RemoveField("Item", "sku"))
    trip.start("id, sku", *(f"{n}, 'old {n}'" for n in range(1, ROWS + 1)))

    trip.forwards()
    trip.backwards()

    assert all_different(trip.column("sku"))


def test_only_rows_with_null_are_filled_when_null_is_forbidden(
    journey: Callable[..., Journey],
) -> None:
    loose = ("sku", sa.Column(sa.String(20)))
    unique = sa.UniqueConstraint("sku", name="uq_sku")
    trip = journey(
        table(KEY, loose, constraints=[unique]),
        migrations.AlterField("Item", "sku", SKU, fill=Numbers()),
    )
    trip.start("id, sku", "1, NULL", "2, 'mine'", "3, NULL", "4, NULL")

    trip.forwards()

    values = trip.column("sku")
    assert all_different(values, 4)
    assert "mine" in values

    trip.backwards()
    assert trip.column("sku") == values


def test_a_column_gets_another_type_and_its_nulls_a_value_each(
    journey: Callable[..., Journey],
) -> None:
    loose = ("sku", sa.Column(sa.String(10)))
    unique = sa.UniqueConstraint("sku", name="uq_sku")
    wider = sa.Column(sa.String(30), nullable=False)
    trip = journey(
        table(KEY, loose, constraints=[unique]),
        migrations.AlterField("Item", "sku", wider, fill=Numbers()),
    )
    trip.start("id, sku", "1, NULL", "2, 'mine'", "3, NULL")

    trip.forwards()

    assert all_different(trip.column("sku"), 3)


def test_rows_without_a_key_are_filled_too(journey: Callable[..., Journey]) -> None:
    add = migrations.AddField(*ADD_SKU, fill=Numbers())
    trip = journey(table(("n", sa.Column(sa.Integer()))), add, UNIQUE)
    trip.start("n", "1", "1", "1", "NULL")

    trip.forwards()

    assert all_different(trip.column("sku"), 4)


def test_a_key_of_two_columns_tells_rows_apart(
    journey: Callable[..., Journey],
) -> None:
    fields = [
        ("a", sa.Column(sa.Integer(), primary_key=True, autoincrement=False)),
        ("b", sa.Column(sa.String(9), primary_key=True)),
    ]
    trip = journey(
        table(*fields), migrations.AddField(*ADD_SKU, fill=Numbers()), UNIQUE
    )
    trip.start("a, b", "1, 'x'", "1, 'y'", "2, 'x'")

    trip.forwards()

    assert all_different(trip.column("sku"), 3)


def test_a_new_primary_key_gets_a_value_for_each_row(
    journey: Callable[..., Journey],
) -> None:
    """The old key goes in the same step: rows are told apart without it."""
    code = sa.Column(sa.String(20), primary_key=True)
    trip = journey(
        table(KEY, ("n", sa.Column(sa.Integer()))),
        migrations.RemoveField("Item", "id"),
        migrations.AddField("Item", "code", code, fill=Numbers()),
    )
    trip.start("id, n", "1, 5", "2, 5", "3, 6")

    trip.forwards()

    assert all_different(trip.column("code"), 3)
    assert sorted(trip.column("n")) == [5, 5, 6]


def test_more_rows_than_one_batch(journey: Callable[..., Journey]) -> None:
    add = migrations.AddField(*ADD_SKU, fill=Numbers())
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", "), (".join(numbered(2500)))

    trip.forwards()

    assert all_different(trip.column("sku"), 2500)


def test_a_server_default_is_kept_for_later_rows(
    journey: Callable[..., Journey],
) -> None:
    column = sa.Column(sa.String(20), nullable=False, server_default="none")
    add = migrations.AddField("Item", "sku", column, fill=Numbers())
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    trip.forwards()

    assert all_different(trip.column("sku"))
    trip.connection.exec_driver_sql("INSERT INTO item (id) VALUES (99)")
    trip.connection.commit()
    assert "none" in trip.column("sku")


def test_a_function_may_give_an_expression(journey: Callable[..., Journey]) -> None:
    def number() -> Any:
        return sa.literal("it's: ") + sa.cast(sa.literal_column("id"), sa.String(9))

    add = migrations.AddField(*ADD_SKU, fill=number)
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    trip.forwards()

    assert all_different(trip.column("sku"))


def test_a_function_that_fails_says_so_and_leaves_nothing(
    journey: Callable[..., Journey],
) -> None:
    def broken() -> str:
        raise KeyError("sku")

    add = migrations.AddField(*ADD_SKU, fill=broken)
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    with pytest.raises(DataStepFailed, match="KeyError"):
        trip.forwards()


def test_a_column_that_is_not_unique_gets_one_value(
    journey: Callable[..., Journey],
) -> None:
    trip = journey(table(KEY), migrations.AddField(*ADD_SKU, fill=Numbers()))
    trip.start("id", *numbered())

    trip.forwards()

    assert {*trip.column("sku")} == {"no 1"}


class Temperature(sa.TypeDecorator[Any]):
    """A type whose values only its own processing can turn into the database's."""

    impl = sa.String(20)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else f"{value.degrees} °C"

    def process_literal_param(self, value: Any, dialect: Any) -> Any:
        raise NotImplementedError


class Degrees:
    def __init__(self, degrees: int) -> None:
        self.degrees = degrees


def test_a_value_without_a_literal_is_bound(journey: Callable[..., Journey]) -> None:
    column = sa.Column(Temperature(), nullable=False)
    add = migrations.AddField("Item", "heat", column, fill=Degrees(20))
    trip = journey(table(KEY), add)
    trip.start("id", *numbered())

    trip.forwards()

    assert {*trip.column("heat")} == {"20 °C"}
