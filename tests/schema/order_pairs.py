"""
Changes whose parts get in each other's way: names that pass on, keys that move.

Each is run there and back, so every pair is two orders.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from table_pairs import (
    AUTHOR,
    AUTHORS,
    TEXT,
    Build,
    Pair,
    book,
    books,
    col,
    foreign,
    index,
    key,
    refers,
    table,
    tables,
    unique,
)


def pk(column: str, name: str) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.PrimaryKeyConstraint(column, name=name)


def by(name: str, key_name: str | None) -> Build:
    """Return a table that refers to authors."""
    reference = foreign(["by_id"], ["author.id"], key_name)
    return table(name, key(), col("by_id"), reference)


def computed(sql: str) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.Computed(sql, persisted=True)


A, B, C = (table(name, key(), col(f"in_{name}")) for name in "abc")
ONE = "INSERT INTO a (id, in_a) VALUES (1, 10)"
TWO = "INSERT INTO b (id, in_b) VALUES (2, 20)"
THREE = "INSERT INTO c (id, in_c) VALUES (3, 30)"


def number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


def numbered(name: str) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


ORDER = {
    "a table gets another name and no longer numbers its rows": Pair(
        before=table("a", key(), col("x")),
        after=table("b", number, col("x")),
        tables={"a": "b"},
        rows=("INSERT INTO a (id, x) VALUES (1, 10)",),
        expected={"SELECT id, x FROM b": [(1, 10)]},
        returned={"SELECT id, x FROM a": [(1, 10)]},
    ),
    "a chain: a table takes a dropped one's name, a third the name of that": Pair(
        before=tables(A, B, C),
        after=tables(
            table("b", key(), col("in_a")),
            table("a", key(), col("in_c"), col("b_id", sa.Integer, refers("b.id"))),
        ),
        tables={"a": "b", "c": "a"},
        rows=(ONE, TWO, THREE),
        expected={
            "SELECT id, in_a FROM b": [(1, 10)],
            "SELECT id, in_c FROM a": [(3, 30)],
        },
        returned={
            "SELECT id, in_a FROM a": [(1, 10)],
            "SELECT id FROM b": [],
            "SELECT id, in_c FROM c": [(3, 30)],
        },
    ),
    "a circle: three tables, one of which refers to all, pass on their names": Pair(
        before=tables(
            A,
            B,
            table(
                "c",
                key(),
                col("a_id", sa.Integer, refers("a.id")),
                col("b_id", sa.Integer, refers("b.id")),
                col("c_id", sa.Integer, refers("c.id")),
                index("ix_c", "a_id"),
            ),
        ),
        after=tables(
            table("b", key(), col("in_a")),
            table("c", key(), col("in_b")),
            table(
                "a",
                key(),
                col("a_id", sa.Integer, refers("b.id")),
                col("b_id", sa.Integer, refers("c.id")),
                col("c_id", sa.Integer, refers("a.id")),
                index("ix_c", "a_id"),
            ),
        ),
        tables={"a": "b", "b": "c", "c": "a"},
        rows=(ONE, TWO, "INSERT INTO c VALUES (3, 1, 2, 3)"),
        expected={
            "SELECT in_a FROM b": [(10,)],
            "SELECT in_b FROM c": [(20,)],
            "SELECT * FROM a": [(3, 1, 2, 3)],
        },
        returned={
            "SELECT in_a FROM a": [(10,)],
            "SELECT in_b FROM b": [(20,)],
            "SELECT * FROM c": [(3, 1, 2, 3)],
        },
    ),
    "an index's name passes to a table that is new": Pair(
        before=table("a", key(), col("x"), index("ix", "x")),
        after=tables(
            table("a", key(), col("x")), table("b", key(), col("y"), index("ix", "y"))
        ),
    ),
    "indexes' names go round between tables": Pair(
        before=tables(
            table("a", key(), col("x"), col("z"), index("one", "x")),
            table("b", key(), col("x"), col("z"), index("two", "x")),
        ),
        after=tables(
            table("a", key(), col("x"), col("z"), index("two", "z")),
            table("b", key(), col("x"), col("z"), index("one", "z")),
        ),
    ),
    "a unique constraint's name goes to an index of another table": Pair(
        before=tables(
            table("a", key(), col("x"), unique("x", name="taken")),
            table("b", key(), col("x")),
        ),
        after=tables(
            table("a", key(), col("x")),
            table("b", key(), col("x"), index("taken", "x")),
        ),
    ),
    "a unique constraint goes with its column, and its name to another table": Pair(
        before=tables(
            table("b", key(), col("x")),
            table("a", key(), col("x"), unique("x", name="taken")),
        ),
        after=tables(
            table("b", key(), col("x"), unique("x", name="taken")), table("a", key())
        ),
    ),
    "the names of primary keys go round": Pair(
        before=tables(
            table("a", col("x"), col("y"), pk("x", "one")),
            table("b", col("x"), col("y"), pk("x", "two")),
        ),
        after=tables(
            table("a", col("x"), col("y"), pk("y", "two")),
            table("b", col("x"), col("y"), pk("y", "one")),
        ),
    ),
    "a foreign key's name goes to another table": Pair(
        before=tables(AUTHOR, by("a", "fk"), by("b", None)),
        after=tables(AUTHOR, by("a", None), by("b", "fk")),
        rows=AUTHORS,
    ),
    "the names of foreign keys go round between tables": Pair(
        before=tables(AUTHOR, by("a", "one"), by("b", "two")),
        after=tables(AUTHOR, by("a", "two"), by("b", "one")),
        rows=AUTHORS,
    ),
    "a column computed from one that is retyped and renamed": books(
        book(col("n"), col("twice", sa.Integer, computed("n + n"))),
        book(col("m", sa.BigInteger), col("twice", sa.BigInteger, computed("m + m"))),
        columns={"book": {"n": "m"}},
        rows=(*AUTHORS, "INSERT INTO book (id, n) VALUES (1, 4)"),
        expected={"SELECT m, twice FROM book": [(4, 8)]},
        returned={"SELECT n, twice FROM book": [(4, 8)]},
    ),
    "a key moves to other columns while others refer to the old one": Pair(
        before=tables(
            table("a", key(), col("code", sa.Integer, nullable=False)),
            table("b", key(), col("a_id", sa.Integer, refers("a.id"))),
        ),
        after=tables(
            table(
                "a",
                col("id", sa.Integer, nullable=False),
                col("code", sa.Integer, primary_key=True, autoincrement=False),
                unique("id", name="uq"),
            ),
            table("b", key(), col("a_id", sa.Integer, refers("a.id"))),
        ),
        rows=("INSERT INTO a VALUES (1, 7)", "INSERT INTO b VALUES (1, 1)"),
        expected={"SELECT a_id FROM b": [(1,)], "SELECT id, code FROM a": [(1, 7)]},
        returned={"SELECT a_id FROM b": [(1,)], "SELECT id, code FROM a": [(1, 7)]},
    ),
    "a key moves to other columns, and those that refer follow": Pair(
        before=tables(
            table("a", key(), col("code", TEXT, nullable=False)),
            table("b", key(), col("a_id", sa.Integer, refers("a.id"))),
        ),
        after=tables(
            table("a", col("code", TEXT, primary_key=True)),
            table("b", key(), col("a_code", TEXT, refers("a.code"))),
        ),
        rows=("INSERT INTO a VALUES (1, 'x')",),
        expected={"SELECT code FROM a": [("x",)]},
        returned={"SELECT id, code FROM a": [(1, "x")]},
    ),
    "tables that refer to each other go while their names pass on": Pair(
        before=tables(
            table("a", key(), col("b_id", sa.Integer, refers("b.id", name="ab"))),
            table("b", key(), col("a_id", sa.Integer, refers("a.id", name="ba"))),
            table("c", key(), col("in_c")),
            table("d", key(), col("in_d")),
        ),
        after=tables(
            table("a", key(), col("in_c"), col("b_id", sa.Integer, refers("b.id"))),
            table("b", key(), col("in_d"), col("a_id", sa.Integer, refers("a.id"))),
        ),
        tables={"c": "a", "d": "b"},
        rows=("INSERT INTO c VALUES (3, 30)", "INSERT INTO d VALUES (4, 40)"),
        expected={
            "SELECT id, in_c, b_id FROM a": [(3, 30, None)],
            "SELECT id, in_d, a_id FROM b": [(4, 40, None)],
        },
        returned={"SELECT * FROM c": [(3, 30)], "SELECT * FROM d": [(4, 40)]},
    ),
}

MOOD = sa.Enum("sad", "glad", name="mood")
COUNTED = sa.text("nextval('counter')")


def counter() -> sa.Sequence:
    return sa.Sequence("counter")


POSTGRESQL_ORDER = {
    "a table takes the name of an enum that goes": books(
        book(col("mood", MOOD)),
        tables(
            table("mood", key(), col("name", TEXT)),
            book(col("mood_id", sa.Integer, refers("mood.id"))),
        ),
    ),
    "a table takes the name of the enum that it gives up": Pair(
        before=table("a", key(), col("mood", MOOD)),
        after=table("mood", key(), col("mood", TEXT)),
        tables={"a": "mood"},
        rows=("INSERT INTO a VALUES (1, 'glad')",),
        expected={"SELECT * FROM mood": [(1, "glad")]},
        returned={"SELECT id, mood::text FROM a": [(1, "glad")]},
    ),
    "an enum takes the name of the table that begins to use it": Pair(
        before=tables(table("mood", key(), col("mood", TEXT)), A),
        after=tables(table("a", key(), col("mood", MOOD)), table("c", key())),
        tables={"mood": "a"},
        fresh=frozenset({"a"}),
        rows=("INSERT INTO mood VALUES (1, 'glad')",),
        expected={"SELECT id, mood::text FROM a": [(1, "glad")]},
        returned={"SELECT * FROM mood": [(1, "glad")]},
    ),
    "a table and an index change names": Pair(
        before=table("a", key(), col("x"), index("b", "x")),
        after=table("b", key(), col("x"), index("a", "x")),
        tables={"a": "b"},
        rows=("INSERT INTO a VALUES (1, 2)",),
        expected={"SELECT * FROM b": [(1, 2)]},
        returned={"SELECT * FROM a": [(1, 2)]},
    ),
    "an index takes the name of a table that goes": Pair(
        before=tables(A, table("b", key(), col("x"))),
        after=table("b", key(), col("x"), index("a", "x")),
    ),
    "a sequence takes the name of a table that goes": Pair(
        before=tables(table("counter", key()), table("b", key(), col("x"))),
        after=table("b", key(), col("x", sa.Integer, counter)),
    ),
    "a sequence takes the name of a table that goes on as another": Pair(
        before=table("counter", key(), col("x")),
        after=table("b", key(), col("x", sa.Integer, counter, server_default=COUNTED)),
        tables={"counter": "b"},
        rows=("INSERT INTO counter VALUES (1, 2)",),
        expected={"SELECT * FROM b": [(1, 2)]},
        returned={"SELECT * FROM counter": [(1, 2)]},
    ),
    "a table takes the name of the sequence that it gives up": Pair(
        before=table("b", key(), col("x", sa.Integer, counter, server_default=COUNTED)),
        after=table("counter", key(), col("x")),
        tables={"b": "counter"},
        rows=("INSERT INTO b (id) VALUES (1)",),
        expected={"SELECT * FROM counter": [(1, 1)]},
        returned={"SELECT * FROM b": [(1, 1)]},
    ),
    "a table moves to a schema where another one frees its name": Pair(
        before=tables(table("a", key(), col("x")), table("a", key(), schema="other")),
        after=tables(
            table("a", key(), col("x"), schema="other"),
            table("b", key(), schema="other"),
        ),
        tables={"a": "other.a", "other.a": "other.b"},
        rows=("INSERT INTO a VALUES (1, 2)", "INSERT INTO other.a VALUES (3)"),
        expected={
            "SELECT * FROM other.a": [(1, 2)],
            "SELECT * FROM other.b": [(3,)],
        },
        returned={"SELECT * FROM a": [(1, 2)], "SELECT * FROM other.a": [(3,)]},
    ),
    "two tables change schemas": Pair(
        before=tables(
            table("a", key(), col("x"), index("ix", "x")),
            table("a", key(), col("y"), index("ix", "y"), schema="other"),
        ),
        after=tables(
            table("a", key(), col("y"), index("ix", "y")),
            table("a", key(), col("x"), index("ix", "x"), schema="other"),
        ),
        tables={"a": "other.a", "other.a": "a"},
        rows=("INSERT INTO a VALUES (1, 2)", "INSERT INTO other.a VALUES (3, 4)"),
        expected={"SELECT x FROM other.a": [(2,)], "SELECT y FROM a": [(4,)]},
        returned={"SELECT x FROM a": [(2,)], "SELECT y FROM other.a": [(4,)]},
    ),
    "a table moves past those that have its names, here and there": Pair(
        before=tables(
            table("a", key(), col("x"), unique("x")),
            table("b", key(), col("x"), unique("x")),
            table("a", key(), col("x"), unique("x"), schema="other"),
        ),
        after=tables(
            table("b", key(), col("x"), unique("x")),
            table("a", key(), col("x"), unique("x"), schema="other"),
            table("b", key(), col("x"), unique("x"), schema="other"),
        ),
        tables={"a": "other.b"},
        rows=("INSERT INTO a VALUES (1, 2)",),
        expected={"SELECT * FROM other.b": [(1, 2)]},
        returned={"SELECT * FROM a": [(1, 2)]},
    ),
    "a table moves, and its key moves to another column": Pair(
        before=table("a", number, col("n", nullable=False), schema="other"),
        after=table("a", col("id", nullable=False), numbered("n")),
        tables={"other.a": "a"},
        rows=("INSERT INTO other.a VALUES (1, 2)",),
        expected={"SELECT * FROM a": [(1, 2)]},
        returned={"SELECT * FROM other.a": [(1, 2)]},
    ),
    "a table moves, and a column with an index and a sequence goes": Pair(
        before=table("a", key(), col("x"), index("ix", "x"), index("of", "id")),
        after=table("a", col("y"), schema="other"),
        tables={"a": "other.a"},
        columns={"other.a": {"x": "y"}},
        rows=("INSERT INTO a VALUES (1, 2)",),
        expected={"SELECT * FROM other.a": [(2,)]},
        returned={"SELECT id, x FROM a": [(1, 2)]},
    ),
    "a table moves, and no longer numbers its rows": Pair(
        before=table("a", key(), col("x")),
        after=table("a", number, col("x"), schema="other"),
        tables={"a": "other.a"},
        rows=("INSERT INTO a VALUES (1, 2)",),
        expected={"SELECT * FROM other.a": [(1, 2)]},
        returned={"SELECT * FROM a": [(1, 2)]},
    ),
}
