"""Changes that PostgreSQL makes and others do not, or not so."""

from __future__ import annotations

import sqlalchemy as sa
from postgresql_kept_pairs import KEPT_OTHERWISE
from sqlalchemy.dialects import postgresql as pg
from table_pairs import (
    AUTHOR,
    AUTHORS,
    TEXT,
    Pair,
    book,
    books,
    check,
    col,
    index,
    key,
    refers,
    table,
    tables,
    unique,
)
from value_pairs import ON_POSTGRESQL as VALUES

PLAIN = book()
MOOD = sa.Enum("sad", "glad", name="mood")
MOODS = sa.Enum("sad", "so so", "glad", "high", name="mood")
FEWER = sa.Enum("glad", "high", name="mood")
FELT = (*AUTHORS, "INSERT INTO book (id, title, mood) VALUES (1, 'one', 'glad')")
GLAD = {"SELECT mood::text FROM book": [("glad",)]}


def moody(before: object, after: object, **more: object) -> Pair:
    return books(
        book(before),  # type: ignore[arg-type]
        book(after),  # type: ignore[arg-type]
        rows=FELT,
        expected=GLAD,
        returned=GLAD,
        **more,
    )


ENUMS = {
    "an enum comes with a column": books(PLAIN, book(col("mood", MOOD))),
    "an enum comes with a filled column": books(
        PLAIN,
        book(col("mood", MOOD, nullable=False)),
        fills={"book": {"mood": "'sad'"}},
    ),
    "an enum comes with a table": books(
        PLAIN, tables(PLAIN, table("m", key(), col("mood", MOOD)))
    ),
    "an enum in an array": books(PLAIN, book(col("moods", sa.ARRAY(MOOD)))),
    "values are added to an enum": moody(col("mood", MOOD), col("mood", MOODS)),
    "a value is added and used at once": moody(
        col("mood", MOOD, server_default="sad"),
        col("mood", MOODS, server_default="high"),
    ),
    "values are taken from an enum": moody(col("mood", MOODS), col("mood", FEWER)),
    "values of an enum with a default and a check": books(
        book(
            col("mood", MOODS, server_default="glad"),
            check("mood <> 'so so'", "ck"),
            index("ix", "mood", postgresql_where=sa.text("mood = 'glad'")),
        ),
        book(
            col("mood", FEWER, server_default="glad"),
            check("mood <> 'high'", "ck"),
            index("ix", "mood", postgresql_where=sa.text("mood = 'glad'")),
        ),
        rows=FELT,
        expected=GLAD,
        returned=GLAD,
    ),
    "values of an enum in an array": books(
        book(col("moods", sa.ARRAY(MOODS))),
        book(col("moods", sa.ARRAY(FEWER))),
        rows=(*AUTHORS, "INSERT INTO book (id, moods) VALUES (1, '{glad}')"),
        expected={"SELECT moods::text FROM book": [("{glad}",)]},
        returned={"SELECT moods::text FROM book": [("{glad}",)]},
    ),
    "an enum used by two tables": Pair(
        before=tables(
            table("a", key(), col("mood", MOODS)), table("b", key(), col("mood", MOODS))
        ),
        after=tables(
            table("a", key(), col("mood", FEWER)), table("b", key(), col("mood", FEWER))
        ),
    ),
    "an enum gets another name": moody(
        col("mood", MOOD), col("mood", sa.Enum("sad", "glad", name="Feeling"))
    ),
    "an enum gets another name and more values": moody(
        col("mood", MOOD), col("mood", sa.Enum("sad", "glad", "x", name="feeling"))
    ),
    "an enum moves to another schema": moody(
        col("mood", MOOD),
        col("mood", sa.Enum("sad", "glad", name="mood", schema="other")),
    ),
    "text becomes an enum": moody(
        col("mood", sa.Text, server_default="sad"), col("mood", MOOD)
    ),
    "an enum without a type of its own": moody(
        col("mood", MOOD),
        col(
            "mood",
            sa.Enum("sad", "glad", name="m", native_enum=False, create_constraint=True),
        ),
    ),
    "checks of an enum without a type": books(
        book(
            col(
                "mood",
                sa.Enum("a", name="m", native_enum=False, create_constraint=True),
            )
        ),
        book(
            col(
                "mood",
                sa.Enum(
                    "a", "bbb", name="m", native_enum=False, create_constraint=True
                ),
            )
        ),
    ),
}

UUID_BYTES = "'\\xabcdef00000040008000000000000001'"


def held(old: object, new: object, value: str, shown: str, expected: str) -> Pair:
    """Return a change of the type of a column, in which *value* is."""
    query = {f"SELECT {shown} FROM book": [(expected,)]}
    return books(
        book(col("c", old)),  # type: ignore[arg-type]
        book(col("c", new)),  # type: ignore[arg-type]
        rows=(*AUTHORS, f"INSERT INTO book (id, title, c) VALUES (1, 'one', {value})"),
        expected=query,
        returned={"SELECT title FROM book": [("one",)]},
    )


# PostgreSQL's own cast reads and writes its notation of bytes: a document that was
# kept as bytes could not become JSON, and as text it was ``\x7b7d``.
BYTES = {
    "bytes become text": held(sa.LargeBinary, sa.Text, "'hé'::bytea", "c", "hé"),
    "text becomes bytes": held(
        sa.Text, sa.LargeBinary, "'a\\b'", "encode(c, 'escape')", "a\\\\b"
    ),
    "bytes become a document": held(
        sa.LargeBinary, pg.JSONB, "'{\"a\": 1}'", "c ->> 'a'", "1"
    ),
    "a document becomes bytes": held(
        pg.JSONB, sa.LargeBinary, "'{\"a\": 1}'", "encode(c, 'escape')", '{"a": 1}'
    ),
    "bytes become a UUID": held(
        sa.LargeBinary,
        sa.Uuid,
        UUID_BYTES,
        "c::text",
        "abcdef00-0000-4000-8000-000000000001",
    ),
    "a UUID becomes bytes": held(
        sa.Uuid,
        sa.LargeBinary,
        "'abcdef00-0000-4000-8000-000000000001'",
        "encode(c, 'hex')",
        "abcdef00000040008000000000000001",
    ),
}

TYPES = {
    f"{old} becomes {new}": books(book(col("c", old)), book(col("c", new)))
    for old, new in [
        (sa.Text(), pg.JSONB()),
        (sa.Text(), sa.Uuid()),
        (sa.Text(), sa.Boolean()),
        (sa.Integer(), sa.Boolean()),
        (sa.BigInteger(), sa.Boolean()),
        (sa.Integer(), sa.Uuid()),
        (sa.Integer(), sa.DateTime()),
        (sa.DateTime(), sa.Date()),
        (sa.DateTime(), sa.DateTime(timezone=True)),
        (sa.Date(), sa.Time()),
        (sa.JSON(), pg.JSONB()),
        (sa.Numeric(10, 2), sa.Numeric(6, 1)),
        (sa.Numeric(10, 2), sa.Integer()),
        (sa.Float(), sa.Numeric()),
        (sa.LargeBinary(), sa.Text()),
        (sa.LargeBinary(), sa.Integer()),
        (sa.ARRAY(sa.Integer), sa.ARRAY(sa.Text)),
        (sa.ARRAY(sa.Integer), sa.Integer()),
        (pg.INET(), sa.String(40)),
        (pg.INET(), sa.Integer()),
        (sa.Interval(), sa.Integer()),
        (sa.String(10), sa.String(10, collation="C")),
        (sa.String(10, collation="C"), sa.Text(collation="POSIX")),
        (pg.TIMESTAMP(precision=3), pg.TIMESTAMP(precision=0)),
        (sa.CHAR(3), sa.String(5)),
    ]
}

COLUMNS = {
    "a default that the new type cannot read": books(
        book(col("c", sa.Text, server_default="x")),
        book(col("c", sa.Integer, server_default="1")),
        back_fills={},
        rows=(*AUTHORS, "INSERT INTO book (id, c) VALUES (1, '7')"),
        expected={"SELECT c FROM book": [(7,)]},
        returned={"SELECT c FROM book": [("7",)]},
    ),
    "the same default in another type": books(
        book(col("c", sa.Integer, server_default="1")),
        book(col("c", sa.BigInteger, server_default="1")),
    ),
    "a check and an index on a column that changes type": books(
        book(
            col("c", TEXT),
            check("c <> ''", "ck"),
            lambda: sa.Index("ix", sa.text("lower(c)")),
            index("plain", "c"),
            unique("c", name="uq"),
        ),
        book(
            col("c", sa.Text),
            check("c <> ''", "ck"),
            lambda: sa.Index("ix", sa.text("lower(c)")),
            index("plain", "c"),
            unique("c", name="uq"),
        ),
    ),
    "a column that another is computed from": books(
        book(
            col("a"),
            col("b", sa.Integer, lambda: sa.Computed("a * 2", persisted=True)),
            index("ix", "b"),
            check("b > 0", "ck"),
        ),
        book(
            col("a", sa.BigInteger),
            col("b", sa.Integer, lambda: sa.Computed("a * 2", persisted=True)),
            index("ix", "b"),
            check("b > 0", "ck"),
        ),
    ),
    "a computed column goes with what it is computed from": books(
        book(
            col("a"),
            col("b", sa.Integer, lambda: sa.Computed("a * 2", persisted=True)),
        ),
        PLAIN,
    ),
    "a computed column becomes a plain one": books(
        book(
            col("b", sa.Integer, lambda: sa.Computed("id * 2", persisted=True)),
        ),
        book(col("b", sa.Integer)),
        expected={"SELECT b FROM book ORDER BY id": [(2,), (10,)]},
        returned={"SELECT b FROM book ORDER BY id": [(2,), (10,)]},
    ),
    "comments": books(
        book(
            col("a", comment="old"),
            col("b", comment="it's"),
            lambda: sa.CheckConstraint("a > 0", name="ck", comment="50%"),
            comment="books",
        ),
        book(
            col("a", comment="new"),
            col("b"),
            col("c", comment="c"),
            lambda: sa.CheckConstraint("a > 0", name="ck", comment="51%"),
            lambda: sa.UniqueConstraint("a", name="uq", comment="u"),
        ),
    ),
    "comments of a new table": books(
        PLAIN,
        tables(
            PLAIN,
            table(
                "n",
                key(),
                col("a", comment="a"),
                lambda: sa.CheckConstraint("a > 0", name="ck", comment="50%"),
                comment="n",
            ),
        ),
    ),
    "a percent sign": books(
        PLAIN,
        book(
            col("a", TEXT, server_default="100%"),
            check("id % 2 = 1 OR title LIKE 'a%'", "ck"),
        ),
    ),
    "drop columns with all that is on them": books(
        book(
            col("a", sa.Integer, refers("author.id"), index=True),
            col("b", TEXT, unique=True),
            check("a > 0"),
            check("a > 0 AND b <> ''"),
            lambda: sa.Index("ix", sa.text("lower(b)"), "a"),
            unique("a", "b"),
        ),
        PLAIN,
    ),
}

NUMBERING = {
    "a serial becomes a big serial": Pair(
        before=table("t", key(), col("n", TEXT)),
        after=table(
            "t",
            lambda: sa.Column("id", sa.BigInteger, primary_key=True),
            col("n", TEXT),
        ),
        rows=("INSERT INTO t (n) VALUES ('a')",),
        expected={"INSERT INTO t (n) VALUES ('b') RETURNING id": [(2,)]},
        returned={"INSERT INTO t (n) VALUES ('b') RETURNING id": [(3,)]},
    ),
    "a serial becomes an identity": Pair(
        before=table("t", key(), col("n", TEXT)),
        after=table(
            "t",
            lambda: sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
            col("n", TEXT),
        ),
        rows=("INSERT INTO t (n) VALUES ('a'), ('b')",),
        expected={"INSERT INTO t (n) VALUES ('b') RETURNING id": [(3,)]},
        returned={"INSERT INTO t (n) VALUES ('b') RETURNING id": [(4,)]},
    ),
    "a serial becomes a plain integer": Pair(
        before=table("t", key(), col("n", TEXT)),
        after=table(
            "t", col("id", primary_key=True, autoincrement=False), col("n", TEXT)
        ),
        rows=("INSERT INTO t (n) VALUES ('a'), ('b')",),
        returned={"INSERT INTO t (n) VALUES ('b') RETURNING id": [(3,)]},
    ),
    "an identity becomes a plain integer": Pair(
        before=table("t", key(), col("n", sa.Integer, sa.Identity)),
        after=table("t", key(), col("n", nullable=True)),
        rows=("INSERT INTO t DEFAULT VALUES", "INSERT INTO t DEFAULT VALUES"),
        returned={"INSERT INTO t DEFAULT VALUES RETURNING n": [(3,)]},
    ),
    "an identity of another kind": Pair(
        before=table(
            "t", key(), col("n", sa.Integer, lambda: sa.Identity(always=True))
        ),
        after=table("t", key(), col("n", sa.Integer, lambda: sa.Identity())),
    ),
    "an identity with other options": Pair(
        before=table("t", key(), col("n", sa.Integer, lambda: sa.Identity(start=5))),
        after=table(
            "t", key(), col("n", sa.Integer, lambda: sa.Identity(start=9, increment=2))
        ),
        rows=("INSERT INTO t DEFAULT VALUES",),
        expected={"INSERT INTO t DEFAULT VALUES RETURNING n": [(7,)]},
    ),
    "add an identity": books(PLAIN, book(col("n", sa.BigInteger, sa.Identity))),
    "rename tables and columns that number themselves": Pair(
        before=tables(
            table("a", key("x"), col("n", TEXT)),
            table(
                "b",
                lambda: sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
            ),
        ),
        after=tables(
            table("b", key("y"), col("n", TEXT)),
            table(
                "c",
                lambda: sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
            ),
            table("a", key("x"), col("n", TEXT)),
        ),
        tables={"a": "b", "b": "c"},
        columns={"b": {"x": "y"}},
        rows=("INSERT INTO a (n) VALUES ('a')",),
        expected={"INSERT INTO b (n) VALUES ('b') RETURNING y": [(2,)]},
        returned={"INSERT INTO a (n) VALUES ('b') RETURNING x": [(3,)]},
    ),
}

LONG = "a_table_with_a_name_that_is_rather_long_for_postgresql_indeed_"
OTHER = "a_column_with_a_name_that_is_as_long_as_the_table_is"

INDEXES = {
    "an index with everything": books(
        book(col("doc", pg.JSONB), col("n")),
        book(
            col("doc", pg.JSONB),
            col("n"),
            index(
                "ix",
                "doc",
                postgresql_using="gin",
                postgresql_ops={"doc": "jsonb_path_ops"},
                postgresql_with={"fastupdate": "off"},
                postgresql_where=sa.text("n > 1"),
            ),
            index("iy", "n", unique=True, postgresql_include=["title"]),
            lambda: sa.Index("iz", sa.text("n DESC NULLS LAST")),
        ),
    ),
    "an exclusion constraint": books(
        book(col("during", pg.INT4RANGE)),
        book(
            col("during", pg.INT4RANGE),
            lambda: pg.ExcludeConstraint(
                ("during", "&&"), ("title", "="), where=sa.text("id > 1")
            ),
        ),
    ),
    "a deferrable constraint": books(
        book(
            col("n", sa.Integer, unique=True), col("a", sa.Integer, refers("author.id"))
        ),
        book(
            col("n"),
            col(
                "a",
                sa.Integer,
                refers("author.id", deferrable=True, initially="DEFERRED"),
                nullable=False,
            ),
            lambda: sa.UniqueConstraint("n", deferrable=True, initially="DEFERRED"),
        ),
        fills={"book": {"a": "1"}},
    ),
    "the same unique twice": books(
        PLAIN,
        tables(
            PLAIN,
            table(
                "t",
                lambda: sa.Column("id", sa.Integer, primary_key=True, unique=True),
                col("n", TEXT, unique=True),
                unique("n"),
                unique("n", name="named"),
            ),
        ),
    ),
    "long names": Pair(
        before=table("t", key()),
        after=tables(
            table("t", key()),
            table(
                LONG,
                key(OTHER),
                col(f"{OTHER}_x", sa.Integer, refers(f"{LONG}.{OTHER}"), unique=True),
                check(f"{OTHER} > 0"),
                check(f"{OTHER} > 1"),
                check(f"{OTHER} > {OTHER}_x"),
                unique(OTHER, f"{OTHER}_x"),
            ),
        ),
    ),
    "rename a table with unnamed constraints": Pair(
        before=tables(
            AUTHOR,
            table(
                "a",
                key(),
                col("n", sa.Integer, refers("author.id"), unique=True),
                check("n > 0"),
                index("ix", "n"),
            ),
        ),
        after=tables(
            AUTHOR,
            table(
                "b",
                key(),
                col("m", sa.Integer, refers("author.id"), unique=True),
                check("m > 0"),
                index("ix2", "m"),
            ),
        ),
        tables={"a": "b"},
        columns={"b": {"n": "m"}},
    ),
    "storage parameters": books(
        tables(
            AUTHOR,
            table(
                "book", key(), col("title", TEXT), postgresql_with={"fillfactor": 70}
            ),
        ),
        tables(
            AUTHOR,
            table(
                "book",
                key(),
                col("title", TEXT),
                postgresql_with={"fillfactor": 80, "autovacuum_enabled": False},
                prefixes=["UNLOGGED"],
            ),
        ),
    ),
    "another schema": books(
        PLAIN,
        tables(
            AUTHOR,
            table(
                "book", key(), col("title", TEXT), index("ix", "title"), schema="other"
            ),
        ),
        tables={"book": "other.book"},
        expected={},
    ),
    "a partitioned table": books(
        PLAIN,
        tables(PLAIN, table("p", key(), postgresql_partition_by="RANGE (id)")),
    ),
    "a key that others refer to": Pair(
        before=tables(
            table("a", key(), col("n", sa.Integer, unique=True)),
            table("b", key(), col("a_n", sa.Integer, refers("a.n"))),
        ),
        after=tables(
            table("a", key(), col("n"), lambda: sa.Index("ux", "n", unique=True)),
            table("b", key(), col("a_n", sa.Integer, refers("a.n"))),
        ),
    ),
    "nulls not distinct": books(
        book(lambda: sa.UniqueConstraint("title", name="uq")),
        book(
            lambda: sa.UniqueConstraint(
                "title", name="uq", postgresql_nulls_not_distinct=True
            )
        ),
    ),
}

POSTGRESQL = {**ENUMS, **BYTES, **TYPES, **COLUMNS, **NUMBERING, **INDEXES, **VALUES}
POSTGRESQL |= KEPT_OTHERWISE
