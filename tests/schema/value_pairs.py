"""Values of enumerations that are called otherwise, with rows that have them."""

from __future__ import annotations

import sqlalchemy as sa
from table_pairs import (
    AUTHORS,
    Pair,
    book,
    check,
    col,
    index,
    key,
    table,
    tables,
    unique,
)

BOOKS = (
    *AUTHORS,
    "INSERT INTO book (id, title, state) VALUES "
    "(1, 'a', 'new'), (2, 'a', 'lent'), (3, 'b', 'new'), (4, 'b', NULL)",
)


def enum(*values: str, checked: bool = False, native: bool = True) -> sa.Enum:
    return sa.Enum(
        *values, name="book_state", create_constraint=checked, native_enum=native
    )


def renamed(
    before: object, after: object, values: dict[str, str], *rows: object, **more: object
) -> Pair:
    """Return a pair of books; *rows*: their states after the change."""
    query = "SELECT state FROM book ORDER BY id"
    settings = {
        "rows": BOOKS,
        "values": {"book": {"state": values}},
        "expected": {query: [(row,) for row in rows]},
        "returned": {query: [("new",), ("lent",), ("new",), (None,)]},
        **more,
    }
    return Pair(before=before, after=after, **settings)  # type: ignore[arg-type]


def state(*values: str, **options: object):  # type: ignore[no-untyped-def]
    return col("state", enum(*values), **options)


def checked(*values: str, **options: object):  # type: ignore[no-untyped-def]
    return col("state", enum(*values, checked=True, native=False), **options)


def text(*values: str, **options: object):  # type: ignore[no-untyped-def]
    return col("state", enum(*values, native=False), **options)


FRESH = ("fresh", "lent", "fresh", None)
SWAPPED = ("lent", "new", "lent", None)
EXCHANGE = {"new": "lent", "lent": "new"}

ON_ALL = {
    "a value is renamed": renamed(
        book(state("new", "lent")),
        book(state("fresh", "lent")),
        {"new": "fresh"},
        *FRESH,
    ),
    "a value is renamed, others come and go": renamed(
        book(state("new", "lent", "gone")),
        book(state("lost", "fresh", "lent", "here")),
        {"new": "fresh"},
        *FRESH,
    ),
    "two values exchange their names": renamed(
        book(state("new", "lent")), book(state("lent", "new")), EXCHANGE, *SWAPPED
    ),
    "values exchange their names and nothing else changes": renamed(
        book(state("new", "lent")), book(state("new", "lent")), EXCHANGE, *SWAPPED
    ),
    "a chain of names": renamed(
        book(state("new", "lent")),
        book(state("lent", "away")),
        {"new": "lent", "lent": "away"},
        "lent",
        "away",
        "lent",
        None,
    ),
    "a value is renamed where a key has it": renamed(
        book(state("new", "lent"), unique("title", "state", name="uq")),
        book(state("lent", "new"), unique("title", "state", name="uq")),
        EXCHANGE,
        *SWAPPED,
    ),
    "checked values in a key exchange their names and nothing else": renamed(
        book(checked("new", "lent"), unique("title", "state", name="uq")),
        book(checked("new", "lent"), unique("title", "state", name="uq")),
        EXCHANGE,
        *SWAPPED,
    ),
    "a chain of names where a key has them": renamed(
        book(text("new", "lent"), unique("title", "state", name="uq")),
        book(text("lent", "away"), unique("title", "state", name="uq")),
        {"new": "lent", "lent": "away"},
        "lent",
        "away",
        "lent",
        None,
    ),
    "a renamed value is the default": renamed(
        book(state("new", "lent", server_default="new")),
        book(state("fresh", "lent", server_default="fresh")),
        {"new": "fresh"},
        *FRESH,
    ),
    "exchanged values, one of them the default": renamed(
        book(state("new", "lent", server_default="new")),
        book(state("lent", "new", server_default="new")),
        EXCHANGE,
        *SWAPPED,
    ),
    "a renamed value is in a check": renamed(
        book(state("new", "lent"), check("state <> 'new' OR title <> 'z'", name="ck")),
        book(
            state("fresh", "lent"), check("state <> 'fresh' OR title <> 'z'", name="ck")
        ),
        {"new": "fresh"},
        *FRESH,
    ),
    "exchanged values are in a check": renamed(
        book(state("new", "lent"), check("state <> 'new' OR title <> 'z'", name="ck")),
        book(state("lent", "new"), check("state <> 'new' OR title <> 'z'", name="ck")),
        EXCHANGE,
        *SWAPPED,
    ),
    "a renamed value and a new name of the column": renamed(
        book(col("mood", enum("new", "lent"))),
        book(state("fresh", "lent")),
        {"new": "fresh"},
        *FRESH,
        rows=(AUTHORS[0], BOOKS[1].replace("state", "mood")),
        columns={"book": {"mood": "state"}},
        returned={
            "SELECT mood FROM book ORDER BY id": [
                ("new",),
                ("lent",),
                ("new",),
                (None,),
            ]
        },
    ),
    "a value of a checked text is renamed": renamed(
        book(checked("new", "lent")),
        book(checked("fresh", "lent")),
        {"new": "fresh"},
        *FRESH,
    ),
    "a value of a checked text gets a shorter name": renamed(
        book(checked("new", "lent", "a long one")),
        book(checked("old", "lent", "x")),
        {"new": "old", "a long one": "x"},
        "old",
        "lent",
        "old",
        None,
    ),
    "values of a checked text are exchanged": renamed(
        book(checked("new", "lent")), book(checked("lent", "new")), EXCHANGE, *SWAPPED
    ),
    "a value of a text without a check is renamed": renamed(
        book(text("new", "lent")),
        book(text("old", "lent")),
        {"new": "old"},
        "old",
        "lent",
        "old",
        None,
    ),
    "a text becomes an enumeration with another value": renamed(
        book(col("state", sa.String(10))),
        book(state("fresh", "lent")),
        {"new": "fresh"},
        *FRESH,
    ),
    "an enumeration becomes a checked one": renamed(
        book(state("new", "lent")),
        book(checked("fresh", "lent")),
        {"new": "fresh"},
        *FRESH,
    ),
    "a value is renamed where NULL is no longer allowed": renamed(
        book(state("new", "lent")),
        book(state("fresh", "lent", nullable=False)),
        {"new": "fresh"},
        "fresh",
        "lent",
        "fresh",
        "lent",
        fills={"book": {"state": "'lent'"}},
        returned={
            "SELECT state FROM book ORDER BY id": [
                ("new",),
                ("lent",),
                ("new",),
                ("lent",),
            ]
        },
    ),
    "a quote in a value": renamed(
        book(state("new", "lent")),
        book(state("it's", "lent")),
        {"new": "it's"},
        "it's",
        "lent",
        "it's",
        None,
    ),
}

SHELF = table("shelf", key(), col("state", enum("new", "lent"), server_default="new"))
SHELF_AFTER = table(
    "shelf", key(), col("state", enum("fresh", "lent"), server_default="fresh")
)
MORE = enum("fresh", "lent", "new")
ON_SHELF = "INSERT INTO shelf (id) VALUES (1)"


def arrays(*values: str):  # type: ignore[no-untyped-def]
    return col("state", sa.ARRAY(enum(*values)))


def computed(value: str):  # type: ignore[no-untyped-def]
    sql = f"CASE WHEN state = '{value}' THEN 1 ELSE 0 END"
    return col("n", sa.Integer, lambda: sa.Computed(sql, persisted=True))


ARRAYS = (
    *AUTHORS,
    "INSERT INTO book (id, state) VALUES (1, '{new,lent}'), (2, '{}'), (3, NULL)",
)
SHOWN = "SELECT state::text FROM book ORDER BY id"
LISTS = {SHOWN: [("{new,lent}",), ("{}",), (None,)]}

ON_POSTGRESQL = {
    "a renamed value is in a partial index": renamed(
        book(
            state("new", "lent"),
            index("ix", "title", postgresql_where=sa.text("state = 'new'")),
        ),
        book(
            state("fresh", "lent"),
            index("ix", "title", postgresql_where=sa.text("state = 'fresh'")),
        ),
        {"new": "fresh"},
        *FRESH,
    ),
    "exchanged values are in a partial index": renamed(
        book(
            state("new", "lent"),
            index("ix", "title", postgresql_where=sa.text("state = 'new'")),
        ),
        book(
            state("lent", "new"),
            index("ix", "title", postgresql_where=sa.text("state = 'new'")),
        ),
        EXCHANGE,
        *SWAPPED,
    ),
    "a renamed value is in a computed column": renamed(
        book(state("new", "lent"), computed("new")),
        book(state("fresh", "lent"), computed("fresh")),
        {"new": "fresh"},
        *FRESH,
    ),
    "exchanged values are in a computed column": renamed(
        book(state("new", "lent"), computed("new")),
        book(state("lent", "new"), computed("new")),
        EXCHANGE,
        *SWAPPED,
    ),
    "a value in arrays is renamed": renamed(
        book(arrays("new", "lent")),
        book(arrays("fresh", "lent")),
        {"new": "fresh"},
        rows=ARRAYS,
        expected={SHOWN: [("{fresh,lent}",), ("{}",), (None,)]},
        returned=LISTS,
    ),
    "values in arrays of texts are exchanged": renamed(
        book(arrays("new", "lent")),
        book(col("state", sa.ARRAY(enum("lent", "new", native=False)))),
        EXCHANGE,
        rows=ARRAYS,
        expected={SHOWN: [("{lent,new}",), ("{}",), (None,)]},
        returned=LISTS,
    ),
    "values in arrays of texts are renamed": renamed(
        book(col("state", sa.ARRAY(enum("new", "lent", native=False)))),
        book(col("state", sa.ARRAY(enum("old", "lent", native=False)))),
        {"new": "old"},
        rows=ARRAYS,
        expected={SHOWN: [("{old,lent}",), ("{}",), (None,)]},
        returned=LISTS,
    ),
    "one of two tables says that a value is renamed": renamed(
        tables(book(state("new", "lent")), SHELF),
        tables(book(state("fresh", "lent")), SHELF_AFTER),
        {"new": "fresh"},
        rows=(*BOOKS, ON_SHELF),
        expected={"SELECT state::text FROM shelf": [("fresh",)]},
        returned={"SELECT state::text FROM shelf": [("new",)]},
    ),
    "one of two tables gives its rows the renamed value": renamed(
        tables(book(state("new", "lent")), SHELF),
        tables(
            book(state("fresh", "lent", "new")),
            table("shelf", key(), col("state", MORE, server_default="new")),
        ),
        {"new": "fresh"},
        *FRESH,
        rows=(*BOOKS, ON_SHELF),
    ),
    "a type with another name and other values": renamed(
        book(state("new", "lent")),
        book(col("state", sa.Enum("fresh", "lent", name="shelf_state"))),
        {"new": "fresh"},
        *FRESH,
    ),
    "a renamed value in a key with a deferred constraint": renamed(
        book(
            text("new", "lent"),
            unique("title", "state", name="uq", initially="DEFERRED"),
        ),
        book(
            text("lent", "away"),
            unique("title", "state", name="uq", initially="DEFERRED"),
        ),
        {"new": "lent", "lent": "away"},
        "lent",
        "away",
        "lent",
        None,
    ),
}
