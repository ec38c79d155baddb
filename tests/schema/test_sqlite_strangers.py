"""
Parts of a table's definition that no model knows stop a rebuild in SQLite.

Each change runs as the executor runs it, on a file, with the questions before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from attempts import attempt, fill
from by_hand import book, change, less, rows, run, with_other

from whimbrel.errors.execute import StrangersInTable
from whimbrel.testing.databases import Scratch, find_server, scratch_database


@pytest.fixture
def lite() -> Iterator[Scratch]:
    with scratch_database(find_server("sqlite")) as scratch:
        yield scratch


@pytest.fixture
def attached(lite: Scratch, tmp_path: Path) -> Scratch:
    return with_other(lite, tmp_path / "other.sqlite3")


PLAIN_BOOK = "id INTEGER PRIMARY KEY NOT NULL, title VARCHAR(40), pages INTEGER"
SAME_BOOK = """
    [ID] integer NOT NULL PRIMARY KEY ASC ON CONFLICT ABORT,
    `Title` varchar(40) COLLATE binary NULL,
    "pages" int CONSTRAINT any_name DEFAULT NULL
"""


def by_hand(scratch: Scratch, table: str, *more: str) -> None:
    scratch.reset()
    run(scratch, table, *more)


def told(scratch: Scratch, before: sa.MetaData, after: sa.MetaData) -> tuple[str, ...]:
    """Return what stopped the change, before it began."""
    outcome = attempt(scratch, before, after)
    assert isinstance(outcome.error, StrangersInTable), outcome.error
    assert outcome.ran == []
    return outcome.found


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (f"{PLAIN_BOOK}, UNIQUE (title)", "UNIQUE (title)"),
        (
            PLAIN_BOOK.replace("(40)", "(40) UNIQUE ON CONFLICT IGNORE"),
            "UNIQUE ON CONFLICT IGNORE of column title",
        ),
        (
            PLAIN_BOOK.replace("(40)", "(40) COLLATE NOCASE"),
            "COLLATE NOCASE of column title",
        ),
        (
            PLAIN_BOOK.replace("(40)", "(40) DEFAULT 'x;--' NOT NULL"),
            "DEFAULT 'x;--' of column title",
        ),
        (
            PLAIN_BOOK.replace("(40)", "(40) NOT NULL ON CONFLICT REPLACE"),
            "NOT NULL ON CONFLICT REPLACE of column title",
        ),
        (
            PLAIN_BOOK.replace("(40)", "(40) CONSTRAINT c CHECK (title\n<> ',')"),
            "CONSTRAINT c CHECK (title <> ',')",
        ),
        (
            PLAIN_BOOK.replace("(40)", "(40) REFERENCES shelf ON DELETE CASCADE"),
            "REFERENCES shelf ON DELETE CASCADE of column title",
        ),
        (
            f"{PLAIN_BOOK}, CONSTRAINT f FOREIGN KEY ([pages]) REFERENCES shelf",
            "CONSTRAINT f FOREIGN KEY ([pages]) REFERENCES shelf",
        ),
        (
            "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, title VARCHAR(40), "
            "pages INTEGER",
            "AUTOINCREMENT of column id",
        ),
        (
            PLAIN_BOOK.replace("pages INTEGER", "pages INTEGER AS (length(title))"),
            "AS (length(title)) of column pages",
        ),
        (
            f"{PLAIN_BOOK}, [a b] REAL UNIQUE",
            "column [a b] REAL UNIQUE (1 row with a value)",
        ),
        (
            f"{PLAIN_BOOK}, twice AS (pages * 2) STORED",
            "column twice AS (pages * 2) STORED (0 rows with a value)",
        ),
    ],
)
def test_what_a_rebuild_would_lose_stops_it(
    lite: Scratch, definition: str, says: str
) -> None:
    by_hand(lite, f"CREATE TABLE book ({definition})")
    written = " [a b]" in definition
    run(
        lite,
        f"INSERT INTO book (id, title{', [a b]' * written}) VALUES (1, 'x'"
        f"{', 2' * written})",
    )
    once = rows(lite, "SELECT sql FROM sqlite_master")

    found = told(lite, book(40), book(80))

    assert f"book: {says}" in found
    assert rows(lite, "SELECT sql FROM sqlite_master") == once


@pytest.mark.parametrize(
    ("words", "says"), [("WITHOUT ROWID", "WITHOUT ROWID"), ("STRICT", "STRICT")]
)
def test_so_do_options(lite: Scratch, words: str, says: str) -> None:
    definition = PLAIN_BOOK.replace("VARCHAR(40)", "TEXT")
    by_hand(lite, f"CREATE TABLE book ({definition}) {words}")
    assert told(lite, book(40), book(80)) == (f"book: {says}",)


def test_a_virtual_table_is_not_made_a_plain_one(lite: Scratch) -> None:
    by_hand(lite, "CREATE VIRTUAL TABLE book USING fts5(title)")
    assert told(lite, book(40), book(80)) == (
        "book: it is a virtual table: CREATE VIRTUAL TABLE book USING fts5(title)",
    )


def test_all_that_is_found_is_told_at_once(attached: Scratch) -> None:
    by_hand(
        attached,
        "CREATE TABLE other.book (id INTEGER PRIMARY KEY, title VARCHAR(40) UNIQUE, "
        "pages INTEGER CHECK (pages > 0), extra)",
    )
    assert told(attached, book(40, schema="other"), book(80, schema="other")) == (
        "book: UNIQUE of column title",
        "book: CHECK (pages > 0)",
        "book: column extra (0 rows with a value)",
    )


def test_the_same_in_other_words_is_no_stranger(lite: Scratch) -> None:
    by_hand(lite, f"CREATE TABLE book ({SAME_BOOK})")
    change(lite, book(40), book(80))


def test_nor_is_what_the_models_come_to_know(lite: Scratch) -> None:
    after = book(80, sa.UniqueConstraint("title"), sa.CheckConstraint("pages > 0"))
    by_hand(
        lite,
        "CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(40) UNIQUE, "
        'pages INTEGER CHECK ("pages" > 0))',
    )
    change(lite, book(40), after)


def test_nor_a_key_where_the_models_have_an_index(lite: Scratch) -> None:
    index = sa.Index("once", "title", unique=True)
    by_hand(
        lite,
        f"CREATE TABLE book ({PLAIN_BOOK}, UNIQUE (title))",
        "CREATE UNIQUE INDEX once ON book (title)",
    )
    change(lite, book(40, index), book(80, sa.Index("once", "title", unique=True)))


def test_a_comment_is_told(lite: Scratch) -> None:
    by_hand(
        lite,
        f"CREATE TABLE book ({PLAIN_BOOK} -- of the shop\n, FOREIGN KEY (pages) "
        "REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    before, after = (
        book(length, sa.ForeignKeyConstraint(["pages"], ["book.id"]))
        for length in (40, 80)
    )
    outcome = attempt(lite, before, after)
    assert outcome.error is None
    assert outcome.notices == [
        "not kept, as no model knows it: book: -- of the shop",
        "not kept, as no model knows it: book: FOREIGN KEY (pages) REFERENCES book "
        "(id) DEFERRABLE INITIALLY DEFERRED",
    ]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (", CHECK (pages > 0)", "CHECK (pages > 0)"),
        (", UNIQUE (title, pages)", "UNIQUE (title, pages)"),
        (
            ", twice AS (pages * 2)",
            "AS (pages * 2) of column twice",
        ),
    ],
)
def test_what_keeps_a_column_from_going_in_place_is_told(
    lite: Scratch, more: str, says: str
) -> None:
    by_hand(lite, f"CREATE TABLE book ({PLAIN_BOOK}{more})")
    assert told(lite, book(40), less()) == (f"book: {says}",)


@pytest.mark.parametrize(
    "definition",
    [
        PLAIN_BOOK.replace("pages INTEGER", "pages INTEGER CHECK (pages > 0)"),
        PLAIN_BOOK.replace("pages INTEGER", "pages INTEGER REFERENCES book DEFAULT 3"),
        f"{PLAIN_BOOK}, extra UNIQUE, CHECK (title <> '')",
    ],
)
def test_what_goes_with_its_column_or_stays_does_not_matter(
    lite: Scratch, definition: str
) -> None:
    by_hand(lite, f"CREATE TABLE book ({definition})")
    outcome = attempt(lite, book(40), less())
    assert (outcome.error, outcome.notices) == (None, [])


def test_an_index_of_the_models_that_somebody_changed_is_told(lite: Scratch) -> None:
    before, after = (
        book(length, sa.Index("by_title", "title"), sa.Index("by_pages", "pages"))
        for length in (40, 80)
    )
    fill(lite, before, {})
    text = "CREATE UNIQUE INDEX by_title ON book (title) WHERE pages > 0"
    run(lite, "DROP INDEX by_title", text)

    outcome = attempt(lite, before, after)

    assert outcome.error is None
    assert outcome.notices == [f"not kept, as no model knows it: book: {text}"]
