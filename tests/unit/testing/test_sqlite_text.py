"""A CREATE TABLE's text is read into the same clauses however it is written."""

from __future__ import annotations

import pytest

from whimbrel.testing.catalog.sqlite_text import (
    normal_sql,
    read_index,
    read_table,
    tokens_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param('"a" > 0', "A>0", id="quotes, case and spaces of names"),
        pytest.param("((a + 1))", "a + 1", id="outer parentheses"),
        pytest.param("a /* x */ > 0 -- y", "a > 0", id="comments"),
        pytest.param("[a b] = `a b`", '"a b" = "A b"', id="names with spaces"),
    ],
)
def test_what_sqlite_ignores_is_ignored(one: str, other: str) -> None:
    assert normal_sql(tokens_of(one)) == normal_sql(tokens_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("'a'", "'A'", id="case of a string"),
        pytest.param("'a'", "a", id="string and name"),
        pytest.param("(a) + (b)", "a + b", id="parentheses inside"),
        pytest.param("'it''s'", "'its'", id="quote in a string"),
        pytest.param("x'00'", "'00'", id="blob"),
    ],
)
def test_what_sqlite_tells_apart_is_kept(one: str, other: str) -> None:
    assert normal_sql(tokens_of(one)) != normal_sql(tokens_of(other))


def test_constraints_of_columns_are_constraints_of_the_table() -> None:
    inline = read_table(
        "CREATE TABLE t (id INTEGER NOT NULL CONSTRAINT pk PRIMARY KEY AUTOINCREMENT,"
        " a INTEGER CONSTRAINT positive CHECK (a > 0) UNIQUE,"
        ' b TEXT REFERENCES "other" (x) ON DELETE SET NULL)'
    )
    below = read_table(
        'CREATE TABLE "t" (id INTEGER NOT NULL, "a" INTEGER, b TEXT,'
        ' CONSTRAINT pk PRIMARY KEY ("id" AUTOINCREMENT),'
        ' CONSTRAINT positive CHECK ("a">0), UNIQUE (a),'
        " FOREIGN KEY(b) REFERENCES other(x) ON DELETE SET NULL ON UPDATE NO ACTION)"
    )

    assert inline.constraints == below.constraints
    assert [item.kind for item in inline.constraints] == [
        *("primary_key", "check", "unique", "foreign_key"),
    ]


def test_everything_about_a_column_is_read() -> None:
    text = read_table(
        "CREATE TABLE IF NOT EXISTS main.t ("
        " a DECIMAL(10, 2) DEFAULT (1 + 2) COLLATE NOCASE,"
        " b INTEGER DEFAULT -1 NOT NULL ON CONFLICT IGNORE,"
        " c INTEGER GENERATED ALWAYS AS (a * 2) STORED,"
        " d INTEGER AS (a || ',' || b),"
        " e TEXT DEFAULT 'x, y'"
        ") STRICT, WITHOUT ROWID"
    )

    assert {name: dict(facts) for name, facts in text.columns.items()} == {
        "a": {"default": "1 + 2", "collation": "nocase"},
        "b": {"default": "- 1", "not_null_conflict": "ignore"},
        "c": {"generated": "a * 2", "stored": True},
        "d": {"generated": "a || ',' || b", "stored": False},
        "e": {"default": "'x, y'"},
    }
    assert text.options == ("strict", "without rowid")


def test_a_foreign_key_is_read_to_its_end() -> None:
    [key] = read_table(
        "CREATE TABLE t (a INT, b INT, CONSTRAINT k FOREIGN KEY (a, b)"
        " REFERENCES u (c, d) MATCH FULL ON UPDATE CASCADE"
        " DEFERRABLE INITIALLY DEFERRED)"
    ).constraints

    assert key.name == "k"
    assert dict(key.facts) == {
        "columns": ("a", "b"),
        "target": "u",
        "target_columns": ("c", "d"),
        "match": "full",
        "on_update": "cascade",
        "deferrable": True,
        "deferred": True,
    }


def test_an_index_is_read_with_its_condition() -> None:
    terms, where = read_index(
        'CREATE UNIQUE INDEX i ON t (lower("A"), b DESC) WHERE b IS NOT NULL'
    )

    assert terms == ("lower ( a )", "b desc")
    assert where == "b is not null"
