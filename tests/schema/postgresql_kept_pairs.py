"""Changes in how PostgreSQL keeps a table, and in where a column's values come from."""

from __future__ import annotations

import sqlalchemy as sa
from table_pairs import TEXT, Build, Pair, col, foreign, key, refers, table, tables


def linked(**options: object) -> Build:
    """Return two tables that refer to each other, the first one to itself too."""
    return tables(
        table(
            "a",
            key(),
            col("a_id", sa.Integer, refers("a.id")),
            col("b_id"),
            foreign(["b_id"], ["b.id"], "a_b"),
            **options,
        ),
        table("b", key(), col("a_id", sa.Integer, refers("a.id")), **options),
    )


KEPT_OTHERWISE = {
    "tables that refer to each other become unlogged": Pair(
        before=linked(),
        after=linked(prefixes=["UNLOGGED"]),
    ),
    "a column of an unlogged table begins to number its rows": Pair(
        before=table("a", col("id", nullable=False), prefixes=["UNLOGGED"]),
        after=table("a", key(), prefixes=["UNLOGGED"]),
        rows=("INSERT INTO a VALUES (7)",),
        expected={"SELECT * FROM a": [(7,)]},
        returned={"SELECT * FROM a": [(7,)]},
    ),
    "an identity becomes a text": Pair(
        before=table("a", col("n", sa.Integer, lambda: sa.Identity(always=True))),
        after=table("a", col("n", sa.String(10), nullable=False)),
        rows=("INSERT INTO a DEFAULT VALUES",),
        expected={"SELECT * FROM a": [("1",)]},
        returned={"SELECT * FROM a": [(1,)]},
    ),
    "a computed text becomes a plain number": Pair(
        before=table(
            "a",
            col("x", TEXT),
            col("n", TEXT, lambda: sa.Computed("x", persisted=True)),
        ),
        after=table("a", col("x", TEXT), col("n")),
        rows=("INSERT INTO a VALUES ('12')",),
        expected={"SELECT * FROM a": [("12", 12)]},
        returned={"SELECT * FROM a": [("12", "12")]},
    ),
    "a computed column becomes a plain one, and its base goes": Pair(
        before=table(
            "a",
            col("x", TEXT),
            col("n", TEXT, lambda: sa.Computed("x", persisted=True)),
        ),
        after=table("a", col("n", TEXT)),
        rows=("INSERT INTO a VALUES ('12')",),
        expected={"SELECT * FROM a": [("12",)]},
        returned={"SELECT * FROM a": [(None, None)]},
    ),
    "a table becomes logged when a logged one refers to it": Pair(
        before=table("a", key(), prefixes=["UNLOGGED"]),
        after=tables(
            table("a", key()),
            table("b", key(), col("a_id", sa.Integer, refers("a.id"))),
        ),
    ),
}
