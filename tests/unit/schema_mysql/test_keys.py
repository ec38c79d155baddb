"""The indexes of MySQL that nobody wrote, and the names it gives."""

from __future__ import annotations

import pytest

from whimbrel.schema.mysql.keys import (
    free_name,
    leading_columns,
    own_indexes,
    unique_indexes,
)
from whimbrel.schema.objects import Constraint, ForeignKey, Index, Table


def quote(name: str) -> str:
    return f"`{name}`" if " " in name else name


def refers(*columns: str, name: str | None = None) -> ForeignKey:
    return ForeignKey(
        name=name, columns=columns, target=(None, "p"), target_columns=("id",)
    )


def brought(*keys: ForeignKey, primary: str = "id", indexes: tuple[Index, ...] = ()):  # type: ignore[no-untyped-def]
    key = Constraint(
        kind="primary_key",
        name=None,
        sql=f"PRIMARY KEY ({primary})",
        columns=(primary,),
    )
    table = Table(name="t", primary_key=key, foreign_keys=keys, indexes=indexes)
    return [(index.name, index.sql) for index in own_indexes(table, quote)]


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("(a)", ("a",)),
        ("(a, `b c`) USING BTREE", ("a", "b c")),
        ("(a ASC, b)", ("a", "b")),
        ("(a(10), b)", ()),
        ("(a, b(10))", ("a",)),
        ("(a DESC, b)", ("a", "b")),
        ("(a, (lower(b)))", ("a",)),
        ("((a + 1))", ()),
    ],
)
def test_what_an_index_begins_with(sql: str, columns: tuple[str, ...]) -> None:
    assert leading_columns(sql) == columns


def test_mysql_s_foreign_keys_need_an_index_in_ascending_order() -> None:
    assert leading_columns("(a DESC, b)", descending=False) == ()
    assert leading_columns("(a, b DESC)", descending=False) == ("a",)


def test_a_foreign_key_brings_an_index_named_after_it() -> None:
    assert brought(refers("a", name="fk")) == [("fk", "(a)")]
    assert brought(refers("a b")) == [("a b", "(`a b`)")]


def test_an_index_that_begins_alike_is_enough() -> None:
    wide = Index(name="ix", sql="(a, b)", columns=("a", "b"))
    other = Index(name="ix", sql="(b, a)", columns=("b", "a"))
    text = Index(name="ix", sql="(a)", prefix="FULLTEXT", columns=("a",))

    assert brought(refers("a"), indexes=(wide,)) == []
    assert brought(refers("a"), primary="a") == []
    assert brought(refers("a"), indexes=(other,)) == [("a", "(a)")]
    assert brought(refers("a", name="fk"), indexes=(text,)) == [("fk", "(a)")]


def test_foreign_keys_share_an_index() -> None:
    one, two = refers("a", name="one"), refers("a", "b", name="two")

    assert brought(one, two) == [("two", "(a, b)")]
    assert brought(two, one) == [("two", "(a, b)")]
    assert brought(one, refers("a", name="other")) == [("other", "(a)")]


def test_unnamed_keys_are_numbered() -> None:
    unique = [
        Constraint(kind="unique", name=None, sql="UNIQUE (a)", columns=("a",)),
        Constraint(kind="unique", name=None, sql="UNIQUE (a, b)", columns=("a", "b")),
        Constraint(kind="unique", name="u", sql="UNIQUE (b)", columns=("b",)),
    ]

    made = unique_indexes(unique, ())

    assert [(i.name, i.prefix, i.sql) for i in made] == [
        ("a", "UNIQUE", "(a)"),
        ("a_2", "UNIQUE", "(a, b)"),
        ("u", "UNIQUE", "(b)"),
    ]


def test_names_are_the_same_in_any_case() -> None:
    assert free_name("A", {"a", "a_2"}) == "A_3"
    assert free_name("primary", set()) == "primary_2"
