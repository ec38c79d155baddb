"""
Rows that exclude each other, or that an enumeration no longer takes, are found before
a change begins: what a key or a type does not say by itself.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, Rows, attempt, fill, metadata_of
from sqlalchemy.dialects import postgresql as pg

from whimbrel.migrations.hints import Hints
from whimbrel.testing.databases import Scratch


def book(*items: Any) -> sa.MetaData:
    """Return a table of books with a key and *items*."""
    return metadata_of(("book", sa.Column("id", sa.Integer, primary_key=True), *items))


def retyped(before: Any, after: Any) -> tuple[sa.MetaData, ...]:
    return book(sa.Column("x", before)), book(sa.Column("x", after))


def valued(*values: Any) -> Rows:
    return {"book": [{"id": i, "x": value} for i, value in enumerate(values, 1)]}


def stays(*items: Any) -> sa.MetaData:
    """Return rooms that are taken for some time."""
    return book(sa.Column("room", sa.Integer), sa.Column("x", pg.INT4RANGE), *items)


@pytest.mark.needs("names_constraints", "schemas")
@pytest.mark.parametrize(
    ("elements", "where", "found"),
    [
        pytest.param([("x", "&&")], None, "3 rows", id="one element"),
        pytest.param([("room", "="), ("x", "&&")], None, "1 row", id="two elements"),
        pytest.param(
            [(sa.text("int4range(room, room + 2)"), "&&"), ("x", "&&")],
            None,
            "3 rows",
            id="an expression",
        ),
        pytest.param([("x", "&&")], "room > 1", None, id="a condition"),
    ],
)
def test_rows_that_exclude_each_other(
    elements: list[Any], where: str | None, found: str | None, database: Scratch
) -> None:
    item = pg.ExcludeConstraint(
        *elements, name="apart", where=where if where is None else sa.text(where)
    )
    rows = [(1, "[1,5)"), (1, "[4,9)"), (2, "[3,5)"), (3, None), (None, "[20,30)")]
    fill(database, stays(), {"book": []})
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for number, (room, time) in enumerate(rows, 1):
            connection.execute(
                sa.text("INSERT INTO book VALUES (:id, :room, CAST(:x AS int4range))"),
                {"id": number, "room": room, "x": time},
            )
    outcome = attempt(database, stays(), stays(item))
    assert outcome.notices == []
    if found is None:
        assert outcome.error is None
        return
    (text,) = outcome.found
    assert text.startswith(
        f"book: {found} at odds with another one, which apart forbids (id=1 and id=2"
    )


@pytest.mark.needs("names_constraints", "schemas")
def test_rows_that_exclude_each_other_once_they_are_converted(
    database: Scratch,
) -> None:
    """The rows are compared as they will be; those before a change that keeps the
    constraint are not looked at again."""
    item = pg.ExcludeConstraint(("x", "="), name="apart", using="btree")
    before = book(sa.Column("x", sa.Numeric(4, 1)))
    after = book(sa.Column("x", sa.Integer), item)
    hints = Hints(casts={(APP, "book", "x"): "floor(x)"})
    fill(database, before, valued(1.5, 2.5))
    assert attempt(database, before, after, hints).error is None
    fill(database, before, valued(1.5, 1.6))
    (found,) = attempt(database, before, after, hints).found
    assert "1 row at odds with another one" in found


def plain(*values: str, **options: Any) -> sa.Enum:
    """An enumeration that the database holds nobody to."""
    return sa.Enum(*values, name="state", native_enum=False, **options)


def test_a_member_that_goes_from_an_enumeration_in_a_text(database: Scratch) -> None:
    """Nothing changes for the database; SQLAlchemy would refuse to read the rows."""
    before, after = retyped(plain("new", "archived"), plain("new"))
    fill(database, before, valued("new", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued("new", "archived", "archived"))
    (found,) = attempt(database, before, after).found
    assert found.startswith(
        "book: 2 rows with 'archived' in column x, which is to take it no longer "
        "(id=2 x='archived'"
    )


def test_a_member_that_goes_and_has_a_successor(database: Scratch) -> None:
    before, after = retyped(plain("new", "old"), plain("new", "past"))
    fill(database, before, valued("new", "old"))
    hints = Hints(values={(APP, "book", "x"): {"old": "past"}})
    assert attempt(database, before, after, hints).error is None


def test_a_text_that_becomes_an_enumeration_in_a_text(database: Scratch) -> None:
    before, after = retyped(sa.String(40), plain("new", "old"))
    fill(database, before, valued("new", "old", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued("new", "newer"))
    (found,) = attempt(database, before, after).found
    assert found == (
        "book: 1 row with values in column x, which is to take only 'new', 'old' "
        "(id=2 x='newer')"
    )


def test_an_enumeration_in_a_text_that_the_database_gets_to_know(
    database: Scratch,
) -> None:
    """By its own type or a check: a row is said once."""
    before = book(sa.Column("x", plain("new", "old")))
    for kind in (sa.Enum("new", name="state"), plain("new", create_constraint=True)):
        after = book(sa.Column("x", kind))
        fill(database, before, valued("new", None))
        assert attempt(database, before, after).error is None
        fill(database, before, valued("new", "old"))
        assert len(attempt(database, before, after).found) == 1
