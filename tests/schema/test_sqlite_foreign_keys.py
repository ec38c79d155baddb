"""
Foreign keys around a change on SQLite, which does not look at them meanwhile: what
led nowhere before does not block, what does since the change takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, Attempt, Rows, attempt, fill, metadata_of

from whimbrel.errors.execute import ForeignKeyViolated
from whimbrel.migrations.hints import Hints
from whimbrel.testing.databases import Scratch, find_server, scratch_database


@pytest.fixture
def lite() -> Iterator[Scratch]:
    with scratch_database(find_server("sqlite")) as scratch:
        yield scratch


def author(*items: Any, key: Any = sa.Integer) -> tuple[Any, ...]:
    return ("author", sa.Column("id", key, primary_key=True), *items)


def book(*items: Any, key: Any = sa.Integer, name: str = "book") -> tuple[Any, ...]:
    return (
        name,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("author_id", key, sa.ForeignKey("author.id")),
        *items,
    )


def note(length: int) -> sa.Column[Any]:
    """A column whose change rebuilds its table."""
    return sa.Column("note", sa.String(length))


ORPHANS: Rows = {
    "author": [{"id": 1}],
    "book": [{"id": 1, "author_id": 1}, {"id": 2, "author_id": 7}],
}


def lines(outcome: Attempt) -> list[str]:
    assert isinstance(outcome.error, ForeignKeyViolated)
    return list(map(str, outcome.error.rows))


def test_what_led_nowhere_before_does_not_block(lite: Scratch) -> None:
    before = metadata_of(author(), book(note(10)))
    after = metadata_of(author(), book(note(20)))
    fill(lite, before, ORPHANS)
    assert attempt(lite, before, after).error is None
    assert attempt(lite, after, before).error is None


def test_names_may_change_around_it(lite: Scratch) -> None:
    """Table, column and the table referred to are all called otherwise."""
    before = metadata_of(author(), book(note(10)))
    after = metadata_of(
        ("writer", sa.Column("number", sa.Integer, primary_key=True)),
        (
            "novel",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("writer", sa.ForeignKey("writer.number")),
            note(20),
        ),
    )
    hints = Hints(
        models={(APP, "author"): (APP, "writer"), (APP, "book"): (APP, "novel")},
        fields={
            (APP, "writer", "id"): "number",
            (APP, "novel", "author_id"): "writer",
        },
    )
    fill(lite, before, ORPHANS)
    assert attempt(lite, before, after, hints).error is None
    assert attempt(lite, after, before, hints.inverted()).error is None


def test_a_table_without_rowid(lite: Scratch) -> None:
    """Its violations have no number of a row."""

    def shelf(length: int) -> sa.MetaData:
        metadata = metadata_of(author())
        sa.Table(
            "shelf",
            metadata,
            sa.Column("code", sa.String(5), primary_key=True),
            sa.Column("author_id", sa.ForeignKey("author.id")),
            note(length),
            sqlite_with_rowid=False,
        )
        return metadata

    fill(lite, shelf(10), {"shelf": [{"code": "a", "author_id": 7}]})
    assert attempt(lite, shelf(10), shelf(20)).error is None


def test_a_value_that_is_converted_leads_nowhere_still(lite: Scratch) -> None:
    before = metadata_of(author(), book())
    after = metadata_of(author(key=sa.String(10)), book(key=sa.String(10)))
    fill(lite, before, ORPHANS)
    assert attempt(lite, before, after).error is None
    assert attempt(lite, after, before).error is None


def test_rows_that_lead_nowhere_since_the_change(lite: Scratch) -> None:
    """Its conversion made them; those of before are not listed."""
    before = metadata_of(author(), book())
    after = metadata_of(author(), book(key=sa.BigInteger))
    hints = Hints(casts={(APP, "book", "author_id"): "author_id + 1"})
    fill(lite, before, ORPHANS)
    outcome = attempt(lite, before, after, hints)
    assert lines(outcome) == [
        "book: id=1 author_id=2 leads by author_id to no row of author",
        "book: id=2 author_id=8 leads by author_id to no row of author",
    ]
    with lite.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT author_id FROM book").scalars()
        assert list(rows) == [1, 7]


def test_rows_that_refer_to_a_table_whose_keys_change(lite: Scratch) -> None:
    """The table that refers is not altered by itself."""
    before = metadata_of(author(note(5)), book())
    after = metadata_of(author(note(10)), book())
    fill(lite, before, ORPHANS)
    assert attempt(lite, before, after).error is None
    hints = Hints(casts={(APP, "author", "id"): "id + 100"})
    other = metadata_of(author(note(10), key=sa.BigInteger), book(key=sa.BigInteger))
    outcome = attempt(lite, after, other, hints)
    assert lines(outcome) == [
        "book: id=1 author_id=1 leads by author_id to no row of author"
    ]


def test_a_table_that_no_model_knows(lite: Scratch) -> None:
    """Dropping what it refers to would leave its rows alone."""
    before, after = metadata_of(author(), ("other", note(5))), metadata_of()
    sa.Table("other", after, note(5))
    fill(lite, before, {"author": [{"id": 1}, {"id": 2}]})
    with lite.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE legacy (code TEXT PRIMARY KEY, a INTEGER REFERENCES author)"
        )
    assert attempt(lite, before, after).error is None
    fill(lite, before, {"author": [{"id": 1}, {"id": 2}]})
    with lite.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE legacy (code TEXT PRIMARY KEY, a INTEGER REFERENCES author)"
        )
        connection.exec_driver_sql("INSERT INTO legacy VALUES ('x', 1), ('y', 9)")
    assert lines(attempt(lite, before, after)) == [
        "legacy: code='x' a=1 leads by a to no row of author"
    ]


def test_a_key_that_was_wrong_before_does_not_block(lite: Scratch) -> None:
    """SQLite cannot even look: what is referred to is no key."""
    before = metadata_of(author(note(5)))
    after = metadata_of(author(note(10)))
    fill(lite, before, {"author": [{"id": 1, "note": "a"}]})
    with lite.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE legacy (a TEXT REFERENCES author (note))"
        )
        connection.exec_driver_sql("INSERT INTO legacy VALUES ('b')")
    assert attempt(lite, before, after).error is None


def test_composite_keys(lite: Scratch) -> None:
    def both(length: int, key: Any = sa.Integer) -> sa.MetaData:
        metadata = metadata_of(
            (
                "place",
                sa.Column("x", sa.Integer, primary_key=True),
                sa.Column("y", sa.Integer, primary_key=True),
            )
        )
        sa.Table(
            "visit",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("x", sa.Integer),
            sa.Column("y", key),
            note(length),
            sa.ForeignKeyConstraint(["x", "y"], ["place.x", "place.y"]),
        )
        return metadata

    rows: Rows = {
        "place": [{"x": 1, "y": 1}],
        "visit": [{"x": 1, "y": 1}, {"x": 1, "y": None}, {"x": 2, "y": 2}],
    }
    fill(lite, both(5), rows)
    assert attempt(lite, both(5), both(10)).error is None
    hints = Hints(casts={(APP, "visit", "y"): "y * 2"})
    outcome = attempt(lite, both(10), both(10, sa.BigInteger), hints)
    assert [line.split(" leads")[0] for line in lines(outcome)] == [
        "visit: id=1 x=1 y=2",
        "visit: id=3 x=2 y=4",
    ]


def test_many_rows_are_cut_short() -> None:
    error = ForeignKeyViolated([f"row {number}" for number in range(12)])
    assert "row 9\n  … and 2 more" in error.what
