"""
What PostgreSQL's own catalog shows after a compiled change.

The yardstick is `create_all` of the wanted tables on a second database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from common_pairs import PAIRS
from order_pairs import ORDER, POSTGRESQL_ORDER
from postgresql_pairs import POSTGRESQL
from running import check_queries, fill, run
from table_pairs import Pair

from whimbrel.schema.database import Database, database_for
from whimbrel.schema.statement import Statement
from whimbrel.schema.types_in_use import with_types
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)

EVERY = {**PAIRS, **POSTGRESQL, **ORDER, **POSTGRESQL_ORDER}


@pytest.fixture(scope="module")
def scratches() -> Iterator[tuple[Scratch, Scratch]]:
    try:
        server = find_server("postgresql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as one, scratch_database(server) as other:
        yield one, other


def statements(database: Database, pair: Pair) -> list[Statement]:
    return database.compile(with_types(pair.change(database.lower_table)))


def prepare(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
    connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS other")


@pytest.mark.parametrize("name", EVERY)
def test_a_change_ends_as_if_built_so_there_and_back(
    name: str, scratches: tuple[Scratch, Scratch]
) -> None:
    pair = EVERY[name]
    if needs_newer(name, scratches[0]):
        pytest.skip("virtual columns came with PostgreSQL 18")
    before, after = pair.sides()
    with scratches[0].engine.connect() as raw, scratches[1].engine.connect() as other:
        connection = raw.execution_options(no_parameters=True)
        database = database_for(raw.dialect)
        prepare(connection)
        prepare(other)
        before.create_all(other)
        once = catalog(other)
        other.rollback()
        prepare(other)
        after.create_all(other)
        wanted = catalog(other)
        before.create_all(connection)
        fill(connection, pair.rows)

        run(connection, statements(database, pair))

        assert differences(catalog(connection), wanted) == []
        check_queries(connection, dict(pair.expected))

        run(connection, statements(database, pair.reversed()))

        assert differences(catalog(connection), once) == []
        check_queries(connection, dict(pair.returned))
        raw.rollback()
        other.rollback()


def needs_newer(name: str, scratch: Scratch) -> bool:
    if "virtual" not in name and "when read" not in name:
        return False
    dialect: Any = scratch.engine.dialect
    with scratch.engine.connect():  # only then is the version known
        return bool(dialect.server_version_info < (18,))
