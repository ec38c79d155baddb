"""
PostgreSQL: tables of one name in two schemas, tables that inherit, partitions that
stay behind. Beside what models know, the change leaves everything as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, attempt

from whimbrel.errors.execute import RowsInTheWay
from whimbrel.migrations.hints import Hints
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

pytestmark = pytest.mark.needs("names_constraints", "schemas")

DECOY = [
    "CREATE SCHEMA app",
    "CREATE TABLE public.book (id serial CONSTRAINT book_pkey PRIMARY KEY, "
    "x integer CONSTRAINT decoy UNIQUE)",
    "INSERT INTO public.book (x) VALUES (1), (-2)",
]


@pytest.fixture
def elsewhere(database: Scratch) -> Iterator[Scratch]:
    """A database in which the schema ``app`` comes before ``public``."""
    options = {"options": "-c search_path=app,public -c client_min_messages=error"}
    with database.engine.begin() as connection:
        for sql in DECOY:
            connection.exec_driver_sql(sql)
    engine = sa.create_engine(
        database.engine.url, connect_args=options, poolclass=sa.NullPool
    )
    yield Scratch(database.server, engine)
    engine.dispose()


def number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **options)


def table(
    name: str, *items: Any, metadata: sa.MetaData | None = None, schema: Any = None
) -> sa.MetaData:
    """Return metadata with a table that has a key and *items*."""
    metadata = metadata or sa.MetaData()
    sa.Table(name, metadata, number("id", primary_key=True), *items, schema=schema)
    return metadata


def asked(scratch: Scratch, sql: str) -> list[Any]:
    with scratch.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def constraints(scratch: Scratch, name: str) -> list[str]:
    sql = (
        "SELECT conname FROM pg_constraint "
        f"WHERE conrelid = '{name}'::regclass AND contype <> 'n' ORDER BY conname"
    )
    return [row[0] for row in asked(scratch, sql)]


def change(
    scratch: Scratch,
    before: sa.MetaData,
    after: sa.MetaData,
    hints: Hints | None = None,
) -> None:
    outcome = attempt(scratch, before, after, hints or Hints())
    assert (outcome.error, outcome.notices) == (None, [])


# Two tables of one name


def test_the_first_schema_of_the_path_is_meant(elsewhere: Scratch) -> None:
    """A table of the same name behind it is somebody else's: its rows are not asked,
    its constraints not taken for ours."""
    plain = table("book", number("x"))
    more = table(
        "book", number("x"), sa.UniqueConstraint("x"), sa.CheckConstraint("x > 0")
    )

    change(elsewhere, sa.MetaData(), plain)
    change(elsewhere, plain, more)
    assert constraints(elsewhere, "app.book") == [
        "book_pkey",
        "book_x_check",
        "book_x_key",
    ]
    change(elsewhere, more, plain)
    renamed = Hints(models={(APP, "book"): (APP, "tome")})
    change(elsewhere, plain, table("tome", number("x")), renamed)
    change(elsewhere, table("tome", number("x")), sa.MetaData())

    assert constraints(elsewhere, "public.book") == ["book_pkey", "decoy"]
    assert asked(elsewhere, "SELECT x FROM public.book ORDER BY id") == [(1,), (-2,)]
    assert asked(elsewhere, "SELECT 1 FROM pg_tables WHERE schemaname = 'app'") == []


def test_a_reference_to_a_table_further_down_the_path(elsewhere: Scratch) -> None:
    """The name without a schema means it, though it is not in the first one."""
    book = table("book", number("x"))
    shelf = sa.ForeignKeyConstraint(["x"], ["shelf.id"])
    with elsewhere.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE public.shelf (id integer PRIMARY KEY)")
    before = table("shelf", metadata=book)
    after = table("shelf", metadata=table("book", number("x"), shelf))
    change(elsewhere, sa.MetaData(), table("book", number("x")))

    change(elsewhere, before, after)
    change(elsewhere, after, before)

    assert constraints(elsewhere, "app.book") == ["book_pkey"]


def test_none_and_the_default_schema_by_name(elsewhere: Scratch) -> None:
    """Both say the same place, which no table need move to."""
    plain, named = table("pen"), table("pen", schema="app")
    change(elsewhere, sa.MetaData(), plain)
    with elsewhere.engine.connect() as connection:
        once = catalog(connection)

    change(elsewhere, plain, named)
    cap = table(
        "cap", number("pen", nullable=True), metadata=table("pen", schema="app")
    )
    cap.tables["cap"].append_constraint(
        sa.ForeignKeyConstraint(["pen"], ["app.pen.id"])
    )
    change(elsewhere, named, cap)
    change(elsewhere, cap, named)
    change(elsewhere, named, plain)

    with elsewhere.engine.connect() as connection:
        assert differences(catalog(connection), once) == []


def test_out_of_the_default_schema_and_back(elsewhere: Scratch) -> None:
    """The default one is not ``public`` here."""
    plain, other = table("pen"), table("pen", schema="other")
    change(elsewhere, sa.MetaData(), plain)
    change(elsewhere, plain, other)
    assert asked(elsewhere, "SELECT 'other.pen'::regclass::text") == [("other.pen",)]
    change(elsewhere, other, plain)
    assert asked(elsewhere, "SELECT 'app.pen'::regclass::text") == [("pen",)]


def test_a_schema_that_is_there_wants_no_privilege(database: Scratch) -> None:
    """Who may not create schemas may use those that somebody made for them."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA made")
    outcome = attempt(database, sa.MetaData(), table("pen", schema="made"))
    assert outcome.error is None
    assert not any("CREATE SCHEMA" in statement.sql for statement in outcome.ran)


def test_a_sequence_of_the_usual_name_that_is_somebody_elses(
    database: Scratch,
) -> None:
    """PostgreSQL called ours otherwise; theirs is neither renamed nor dropped."""

    def numbered(name: str, type_: Any = sa.Integer, **options: Any) -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table(name, metadata, sa.Column("id", type_, primary_key=True, **options))
        return metadata

    def sequences() -> list[Any]:
        sql = (
            "SELECT sequencename, data_type::text FROM pg_sequences "
            "WHERE schemaname = 'public' ORDER BY 1"
        )
        return asked(database, sql)

    theirs = ("book_id_seq", "bigint")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE book_id_seq")
    book, wide = numbered("book"), numbered("book", sa.BigInteger)
    renamed = Hints(models={(APP, "book"): (APP, "tome")})

    change(database, sa.MetaData(), book)
    assert sequences() == [theirs, ("book_id_seq1", "integer")]
    change(database, book, wide)
    assert sequences() == [theirs, ("book_id_seq1", "bigint")]
    still = numbered("book", sa.BigInteger, autoincrement=False)
    change(database, wide, still)
    assert sequences() == [theirs]
    change(database, still, sa.MetaData())
    change(database, sa.MetaData(), book)
    change(database, book, numbered("tome"), renamed)
    assert sequences() == [theirs, ("tome_id_seq", "integer")]
    change(database, numbered("tome"), sa.MetaData())
    assert sequences() == [theirs]


# Tables that inherit


ROWS = [
    "CREATE TABLE child (own integer) INHERITS (book)",
    "INSERT INTO book (id, x) VALUES (1, 5)",
    "INSERT INTO child (id, x, own) VALUES (2, 5, 9), (3, 7, 9)",
]


@pytest.fixture
def parent(database: Scratch) -> Scratch:
    with database.engine.begin() as connection:
        table("book", number("x")).create_all(connection)
        for sql in ROWS:
            connection.exec_driver_sql(sql)
    return database


BOOK = table("book", number("x"))


@pytest.mark.parametrize(
    ("after", "hints", "rows"),
    [
        pytest.param(
            table("book", number("x"), number("y", nullable=False)),
            Hints(fills={(APP, "book", "y"): 4}),
            [(2, 5, 9, 4), (3, 7, 9, 4)],
            id="add a column",
        ),
        pytest.param(table("book"), Hints(), [(2, 9), (3, 9)], id="drop a column"),
        pytest.param(
            table("book", number("z")),
            Hints(fields={(APP, "book", "x"): "z"}),
            [(2, 5, 9), (3, 7, 9)],
            id="rename a column",
        ),
        pytest.param(
            table("book", sa.Column("x", sa.Text)),
            Hints(),
            [(2, "5", 9), (3, "7", 9)],
            id="retype a column",
        ),
        pytest.param(
            table("book", number("x"), number("own")),
            Hints(),
            [(2, 5, 9), (3, 7, 9)],
            id="a column that the child has",
        ),
        pytest.param(
            table(
                "book",
                number("x", nullable=False),
                sa.CheckConstraint("x > 0", name="positive"),
                sa.Index("ix", "x"),
            ),
            Hints(),
            [(2, 5, 9), (3, 7, 9)],
            id="a check and an index",
        ),
        pytest.param(
            table("tome", number("x")),
            Hints(models={(APP, "book"): (APP, "tome")}),
            [(2, 5, 9), (3, 7, 9)],
            id="rename the table",
        ),
        pytest.param(
            table("book", number("x"), schema="other"),
            Hints(),
            [(2, 5, 9), (3, 7, 9)],
            id="another schema",
        ),
    ],
)
def test_a_child_follows_its_parent(
    after: sa.MetaData, hints: Hints, rows: list[Any], parent: Scratch
) -> None:
    change(parent, BOOK, after, hints)
    assert asked(parent, "SELECT * FROM child ORDER BY id") == rows


def test_a_key_does_not_look_at_children(parent: Scratch) -> None:
    """PostgreSQL makes it of the parent's own rows, so that only they are asked."""
    change(parent, BOOK, table("book", number("x"), sa.UniqueConstraint("x")))


def test_a_check_does_look_at_children(parent: Scratch) -> None:
    check = sa.CheckConstraint("x < 6", name="small")
    outcome = attempt(parent, BOOK, table("book", number("x"), check))
    assert isinstance(outcome.error, RowsInTheWay)


def test_a_parent_does_not_go_without_its_children(parent: Scratch) -> None:
    outcome = attempt(parent, BOOK, sa.MetaData())
    assert "table child uses table book" in str(outcome.error)
    assert outcome.ran == []


# Partitions


def parted(*items: Any, schema: str | None = None) -> sa.MetaData:
    metadata = sa.MetaData()
    day = number("day", primary_key=True, autoincrement=False)
    options: Any = {"postgresql_partition_by": "RANGE (day)"}
    sa.Table("log", metadata, day, number("x"), *items, schema=schema, **options)
    return metadata


def test_partitions_stay_where_they_are_when_their_table_moves(
    database: Scratch,
) -> None:
    """PostgreSQL moves the table alone; rows still find their partitions, and what
    is made later reaches them."""
    here, there = (
        parted(sa.Index("ix_log_x", "x")),
        parted(sa.Index("ix_log_x", "x"), schema="other"),
    )
    with database.engine.begin() as connection:
        here.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10)"
        )
        connection.exec_driver_sql("INSERT INTO log VALUES (1, 1)")

    change(database, here, there)
    parts = "SELECT tableoid::regclass::text, day, x FROM other.log ORDER BY day"
    assert asked(database, parts) == [("log_1", 1, 1)]
    assert asked(database, "SELECT 'other.ix_log_x'::regclass::text") == [
        ("other.ix_log_x",)
    ]
    unique = parted(
        sa.Index("ix_log_x", "x"), sa.UniqueConstraint("day", "x"), schema="other"
    )
    change(database, there, unique)
    assert constraints(database, "log_1") == ["log_1_day_x_key", "log_1_pkey"]
    change(database, unique, there)
    change(database, there, here)
    assert asked(database, "SELECT count(*) FROM log_1") == [(1,)]
    with database.engine.connect() as connection:
        back = catalog(connection)
    database.reset()
    with database.engine.begin() as connection:
        here.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10)"
        )
        wanted = catalog(connection)
    assert differences(back, wanted) == []


def test_rows_of_partitions_are_asked(database: Scratch) -> None:
    with database.engine.begin() as connection:
        parted().create_all(connection)
        for number_, (low, high) in enumerate([(0, 10), (10, 20)]):
            connection.exec_driver_sql(
                f"CREATE TABLE log_{number_} PARTITION OF log "
                f"FOR VALUES FROM ({low}) TO ({high})"
            )
        connection.exec_driver_sql("INSERT INTO log VALUES (1, 1), (11, NULL)")
    outcome = attempt(database, parted(), parted(sa.CheckConstraint("x > 1")))
    assert isinstance(outcome.error, RowsInTheWay)


def test_an_index_that_asks_for_concurrently_is_made_in_the_transaction(
    database: Scratch,
) -> None:
    """A partitioned table takes none concurrently, and neither does a transaction."""
    with database.engine.begin() as connection:
        parted().create_all(connection)
    options: Any = {"postgresql_concurrently": True}
    index = sa.Index("ix", "x", **options)
    outcome = attempt(database, parted(), parted(index))
    assert outcome.error is None
    assert [s.sql for s in outcome.ran] == ["CREATE INDEX ix ON log (x)"]
