"""
Existing rows get a value each where only one database has what is in the way:
triggers and row numbers of SQLite, partitions and rules of PostgreSQL, tables of
MySQL without a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from whimbrel import migrations
from whimbrel.errors.execute import RowsNotReached
from whimbrel.errors.schema import RowsAlike
from whimbrel.testing.databases import ServerMissing, find_server, scratch_database

ADD = migrations.AddField(*ADD_SKU, fill=Numbers())


@pytest.fixture
def on(request: pytest.FixtureRequest) -> Iterator[Callable[..., Journey]]:
    """A journey on the database that a test is about."""
    try:
        server = find_server(request.param)
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as scratch:
        made: list[Journey] = []

        def make(first: Any, *second: Any) -> Journey:
            made.append(Journey(scratch, first, *second))
            return made[-1]

        yield make
        for one in made:
            one.connection.close()


on_sqlite = pytest.mark.parametrize("on", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("on", ["postgresql"], indirect=True)
on_mysql = pytest.mark.parametrize("on", ["mysql"], indirect=True)


def filled(trip: Journey) -> set[Any]:
    """Return the values that rows have, NULL left out."""
    values = trip.column("sku")
    assert len(values) == len({*values})
    return {*values} - {None}


def execute(trip: Journey, *statements: str) -> None:
    for statement in statements:
        trip.connection.exec_driver_sql(statement)
    trip.connection.commit()


@on_sqlite
def test_no_trigger_of_sqlite_sees_the_values(on: Callable[..., Journey]) -> None:
    """A rebuild fires none, whatever its rows get."""
    trip = on(table(KEY, ("n", sa.Column(sa.Integer()))), ADD, UNIQUE)
    trip.start("id, n", *(f"{n}, 0" for n in range(4)))
    trigger = (
        "CREATE TRIGGER counts AFTER UPDATE ON item "
        "BEGIN UPDATE item SET n = n + 1 WHERE id = new.id; END"
    )
    execute(trip, trigger)

    trip.forwards()

    assert len(filled(trip)) == 4
    assert trip.column("n") == [0, 0, 0, 0]
    execute(trip, "UPDATE item SET n = 5 WHERE id = 1")
    assert trip.column("n") == [0, 6, 0, 0]


TEXT_KEY = sa.Column(sa.String(9), primary_key=True)
TAKEN = [("rowid", sa.Column(sa.String(9))), ("OID", sa.Column(sa.String(9)))]


@on_sqlite
@pytest.mark.parametrize(
    ("first", "columns"),
    [
        pytest.param(
            table(("code", TEXT_KEY), table_options={"sqlite_with_rowid": False}),
            "code",
            id="no row numbers",
        ),
        pytest.param(
            table(("_rowid_", TEXT_KEY), *TAKEN),
            "_rowid_",
            id="columns are called like row numbers",
        ),
    ],
)
def test_rows_of_sqlite_without_numbers_are_told_apart_by_their_key(
    on: Callable[..., Journey], first: Any, columns: str
) -> None:
    trip = on(first, ADD, UNIQUE)
    trip.start(columns, "'a'", "'b'", "'10'", "'9'")

    trip.forwards()

    assert len(filled(trip)) == 4


@on_sqlite
def test_rows_of_sqlite_that_nothing_tells_apart(on: Callable[..., Journey]) -> None:
    loose = [(name, sa.Column(sa.String(9))) for name in ("rowid", "oid", "_rowid_")]
    trip = on(table(*loose), ADD, UNIQUE)
    trip.start("oid", "'a'", "'a'")
    before = trip.schema()

    with pytest.raises(RowsAlike, match="SC108"):
        trip.forwards()

    assert trip.schema() == before


@on_postgresql
def test_partitions_have_rows_at_the_same_places(on: Callable[..., Journey]) -> None:
    days = ("day", sa.Column(sa.Integer()))
    parted = table(days, table_options={"postgresql_partition_by": "RANGE (day)"})
    index = migrations.AddIndex("Item", sa.Index("ix", "sku", "day", unique=True))
    trip = on(parted, ADD, index)
    trip.run(trip.one, False, None)
    execute(
        trip,
        "CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (10) TO (20)",
        "INSERT INTO item VALUES (1), (2), (11), (12), (13)",
    )

    trip.forwards()

    assert len(filled(trip)) == 5


@on_postgresql
def test_a_trigger_that_leaves_rows_out_is_noticed(
    on: Callable[..., Journey],
) -> None:
    trip = on(table(KEY), ADD, UNIQUE)
    trip.start("id", *numbered(4))
    execute(
        trip,
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF new.id = 2 THEN RETURN NULL; END IF; RETURN new; END $$",
        "CREATE TRIGGER hold BEFORE UPDATE ON item FOR EACH ROW "
        "EXECUTE FUNCTION hold()",
    )

    with pytest.raises(RowsNotReached) as caught:
        trip.forwards()

    assert "4 rows were to get a value, and 3 did" in str(caught.value)


@on_mysql
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(table(("n", sa.Column(sa.Integer()))), id="no key"),
        pytest.param(
            table(("n", sa.Column(sa.Float(), primary_key=True))), id="fractions"
        ),
        pytest.param(
            table(("n", sa.Column(sa.Integer(), primary_key=True, autoincrement=True))),
            id="numbers itself",
        ),
    ],
)
def test_rows_of_mysql_are_numbered_while_they_are_filled(
    on: Callable[..., Journey], first: Any
) -> None:
    trip = on(first, ADD, UNIQUE)
    trip.start("n", "1", "2", "3")
    before = trip.schema()

    trip.forwards()

    assert len(filled(trip)) == 3

    trip.backwards()

    assert trip.schema() == before


@on_mysql
def test_a_broken_run_on_mysql_goes_on_with_a_key_made_for_it(
    on: Callable[..., Journey],
) -> None:
    numbers = Numbers()
    broken = [True]

    def number() -> str:
        if broken and next(numbers.counter) > 1:
            raise KeyboardInterrupt
        return numbers()

    trip = on(
        table(("n", sa.Column(sa.Integer()))),
        migrations.AddField(*ADD_SKU, fill=number),
        UNIQUE,
    )
    trip.start("n", "1", "1", "1")

    with pytest.raises(KeyboardInterrupt):
        trip.forwards()
    broken.clear()
    trip.forwards()

    assert len(filled(trip)) == 3
    assert "item.sku is there from a run that was broken off" in trip.notices[0]
