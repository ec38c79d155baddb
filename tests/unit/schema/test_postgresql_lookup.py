"""Which of PostgreSQL's constraints a look-up means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whimbrel.schema.postgresql.lookup import bare, candidates, chosen
from whimbrel.schema.statement import Lookup

BOOK = (None, "book")


def row(name: str, kind: str, column: str | None, *more: object) -> tuple[object, ...]:
    return (name, kind, column, *(more or (None, None, "", None)))


def leads(name: str, column: str, schema: str, table: str) -> tuple[object, ...]:
    return row(name, "f", column, schema, table, "", schema == "public")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("CHECK (title <> 'x')", "CHECK (((title)::text <> 'x'::text))"),
        (
            "CHECK (st IN ('a','b'))",
            "CHECK (((st)::text = ANY ((ARRAY['a'::character varying, "
            "'b'::character varying])::text[])))",
        ),
        (
            "CHECK (st NOT IN ('a', 'c'))",
            "CHECK (((st)::text <> ALL ((ARRAY['a'::character varying, "
            "'c'::character varying])::text[])))",
        ),
        ("CHECK (n IN (1, 2))", "CHECK ((n = ANY (ARRAY[1, 2])))"),
        ("CHECK (title LIKE 'a%')", "CHECK (((title)::text ~~ 'a%'::text))"),
        ("CHECK (id BETWEEN 1 AND 5)", "CHECK (((id >= 1) AND (id <= 5)))"),
        ("CHECK (id != 4)", "CHECK ((id <> 4))"),
        ("CHECK (lower(a) = 'x')", "CHECK ((lower((a)::text) = 'x'::text))"),
        (
            "CHECK (at > '2020-01-01')",
            "CHECK ((at > '2020-01-01'::timestamp without time zone))",
        ),
        (
            "EXCLUDE USING gist (a WITH &&) WHERE (id > 3)",
            "EXCLUDE USING gist (a WITH &&) WHERE ((id > 3))",
        ),
    ],
)
def test_a_condition_is_the_same_however_it_is_shown(written: str, shown: str) -> None:
    """`pg_get_constraintdef` of PostgreSQL 15 shows these so."""
    assert bare(written) == bare(shown)


def test_a_key_is_known_by_its_kind_and_columns_in_order() -> None:
    rows = [
        row("one", "u", "a"),
        row("two", "u", "a"),
        row("two", "u", "b"),
        row("key", "p", "a"),
    ]
    lookup = Lookup(kind="unique", table=BOOK, columns=("a",))

    assert chosen(lookup, rows) == ["one"]
    assert chosen(replace(lookup, columns=("a", "b")), rows) == ["two"]
    assert chosen(replace(lookup, columns=("b", "a")), rows) == []
    assert chosen(replace(lookup, kind="primary_key"), rows) == ["key"]
    assert chosen(replace(lookup, known=("one",)), rows) == []


def test_included_columns_are_no_part_of_the_key() -> None:
    rows = [row("one", "u", "a", None, None, "UNIQUE (a) INCLUDE (b)", None)]

    assert chosen(Lookup(kind="unique", table=BOOK, columns=("a", "b")), rows) == [
        "one"
    ]


def test_a_foreign_key_is_known_by_its_target_too() -> None:
    rows = [leads("one", "a", "public", "author"), leads("two", "a", "old", "author")]
    lookup = Lookup(
        kind="foreign_key", table=BOOK, columns=("a",), target=(None, "author")
    )

    assert chosen(lookup, rows) == ["one"]
    assert chosen(replace(lookup, target=("old", "author")), rows) == ["two"]
    assert chosen(replace(lookup, target=(None, "person")), rows) == []


def test_a_check_is_known_by_its_columns_then_by_its_text() -> None:
    rows = [
        row("one", "c", "n", None, None, "CHECK ((n > 0))", None),
        row("two", "c", "n", None, None, "CHECK ((n < 9))", None),
        row("three", "c", "m", None, None, "CHECK ((m > 0))", None),
    ]
    lookup = Lookup(kind="check", table=BOOK, columns=("n",), sql="CHECK (n < 9)")

    assert chosen(lookup, rows) == ["two"]
    assert chosen(replace(lookup, sql="CHECK (n <> 5)"), rows) == ["one", "two"]
    assert chosen(replace(lookup, columns=("m",), sql="CHECK (m <> 5)"), rows) == [
        "three"
    ]


def test_the_query_is_of_one_table() -> None:
    assert "to_regclass('other.book')" in candidates("other.book", "'{}'".format)
