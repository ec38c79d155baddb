"""
What somebody made by hand in SQLite outlives a rebuild, or is told before it begins.

Each change runs as the executor runs it, on a file, with the questions before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, NO_HINTS, attempt, fill, metadata_of
from by_hand import book, change, less, rows, run, with_other

from whimbrel.errors.execute import DependentObjects
from whimbrel.migrations.hints import Hints
from whimbrel.testing.databases import Scratch, find_server, scratch_database


@pytest.fixture
def lite() -> Iterator[Scratch]:
    with scratch_database(find_server("sqlite")) as scratch:
        yield scratch


@pytest.fixture
def attached(lite: Scratch, tmp_path: Path) -> Scratch:
    return with_other(lite, tmp_path / "other.sqlite3")


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


def test_the_row_counter_of_an_attached_table_goes_on(attached: Scratch) -> None:
    before, after = sa.MetaData(), sa.MetaData()
    for metadata, length in ((before, 40), (after, 80)):
        sa.Table(
            "book",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(length)),
            schema="other",
            sqlite_autoincrement=True,
        )
    fill(attached, before, {})
    run(
        attached,
        "INSERT INTO other.book VALUES (7, 'gone')",
        "DELETE FROM other.book",
    )

    change(attached, before, after)

    assert rows(attached, "SELECT * FROM other.sqlite_sequence") == [("book", 7)]


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


def dependent(
    scratch: Scratch, before: sa.MetaData, after: sa.MetaData, hints: Hints = NO_HINTS
) -> DependentObjects:
    """Return what stopped the change, before it began."""
    outcome = attempt(scratch, before, after, hints)
    assert isinstance(outcome.error, DependentObjects), outcome.error
    assert outcome.ran == []
    return outcome.error


@pytest.mark.parametrize("length", [40, 80], ids=["in place", "rebuilt"])
@pytest.mark.parametrize(
    "index",
    [
        "CREATE INDEX by_hand ON book (title) WHERE pages > 0",
        "CREATE UNIQUE INDEX by_hand ON book (title, pages + 1)",
        'CREATE INDEX by_hand ON book (title) WHERE "pages" > 0',
    ],
)
def test_an_index_that_needs_a_column_that_goes_is_told(
    lite: Scratch, index: str, length: int
) -> None:
    """Where it is over the column, it goes with it."""
    before, after = book(40), less(length)
    fill(lite, before, {})
    run(lite, index, "CREATE INDEX goes ON book (pages, title)")

    error = dependent(lite, before, after)

    assert error.findings == ("index by_hand uses column book.pages",)
    assert error.remedies == (('DROP INDEX "by_hand"', index),)
    run(lite, error.remedies[0][0])
    assert attempt(lite, before, after).error is None
    assert rows(lite, "SELECT name FROM sqlite_master WHERE type = 'index'") == []


def test_what_is_pasted_names_the_database(attached: Scratch) -> None:
    def cut(length: int) -> sa.MetaData:
        metadata = sa.MetaData()
        for table in less(length).tables.values():
            table.to_metadata(metadata, schema="other")
        return metadata

    before, after = book(40, schema="other"), cut(40)
    fill(attached, before, {})
    run(
        attached,
        "CREATE VIEW other.sizes AS SELECT pages FROM book",
        "CREATE INDEX other.by_hand ON book (title) WHERE pages > 0",
        "CREATE TRIGGER other.noted AFTER UPDATE OF pages ON book BEGIN SELECT 1; END",
    )

    remedies = dependent(attached, before, after).remedies

    run(attached, *(drop for drop, _ in reversed(remedies)))
    run(attached, *(make for _, make in remedies))
    run(attached, *(drop for drop, _ in reversed(remedies)))
    assert len(remedies) == 3
    assert attempt(attached, before, after).error is None


BROKEN = "CREATE VIEW broken AS SELECT title FROM nowhere"


@pytest.mark.parametrize(
    ("after", "hints"),
    [
        (
            metadata_of(
                (
                    "book",
                    sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("name", sa.String(40)),
                    sa.Column("pages", sa.Integer),
                )
            ),
            Hints(fields={(APP, "book", "title"): "name"}),
        ),
        (
            metadata_of(
                ("book", sa.Column("id", sa.Integer, primary_key=True)),
            ),
            NO_HINTS,
        ),
    ],
    ids=["rename", "drop in place"],
)
def test_a_view_that_cannot_be_read_is_told_where_sqlite_minds(
    lite: Scratch, after: sa.MetaData, hints: Hints
) -> None:
    fill(lite, book(40), {})
    run(lite, BROKEN)

    error = dependent(lite, book(40), after, hints)

    assert error.findings == (
        "view broken uses something that is not there (no such table: main.nowhere)",
    )
    run(lite, error.remedies[0][0])
    assert attempt(lite, book(40), after, hints).error is None


def test_a_rebuild_does_not_mind_it(lite: Scratch) -> None:
    fill(lite, book(40), {})
    run(lite, BROKEN)
    change(lite, book(40), book(80))
    assert rows(lite, "SELECT sql FROM sqlite_master WHERE type = 'view'") == [
        (BROKEN,)
    ]


def test_indexes_by_hand_follow_a_rename_and_a_rebuild(lite: Scratch) -> None:
    fill(lite, book(40), {})
    run(
        lite,
        "CREATE INDEX a ON book (id) WHERE title > 'x'",
        "CREATE INDEX b ON book (upper(title))",
    )
    after = metadata_of(
        (
            "volume",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(80)),
            sa.Column("pages", sa.Integer),
        )
    )
    hints = Hints(
        models={(APP, "book"): (APP, "volume")},
        fields={(APP, "volume", "title"): "name"},
    )

    outcome = attempt(lite, book(40), after, hints)

    assert (outcome.error, outcome.notices) == (None, [])
    indexes = "SELECT sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    assert rows(lite, indexes) == [
        ("CREATE INDEX a ON \"volume\" (id) WHERE name > 'x'",),
        ('CREATE INDEX b ON "volume" (upper(name))',),
    ]
