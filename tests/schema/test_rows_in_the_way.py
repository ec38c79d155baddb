"""
Rows that a change would fail on, or spoil, are found before it begins, on every
database; rows that are in order are never refused.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, Rows, attempt, fill, metadata_of
from sqlalchemy.dialects import postgresql as pg

from whimbrel.errors.execute import RowsInTheWay
from whimbrel.migrations.hints import Hints
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

KEY = ("book", "id")


def book(*items: Any) -> sa.MetaData:
    """Return a table of books with a key and *items*."""
    return metadata_of(("book", sa.Column("id", sa.Integer, primary_key=True), *items))


def retyped(before: Any, after: Any, **options: Any) -> tuple[sa.MetaData, ...]:
    return (
        book(sa.Column("x", before, **options)),
        book(sa.Column("x", after, **options)),
    )


def valued(*values: Any) -> Rows:
    return {"book": [{"id": i, "x": value} for i, value in enumerate(values, 1)]}


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    Args:
        bad: Rows that stand in the way, beside *good* ones that do not.

        says: A part of what is found.

        but: Databases on which the bad rows are good.
    """

    name: str
    change: tuple[sa.MetaData, ...]
    good: Rows
    bad: Rows
    says: str
    hints: Hints = field(default_factory=Hints)
    but: tuple[str, ...] = ()


def texts(length: int) -> Any:
    return sa.String(length)


CASES = [
    Case(
        name="nulls",
        change=(
            book(sa.Column("x", sa.Integer)),
            book(sa.Column("x", sa.Integer, nullable=False)),
        ),
        good=valued(1, 2),
        bad=valued(1, None, None),
        says="2 rows with NULL in column x, which is to take none (id=2; id=3)",
    ),
    Case(
        name="no value for a new column",
        change=(book(), book(sa.Column("x", sa.Integer, nullable=False))),
        good={},
        bad={"book": [{"id": 1}]},
        says="1 row without a value for the new column x, which takes no NULL (id=1)",
    ),
    Case(
        name="a unique constraint",
        change=(
            book(sa.Column("x", sa.Integer)),
            book(sa.Column("x", sa.Integer), sa.UniqueConstraint("x", name="one_x")),
        ),
        good=valued(1, 2, None, None),
        bad=valued(7, 7, 1, None, None),
        says="1 value of (x) in more than one row, which one_x forbids (x=7 in 2 rows)",
    ),
    Case(
        name="a unique index over two columns",
        change=(
            book(sa.Column("x", sa.Integer), sa.Column("y", sa.String(10))),
            book(
                sa.Column("x", sa.Integer),
                sa.Column("y", sa.String(10)),
                sa.Index("one_xy", "x", sa.text("y DESC"), unique=True),
            ),
        ),
        good={"book": [{"id": 1, "x": 1, "y": "a"}, {"id": 2, "x": 1, "y": "b"}]},
        bad={"book": [{"id": 1, "x": 1, "y": "a"}, {"id": 2, "x": 1, "y": "a"}]},
        says="1 value of (x, y) in more than one row, which one_xy forbids "
        "(x=1 y='a' in 2 rows)",
    ),
    Case(
        name="a constant in a new unique column",
        change=(
            book(),
            book(sa.Column("x", sa.Integer, server_default="5", unique=True)),
        ),
        good={"book": [{"id": 1}]},
        bad={"book": [{"id": 1}, {"id": 2}]},
        says="(x=5 in 2 rows)",
    ),
    Case(
        name="NULLs of a unique column that all become the same",
        change=(
            book(sa.Column("x", sa.Integer, unique=True)),
            book(sa.Column("x", sa.Integer, nullable=False, unique=True)),
        ),
        hints=Hints(fills={(APP, "book", "x"): 9}),
        good=valued(1, None),
        bad=valued(1, None, None),
        says="(x=9 in 2 rows)",
    ),
    Case(
        name="a primary key of two columns",
        change=(
            metadata_of(
                (
                    "book",
                    sa.Column("x", sa.Integer, nullable=False),
                    sa.Column("y", sa.Integer, nullable=False),
                )
            ),
            metadata_of(
                (
                    "book",
                    sa.Column("x", sa.Integer, primary_key=True, autoincrement=False),
                    sa.Column("y", sa.Integer, primary_key=True, autoincrement=False),
                )
            ),
        ),
        good={"book": [{"x": 1, "y": 1}, {"x": 1, "y": 2}]},
        bad={"book": [{"x": 1, "y": 1}, {"x": 1, "y": 1}]},
        says="1 value of (x, y) in more than one row, which is to be the primary key",
    ),
    Case(
        name="a check",
        change=(
            book(sa.Column("x", sa.Integer)),
            book(sa.Column("x", sa.Integer), sa.CheckConstraint("x > 0", name="pos")),
        ),
        good=valued(1, None),
        bad=valued(1, None, -3, 0),
        says="2 rows against the check pos (id=3 x=-3; id=4 x=0)",
    ),
    Case(
        name="a check on a new column",
        change=(
            book(),
            book(
                sa.Column("x", sa.Integer, server_default="0"),
                sa.CheckConstraint("x > 0", name="pos"),
            ),
        ),
        good={},
        bad={"book": [{"id": 1}]},
        says="1 row against the check pos (id=1 x=0)",
    ),
    Case(
        name="a foreign key",
        change=(
            metadata_of(
                ("author", sa.Column("id", sa.Integer, primary_key=True)),
                (
                    "book",
                    sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("author_id", sa.Integer),
                ),
            ),
            metadata_of(
                ("author", sa.Column("id", sa.Integer, primary_key=True)),
                (
                    "book",
                    sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("author_id", sa.ForeignKey("author.id")),
                ),
            ),
        ),
        good={"author": [{"id": 1}], "book": [{"author_id": 1}, {"author_id": None}]},
        bad={"author": [{"id": 1}], "book": [{"author_id": 1}, {"author_id": 8}]},
        says="1 row whose author_id leads to no row of author (id=2 author_id=8)",
    ),
    Case(
        name="a foreign key to a new table",
        change=(
            book(sa.Column("x", sa.Integer)),
            metadata_of(
                ("author", sa.Column("id", sa.Integer, primary_key=True)),
                (
                    "book",
                    sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("x", sa.ForeignKey("author.id")),
                ),
            ),
        ),
        good=valued(None),
        bad=valued(None, 8),
        says="1 row whose x leads to no row of author (id=2 x=8)",
    ),
    Case(
        name="texts that are too long",
        change=retyped(texts(40), texts(5)),
        good=valued("short", "ünïcö", None),
        bad=valued("short", "quite long"),
        says="1 row with texts longer than 5 in column x, which is to be shorter "
        "(id=2 x='quite long')",
    ),
    Case(
        name="numbers too long for a text",
        change=retyped(sa.Integer, texts(3)),
        good=valued(999, -99, None),
        bad=valued(1, 1000),
        says="(id=2 x=1000)",
    ),
    Case(
        name="whole numbers out of range",
        change=retyped(sa.Integer, sa.SmallInteger),
        good=valued(32767, -32768, None),
        bad=valued(1, 32768, -32769),
        says="2 rows with numbers below -32768 or above 32767 in column x",
    ),
    Case(
        name="fractions in whole numbers",
        change=retyped(sa.Numeric(6, 2), sa.Integer),
        good=valued(7, 9999, None),
        bad=valued(7, 1.5),
        says="(id=2 x=1.5",
    ),
    Case(
        name="floats in whole numbers",
        change=retyped(sa.Float, sa.Integer),
        good=valued(7, 9999, None),
        bad=valued(7, 1.5),
        says="(id=2 x=1.5)",
    ),
    Case(
        name="digits before the point",
        change=retyped(sa.Numeric(8, 2), sa.Numeric(5, 2)),
        good=valued(999.99, -5, None),
        bad=valued(7, 1000),
        says="(id=2 x=1000",
    ),
    Case(
        name="digits behind the point",
        change=retyped(sa.Numeric(8, 3), sa.Numeric(8, 1)),
        good=valued(999.9, None),
        bad=valued(7, 0.125),
        says="(id=2 x=0.125)",
    ),
    Case(
        name="texts that are no numbers",
        change=retyped(texts(40), sa.Integer),
        good=valued("7", "-12", " 5", None),
        bad=valued("7", "seven"),
        says="1 row with values that do not read as INTEGER in column x, which is to "
        "be INTEGER (id=2 x='seven')",
    ),
    Case(
        name="texts that are no decimals",
        change=retyped(texts(40), sa.Numeric(8, 2)),
        good=valued("7", "-12.50", "1e2", None),
        bad=valued("7", "1,50"),
        says="(id=2 x='1,50')",
    ),
    Case(
        name="texts that are no dates",
        change=retyped(texts(40), sa.Date),
        good=valued("2024-02-29", None),
        bad=valued("2024-02-29", "soon"),
        says="(id=2 x='soon')",
    ),
    Case(
        name="dates of no month",
        change=retyped(texts(40), sa.DateTime),
        good=valued("2024-02-29 12:30:00", "2024-12-01", None),
        bad=valued("2024-02-29 12:30:00", "2024-13-01 12:30:00"),
        says="(id=2 x='2024-13-01 12:30:00')",
    ),
    Case(
        name="times of day in dates",
        change=retyped(sa.DateTime, sa.Date),
        good=valued(datetime.datetime(2024, 2, 29), None),
        bad=valued(datetime.datetime(2024, 2, 29, 12, 30)),
        says="1 row with times of day other than midnight in column x",
    ),
    Case(
        name="a number that is no truth",
        change=retyped(sa.Integer, sa.Boolean),
        good=valued(0, 1, None),
        bad=valued(1, 5),
        says="(id=2 x=5)",
        but=("mysql",),
    ),
    Case(
        name="texts that a conversion leaves too long",
        change=retyped(texts(40), texts(5)),
        hints=Hints(casts={(APP, "book", "x"): "trim(x)"}),
        good=valued("  short  ", None),
        bad=valued("  short  ", "  longer  "),
        says="(id=2 x='  longer  ')",
    ),
    Case(
        name="NULLs that a conversion makes",
        change=retyped(texts(40), texts(50), nullable=False),
        hints=Hints(casts={(APP, "book", "x"): "nullif(x, 'none')"}),
        good=valued("some"),
        bad=valued("some", "none"),
        says="1 row with NULL in column x",
    ),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]  # pytest's is untyped


def test_rows_in_order_are_not_refused(case: Case, database: Scratch) -> None:
    before, after = case.change
    fill(database, before, case.good)
    outcome = attempt(database, before, after, case.hints)
    assert outcome.error is None
    assert outcome.notices == []


def test_rows_in_the_way_are_found_before_anything_runs(
    case: Case, database: Scratch
) -> None:
    before, after = case.change
    fill(database, before, case.bad)
    if database.name in case.but:
        assert attempt(database, before, after, case.hints).error is None
        return
    with database.engine.connect() as connection:
        there = catalog(connection)
    outcome = attempt(database, before, after, case.hints)
    assert isinstance(outcome.error, RowsInTheWay)
    assert case.says in outcome.found[0]
    assert outcome.ran == []
    with database.engine.connect() as connection:
        assert differences(catalog(connection), there) == []


@pytest.mark.needs("partial_indexes")
def test_a_partial_index_looks_at_its_rows_only(database: Scratch) -> None:
    index = sa.Index(
        "one_x",
        "x",
        unique=True,
        postgresql_where=sa.text("x > 5"),
        sqlite_where=sa.text("x > 5"),
    )
    before, after = (
        book(sa.Column("x", sa.Integer)),
        book(sa.Column("x", sa.Integer), index),
    )
    fill(database, before, valued(1, 1, 7))
    assert attempt(database, before, after).error is None
    fill(database, before, valued(1, 1, 7, 7))
    (found,) = attempt(database, before, after).found
    assert "1 value of (x) in more than one row, which one_x forbids" in found


@pytest.mark.needs("expression_indexes")
def test_an_index_over_an_expression(database: Scratch) -> None:
    index = sa.Index("one_x", sa.func.lower(sa.column("x")), unique=True)
    before, after = (
        book(sa.Column("x", sa.String(20))),
        book(sa.Column("x", sa.String(20)), index),
    )
    fill(database, before, valued("a", "b", None, None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued("a", "A"))
    (found,) = attempt(database, before, after).found
    assert "1 value of (lower(x)) in more than one row" in found


@pytest.mark.needs("nulls_not_distinct")
def test_nulls_that_are_not_distinct(database: Scratch) -> None:
    unique = sa.UniqueConstraint("x", name="one_x", postgresql_nulls_not_distinct=True)
    before, after = (
        book(sa.Column("x", sa.Integer)),
        book(sa.Column("x", sa.Integer), unique),
    )
    fill(database, before, valued(1, None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued(1, None, None))
    (found,) = attempt(database, before, after).found
    assert "(x=None in 2 rows)" in found


def colours(*names: str) -> sa.MetaData:
    """A column of an enumeration, as the database has one."""
    return book(sa.Column("x", sa.Enum(*names, name="colour", create_constraint=True)))


def test_a_member_that_is_in_use(database: Scratch) -> None:
    """In a type of its own, in the column's type, or in a check."""
    before, after = colours("red", "blue", "green"), colours("red", "green")
    fill(database, before, valued("red", "green", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued("red", "blue"))
    outcome = attempt(database, before, after)
    assert "1 row " in outcome.found[0]
    assert "id=2 x='blue'" in outcome.found[0]
    assert outcome.ran == []


def test_a_text_that_is_no_member(database: Scratch) -> None:
    before, after = book(sa.Column("x", sa.String(10))), colours("red", "green")
    fill(database, before, valued("red", "green", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued("red", "blue"))
    outcome = attempt(database, before, after)
    assert "id=2 x='blue'" in outcome.found[0]
    assert outcome.ran == []


def test_names_that_change_in_the_same_step(database: Scratch) -> None:
    """Questions use the old names, checks and conditions speak of new ones."""
    before = book(
        sa.Column("a", sa.Integer), sa.Column("b", sa.Integer), sa.Column("c", sa.Text)
    )
    after = metadata_of(
        (
            "novel",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("b", sa.Integer, nullable=False),
            sa.Column("a", sa.Integer, unique=True),
            sa.CheckConstraint("a > b", name="order"),
        )
    )
    hints = Hints(
        models={(APP, "book"): (APP, "novel")},
        fields={(APP, "novel", "a"): "b", (APP, "novel", "b"): "a"},
    )
    fill(database, before, {"book": [{"id": 1, "a": 1, "b": 2}]})
    assert attempt(database, before, after, hints).error is None
    rows = [{"id": 1, "a": 1, "b": 5}, {"id": 2, "b": 5}, {"id": 3, "a": 9, "b": 4}]
    fill(database, before, {"book": rows})
    found = attempt(database, before, after, hints).found
    assert found[0] == (
        "book: 1 row with NULL in column a, which is to take none (id=2)"
    )
    assert "1 row against the check order (id=3 a=4 b=9)" in found[1]
    assert "1 value of (a) in more than one row" in found[2]


def test_many_rows_are_counted_and_few_shown(database: Scratch) -> None:
    before, after = retyped(texts(40), texts(5))
    fill(database, before, valued(*["too long"] * 12))
    (found,) = attempt(database, before, after).found
    assert found.startswith("book: 12 rows with texts longer than 5 in column x")
    assert found.endswith("id=5 x='too long'; …)")


def test_all_that_is_found_is_said_at_once(database: Scratch) -> None:
    before, after = retyped(texts(40), texts(5))
    after = book(
        sa.Column("x", sa.String(5), nullable=False),
        sa.Column("y", sa.Integer, nullable=False),
    )
    fill(database, before, valued("too long", None))
    assert len(attempt(database, before, after).found) == 3


def test_bytes_that_become_a_text_are_counted_as_text(database: Scratch) -> None:
    """In PostgreSQL's notation they are twice as long, and in UTF-8 somewhat."""
    before, after = retyped(sa.LargeBinary, texts(8))
    fill(database, before, valued("ünï".encode(), b"12345678", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued(b"123456789"))
    assert len(attempt(database, before, after).found) == 1


def test_a_uuid_goes_into_its_digits(database: Scratch) -> None:
    """Where the rows are converted so; in a text without room for the dashes."""
    before, after = retyped(sa.Uuid, sa.CHAR(32))
    fill(database, before, valued(uuid.UUID(int=5), None))
    outcome = attempt(database, before, after)
    refused = database.name == "postgresql"  # which writes the dashes
    assert (outcome.error is not None) == refused
    assert attempt(database, before, retyped(sa.Uuid, sa.CHAR(36))[1]).error is None


def test_a_text_that_is_no_document(database: Scratch) -> None:
    before, after = retyped(sa.Text, sa.JSON)
    fill(database, before, valued('{"a": [1, 2]}', "5", None))
    assert attempt(database, before, after).error is None
    fill(database, before, valued('{"a": [1, 2'))
    outcome = attempt(database, before, after)
    assert outcome.error is not None


@pytest.mark.needs("sequences", "schemas")
def test_not_a_number_fits_every_decimal(database: Scratch) -> None:
    before, after = retyped(sa.Numeric(8, 3), sa.Numeric(5, 2))
    fill(database, before, valued(Decimal("NaN"), 1))
    assert attempt(database, before, after).error is None


@pytest.mark.needs("names_constraints")
def test_what_is_not_held_against_old_rows_is_not_asked(database: Scratch) -> None:
    """NOT VALID means that the rows that are there do not matter."""
    check = sa.CheckConstraint("x > 0", name="positive", postgresql_not_valid=True)
    before, after = (
        book(sa.Column("x", sa.Integer)),
        book(sa.Column("x", sa.Integer), check),
    )
    fill(database, before, valued(-1))
    assert attempt(database, before, after).error is None


def test_empty_tables_take_any_change(case: Case, database: Scratch) -> None:
    before, after = case.change
    fill(database, before, {})
    outcome = attempt(database, before, after, case.hints)
    assert outcome.error is None
    assert outcome.notices == []


@pytest.mark.needs("native_enums")
@pytest.mark.parametrize(
    "kind",
    [pg.INET, pg.CIDR, pg.MACADDR, pg.MACADDR8, pg.TSVECTOR, pg.MONEY, pg.INT4RANGE],
    ids=lambda kind: kind.__name__,
)
def test_a_column_of_a_rare_type_comes_back(kind: Any, database: Scratch) -> None:
    """Nobody can be asked for a value on the way back."""
    before, after = book(), book(sa.Column("x", kind, nullable=False))
    fill(database, before, {"book": [{"id": 1}, {"id": 2}]})
    assert attempt(database, before, after, Hints(fills_neutrally=True)).error is None
