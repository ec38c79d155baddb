"""Catalogs are compared by meaning, and each difference is said in words."""

from __future__ import annotations

import pytest

from whimbrel.testing.catalog import (
    Catalog,
    Difference,
    Item,
    compared,
    differences,
    make_item,
)


def book(*members: Item, **facts: str) -> Item:
    return make_item("table", "book", facts, members)


def column(name: str, **facts: str | bool) -> Item:
    return make_item("column", name, facts)


def compare(a: Item, b: Item, database: str = "sqlite", *, order: bool = False) -> str:
    found = differences(
        Catalog(database, (a,)), Catalog(database, (b,)), column_order=order
    )
    return "\n".join(found)


def test_a_changed_fact_is_said_with_both_values() -> None:
    a = book(column("title", type="TEXT"))
    b = book(column("title", type="INT", not_null=True))

    assert compare(a, b) == (
        "table book, column title: not_null: nothing | True\n"
        "table book, column title: type: 'TEXT' | 'INT'"
    )


def test_a_missing_object_is_said_in_both_directions() -> None:
    a = book(make_item("check", None, {"sql": "a > 0"}))
    b = book(make_item("check", None, {"sql": "a > 1"}))

    assert compare(a, b) == (
        "table book, check (unnamed) (sql='a > 0'): only in the first\n"
        "table book, check (unnamed) (sql='a > 1'): only in the second"
    )


def test_a_difference_says_what_it_is_about() -> None:
    a = book(column("title", type="TEXT"), column("pages"))
    b = book(column("title", type="INT"))

    found = compared(Catalog("sqlite", (a,)), Catalog("sqlite", (b,)))

    assert found == [
        Difference(
            (("table", "book"), ("column", "pages")),
            None,
            "table book, column pages (): only in the first",
        ),
        Difference(
            (("table", "book"), ("column", "title")),
            "type",
            "table book, column title: type: 'TEXT' | 'INT'",
        ),
    ]


def test_two_equal_unnamed_constraints_are_not_one() -> None:
    check = make_item("check", None, {"sql": "a > 0"})

    assert compare(book(check, check), book(check)) != ""


def test_the_order_of_columns_counts_on_demand() -> None:
    a, b = book(column("x"), column("y")), book(column("y"), column("x"))

    assert compare(a, b) == ""
    assert compare(a, b, order=True) == (
        "table book: order of columns: ['x', 'y'] | ['y', 'x']"
    )


def test_own_tables_are_left_out() -> None:
    """The history table is there after a migration, not after create_all."""
    own = make_item("table", "whimbrel_migrations", {})
    a = Catalog("sqlite", (own, book()))

    assert differences(a, Catalog("sqlite", (book(),))) == []


def foreign_key(name: str) -> Item:
    return make_item("foreign_key", name, {"columns": ("a",)})


def index(name: str) -> Item:
    return make_item("index", name, {"columns": (("a", None, None),)})


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param(foreign_key("book_ibfk_1"), foreign_key("b_ibfk_2"), id="fk"),
        pytest.param(
            make_item("check", "CONSTRAINT_1", {"sql": "a"}),
            make_item("check", "book_chk_2", {"sql": "a"}),
            id="check",
        ),
        pytest.param(index("a"), index("a_2"), id="key"),
    ],
)
def test_names_that_mysql_numbers_are_no_difference(a: Item, b: Item) -> None:
    assert compare(book(a), book(b), "mysql") == ""


def test_an_empty_schema_is_no_difference() -> None:
    """It stays when its last table goes, as it may be somebody's own."""
    a, b = Catalog("postgresql", (make_item("schema", "s", {}),)), Catalog("postgresql")

    assert differences(a, b) == []


def test_given_names_are_a_difference_on_mysql() -> None:
    assert compare(book(foreign_key("k")), book(foreign_key("l")), "mysql") != ""
    assert compare(book(index("k")), book(index("a")), "mysql") != ""


def test_how_mysql_prints_a_negative_number_is_no_difference() -> None:
    a = book(make_item("check", "ck", {"sql": "(`a` >= -(1))"}))
    b = book(make_item("check", "ck", {"sql": "(`a` >= -1)"}))
    c = book(make_item("check", "ck", {"sql": "(`a` >= -(`b`))"}))

    assert compare(a, b, "mysql") == ""
    assert compare(a, c, "mysql") != ""
