"""
Settings of a MySQL or MariaDB server that mean something for DDL: whatever they are,
the tables come out as `create_all` makes them under the same, there and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from attempts import APP, attempt, state
from sqlalchemy.dialects import mysql

from whimbrel.facts import Facts
from whimbrel.migrations.hints import Hints
from whimbrel.schema.database import database_for
from whimbrel.schema.lower import Lowering
from whimbrel.schema.mysql.facts import MysqlFacts
from whimbrel.schema.transition import transition
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import Scratch

Make = Callable[[], sa.MetaData]

STRICT = "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE"
SETTINGS = {
    "the usual mode": f"sql_mode = '{STRICT}'",
    "no mode": "sql_mode = ''",
    "backslashes are letters": f"sql_mode = '{STRICT},NO_BACKSLASH_ESCAPES'",
    "quotes are for names": f"sql_mode = '{STRICT},ANSI_QUOTES'",
    "timestamps without a default": "explicit_defaults_for_timestamp = OFF",
    "no foreign keys": "foreign_key_checks = OFF",
}
ODD = "a\\b'c\"d%e"
STAMP = "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"


def book(*items: Any) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("book", metadata, *items)
    return metadata


def key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, **options)


def stamp(name: str, type_: Any = sa.TIMESTAMP, **options: Any) -> sa.Column[Any]:
    """Return a column that the server sets, at each change of its row too."""
    return sa.Column(name, type_, server_default=sa.text(STAMP), **options)


def earlier() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "odd",
        metadata,
        key(),
        sa.Column("s", sa.String(30), server_default=ODD, comment=f"s {ODD}"),
        sa.Column("e", sa.Enum("x y", "z'w", "q")),
        sa.CheckConstraint("s <> 'k'", name="ck"),
        comment=f"t {ODD}",
    )
    sa.Table("moment", metadata, key(), sa.Column("s", sa.TIMESTAMP, nullable=False))
    stamps = (stamp("s", nullable=False), stamp("d", sa.DATETIME))
    sa.Table("stamped", metadata, key(), *stamps)
    sa.Table("chars", metadata, key(), *texts(), mysql_charset="utf8mb4")
    sa.Table("latin", metadata, key(), *texts(), mysql_charset="latin1")
    return metadata


def later() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "odd",
        metadata,
        key(),
        sa.Column("s", sa.String(40), server_default=ODD, nullable=False),
        sa.Column("e", sa.Enum("x y", "z'w", "q", 'r"')),
        sa.Column("v", sa.String(30), server_default=f"v {ODD}", comment=ODD),
        sa.CheckConstraint("s <> 'k'", name="ck"),
        comment=f"u {ODD}",
    )
    sa.Table(
        "moment",
        metadata,
        key(),
        sa.Column("s", sa.TIMESTAMP, nullable=False, comment="c"),
        sa.Column("t", sa.TIMESTAMP),
    )
    stamps = (
        stamp("u", nullable=False, comment="c"),
        stamp("d", sa.DATETIME, comment="d"),
    )
    sa.Table("stamped", metadata, key(), *stamps)
    sa.Table("chars", metadata, key(), *texts(), mysql_charset="latin1")
    sa.Table("latin", metadata, key(), *texts())
    return metadata


def texts() -> list[sa.Column[Any]]:
    """Return columns with a charset of their table's and of their own."""
    return [
        sa.Column("a", sa.String(20)),
        sa.Column("b", mysql.VARCHAR(20, charset="latin1")),
        sa.Column("c", mysql.VARCHAR(20, collation="utf8mb4_bin")),
    ]


RENAMED = Hints(fields={(APP, "stamped", "s"): "u"})
TABLES = ("odd", "moment", "stamped", "chars", "latin")


@contextmanager
def under(database: Scratch, setting: str) -> Iterator[Scratch]:
    """A scratch database whose sessions have *setting*."""
    engine = sa.create_engine(
        database.engine.url,
        connect_args={"init_command": f"SET SESSION {setting}"},
        poolclass=sa.NullPool,
    )
    yield Scratch(database.server, engine)
    engine.dispose()


def made(scratch: Scratch, metadata: sa.MetaData) -> Catalog:
    """Return what `create_all` makes, and empty the database again."""
    scratch.reset()
    with scratch.engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        found = catalog(connection)
    scratch.reset()
    return found


def changed(
    scratch: Scratch,
    before: sa.MetaData,
    after: sa.MetaData,
    hints: Hints | None = None,
) -> Catalog:
    """Change the database and return what it has then."""
    outcome = attempt(scratch, before, after, hints or Hints())
    assert outcome.error is None
    with scratch.engine.connect() as connection:
        return catalog(connection)


@pytest.mark.needs("indexes_foreign_keys")
@pytest.mark.parametrize("setting", SETTINGS)
def test_there_and_back(setting: str, database: Scratch) -> None:
    with under(database, SETTINGS[setting]) as scratch:
        first, last = made(scratch, earlier()), made(scratch, later())

        assert differences(changed(scratch, sa.MetaData(), earlier()), first) == []
        with scratch.engine.begin() as connection:
            for name in TABLES:
                columns, values = "id", "1"
                if name == "moment":
                    columns, values = "id, s", "1, '2020-01-02'"
                connection.exec_driver_sql(
                    f"INSERT INTO {name} ({columns}) VALUES ({values})"
                )
            rows = rows_of(connection)
        there = changed(scratch, earlier(), later(), RENAMED)
        assert differences(there, last) == []
        back = changed(scratch, later(), earlier(), RENAMED.inverted())
        assert differences(back, first) == []
        with scratch.engine.connect() as connection:
            assert rows_of(connection) == rows


def rows_of(connection: sa.Connection) -> list[Any]:
    queries = (f"SELECT * FROM {name}" for name in TABLES)
    return [connection.exec_driver_sql(query).fetchall() for query in queries]


# Invisible keys


def hidden(scratch: Scratch, facts: Facts) -> Any:
    """Let the server give a key to every table, where it can."""
    assert isinstance(facts, MysqlFacts)
    on = "sql_generate_invisible_primary_key = ON"
    return under(scratch, on if facts.hides_keys else "sql_mode = ''")


@pytest.mark.needs("indexes_foreign_keys")
@pytest.mark.parametrize(
    "keyed",
    [
        pytest.param(
            lambda: book(number("x", primary_key=True, autoincrement=False)),
            id="of a column that is there",
        ),
        pytest.param(lambda: book(number("x"), key()), id="of a column that numbers"),
        pytest.param(lambda: book(number("x"), number("y")), id="none at all"),
    ],
)
def test_a_table_without_a_key_gets_one(
    keyed: Make, database: Scratch, facts: Facts
) -> None:
    plain, after = book(number("x")), keyed()
    with hidden(database, facts) as scratch:
        first, last = made(scratch, plain), made(scratch, after)
        assert differences(changed(scratch, sa.MetaData(), plain), first) == []
        with scratch.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO book (x) VALUES (7)")
        assert differences(changed(scratch, plain, after), last) == []
        assert differences(changed(scratch, after, plain), first) == []
        with scratch.engine.connect() as connection:
            query = "SELECT * FROM book"
            assert connection.exec_driver_sql(query).fetchall() == [(7,)]


def compiled(
    before: sa.MetaData, after: sa.MetaData, answers: dict[str, Any]
) -> list[str]:
    """Return the SQL for a server that gives *answers* to queries that have a word."""
    database = database_for("mysql", (8, 0, 30))
    change = transition(state(before), state(after), Hints(), Lowering(database))

    def ask(sql: str) -> Any:
        return next(rows for word, rows in answers.items() if word in sql)

    change = database.compiler.settled(change, ask)
    return [statement.sql for statement in database.compile(change)]


def test_an_invisible_key_goes_and_comes_with_one_statement() -> None:
    plain = book(number("x"))
    keyed = book(number("x", primary_key=True, autoincrement=False))

    there = compiled(plain, keyed, {"my_row_id": [(1,)]})
    back = compiled(keyed, plain, {"@@sql_generate": [(1,)]})

    assert there == [
        "ALTER TABLE book DROP PRIMARY KEY, DROP COLUMN my_row_id, "
        "MODIFY COLUMN x INTEGER NOT NULL, ADD PRIMARY KEY (x)"
    ]
    assert back == [
        "ALTER TABLE book DROP PRIMARY KEY, MODIFY COLUMN x INTEGER, ADD COLUMN "
        "my_row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE, "
        "ADD PRIMARY KEY (my_row_id)"
    ]


def test_a_server_without_invisible_keys_is_left_alone() -> None:
    plain = book(number("x"))
    keyed = book(number("x", primary_key=True, autoincrement=False))

    (there,) = compiled(plain, keyed, {"my_row_id": []})
    (back,) = compiled(keyed, plain, {"@@sql_generate": [(0,)]})

    assert "my_row_id" not in there + back


# Names of which only the case differs


def shelves(name: str) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(name, metadata, key())
    reference = sa.ForeignKeyConstraint(["s"], [f"{name}.id"], name="fk")
    sa.Table("book", metadata, key(), number("s"), reference)
    return metadata


@pytest.mark.parametrize(("folds", "renames"), [([(1,)], False), ([], True)])
def test_a_rename_that_the_server_takes_for_none(folds: Any, renames: bool) -> None:
    """`lower_case_table_names`: the table is there already, says the server."""
    answers = {"@@lower_case": folds}
    sql = compiled(shelves("shelf"), shelves("Shelf"), answers)
    assert sql == (["RENAME TABLE shelf TO `Shelf`"] if renames else [])
