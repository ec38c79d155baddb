"""
What SQLite would lose in a rebuild, and what follows a rename.

Triggers, views and indexes that no model knows, counters, references from other
tables: all on the loaded library, in memory and in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from common_pairs import PLAIN, WRITTEN, written
from running import fill, run
from table_pairs import AUTHOR, TEXT, Pair, book, col, index, key, refers, table, tables
from test_sqlite_live import DATABASE, connected, statements

from whimbrel.errors.execute import ForeignKeyViolated
from whimbrel.execute.guard import Guard
from whimbrel.testing.catalog import catalog, differences


@pytest.fixture(params=["memory", "file"])
def connection(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[sa.Connection]:
    file = tmp_path / "db.sqlite3" if request.param == "file" else None
    with connected(file) as found:
        yield found


def migrate(connection: sa.Connection, pair: Pair, *rows: str) -> None:
    pair.sides()[0].create_all(connection)
    fill(connection, rows)
    change = pair.change(DATABASE.lower_table)
    watches = DATABASE.compiler.watches(change)
    guard = Guard(watches, lambda q: connection.exec_driver_sql(q).fetchall())
    run(connection, statements(pair), guard=guard)


def rows(connection: sa.Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(query)]


def sql_of(connection: sa.Connection, kind: str) -> list[str]:
    query = f"SELECT sql FROM sqlite_master WHERE type = '{kind}' ORDER BY name"
    return [str(row[0]) for row in rows(connection, query)]


STRICTER = tables(AUTHOR, table("book", key(), col("title", TEXT, nullable=False)))
LOG = (
    "CREATE TABLE log (what)",
    "CREATE TRIGGER noted AFTER INSERT ON book "
    "BEGIN INSERT INTO log VALUES (new.title); END",
    "CREATE TRIGGER other AFTER INSERT ON author "
    "BEGIN UPDATE book SET title = 'x' WHERE id = new.id; END",
    "CREATE VIEW titles AS SELECT title FROM book",
    "CREATE INDEX by_hand ON book (title)",
    "INSERT INTO book (id, title) VALUES (1, 'one')",
)


def test_a_rebuild_keeps_triggers_views_and_indexes_of_others(
    connection: sa.Connection,
) -> None:
    migrate(connection, Pair(before=PLAIN, after=STRICTER), *LOG)

    fill(connection, ["INSERT INTO book (id, title) VALUES (2, 'two')"])
    fill(connection, ["INSERT INTO author (id, name) VALUES (2, 'Bo')"])
    assert rows(connection, "SELECT what FROM log") == [("one",), ("two",)]
    assert rows(connection, "SELECT title FROM titles") == [("one",), ("x",)]
    assert any("by_hand" in sql for sql in sql_of(connection, "index"))
    assert rows(connection, "PRAGMA legacy_alter_table") == [(0,)]


def test_triggers_and_views_follow_renames_and_a_rebuild(
    connection: sa.Connection,
) -> None:
    after = tables(AUTHOR, table("volume", key(), col("name", TEXT, nullable=False)))
    pair = Pair(
        before=PLAIN,
        after=after,
        tables={"book": "volume"},
        columns={"volume": {"title": "name"}},
    )

    migrate(connection, pair, *LOG)

    fill(connection, ["INSERT INTO volume (id, name) VALUES (2, 'two')"])
    assert rows(connection, "SELECT what FROM log") == [("one",), ("two",)]
    assert rows(connection, "SELECT * FROM titles") == [("one",), ("two",)]


def test_an_index_on_a_column_that_goes_is_not_missed(
    connection: sa.Connection,
) -> None:
    before = book(col("a"), col("b"))
    after = tables(AUTHOR, table("book", key(), col("title", TEXT, nullable=False)))

    migrate(connection, Pair(before=before, after=after), "CREATE INDEX i ON book (a)")

    assert not [sql for sql in sql_of(connection, "index") if "INDEX i " in sql]


def test_such_an_index_is_no_obstacle_where_the_column_is_dropped_in_place(
    connection: sa.Connection,
) -> None:
    """SQLite refuses to drop a column that has an index."""
    pair = Pair(before=book(col("a"), col("b")), after=book(col("b")))

    migrate(
        connection,
        pair,
        'CREATE INDEX "i ""1""" ON book (b, a)',
        "CREATE INDEX stays ON book (b)",
    )

    found = [sql for sql in sql_of(connection, "index") if "CREATE INDEX" in sql]
    assert found == ["CREATE INDEX stays ON book (b)"]


def numbered(*items: object) -> object:
    return table("book", key(), *items, sqlite_autoincrement=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("left", [0, 1])
def test_the_row_counter_goes_on(connection: sa.Connection, left: int) -> None:
    """AUTOINCREMENT never gives a number twice, also when no row is left."""
    pair = Pair(
        before=numbered(col("title", TEXT)),  # type: ignore[arg-type]
        after=numbered(col("title", sa.Text)),  # type: ignore[arg-type]
    )

    migrate(
        connection,
        pair,
        "INSERT INTO book (id, title) VALUES (1, 'a'), (7, 'b')",
        f"DELETE FROM book WHERE id > {left}",
    )

    fill(connection, ["INSERT INTO book (title) VALUES ('new')"])
    assert rows(connection, "SELECT max(id) FROM book") == [(8,)]
    assert rows(connection, "SELECT name FROM sqlite_sequence") == [("book",)]


def test_the_row_counter_starts_with_the_rows(connection: sa.Connection) -> None:
    pair = Pair(
        before=table("book", key(), col("title", TEXT)),
        after=numbered(col("title", TEXT)),  # type: ignore[arg-type]
    )

    migrate(connection, pair, "INSERT INTO book (id, title) VALUES (7, 'b')")

    assert rows(connection, "SELECT * FROM sqlite_sequence") == [("book", 7)]


def test_a_rebuilt_table_is_still_referenced(connection: sa.Connection) -> None:
    after = written(table("author", key(), col("name", sa.Text)))

    migrate(connection, Pair(before=WRITTEN, after=after))

    target = 'SELECT "table", "to" FROM pragma_foreign_key_list(\'book\')'
    assert rows(connection, target) == [("author", "id")]


def test_rows_that_lead_nowhere_are_found(connection: sa.Connection) -> None:
    before = book(col("author_id"))
    after = book(col("author_id", sa.Integer, refers("author.id")))

    with pytest.raises(ForeignKeyViolated):
        migrate(
            connection,
            Pair(before=before, after=after),
            "INSERT INTO book (id, author_id) VALUES (1, 99)",
        )


def test_old_violations_do_not_stop_other_changes(connection: sa.Connection) -> None:
    after = tables(
        AUTHOR,
        table(
            "book",
            key(),
            col("title", sa.Text),
            col("author_id", sa.Integer, refers("author.id", name="fk_author")),
        ),
    )

    migrate(
        connection,
        Pair(before=WRITTEN, after=after),
        "INSERT INTO book (id, author_id) VALUES (1, 99)",
    )

    assert rows(connection, "SELECT author_id FROM book") == [(99,)]


def test_a_name_may_change_its_case_only(connection: sa.Connection) -> None:
    pair = Pair(
        before=table("Book", key(), col("Title", TEXT)),
        after=table("book", key(), col("title", TEXT)),
        tables={"Book": "book"},
        columns={"book": {"Title": "title"}},
    )

    migrate(connection, pair)

    with ExitStack() as stack:
        wanted = stack.enter_context(connected())
        pair.sides()[1].create_all(wanted)
        assert differences(catalog(connection), catalog(wanted)) == []


SPECIAL = {
    "a table without rowid": Pair(
        before=table("t", key(), col("a", TEXT)),
        after=table("t", key(), col("a", TEXT), sqlite_with_rowid=False),
    ),
    "a strict table": Pair(
        before=table("t", key(), col("a", sa.Text)),
        after=table("t", key(), col("a", sa.Text), sqlite_strict=True),
    ),
    "another partial index": Pair(
        before=table(
            "t", key(), col("a"), index("i", "a", sqlite_where=sa.text("a > 0"))
        ),
        after=table(
            "t", key(), col("a"), index("i", "a", sqlite_where=sa.text("a > 1"))
        ),
    ),
    "a renamed column in a partial and in an expression index": Pair(
        before=table(
            "t",
            key(),
            col("a", TEXT),
            index("i", "a", sqlite_where=sa.text("a > 'x'")),
            lambda: sa.Index("j", sa.text("lower(a)")),
        ),
        after=table(
            "t",
            key(),
            col("b", TEXT),
            index("i", "b", sqlite_where=sa.text("b > 'x'")),
            lambda: sa.Index("j", sa.text("lower(b)")),
        ),
        columns={"t": {"a": "b"}},
    ),
    "a column of a partial index goes": Pair(
        before=table(
            "t", key(), col("a"), col("b"), index("i", "b", sqlite_where=sa.text("a"))
        ),
        after=table("t", key(), col("b")),
    ),
    "another collation": Pair(
        before=table("t", key(), col("a", TEXT)),
        after=table("t", key(), col("a", sa.String(50, collation="NOCASE"))),
    ),
    "on conflict": Pair(
        before=table("t", key(), col("a", TEXT)),
        after=table(
            "t",
            key(),
            col("a", TEXT),
            lambda: sa.UniqueConstraint("a", sqlite_on_conflict="IGNORE"),
        ),
    ),
    "deferred": Pair(
        before=WRITTEN,
        after=book(
            col(
                "author_id",
                sa.Integer,
                refers(
                    "author.id", name="fk_author", deferrable=True, initially="DEFERRED"
                ),
            )
        ),
    ),
    "all columns are others": Pair(
        before=table("t", key(), col("a", TEXT)),
        after=table("t", key("nr"), col("b", TEXT)),
    ),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_what_only_sqlite_has(name: str, connection: sa.Connection) -> None:
    pair = SPECIAL[name]
    before, after = pair.sides()

    migrate(connection, pair)

    with ExitStack() as stack:
        wanted, once = (stack.enter_context(connected()) for _ in range(2))
        after.create_all(wanted)
        before.create_all(once)
        assert differences(catalog(connection), catalog(wanted)) == []
        run(connection, statements(pair.reversed()))
        assert differences(catalog(connection), catalog(once)) == []


def test_rows_without_a_common_column_stay_as_many(connection: sa.Connection) -> None:
    pair = SPECIAL["all columns are others"]

    migrate(connection, pair, "INSERT INTO t (a) VALUES ('x'), ('y')")

    assert rows(connection, "SELECT count(*) FROM t") == [(2,)]
