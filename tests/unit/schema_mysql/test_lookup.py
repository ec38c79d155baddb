"""Which of the catalog's rows a look-up means."""

from __future__ import annotations

from dataclasses import replace

from whimbrel.schema.mysql.lookup import bare, candidates, chosen
from whimbrel.schema.statement import Lookup

BOOK = (None, "book")


def literal(text: str) -> str:
    return f"'{text}'"


def test_a_foreign_key_is_known_by_its_columns_and_target() -> None:
    rows = [
        ("book_ibfk_1", "author_id", "author"),
        ("book_ibfk_2", "a", "author"),
        ("book_ibfk_2", "b", "author"),
        ("book_ibfk_3", "author_id", "person"),
    ]
    lookup = Lookup(
        kind="foreign_key", table=BOOK, columns=("author_id",), target=(None, "author")
    )

    assert chosen(lookup, rows) == ["book_ibfk_1"]
    assert chosen(replace(lookup, columns=("a", "b")), rows) == ["book_ibfk_2"]
    assert chosen(replace(lookup, columns=("b",)), rows) == []


def test_a_check_is_known_by_its_columns_then_by_its_text() -> None:
    rows = [
        ("CONSTRAINT_1", "`pages` > 0"),
        ("CONSTRAINT_2", "`pages` < 99"),
        ("CONSTRAINT_3", "`pages` < `size`"),
    ]
    lookup = Lookup(kind="check", table=BOOK, columns=("pages",))

    assert chosen(lookup, rows) == ["CONSTRAINT_1", "CONSTRAINT_2"]
    text = replace(lookup, sql="CHECK (pages  <  99)")
    assert chosen(text, rows) == ["CONSTRAINT_2"]
    both = replace(lookup, columns=("pages", "size"))
    assert chosen(both, rows) == ["CONSTRAINT_3"]


def test_what_has_a_name_in_the_state_is_not_meant() -> None:
    checks = [("CONSTRAINT_1", "`pages` >= -2"), ("positive", "`pages` >= -1")]
    lookup = Lookup(
        kind="check",
        table=BOOK,
        columns=("pages",),
        sql="CHECK (pages >= 0)",
        known=("positive",),
    )
    keys = [("book_ibfk_1", "a", "author"), ("fk", "a", "author")]
    key = Lookup(kind="foreign_key", table=BOOK, columns=("a",), known=("fk",))

    assert chosen(lookup, checks) == ["CONSTRAINT_1"]
    assert chosen(key, keys) == ["book_ibfk_1"]


def test_keys_are_known_by_their_columns() -> None:
    rows = [("PRIMARY", "id", 0), ("isbn", "isbn", 0), ("ix", "isbn", 1)]
    lookup = Lookup(kind="unique", table=BOOK, columns=("isbn",))

    assert chosen(lookup, rows) == ["isbn"]
    assert chosen(replace(lookup, kind="index"), rows) == ["isbn", "ix"]
    key = Lookup(kind="primary_key", table=BOOK, columns=("id",))
    assert chosen(key, rows) == ["PRIMARY"]


def test_the_query_is_of_the_table_and_its_database() -> None:
    here = Lookup(kind="check", table=BOOK, columns=("a",))
    there = replace(here, table=("shop", "book"))

    assert "table_schema = DATABASE()" in candidates(here, literal, is_mariadb=True)
    assert "c.table_name" in candidates(here, literal, is_mariadb=True)
    assert "c.table_name" not in candidates(here, literal, is_mariadb=False)
    assert "table_schema = 'shop'" in candidates(there, literal, is_mariadb=False)


def test_brackets_quotes_and_spaces_say_nothing() -> None:
    assert bare("((`a` > 0) and (`b` < 1))") == bare("a > 0 AND b < 1")
