"""What a change loses is said in words, from the states alone."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from whimbrel.migrations.hints import Hints
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.database import database_for
from whimbrel.schema.losses import losses_of
from whimbrel.schema.lower import Lowering
from whimbrel.schema.transition import transition
from whimbrel.state.project import ProjectState


def state(*items: Any, table: str = "book") -> ProjectState:
    metadata = sa.MetaData()
    if items:
        sa.Table(table, metadata, sa.Column("id", sa.Integer, primary_key=True), *items)
    read = read_metadata(metadata, "shop")
    return ProjectState.of(read.models, read.sequences)


def said(
    before: ProjectState,
    after: ProjectState,
    hints: Hints | None = None,
    *,
    dialect: str = "postgresql",
) -> list[str]:
    database = database_for(dialect)
    change = transition(before, after, hints or Hints(), Lowering(database))
    read = database.compiler.checks.read
    return [loss.text for loss in losses_of(change, read)]


def column(type_: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column("x", type_, **options)


def altered(before: Any, after: Any, *, dialect: str = "postgresql") -> list[str]:
    return said(state(column(before)), state(column(after)), dialect=dialect)


def test_a_table_that_goes() -> None:
    assert said(state(column(sa.Text)), state()) == [
        "drops table book and all its rows"
    ]


def test_a_column_that_goes_is_called_as_it_is_now() -> None:
    before = state(column(sa.Text), column2())
    hints = Hints(models={("shop", "book"): ("shop", "novel")})
    assert said(before, state(column2(), table="novel"), hints) == [
        "drops column book.x and what is in it"
    ]


def test_a_column_that_takes_the_name_of_another() -> None:
    hints = Hints(new_fields=frozenset({("shop", "book", "x")}))
    assert said(state(column(sa.Text)), state(column(sa.Integer)), hints) == [
        "drops column book.x and what is in it"
    ]


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (sa.String(40), sa.String(10), "texts longer than 10 characters"),
        (sa.Text, sa.String(1), "texts longer than 1 character"),
        (sa.BigInteger, sa.String(5), "texts longer than 5 characters"),
        (sa.Integer, sa.SmallInteger, "numbers below -32768 or above 32767"),
        (sa.Numeric(8, 2), sa.Numeric(6, 1), "numbers with more than 5 digits before"),
        (sa.Float, sa.Integer, "numbers that are no whole number from"),
        (sa.DateTime, sa.Date, "times of day other than midnight"),
        (sa.Integer, sa.Boolean, "numbers other than 0 and 1"),
        (sa.Text, sa.Integer, "values that do not read as INTEGER"),
        (sa.Text, sa.JSON, "values that do not read as JSON"),
        (sa.Boolean, sa.Date, "values that do not read as DATE"),
    ],
)
def test_a_type_that_takes_less(before: Any, after: Any, lost: str) -> None:
    (text,) = altered(before, after)
    assert text.startswith("column book.x goes from ")
    assert lost in text
    assert text.endswith("stop the run")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sa.String(10), sa.String(40)),
        (sa.String(10), sa.Text),
        (sa.Integer, sa.BigInteger),
        (sa.Integer, sa.Numeric(12, 2)),
        (sa.Integer, sa.Float),
        (sa.Numeric(4, 0), sa.Integer),
        (sa.Integer, sa.String(11)),
        (sa.Date, sa.DateTime),
        (sa.Date, sa.String(10)),
        (sa.Boolean, sa.Integer),
        (sa.Uuid, sa.String(36)),
    ],
)
def test_a_type_that_takes_all_of_another(before: Any, after: Any) -> None:
    assert altered(before, after) == []


def test_an_integer_of_sqlite_takes_any() -> None:
    assert altered(sa.BigInteger, sa.Integer, dialect="sqlite") == []


def test_a_conversion_that_was_said() -> None:
    hints = Hints(casts={("shop", "book", "x"): "x::integer"})
    assert said(state(column(sa.Text)), state(column(sa.Integer)), hints) == [
        "converts column book.x from TEXT to INTEGER by x::integer"
    ]


def test_a_member_that_goes() -> None:
    for dialect in ("postgresql", "mysql"):
        before, after = sa.Enum("a", "b", name="ab"), sa.Enum("a", name="ab")
        assert altered(before, after, dialect=dialect) == [
            "column book.x no longer takes 'b'; rows that have it stop the run"
        ]


def test_members_that_no_type_and_no_check_holds_rows_to() -> None:
    def plain(*values: str) -> sa.Enum:
        return sa.Enum(*values, name="ab", native_enum=False)

    for dialect in ("postgresql", "mysql", "sqlite"):
        assert altered(plain("a", "bb"), plain("a"), dialect=dialect) == [
            "column book.x no longer takes 'bb'; rows that have it stop the run"
        ]
        assert altered(sa.String(9), plain("a", "bb"), dialect=dialect) == [
            "column book.x takes only 'a', 'bb'; rows with another value stop the run"
        ]


def test_nulls() -> None:
    before, after = state(column(sa.Text)), state(column(sa.Text, nullable=False))
    assert said(before, after) == ["a NULL in column book.x stops the run"]
    filled = Hints(fills={("shop", "book", "x"): "?"})
    assert said(before, after, filled) == ["a NULL in column book.x becomes '?'"]


def test_what_comes_back() -> None:
    there, gone = state(column(sa.Text, nullable=False)), state(sa.Column("y", sa.Text))
    back = Hints(fills_neutrally=True)
    assert said(gone, there, back) == [
        "drops column book.y and what is in it",
        "column book.x comes back with '' in every row",
    ]
    assert said(state(), there, back) == ["table book comes back empty"]
    optional = state(column(sa.Text), sa.Column("y", sa.Text))
    assert said(gone, optional, back) == ["column book.x comes back empty"]
    alone = state(column(sa.Text, nullable=False, unique=True))
    assert said(state(sa.Column("y", sa.Text)), alone, back)[1:] == [
        "column book.x comes back without a value; rows stop the run"
    ]


def test_what_is_only_added_loses_nothing() -> None:
    assert said(state(column(sa.Text)), state(column(sa.Text), column2())) == []


def column2() -> sa.Column[Any]:
    return sa.Column("y", sa.Integer, nullable=False, server_default="1")
