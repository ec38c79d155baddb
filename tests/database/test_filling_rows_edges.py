"""
Existing rows get a value each: odd names and tables, runs that are broken off, and
what else looks at the rows.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from database.journeys import (
    ADD_SKU,
    KEY,
    UNIQUE,
    Journey,
    Numbers,
    numbered,
    table,
)
from whimbrel import migrations, models
from whimbrel.errors.execute import DatabaseRefused, RowsInTheWay
from whimbrel.execute import rows as row_fills
from whimbrel.schema import row_fills as row_fill_sql

ADD = migrations.AddField(*ADD_SKU, fill=Numbers())
SMALL = 3
"""Rows of a page, so that few rows make several."""


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_fill_sql, "PAGE", SMALL)


def all_different(values: list[Any], count: int) -> bool:
    return len(values) == len({*values}) == count and None not in values


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("count", [0, 1, SMALL, SMALL + 1, 3 * SMALL])
def test_rows_are_filled_page_by_page(
    journey: Callable[..., Journey], count: int
) -> None:
    trip = journey(table(KEY), ADD, UNIQUE)
    trip.start("id", *numbered(count))

    trip.forwards()

    assert all_different(trip.column("sku"), count)


@pytest.mark.usefixtures("small_pages")
def test_pages_follow_a_key_of_two_columns(journey: Callable[..., Journey]) -> None:
    fields = [
        ("a", sa.Column(sa.Integer(), primary_key=True, autoincrement=False)),
        ("b", sa.Column(sa.String(9), primary_key=True)),
    ]
    trip = journey(table(*fields), ADD, UNIQUE)
    trip.start("a, b", *(f"{n % 3}, 'x{n}'" for n in range(11)))

    trip.forwards()

    assert all_different(trip.column("sku"), 11)


@pytest.mark.usefixtures("small_pages")
def test_pages_of_rows_without_a_key(journey: Callable[..., Journey]) -> None:
    trip = journey(table(("n", sa.Column(sa.Integer()))), ADD, UNIQUE)
    trip.start("n", *(["1"] * 11))

    trip.forwards()

    assert all_different(trip.column("sku"), 11)


@pytest.mark.usefixtures("small_pages")
def test_a_row_that_gets_none_stays_null(journey: Callable[..., Journey]) -> None:
    """The function is asked once for each row, whatever it says."""
    calls = itertools.count(1)

    def every_second() -> str | None:
        number = next(calls)
        return f"no {number}" if number % 2 else None

    loose = sa.Column(sa.String(20))
    add = migrations.AddField("Item", "sku", loose, fill=every_second)
    trip = journey(table(("n", sa.Column(sa.Integer()))), add, UNIQUE)
    trip.start("n", *numbered(8))

    trip.forwards()

    assert trip.column("sku").count(None) == 4
    assert next(calls) == 9


ODD = 'per%cent :value "whimbrel_value" key_0'


def test_names_with_colons_quotes_and_percent_signs(
    journey: Callable[..., Journey],
) -> None:
    column = sa.Column(sa.String(20), nullable=False)
    add = migrations.AddField("Item", ODD, column, fill=Numbers())
    unique = migrations.AddConstraint("Item", sa.UniqueConstraint(ODD, name="uq"))
    key = (":bound_0 %s", sa.Column(sa.Integer(), primary_key=True))
    trip = journey(table(key, ("value", sa.Column(sa.Integer()))), add, unique)
    trip.start("value", *numbered())

    trip.forwards()

    quote = trip.connection.dialect.identifier_preparer.quote
    found = trip.connection.execute(sa.select(sa.table("item", sa.column(ODD))))
    assert quote(ODD) != ODD
    assert all_different([value for (value,) in found], 7)
    trip.connection.rollback()


def test_an_expression_beside_odd_names(journey: Callable[..., Journey]) -> None:
    def number() -> Any:
        return sa.literal("5 % :value ") + sa.cast(sa.column("id"), sa.String(9))

    column = sa.Column(sa.String(30), nullable=False)
    add = migrations.AddField("Item", ":value", column, fill=number)
    unique = migrations.AddConstraint("Item", sa.UniqueConstraint(":value", name="uq"))
    trip = journey(table(KEY), add, unique)
    trip.start("id", *numbered(2))

    trip.forwards()

    found = trip.connection.execute(sa.select(sa.table("item", sa.column(":value"))))
    assert sorted(value for (value,) in found) == ["5 % :value 1", "5 % :value 2"]
    trip.connection.rollback()


@pytest.mark.parametrize("fuse", [None, False])
def test_what_makes_the_column_unique_may_be_another_step(
    journey: Callable[..., Journey], fuse: bool | None
) -> None:
    """What a migration as a whole leads to decides, not where a step ends."""
    noop = migrations.RunPython(lambda *_: None, lambda *_: None)
    trip = journey(table(KEY), ADD, noop, UNIQUE)
    trip.start("id", *numbered())

    trip.forwards(fuse=fuse)
    assert all_different(trip.column("sku"), 7)

    trip.backwards(fuse=fuse)
    trip.forwards(fuse=fuse)
    assert all_different(trip.column("sku"), 7)


def test_a_part_of_a_unique_key_gets_a_value_for_each_row(
    journey: Callable[..., Journey],
) -> None:
    both = sa.UniqueConstraint("shop", "sku", name="uq_shop_sku")
    unique = migrations.AddConstraint("Item", both)
    shop = ("shop", sa.Column(sa.Integer(), nullable=False))
    trip = journey(table(KEY, shop), ADD, unique)
    trip.start("id, shop", "1, 5", "2, 5", "3, 6")

    trip.forwards()

    assert all_different(trip.column("sku"), 3)


@pytest.mark.parametrize("unique", [True, False])
def test_random_uuids_are_of_version_four(
    journey: Callable[..., Journey], unique: bool
) -> None:
    """Nobody may guess them: the database's own function may tell the time."""
    field = models.UUIDField(default=uuid.uuid4, unique=unique)
    first = migrations.CreateModel(
        "Item",
        [("id", models.BigAutoField(primary_key=True))],
        options={"db_table": "item"},
    )
    trip = journey(first, migrations.AddField("Item", "token", field))
    trip.start("id", *numbered())

    trip.forwards()

    found = [uuid.UUID(str(value)) for value in trip.column("token")]
    assert {value.version for value in found} == {4}
    assert {value.variant for value in found} == {uuid.RFC_4122}
    assert len({*found}) == (7 if unique else 1)


class Digits(sa.TypeDecorator[Any]):
    """The usual recipe for UUIDs on any database, with dashes."""

    impl = sa.CHAR(36)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else str(value)


@pytest.mark.parametrize("type_", [Digits(), sa.Uuid(native_uuid=False)])
def test_a_type_of_ones_own_writes_its_random_uuids_itself(
    journey: Callable[..., Journey], type_: Any
) -> None:
    column = sa.Column(type_, nullable=False)
    add = migrations.AddField("Item", "sku", column, fill=uuid.uuid4)
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    trip.forwards()

    found = trip.column("sku")
    assert all_different(found, 7)
    assert {len(value) for value in found} == {36 if type(type_) is Digits else 32}


def test_a_run_that_was_broken_off_can_be_run_again(
    journey: Callable[..., Journey], yardstick: Any
) -> None:
    """Also where the added column stays behind."""
    numbers = itertools.count(1)
    broken = [True]

    def number() -> str:
        found = next(numbers)
        if broken and found == 4:
            raise KeyboardInterrupt
        return f"no {found}"

    note = migrations.AddField("Item", "note", sa.Column(sa.String(9)))
    trip = journey(table(KEY), note, migrations.AddField(*ADD_SKU, fill=number), UNIQUE)
    trip.start("id", *numbered())
    before = trip.schema()

    with pytest.raises(KeyboardInterrupt):
        trip.forwards()
    broken.clear()
    trip.forwards()

    assert all_different(trip.column("sku"), 7)
    metadata = sa.MetaData()
    sa.Table(
        "item",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("note", sa.String(9)),
        sa.Column("sku", sa.String(20), nullable=False),
        sa.UniqueConstraint("sku", name="uq_sku"),
    )
    trip.assert_like(metadata, yardstick)

    trip.backwards()
    assert trip.schema() == before


def test_a_function_that_gave_a_value_twice_is_corrected_and_run_again(
    journey: Callable[..., Journey],
) -> None:
    numbers = Numbers()
    wrong = [True]
    add = migrations.AddField(*ADD_SKU, fill=lambda: "the same" if wrong else numbers())
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    with pytest.raises(DatabaseRefused):
        trip.forwards()
    wrong.clear()
    trip.forwards()

    assert all_different(trip.column("sku"), 7)


def test_a_long_fill_says_how_far_it_is(
    journey: Callable[..., Journey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_fill_sql, "PAGE", SMALL)
    monkeypatch.setattr(row_fills, "PATIENCE", -1.0)
    trip = journey(table(KEY), ADD, UNIQUE)
    trip.start("id", *numbered())

    trip.forwards()

    does = "fill item.sku of each row with what Numbers gives"
    assert trip.notices == [f"{does}: {n} rows so far" for n in (3, 6, 7)]


def test_rows_that_have_the_same_value_stand_in_the_way(
    journey: Callable[..., Journey],
) -> None:
    """They are found before others are filled."""
    trip = journey(
        table(KEY, ("sku", sa.Column(sa.String(20)))),
        migrations.AlterField(*ADD_SKU, fill=Numbers()),
        UNIQUE,
    )
    trip.start("id, sku", "1, 'same'", "2, NULL", "3, 'same'", "4, NULL")

    with pytest.raises(RowsInTheWay, match=r"sku='same' in 2 rows"):
        trip.forwards()

    assert trip.column("sku").count(None) == 2


def test_a_fill_that_the_database_refuses_names_what_it_did(
    journey: Callable[..., Journey],
) -> None:
    class Unknown:
        pass

    add = migrations.AddField(*ADD_SKU, fill=lambda: Unknown())
    trip = journey(table(KEY), add, UNIQUE)
    trip.start("id", *numbered())

    with pytest.raises(DatabaseRefused, match=r"fill item\.sku of each row with"):
        trip.forwards()
