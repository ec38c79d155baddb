"""The text of SQLite's statements, without a database."""

from __future__ import annotations

import sqlalchemy as sa
from common_pairs import COLUMNS, CONSTRAINTS, PLAIN, TABLES
from table_pairs import TEXT, Pair, book, check, col, refers, table

from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement


def statements(pair: Pair, version: tuple[int, ...] = (3, 40, 1)) -> list[Statement]:
    database = database_for("sqlite", version)
    return database.compile(pair.change(database.lower_table))


def texts(pair: Pair, version: tuple[int, ...] = (3, 40, 1)) -> list[str]:
    return [s.sql for s in statements(pair, version)]


def test_nothing_for_nothing() -> None:
    assert texts(COLUMNS["nothing"]) == []


def test_columns_are_added_where_the_table_stands() -> None:
    assert texts(COLUMNS["add a column with a default"]) == [
        "ALTER TABLE book ADD COLUMN pages INTEGER DEFAULT '7' NOT NULL"
    ]
    assert texts(COLUMNS["fill a column that may be null"]) == [
        "ALTER TABLE book ADD COLUMN kind VARCHAR(50)",
        "UPDATE book SET kind = 'new'",
    ]

    assert texts(COLUMNS["add a column with a check"]) == [
        "ALTER TABLE book ADD COLUMN pages INTEGER "
        "CONSTRAINT ck_pages CHECK (pages > 0)"
    ]


def test_a_foreign_key_stands_behind_its_new_column() -> None:
    after = book(
        col("by_id", sa.Integer, refers("author.id", name="fk", ondelete="CASCADE"))
    )

    assert texts(Pair(before=PLAIN, after=after)) == [
        "ALTER TABLE book ADD COLUMN by_id INTEGER CONSTRAINT fk "
        "REFERENCES author (id) ON DELETE CASCADE",
        "PRAGMA foreign_key_check(book)",
    ]


def test_a_dropped_column_makes_room_for_a_renamed_one() -> None:
    assert texts(COLUMNS["a column takes the name of one that goes"]) == [
        "ALTER TABLE book RENAME COLUMN a TO whimbrel_old_a",
        "ALTER TABLE book RENAME COLUMN b TO a",
        "PRAGMA legacy_alter_table=OFF",  # after it, indexes that nobody knows go
        "ALTER TABLE book DROP COLUMN whimbrel_old_a",
    ]


def test_a_rebuild_says_everything_once() -> None:
    pair = COLUMNS["type, nullability, default and name at once"]

    assert texts(pair) == [
        "DROP INDEX ix_book_pages",
        "ALTER TABLE book RENAME COLUMN pages TO size",
        "CREATE TABLE _whimbrel_new_book (\n"
        "    id INTEGER NOT NULL,\n"
        "    title VARCHAR(50),\n"
        "    size BIGINT DEFAULT '4' NOT NULL,\n"
        "    PRIMARY KEY (id)\n"
        ")",
        "INSERT INTO _whimbrel_new_book (id, title, size) "
        "SELECT id, title, coalesce(size, 5) FROM book",
        "DROP TABLE book",
        "PRAGMA legacy_alter_table=ON",
        "ALTER TABLE _whimbrel_new_book RENAME TO book",
        "PRAGMA legacy_alter_table=OFF",
        "CREATE INDEX ix_book_size ON book (size)",
    ]


def test_a_rebuild_saves_what_the_drop_would_lose() -> None:
    marked = [
        (s.sql, s.saves is not None, s.restores)
        for s in statements(CONSTRAINTS["add a check"])
        if s.saves or s.restores
    ]

    assert marked == [
        ("DROP TABLE book", True, False),
        ("PRAGMA legacy_alter_table=OFF", False, True),
    ]


def test_one_rebuild_for_each_table() -> None:
    made = [sql for sql in texts(TABLES["two tables at once"]) if "CREATE TABLE" in sql]

    assert len(made) == 2


def test_exchanged_tables_meet_no_name_in_use() -> None:
    assert texts(TABLES["exchange two tables"]) == [
        "ALTER TABLE a RENAME TO whimbrel_old_a",
        "ALTER TABLE b RENAME TO a",
        "ALTER TABLE whimbrel_old_a RENAME TO b",
    ]


def test_new_versions_need_no_rebuild_for_not_null_and_checks() -> None:
    assert texts(COLUMNS["not null, with a fill"], (3, 53, 0)) == [
        "UPDATE book SET pages = 9 WHERE pages IS NULL",
        "ALTER TABLE book ALTER COLUMN pages SET NOT NULL",
    ]
    assert texts(CONSTRAINTS["change a check"], (3, 54, 0)) == [
        "ALTER TABLE book DROP CONSTRAINT ck",
        "ALTER TABLE book ADD CONSTRAINT ck CHECK (title <> 'x')",
    ]


def test_a_table_in_an_attached_file_names_it() -> None:
    before = table("t", col("a"), schema="aux")
    after = table("t", col("a", TEXT, index=True), check("a > 0"), schema="aux")

    sql = texts(Pair(before=before, after=after))

    assert sql[0].startswith("CREATE TABLE aux._whimbrel_new_t (")
    assert sql[2:] == [
        "DROP TABLE aux.t",
        "PRAGMA legacy_alter_table=ON",
        "ALTER TABLE aux._whimbrel_new_t RENAME TO t",
        "PRAGMA legacy_alter_table=OFF",
        "CREATE INDEX aux.ix_aux_t_a ON t (a)",
    ]
