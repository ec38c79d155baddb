"""
What MySQL's or MariaDB's own catalog shows after a compiled change.

The yardstick is `create_all` of the wanted tables in a second database.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from common_pairs import PAIRS
from running import check_queries, fill, run
from table_pairs import Pair

from whimbrel.schema.database import Database, database_for
from whimbrel.schema.mysql.lookup import candidates, chosen
from whimbrel.schema.statement import Lookup
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    try:
        server = find_server("mysql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as found:
        yield found


@pytest.fixture
def connection(scratch: Scratch) -> Iterator[sa.Connection]:
    with scratch.engine.connect() as found:
        yield found.execution_options(no_parameters=True)


def find(connection: sa.Connection, lookup: Lookup) -> str:
    database = database_for(connection.dialect)
    is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
    query = candidates(lookup, database.compiler.literal, is_mariadb=is_mariadb)
    [name] = chosen(lookup, connection.exec_driver_sql(query).all())
    return database.compiler.quote(name)


def built(
    metadata: sa.MetaData, scratch: Scratch, connection: sa.Connection
) -> Catalog:
    """Return what the catalog shows when *metadata* is built from nothing."""
    scratch.reset()
    connection.exec_driver_sql(f"USE {scratch.engine.url.database}")
    metadata.create_all(connection)
    return catalog(connection)


def migrate(connection: sa.Connection, database: Database, pair: Pair) -> None:
    run(connection, database.compile(pair.change(database.lower_table)), find)


@pytest.mark.parametrize("name", PAIRS)
def test_a_change_ends_as_if_built_so_there_and_back(
    name: str, scratch: Scratch, connection: sa.Connection
) -> None:
    pair = PAIRS[name]
    before, after = pair.sides()
    database = database_for(connection.dialect)
    wanted = built(after, scratch, connection)
    once = built(before, scratch, connection)
    fill(connection, pair.rows)

    migrate(connection, database, pair)

    assert differences(catalog(connection), wanted) == []
    check_queries(connection, dict(pair.expected))

    migrate(connection, database, pair.reversed())

    assert differences(catalog(connection), once) == []
    check_queries(connection, dict(pair.returned))
