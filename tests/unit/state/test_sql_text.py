"""Identifiers inside SQL text, found and renamed without a parser."""

from __future__ import annotations

import pytest

from whimbrel.state.sql_text import (
    identifiers_in,
    quote_identifiers,
    rename_identifiers,
    tokens,
)

RESERVED = {"group", "case", "when"}


def double(name: str) -> str:
    plain = name.isidentifier() and name == name.lower() and name not in RESERVED
    return name if plain else f'"{name}"'


def backtick(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


@pytest.mark.parametrize(
    ("sql", "renamed"),
    [
        pytest.param("price > 0", "cost > 0", id="plain"),
        pytest.param("PRICE > 0", "cost > 0", id="unquoted names fold"),
        pytest.param('"price" > 0', "cost > 0", id="quoted"),
        pytest.param('"Price" > 0', '"Price" > 0', id="quoted names do not fold"),
        pytest.param("a = 'price'", "a = 'price'", id="a string"),
        pytest.param("a = 'it''s price'", "a = 'it''s price'", id="a doubled quote"),
        pytest.param("a = E'\\' price'", "a = E'\\' price'", id="an escape string"),
        pytest.param("a = $x$price$x$", "a = $x$price$x$", id="dollar quotes"),
        pytest.param("price(a)", "price(a)", id="a function"),
        pytest.param("price (a)", "price (a)", id="a function, spaced"),
        pytest.param("(price(10), a)", "(cost(10), a)", id="a prefix length"),
        pytest.param("t.price > price.x", "t.cost > price.x", id="qualified"),
        pytest.param("1 -- price\n+ price", "1 -- price\n+ cost", id="a comment"),
        pytest.param("/* price */ price", "/* price */ cost", id="a long comment"),
        pytest.param("prices + price_", "prices + price_", id="longer words"),
        pytest.param("data->>'price'", "data->>'price'", id="a path in a document"),
        pytest.param("price::int", "cost::int", id="a cast"),
        pytest.param("ärger > price", "ärger > cost", id="letters beyond ASCII"),
    ],
)
def test_a_column_is_renamed_where_it_is_one(sql: str, renamed: str) -> None:
    assert rename_identifiers(sql, {"price": "cost"}, double) == renamed


def test_two_names_are_swapped_at_once() -> None:
    """Renaming one after the other would leave both with one name."""
    assert rename_identifiers("a > b", {"a": "b", "b": "a"}, double) == "b > a"


def test_a_new_name_gets_the_quotes_it_needs() -> None:
    assert rename_identifiers("a > 1", {"a": "A b"}, double) == '"A b" > 1'


def test_mysql_escapes_quotes_in_strings_with_backslashes() -> None:
    sql = r"a = 'it\'s a' AND a"

    assert rename_identifiers(sql, {"a": "b"}, backtick) == r"b = 'it\'s a' AND b"


def test_names_are_found_in_the_order_of_the_text() -> None:
    assert identifiers_in('b > 1 AND "A x" < lower(a)', ["a", "b", "A x", "c"]) == (
        "b",
        "A x",
        "a",
    )


def test_tokens_give_the_text_back() -> None:
    sql = 'SELECT "a""b", `c`, \'d\' -- e\n FROM f WHERE g = $1 /* h */ + 1.5e3;'

    assert "".join(token.text for token in tokens(sql)) == sql


def test_columns_get_the_quotes_that_the_dialect_needs() -> None:
    """Text that followed a rename to a reserved word would be no SQL."""
    sql = "group >= 1 AND x = 'group' AND \"group\" > 0"

    assert quote_identifiers(sql, ["group", "x"], double) == (
        '"group" >= 1 AND x = \'group\' AND "group" > 0'
    )


def test_words_of_the_grammar_are_left_alone() -> None:
    """A column may be called `case`; then whoever means it says so in quotes."""
    sql = "case when x then 1 end > 0"

    assert quote_identifiers(sql, ["case", "when", "x"], double) == sql


def test_a_name_of_two_words_is_put_in_quotes_that_each_dialect_has() -> None:
    """The state knows no dialect; a check renamed in it must stay one condition."""
    renamed = rename_identifiers("size >= 1", {"size": "a b"})

    assert renamed == '"a b" >= 1'
    assert quote_identifiers(renamed, ["a b"], double) == '"a b" >= 1'
    assert quote_identifiers(renamed, ["a b"], backtick) == "`a b` >= 1"
