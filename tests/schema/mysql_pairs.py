"""Changes of what only MySQL and MariaDB have, as pairs of schemas."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from table_pairs import (
    AUTHOR,
    AUTHORS,
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

PLAIN = book()
NOTES = "INSERT INTO t (id, a) VALUES (1, '12'), (2, 'x7'), (3, NULL)"
NOW = sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
ASCII = mysql.CHAR(3, charset="ascii")
UUIDS = sa.String(36)
INDEXED = (col("a"), col("b"), col("c"))


def t(*items: object, **options: object):  # type: ignore[no-untyped-def]
    return table("t", key(), *items, **options)  # type: ignore[arg-type]


def linked(*items: object):  # type: ignore[no-untyped-def]
    """Return books that refer to authors, with more items."""
    return book(
        col("author_id", sa.Integer, refers("author.id", name="fk")),
        col("n"),
        *items,  # type: ignore[arg-type]
    )


def computed(text: str):  # type: ignore[no-untyped-def]
    return lambda: sa.Computed(text)


def descending(name: str, column: str):  # type: ignore[no-untyped-def]
    return lambda: sa.Index(name, sa.text(f"{column} DESC"))


OPTIONS = {
    "another engine": Pair(before=t(mysql_engine="MyISAM"), after=t()),
    "another charset": Pair(
        before=t(
            col("a", TEXT), col("b", sa.Text), col("c", mysql.CHAR(3, charset="ascii"))
        ),
        after=t(
            col("a", TEXT),
            col("b", sa.Text),
            col("c", mysql.CHAR(3, charset="ascii")),
            mysql_charset="latin1",
        ),
        rows=("INSERT INTO t (id, a, b, c) VALUES (1, 'é', 'ü', 'abc')",),
        expected={"SELECT a, b, c FROM t": [("é", "ü", "abc")]},
        returned={"SELECT a, b, c FROM t": [("é", "ü", "abc")]},
    ),
    "another charset, while rows are filled": Pair(
        before=t(col("a", TEXT)),
        after=t(col("a", TEXT, nullable=False), col("b", TEXT), mysql_charset="latin1"),
        fills={"t": {"a": "'é'"}},
        rows=("INSERT INTO t (id) VALUES (1)",),
        expected={"SELECT a FROM t": [("é",)]},
        returned={"SELECT a FROM t": [("é",)]},
    ),
    "another collation of a table": Pair(
        before=t(col("a", TEXT), mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin"),
        after=t(
            col("a", sa.String(60)),
            mysql_charset="utf8mb4",
            mysql_collate="utf8mb4_unicode_ci",
        ),
    ),
    "comments": Pair(
        before=t(col("a", comment="it's 100 % \\ sure"), col("b"), comment="one"),
        after=t(col("a"), col("b", comment='a "b"'), comment="two's"),
    ),
    "a comment goes": Pair(before=t(comment="one"), after=t()),
    "partitions": Pair(
        before=t(),
        after=t(mysql_partition_by="HASH(id)", mysql_partitions="3"),
    ),
}

COLUMNS = {
    "a column with ON UPDATE": Pair(
        before=t(col("a", sa.TIMESTAMP, server_default=NOW, nullable=False)),
        after=t(col("a", sa.TIMESTAMP, nullable=True), col("b", sa.TIMESTAMP)),
    ),
    # An UPDATE stamps a column with ON UPDATE, unless it sets it.
    "a value is renamed beside a column with ON UPDATE": Pair(
        before=t(
            col("at", sa.TIMESTAMP, server_default=NOW, nullable=False),
            col("mood", sa.Enum("sad", "glad")),
        ),
        after=t(
            col("at", sa.TIMESTAMP, server_default=NOW, nullable=False),
            col("mood", sa.Enum("sad", "happy")),
        ),
        values={"t": {"mood": {"glad": "happy"}}},
        rows=("INSERT INTO t (id, at, mood) VALUES (1, '2020-02-02', 'glad')",),
        expected={"SELECT year(at), mood FROM t": [(2020, "happy")]},
        returned={"SELECT year(at), mood FROM t": [(2020, "glad")]},
    ),
    "unsigned": Pair(
        before=t(col("a", mysql.INTEGER(unsigned=True), comment="kept")),
        after=t(col("a", mysql.BIGINT(unsigned=True), comment="kept")),
    ),
    # A UUID is written with dashes, for which there was no room on the way back.
    "bare digits become a UUID": Pair(
        before=table("t", col("id", sa.CHAR(32), primary_key=True)),
        after=table("t", col("id", sa.UUID, primary_key=True)),
        rows=("INSERT INTO t (id) VALUES ('abcdef00000040008000000000000001')",),
        expected={"SELECT id FROM t": [("abcdef00-0000-4000-8000-000000000001",)]},
        returned={"SELECT id FROM t": [("abcdef00000040008000000000000001",)]},
    ),
    # Between these MariaDB converts nothing (4078), even where there are no rows.
    "a number becomes a UUID, which takes a text between": Pair(
        before=table("t", col("id", sa.Integer, primary_key=True)),
        after=table("t", col("id", sa.UUID, primary_key=True)),
    ),
    # An UPDATE stamps such columns, unless it sets them.
    "a fill leaves stamps of the last update alone": Pair(
        before=t(
            col("a"),
            col("at", sa.TIMESTAMP, nullable=False, server_default=NOW),
        ),
        after=t(
            col("a", nullable=False),
            col("at", sa.TIMESTAMP, nullable=False, server_default=NOW),
            col("b", sa.Uuid, nullable=False),
        ),
        rows=("INSERT INTO t (id, at) VALUES (1, '2001-02-03 04:05:06')",),
        fills={"t": {"a": "1", "b": f"'{'0' * 32}'"}},
        expected={"SELECT a, CAST(at AS CHAR) FROM t": [(1, "2001-02-03 04:05:06")]},
        returned={"SELECT a, CAST(at AS CHAR) FROM t": [(1, "2001-02-03 04:05:06")]},
    ),
    "an enumeration": Pair(
        before=t(col("a", sa.Enum("x", "y"), nullable=False, server_default="x")),
        after=t(col("a", sa.Enum("y", "z", "x"), nullable=False, server_default="y")),
        rows=("INSERT INTO t (id, a) VALUES (1, 'y')",),
        expected={"SELECT a FROM t": [("y",)]},
        returned={"SELECT a FROM t": [("y",)]},
    ),
    "a text that must be given": books(
        PLAIN,
        book(col("note", sa.Text, nullable=False), col("blob", sa.LargeBinary)),
        fills={"book": {"note": "concat('no ', id)", "blob": "X'00ff'"}},
        expected={
            "SELECT note FROM book ORDER BY id": [("no 1",), ("no 5",)],
            "SELECT `blob` FROM book LIMIT 1": [(b"\x00\xff",)],
        },
    ),
    "a default that is another in every row": Pair(
        before=t(),
        after=t(
            col("a", UUIDS, nullable=False, server_default=sa.text("(uuid())")),
            col("b", UUIDS, server_default=sa.text("(uuid())")),
            col("c", sa.String(90), server_default=sa.text("(user())")),
        ),
        rows=("INSERT INTO t (id) VALUES (4), (7)",),
        expected={
            "SELECT count(DISTINCT a), count(DISTINCT b) FROM t": [(2, 2)],
            "SELECT count(*) FROM t WHERE c IS NULL": [(0,)],
        },
    ),
    "a document is renamed": Pair(
        before=t(col("a", sa.JSON)),
        after=t(col("b", sa.JSON)),
        columns={"t": {"a": "b"}},
    ),
    "a cast": Pair(
        before=t(col("a", TEXT, index=True)),
        after=t(col("a", sa.Integer, nullable=False, index=True)),
        casts={"t": {"a": "length(a)"}},
        fills={"t": {"a": "-1"}},
        rows=(NOTES,),
        expected={"SELECT a FROM t ORDER BY id": [(2,), (2,), (-1,)]},
    ),
    "a cast of a key that numbers rows": Pair(
        before=table(
            "a", col("id", sa.BigInteger, primary_key=True), index("ix", "id")
        ),
        after=table("a", col("id", sa.Integer, primary_key=True), index("ix", "id")),
        casts={"a": {"id": "id + 10"}},
        rows=("INSERT INTO a VALUES (3), (4)",),
        expected={"SELECT id FROM a ORDER BY id": [(13,), (14,)]},
        returned={"SELECT id FROM a ORDER BY id": [(13,), (14,)]},
    ),
    "a cast of a renamed column": Pair(
        before=t(col("a", TEXT)),
        after=t(col("b", sa.Integer)),
        columns={"t": {"a": "b"}},
        casts={"t": {"b": "length(b)"}},
        rows=(NOTES,),
        expected={"SELECT b FROM t ORDER BY id": [(2,), (2,), (None,)]},
    ),
    "numbers by itself": Pair(
        before=table("t", col("id", primary_key=True, autoincrement=False)),
        after=t(),
        rows=("INSERT INTO t (id) VALUES (4)",),
    ),
    "another column numbers itself": Pair(
        before=t(col("a", nullable=False)),
        after=table(
            "t",
            col("id", nullable=False),
            col("a", nullable=False),
            col("nr", sa.BigInteger, primary_key=True),
        ),
        rows=("INSERT INTO t (id, a) VALUES (4, 1), (7, 1)",),
        expected={"SELECT count(DISTINCT nr) FROM t": [(2,)]},
    ),
    "a key gets a filled column": Pair(
        before=t(),
        after=table(
            "t",
            col("id", primary_key=True, autoincrement=True),
            col("tenant", primary_key=True, autoincrement=False),
        ),
        fills={"t": {"tenant": "id + 1"}},
        rows=("INSERT INTO t (id) VALUES (4)",),
        expected={"SELECT id, tenant FROM t": [(4, 5)]},
    ),
}

KEYS = {
    "drop a foreign key": Pair(before=linked(), after=book(col("author_id"), col("n"))),
    "drop an unnamed foreign key": books(
        book(col("n"), foreign(["n"], ["author.id"])), book(col("n"))
    ),
    "rename a foreign key": Pair(
        before=linked(),
        after=book(
            col("author_id", sa.Integer, refers("author.id", name="other")), col("n")
        ),
    ),
    "rename a foreign key that a descending index serves": Pair(
        before=linked(descending("ix", "author_id")),
        after=book(
            col("author_id", sa.Integer, refers("author.id", name="other")),
            col("n"),
            descending("ix", "author_id"),
        ),
    ),
    "a descending index takes over from the foreign key's own": Pair(
        before=linked(), after=linked(descending("ix", "author_id"))
    ),
    "one descending index takes over from another": Pair(
        before=linked(descending("ix", "author_id")),
        after=linked(col("m", nullable=False), descending("iy", "author_id")),
        fills={"book": {"m": "id * 2"}},
    ),
    "an index takes over from the foreign key's own": Pair(
        before=linked(), after=linked(index("ix", "author_id", "n"))
    ),
    "one index takes over from another": Pair(
        before=linked(unique("author_id", name="uq")),
        after=linked(index("ix", "author_id", "n")),
    ),
    "it takes over while rows are filled": Pair(
        before=linked(unique("author_id", name="uq")),
        after=linked(col("m", nullable=False), index("ix", "author_id", "m")),
        fills={"book": {"m": "id * 2"}},
        rows=(*AUTHORS, "INSERT INTO book (id, author_id) VALUES (3, 1)"),
        expected={"SELECT m FROM book": [(6,)]},
    ),
    "a column goes from the key that serves a foreign key while rows are filled": Pair(
        before=linked(unique("author_id", "n", name="uq")),
        after=book(
            col("author_id", sa.Integer, refers("author.id", name="fk")),
            col("m", nullable=False),
            unique("author_id", "m", name="uq"),
        ),
        fills={"book": {"m": "7"}},
        rows=(*AUTHORS, "INSERT INTO book (id, author_id, n) VALUES (3, 1, 4)"),
        expected={"SELECT author_id, m FROM book": [(1, 7)]},
        returned={"SELECT author_id FROM book": [(1,)]},
    ),
    "a virtual column becomes a plain one, and what it was computed from goes": Pair(
        before=t(
            col("a", TEXT),
            col("b", TEXT, lambda: sa.Computed("upper(a)", persisted=False)),
            index("ix", "b"),
            unique("b", name="uq"),
        ),
        after=t(
            col("b", sa.String(60), nullable=False),
            index("ix", "b"),
            unique("b", name="uq"),
        ),
        fills={"t": {"b": "'?'"}},
        rows=("INSERT INTO t (id, a) VALUES (1, 'one'), (2, NULL)",),
        expected={"SELECT b FROM t ORDER BY id": [("ONE",), ("?",)]},
    ),
    "such a column becomes computed": Pair(
        before=linked(unique("author_id", "n", name="uq")),
        after=book(
            col("author_id", sa.Integer, refers("author.id", name="fk")),
            col("n", sa.Integer, computed("author_id + 1")),
            col("m", nullable=False),
        ),
        fills={"book": {"m": "id * 2"}},
        rows=(*AUTHORS, "INSERT INTO book (id, author_id, n) VALUES (3, 1, 4)"),
        expected={"SELECT author_id, n, m FROM book": [(1, 2, 6)]},
    ),
    "a column goes from a key whose other column numbers itself": Pair(
        before=table(
            "t",
            col("id", primary_key=True, autoincrement=True),
            col("tenant", primary_key=True, autoincrement=False),
        ),
        after=t(col("m", nullable=False)),
        fills={"t": {"m": "id * 2"}},
        back_fills={"t": {"tenant": "id * 3"}},
        rows=("INSERT INTO t (id, tenant) VALUES (4, 1)",),
        expected={"SELECT id, m FROM t": [(4, 8)]},
        returned={"SELECT id, tenant FROM t": [(4, 12)]},
    ),
    "a renamed column with an unnamed foreign key": Pair(
        before=book(col("a", sa.Integer, refers("author.id"))),
        after=book(col("b", sa.Integer, refers("author.id"))),
        columns={"book": {"a": "b"}},
    ),
    "two foreign keys on one column": Pair(
        before=tables(AUTHOR, t(col("a", sa.Integer, refers("author.id", name="one")))),
        after=tables(
            AUTHOR,
            t(
                col("a", sa.Integer, refers("author.id", name="one")),
                foreign(["a"], ["author.id"], "two"),
            ),
        ),
    ),
    "a foreign key to itself": Pair(
        before=t(col("up_id", sa.Integer, refers("t.id"))),
        after=t(col("up_id", sa.Integer, refers("t.id", ondelete="CASCADE"))),
    ),
    "an unnamed unique constraint of a renamed column": Pair(
        before=t(col("a"), unique("a"), unique("a", "id")),
        after=t(col("b"), unique("b"), unique("b", "id")),
        columns={"t": {"a": "b"}},
    ),
    "one of two unnamed checks": Pair(
        before=t(col("a"), check("a > 0"), check("a < 99")),
        after=t(col("a"), check("a < 99")),
    ),
    "an unnamed check beside a named one": Pair(
        before=t(col("a"), check("a >= -2"), check("a >= -1", "positive")),
        after=t(col("a"), check("a >= -3"), check("a >= -1", "positive")),
    ),
    "an unnamed check beside a named one that goes": Pair(
        before=t(col("a"), check("a IN (1, 2)"), check("a >= -1", "positive")),
        after=t(col("a")),
    ),
    "full texts": Pair(
        before=t(col("a", sa.Text), col("b", sa.Text)),
        after=t(
            col("a", sa.Text),
            col("b", sa.Text),
            index("fa", "a", mysql_prefix="FULLTEXT"),
            index("fb", "b", mysql_prefix="FULLTEXT"),
        ),
    ),
    "part of a text": Pair(
        before=t(col("a", sa.Text), index("i", "a", mysql_length=5)),
        after=t(col("b", sa.Text), index("i", "b", mysql_length=7)),
        columns={"t": {"a": "b"}},
    ),
    "the names of three indexes go round": Pair(
        before=t(*INDEXED, index("x", "a"), index("y", "b"), index("z", "c")),
        after=t(*INDEXED, index("y", "a"), index("z", "b"), index("x", "c")),
    ),
}

MYSQL = {**OPTIONS, **COLUMNS, **KEYS}
