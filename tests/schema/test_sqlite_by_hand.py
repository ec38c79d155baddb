"""
What somebody made by hand in SQLite outlives a rebuild, or stops it before it begins.

Each change runs as the executor runs it, on a file, with the questions before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import attempt, fill, metadata_of

from whimbrel.testing.databases import Scratch, find_server, scratch_database


@pytest.fixture
def lite() -> Iterator[Scratch]:
    with scratch_database(find_server("sqlite")) as scratch:
        yield scratch


@pytest.fixture
def attached(lite: Scratch, tmp_path: Path) -> Scratch:
    """A database whose connections have another one attached, as ``other``."""

    def attach(connection: Any, _: object) -> None:
        connection.execute(f"ATTACH '{tmp_path / 'other.sqlite3'}' AS other")

    sa.event.listen(lite.engine, "connect", attach)
    lite.engine.dispose()
    return lite


def run(scratch: Scratch, *statements: str) -> None:
    with scratch.engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql)


def rows(scratch: Scratch, query: str) -> list[tuple[object, ...]]:
    with scratch.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def change(scratch: Scratch, before: sa.MetaData, after: sa.MetaData) -> None:
    """Make the change, which must go through without a word."""
    outcome = attempt(scratch, before, after)
    assert outcome.error is None
    assert outcome.notices == []
    assert any("RENAME TO" in s.sql for s in outcome.ran), "it was no rebuild"


def book(length: int, *items: Any, schema: str | None = None) -> sa.MetaData:
    """Books; another *length* of the title takes a rebuild."""
    metadata = sa.MetaData()
    columns = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(length)),
        sa.Column("pages", sa.Integer),
    )
    sa.Table("book", metadata, *columns, *items, schema=schema)
    return metadata


BY_HAND = (
    "CREATE TABLE {}log (what)",
    "CREATE TABLE {}shelf (id INTEGER PRIMARY KEY)",
    "CREATE TRIGGER {}noted AFTER INSERT ON book "
    "BEGIN INSERT INTO log VALUES (new.title); END",
    "CREATE TRIGGER {}emptied AFTER DELETE ON shelf "
    "BEGIN DELETE FROM book WHERE pages = old.id; END",
    "CREATE VIEW {}titles AS SELECT id, title FROM book",
    "CREATE TRIGGER {}renamed INSTEAD OF UPDATE ON titles "
    "BEGIN UPDATE book SET title = new.title WHERE id = old.id; END",
    "CREATE INDEX {}by_hand ON book (title COLLATE NOCASE DESC)",
    "CREATE UNIQUE INDEX {}once ON book (title) WHERE pages > 0",
    "CREATE INDEX {}loud ON book (upper(title), pages)",
)
NAMES = ["by_hand", "emptied", "loud", "noted", "once", "renamed", "titles"]


@pytest.mark.parametrize("schema", [None, "other"])
def test_all_that_is_made_by_hand_works_afterwards(
    attached: Scratch, schema: str | None
) -> None:
    prefix = f"{schema}." if schema else ""
    before, after = book(40, schema=schema), book(80, schema=schema)
    fill(attached, before, {})
    run(attached, *(sql.format(prefix) for sql in BY_HAND))
    run(attached, f"INSERT INTO {prefix}shelf VALUES (1), (2)")
    run(attached, f"INSERT INTO {prefix}book VALUES (1, 'one', 1), (2, 'two', 2)")
    catalog = (
        f"SELECT name, sql FROM {prefix}sqlite_master "
        "WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name"
    )
    once = rows(attached, catalog)

    change(attached, before, after)

    assert rows(attached, catalog) == once
    assert [row[0] for row in once] == NAMES
    run(
        attached,
        f"UPDATE {prefix}titles SET title = 'ONE' WHERE id = 1",
        f"DELETE FROM {prefix}shelf WHERE id = 2",
        f"INSERT INTO {prefix}book VALUES (3, 'three', 3)",
    )
    assert rows(attached, f"SELECT id, title FROM {prefix}book") == [
        (1, "ONE"),
        (3, "three"),
    ]
    assert rows(attached, f"SELECT what FROM {prefix}log") == [
        ("one",),
        ("two",),
        ("three",),
    ]
    with pytest.raises(sa.exc.IntegrityError):
        run(attached, f"INSERT INTO {prefix}book VALUES (4, 'three', 3)")


def test_a_namesake_in_another_database_is_left_alone(attached: Scratch) -> None:
    other = book(40, schema="other")
    fill(attached, other, {})
    with attached.engine.begin() as connection:
        book(40).create_all(connection)
    run(
        attached,
        "CREATE INDEX by_hand ON book (pages)",
        "CREATE INDEX other.by_hand ON book (title)",
        "INSERT INTO book VALUES (1, 'main', 1)",
        "INSERT INTO other.book VALUES (1, 'other', 1)",
    )

    change(attached, other, book(80, schema="other"))

    index = "SELECT sql FROM {}sqlite_master WHERE name = 'by_hand'"
    assert rows(attached, index.format("")) == [
        ("CREATE INDEX by_hand ON book (pages)",)
    ]
    assert rows(attached, index.format("other.")) == [
        ("CREATE INDEX by_hand ON book (title)",)
    ]
    assert rows(attached, "SELECT title FROM book") == [("main",)]
    assert rows(attached, "SELECT title FROM other.book") == [("other",)]


def test_an_index_by_hand_is_not_taken_for_a_new_one_of_its_name(
    lite: Scratch,
) -> None:
    before, after = book(40), book(80, sa.Index("by_hand", "pages"))
    fill(lite, before, {})
    run(lite, "CREATE INDEX by_hand ON book (title)")

    assert "by_hand already exists" in str(attempt(lite, before, after).error)

    assert rows(lite, "SELECT sql FROM sqlite_master WHERE name = 'by_hand'") == [
        ("CREATE INDEX by_hand ON book (title)",)
    ]


def page(length: int, *items: sa.Column[Any], **options: Any) -> sa.MetaData:
    """Pages, whose key is a text: the rowid is no column."""
    metadata = sa.MetaData()
    key = sa.Column("code", sa.String(length), primary_key=True)
    sa.Table("page", metadata, key, *items, **options)
    return metadata


def words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text) for name in names]


@pytest.mark.parametrize(
    ("before", "after", "rowid"),
    [
        (page(10), page(20), "rowid"),
        (page(10, *words("rowid")), page(20, *words("rowid")), "oid"),
        (page(10, *words("Rowid")), page(20, *words("OID")), "_rowid_"),
        (page(10), metadata_of(("page", *words("body"))), "rowid"),
    ],
    ids=["a type", "a column is called so", "two are", "all columns are others"],
)
def test_rows_keep_their_rowids(
    lite: Scratch, before: sa.MetaData, after: sa.MetaData, rowid: str
) -> None:
    fill(lite, before, {})
    run(lite, f"INSERT INTO page ({rowid}, code) VALUES (7, 'b'), (3, 'c'), (9, 'a')")

    change(lite, before, after)

    query = f"SELECT {rowid} FROM page ORDER BY {rowid}"
    assert rows(lite, query) == [(3,), (7,), (9,)]


@pytest.mark.parametrize("back", [False, True])
def test_a_table_without_rowid_has_none_to_keep(lite: Scratch, back: bool) -> None:
    sides = [page(10), page(20, sqlite_with_rowid=False)]
    before, after = sides[::-1] if back else sides
    fill(lite, before, {"page": [{"code": "b"}, {"code": "a"}]})

    change(lite, before, after)

    assert rows(lite, "SELECT code FROM page ORDER BY code") == [("a",), ("b",)]


def test_a_full_text_index_still_finds_the_rows(lite: Scratch) -> None:
    before, after = page(10, *words("body")), page(20, *words("body"))
    fill(lite, before, {})
    run(
        lite,
        "CREATE VIRTUAL TABLE found USING fts5(body, content='page')",
        "CREATE TRIGGER indexed AFTER INSERT ON page BEGIN "
        "INSERT INTO found (rowid, body) VALUES (new.rowid, new.body); END",
        "INSERT INTO page VALUES ('x', 'gone'), ('b', 'the sea'), ('a', 'a sea')",
        "INSERT INTO found (found, rowid, body) VALUES ('delete', 1, 'gone')",
        "DELETE FROM page WHERE code = 'x'",
    )

    change(lite, before, after)

    run(lite, "INSERT INTO page VALUES ('c', 'seaside')")
    query = "SELECT body FROM found WHERE found MATCH 'sea*' ORDER BY rowid"
    assert rows(lite, query) == [("the sea",), ("a sea",), ("seaside",)]
