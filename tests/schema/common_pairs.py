"""
Changes that every database makes, as pairs of schemas.

What is particular to one database is beside its tests.
"""

from __future__ import annotations

import sqlalchemy as sa
from table_pairs import (
    AUTHOR,
    AUTHORS,
    KEPT,
    TEXT,
    Pair,
    book,
    books,
    check,
    col,
    foreign,
    index,
    key,
    refers,
    table,
    tables,
    unique,
)
from value_pairs import ON_ALL as VALUES

PLAIN = book()
FOUR = col("n", server_default="4")
NUMBERED = book(FOUR)


def next_number(sql: str, *, stored: bool):  # type: ignore[no-untyped-def]
    """Return books with a computed column."""
    return book(
        FOUR, col("next", sa.Integer, lambda: sa.Computed(sql, persisted=stored))
    )


COLUMNS: dict[str, Pair] = {
    "nothing": books(PLAIN, PLAIN),
    "add a column": books(PLAIN, book(col("pages"))),
    "add a column with a default": books(
        PLAIN,
        book(col("pages", nullable=False, server_default="7")),
        expected={"SELECT pages FROM book": [(7,), (7,)]},
    ),
    "add a column that must be filled": books(
        PLAIN,
        book(col("pages", nullable=False)),
        fills={"book": {"pages": "12"}},
        expected={"SELECT pages FROM book": [(12,), (12,)]},
    ),
    "fill a column that has a default": books(
        PLAIN,
        book(col("pages", nullable=False, server_default="7")),
        fills={"book": {"pages": "12"}},
        expected={"SELECT pages FROM book": [(12,), (12,)]},
    ),
    "fill a column that may be null": books(
        PLAIN,
        book(col("kind", TEXT)),
        fills={"book": {"kind": "'new'"}},
        expected={"SELECT kind FROM book": [("new",), ("new",)]},
    ),
    "add a text that must not be null": books(
        PLAIN,
        book(col("note", sa.Text, nullable=False)),
        fills={"book": {"note": "'x'"}},
        expected={"SELECT note FROM book": [("x",), ("x",)]},
    ),
    "add a column with the time as default": books(
        PLAIN,
        book(col("made", sa.DateTime, server_default=sa.func.current_timestamp())),
    ),
    "add a unique column": books(PLAIN, book(col("isbn", TEXT, unique=True))),
    "add an indexed column": books(PLAIN, book(col("isbn", TEXT, index=True))),
    "add a column with a check": books(
        PLAIN, book(col("pages"), check("pages > 0", name="ck_pages"))
    ),
    "add a column with an unnamed check": books(
        PLAIN, book(col("pages"), check("pages > 0"))
    ),
    "add a foreign key column": books(
        PLAIN, book(col("author_id", sa.Integer, refers("author.id")))
    ),
    "add a named foreign key column": books(
        PLAIN,
        book(
            col(
                "author_id",
                sa.Integer,
                refers("author.id", name="fk_a", ondelete="CASCADE"),
                nullable=False,
            )
        ),
        fills={"book": {"author_id": "2"}},
        expected={"SELECT author_id FROM book": [(2,), (2,)]},
    ),
    "add a computed column": books(
        NUMBERED,
        next_number("n + 1", stored=True),
        expected={"SELECT next FROM book": [(5,), (5,)]},
    ),
    "add a virtual column": books(
        NUMBERED,
        next_number("n + 1", stored=False),
        expected={"SELECT next FROM book": [(5,), (5,)]},
    ),
    "change what a column is computed from": books(
        next_number("n + 1", stored=True),
        next_number("n + 2", stored=True),
        expected={"SELECT next FROM book": [(6,), (6,)]},
    ),
    "a stored column is computed when read": books(
        next_number("n + 1", stored=True),
        next_number("n + 1", stored=False),
        expected={"SELECT next FROM book": [(5,), (5,)]},
    ),
    "a computed column becomes a plain one": books(
        next_number("n + 1", stored=True),
        book(FOUR, col("next")),
        expected={"SELECT next FROM book": [(5,), (5,)]},
    ),
    "rename a column": books(
        PLAIN,
        tables(AUTHOR, table("book", key(), col("name", TEXT))),
        columns={"book": {"title": "name"}},
        expected={"SELECT name FROM book ORDER BY id": [("one",), ("five",)]},
    ),
    "rename a column, and change it": books(
        PLAIN,
        tables(
            AUTHOR, table("book", key(), col("name", sa.String(99), nullable=False))
        ),
        columns={"book": {"title": "name"}},
        expected={"SELECT name FROM book ORDER BY id": [("one",), ("five",)]},
    ),
    "rename a column that is used everywhere": books(
        tables(
            AUTHOR,
            table(
                "book",
                key(),
                col("title", TEXT),
                col("n"),
                col("twice", sa.Integer, lambda: sa.Computed("n * 2", persisted=True)),
                check("n > 0", name="ck_n"),
                unique("n", "title", name="uq_n"),
                index("ix_n", "n", "title"),
            ),
        ),
        tables(
            AUTHOR,
            table(
                "book",
                key(),
                col("title", TEXT),
                col("m"),
                col("twice", sa.Integer, lambda: sa.Computed("m * 2", persisted=True)),
                check("m > 0", name="ck_n"),
                unique("m", "title", name="uq_n"),
                index("ix_n", "m", "title"),
            ),
        ),
        columns={"book": {"n": "m"}},
    ),
    "exchange two columns": books(
        book(col("a", TEXT), col("b", TEXT)),
        book(col("b", TEXT), col("a", TEXT)),
        columns={"book": {"a": "b", "b": "a"}},
        rows=(*AUTHORS, "INSERT INTO book (id, title, a, b) VALUES (1, 't', 'A', 'B')"),
        expected={"SELECT a, b FROM book": [("B", "A")]},
        returned={"SELECT a, b FROM book": [("A", "B")]},
    ),
    "exchange two columns of other types": books(
        book(col("a", TEXT), col("b")),
        book(col("b", TEXT), col("a")),
        columns={"book": {"a": "b", "b": "a"}},
        rows=(*AUTHORS, "INSERT INTO book (id, title, a, b) VALUES (1, 't', 'A', 7)"),
        expected={"SELECT a, b FROM book": [(7, "A")]},
        returned={"SELECT a, b FROM book": [("A", 7)]},
    ),
    "a column takes the name of one that goes": books(
        book(col("a", TEXT), col("b", TEXT)),
        book(col("a", TEXT)),
        columns={"book": {"b": "a"}},
        rows=(*AUTHORS, "INSERT INTO book (id, title, a, b) VALUES (1, 't', 'A', 'B')"),
        expected={"SELECT a FROM book": [("B",)]},
        returned={"SELECT b FROM book": [("B",)]},
    ),
    "a column takes the name of an indexed one that goes": books(
        book(col("a", TEXT, index=True), col("b", TEXT, nullable=False)),
        book(col("a", TEXT, nullable=False, unique=True)),
        columns={"book": {"b": "a"}},
        rows=(*AUTHORS, "INSERT INTO book (id, title, a, b) VALUES (1, 't', 'A', 'B')"),
        expected={"SELECT a FROM book": [("B",)]},
        returned={"SELECT b FROM book": [("B",)]},
    ),
    "another column of the same name": books(
        book(col("a", TEXT)),
        book(col("a", sa.Integer)),
        replaced={"book": frozenset({"a"})},
        rows=(*AUTHORS, "INSERT INTO book (id, title, a) VALUES (1, 't', 'A')"),
        expected={"SELECT a FROM book": [(None,)]},
        returned={"SELECT a FROM book": [(None,)]},
    ),
    "change a type": books(
        book(col("pages")),
        book(col("pages", sa.BigInteger)),
        rows=(*AUTHORS, "INSERT INTO book (id, title, pages) VALUES (1, 'one', 3)"),
        expected={"SELECT pages FROM book": [(3,)]},
        returned={"SELECT pages FROM book": [(3,)]},
    ),
    "a longer text": books(
        PLAIN, tables(AUTHOR, table("book", key(), col("title", sa.String(80))))
    ),
    "a number becomes text": books(
        book(col("pages")),
        book(col("pages", sa.String(20))),
        rows=(*AUTHORS, "INSERT INTO book (id, title, pages) VALUES (1, 'one', 3)"),
        expected={"SELECT pages FROM book": [("3",)]},
        returned={"SELECT pages FROM book": [(3,)]},
    ),
    "not null, with a fill": books(
        book(col("pages")),
        book(col("pages", nullable=False)),
        rows=(
            *AUTHORS,
            "INSERT INTO book (id, title, pages) VALUES (1, 'a', 3), (2, 'b', NULL)",
        ),
        fills={"book": {"pages": "9"}},
        expected={"SELECT pages FROM book ORDER BY id": [(3,), (9,)]},
        returned={"SELECT pages FROM book ORDER BY id": [(3,), (9,)]},
    ),
    "another default": books(
        book(col("pages", server_default="1")),
        book(col("pages", server_default="2")),
        expected={"SELECT pages FROM book": [(1,), (1,)]},
    ),
    "no default any more": books(
        book(col("pages", nullable=False, server_default="1")),
        book(col("pages", nullable=False)),
    ),
    "type, nullability, default and name at once": books(
        book(col("pages", sa.Integer, index=True)),
        book(
            col("size", sa.BigInteger, nullable=False, server_default="4", index=True)
        ),
        columns={"book": {"pages": "size"}},
        fills={"book": {"size": "5"}},
        expected={"SELECT size FROM book": [(5,), (5,)]},
    ),
    "drop a unique column": books(book(col("isbn", TEXT, unique=True)), PLAIN),
    "drop a column with a foreign key": books(
        book(col("author_id", sa.Integer, refers("author.id"))), PLAIN
    ),
    "drop a column, add two": books(book(col("a")), book(col("b"), col("c", TEXT))),
    "words that need quotes": books(
        book(col("order"), col("a b", TEXT)),
        book(col("select"), col("A b", TEXT, unique=True), col("x`y", TEXT)),
        columns={"book": {"order": "select", "a b": "A b"}},
    ),
}

CONSTRAINTS: dict[str, Pair] = {
    "add a unique constraint": books(PLAIN, book(unique("title", name="uq"))),
    "add an unnamed unique constraint": books(PLAIN, book(unique("title"))),
    "rename a unique constraint": books(
        book(unique("title", name="uq")), book(unique("title", name="uq2"))
    ),
    "an unnamed unique constraint on more": books(
        book(col("n"), unique("title", "n")), book(col("n"), unique("n", "title"))
    ),
    "add a check": books(PLAIN, book(check("title <> ''", name="ck"))),
    "add an unnamed check": books(PLAIN, book(check("title <> ''"))),
    "change a check": books(
        book(check("title <> ''", name="ck")), book(check("title <> 'x'", name="ck"))
    ),
    "add a foreign key": books(
        book(col("author_id")),
        book(col("author_id"), foreign(["author_id"], ["author.id"], "fk")),
    ),
    "add an unnamed foreign key": books(
        book(col("author_id")),
        book(col("author_id"), foreign(["author_id"], ["author.id"])),
    ),
    "another action of a foreign key": books(
        book(col("author_id", sa.Integer, refers("author.id"))),
        book(col("author_id", sa.Integer, refers("author.id", ondelete="CASCADE"))),
    ),
    "another primary key": books(
        tables(AUTHOR, table("book", key(), col("title", TEXT, nullable=False))),
        tables(
            AUTHOR,
            table(
                "book",
                col("id", nullable=False),
                col("title", TEXT, primary_key=True),
            ),
        ),
    ),
    "a primary key of two columns": books(
        tables(AUTHOR, table("book", key(), col("title", TEXT, nullable=False))),
        tables(
            AUTHOR,
            table(
                "book",
                col("id", primary_key=True, autoincrement=False),
                col("title", TEXT, primary_key=True),
            ),
        ),
    ),
    "add an index": books(PLAIN, book(index("ix", "title"))),
    "add a unique index": books(PLAIN, book(index("ix", "title", unique=True))),
    "rename an index": books(book(index("ix", "title")), book(index("ix2", "title"))),
    "exchange the names of two indexes": books(
        book(index("ix", "title"), index("iy", "id", "title")),
        book(index("iy", "title"), index("ix", "id", "title")),
    ),
    "an index takes over": books(
        book(col("n"), index("ix", "title")), book(col("n"), index("ix", "n"))
    ),
    "an index instead of a unique constraint": books(
        book(col("n"), unique("n", name="nn")), book(col("n"), index("nn", "n"))
    ),
}

SHELF = table(
    "shelf",
    key(),
    col("place", TEXT),
    col("up_id", sa.Integer, refers("shelf.id", name="fk_up")),
)
SHELVES = (
    "INSERT INTO shelf (id, place) VALUES (1, 'left')",
    "UPDATE shelf SET up_id = 1",
)

WRITTEN = book(col("author_id", sa.Integer, refers("author.id", name="fk_author")))
WRITTEN_ROWS = (
    *AUTHORS,
    "INSERT INTO book (id, title, author_id) VALUES (1, 'one', 2), (5, 'five', NULL)",
)


def written(author: object, target: str = "author.id", type_: object = sa.Integer):  # type: ignore[no-untyped-def]
    """Return books whose author is in the table *author*."""
    return tables(
        author,  # type: ignore[arg-type]
        table(
            "book",
            key(),
            col("title", TEXT),
            col("author_id", type_, refers(target, name="fk_author")),
        ),
    )


REFERENCE = {"SELECT author_id FROM book ORDER BY id": [(2,), (None,)]}

TABLES: dict[str, Pair] = {
    "add a table": books(PLAIN, tables(PLAIN, table("tag", key(), col("n", TEXT)))),
    "tables that refer to each other": books(
        PLAIN,
        tables(
            PLAIN,
            table("a", key(), col("b_id", sa.Integer, refers("b.id", name="fk_ab"))),
            table(
                "b",
                key(),
                col(
                    "a_id",
                    sa.Integer,
                    refers("a.id", name="fk_ba", use_alter=True),
                ),
            ),
        ),
    ),
    "a table that refers to itself": books(PLAIN, tables(PLAIN, SHELF)),
    "change a table that refers to itself": Pair(
        before=SHELF,
        after=table(
            "shelf",
            key(),
            col("place", sa.String(60), nullable=False),
            col("up_id", sa.Integer, refers("shelf.id", name="fk_up")),
        ),
        rows=SHELVES,
        expected={"SELECT up_id FROM shelf": [(1,)]},
        returned={"SELECT up_id FROM shelf": [(1,)]},
    ),
    "rename a table that refers to itself": Pair(
        before=SHELF,
        after=table(
            "board",
            key("nr"),
            col("place", TEXT),
            col("up_id", sa.Integer, refers("board.nr", name="fk_up")),
        ),
        tables={"shelf": "board"},
        columns={"board": {"id": "nr"}},
        rows=SHELVES,
        expected={"SELECT up_id FROM board": [(1,)]},
        returned={"SELECT up_id FROM shelf": [(1,)]},
    ),
    "rename a table that others refer to": Pair(
        before=WRITTEN,
        after=written(
            table("writer", key("nr"), col("name", TEXT, nullable=False)), "writer.nr"
        ),
        tables={"author": "writer"},
        columns={"writer": {"id": "nr"}},
        rows=WRITTEN_ROWS,
        expected=REFERENCE,
        returned=REFERENCE,
    ),
    "rename and change a table that others refer to": Pair(
        before=WRITTEN,
        after=written(
            table("writer", key("nr"), col("full", sa.String(70)), col("x")),
            "writer.nr",
        ),
        tables={"author": "writer"},
        columns={"writer": {"id": "nr", "name": "full"}},
        rows=WRITTEN_ROWS,
        expected=REFERENCE,
        returned=REFERENCE,
    ),
    "change a table that others refer to": Pair(
        before=WRITTEN,
        after=written(table("author", key(), col("name", sa.String(9)), col("x"))),
        rows=WRITTEN_ROWS,
        expected=REFERENCE,
        returned=REFERENCE,
    ),
    "change both ends of a foreign key": Pair(
        before=WRITTEN,
        after=written(
            table(
                "author",
                lambda: sa.Column("id", sa.BigInteger, primary_key=True),
                col("name", TEXT, nullable=False),
            ),
            type_=sa.BigInteger,
        ),
        rows=WRITTEN_ROWS,
        expected=REFERENCE,
        returned=REFERENCE,
    ),
    "drop a table": books(tables(PLAIN, SHELF), PLAIN),
    "drop a table and what refers to it": Pair(
        before=WRITTEN,
        after=table("book", key(), col("title", TEXT)),
        rows=WRITTEN_ROWS,
        expected=KEPT,
        returned=KEPT,
    ),
    "drop both tables": Pair(
        before=tables(WRITTEN, SHELF), after=SHELF, rows=WRITTEN_ROWS
    ),
    "exchange two tables": Pair(
        before=tables(
            table("a", key(), col("n", TEXT), index("ix_a", "n")),
            table("b", key(), col("m", TEXT), index("ix_b", "m")),
        ),
        after=tables(
            table("b", key(), col("n", TEXT), index("ix_a", "n")),
            table("a", key(), col("m", TEXT), index("ix_b", "m")),
        ),
        tables={"a": "b", "b": "a"},
        rows=(
            "INSERT INTO a (id, n) VALUES (1, 'n')",
            "INSERT INTO b (id, m) VALUES (2, 'm')",
        ),
        expected={"SELECT n FROM b": [("n",)], "SELECT m FROM a": [("m",)]},
        returned={"SELECT n FROM a": [("n",)], "SELECT m FROM b": [("m",)]},
    ),
    "a table takes the name of one that goes": Pair(
        before=tables(
            table("a", key(), col("n", TEXT)),
            table("b", key(), col("m", TEXT)),
        ),
        after=table("a", key(), col("m", TEXT)),
        tables={"b": "a"},
        rows=("INSERT INTO b (id, m) VALUES (2, 'm')",),
        expected={"SELECT m FROM a": [("m",)]},
        returned={"SELECT m FROM b": [("m",)]},
    ),
    "another table of the same name": Pair(
        before=tables(table("a", key(), col("n", TEXT), index("ix", "n"))),
        after=tables(table("a", key(), col("n", TEXT), index("ix", "n"))),
        fresh=frozenset({"a"}),
        rows=("INSERT INTO a (id, n) VALUES (1, 'n')",),
        expected={"SELECT * FROM a": []},
    ),
    "rename a table, add one of the old name": Pair(
        before=table("a", key(), col("n", TEXT), index("ix", "n")),
        after=tables(
            table("b", key(), col("n", TEXT), index("ix_b", "n")),
            table("a", key(), col("z", TEXT), index("ix", "z")),
        ),
        tables={"a": "b"},
        rows=("INSERT INTO a (id, n) VALUES (1, 'n')",),
        expected={"SELECT n FROM b": [("n",)], "SELECT * FROM a": []},
        returned={"SELECT n FROM a": [("n",)]},
    ),
    "two tables at once": Pair(
        before=WRITTEN,
        after=tables(
            table("author", key(), col("name", sa.String(70))),
            table(
                "book",
                key(),
                col("title", sa.String(70)),
                col("author_id", sa.Integer, refers("author.id", name="fk_author")),
                unique("title", name="uq"),
            ),
        ),
        rows=WRITTEN_ROWS,
        expected=REFERENCE,
        returned=REFERENCE,
    ),
}

PAIRS = {**COLUMNS, **CONSTRAINTS, **TABLES, **VALUES}
