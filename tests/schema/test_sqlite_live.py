"""
What SQLite's own catalog shows after a compiled change, on the loaded library.

The yardstick is `create_all` of the wanted tables on a second database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from common_pairs import PAIRS
from order_pairs import ORDER
from running import check_queries, fill, run
from table_pairs import Pair

from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement
from whimbrel.testing.catalog import catalog, differences

DATABASE = database_for("sqlite")
EVERY = {**PAIRS, **ORDER}


def statements(pair: Pair) -> list[Statement]:
    return DATABASE.compile(pair.change(DATABASE.lower_table))


@contextmanager
def connected(file: Path | None = None) -> Iterator[sa.Connection]:
    """Yield a connection in a transaction, foreign keys off, as an executor has."""
    engine = sa.create_engine(f"sqlite:///{file}" if file else "sqlite://")
    with engine.connect() as connection:
        begin(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def begin(connection: sa.Connection) -> None:
    """Commit what is open, and begin anew without foreign keys."""
    connection.commit()
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")


def built(metadata: sa.MetaData, stack: ExitStack) -> sa.Connection:
    connection = stack.enter_context(connected())
    metadata.create_all(connection)
    return connection


def violations(connection: sa.Connection) -> list[object]:
    return list(connection.exec_driver_sql("PRAGMA foreign_key_check"))


@pytest.mark.parametrize("name", EVERY)
def test_a_change_ends_as_if_built_so_there_and_back(name: str) -> None:
    pair = EVERY[name]
    before, after = pair.sides()
    with ExitStack() as stack:
        connection = built(before, stack)
        wanted = built(after, stack)
        once = built(before, stack)
        fill(connection, pair.rows)

        run(connection, statements(pair))

        assert differences(catalog(connection), catalog(wanted)) == []
        check_queries(connection, dict(pair.expected))

        run(connection, statements(pair.reversed()))

        assert differences(catalog(connection), catalog(once)) == []
        check_queries(connection, dict(pair.returned))
        assert violations(connection) == []
