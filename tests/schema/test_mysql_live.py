"""
What MySQL's or MariaDB's own catalog shows after a compiled change.

The yardstick is `create_all` of the wanted tables in a second database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
import sqlalchemy as sa
from common_pairs import PAIRS
from mysql_pairs import MYSQL
from order_pairs import ORDER
from running import check_queries, fill, run
from sqlalchemy.dialects import mysql
from table_pairs import Pair

from whimbrel.schema.database import Database, database_for
from whimbrel.schema.mysql.compiler import MysqlCompiler
from whimbrel.schema.mysql.facts import MysqlFacts
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)

EVERY = {**PAIRS, **MYSQL, **ORDER}
UUIDS = {
    "bare digits become a UUID",
    "a number becomes a UUID, which takes a text between",
}
"""Pairs that need a type for UUIDs."""


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
        yield found


MARIADB = database_for(mysql.dialect(), (10, 11, 0), is_mariadb=True)


def texts(database: Database, pair: Pair) -> list[str]:
    return [s.sql for s in database.compile(pair.change(database.lower_table))]


def differing(database: Database) -> list[str]:
    """Return the pairs for which *database* has other words than usual."""
    return [
        name
        for name, pair in EVERY.items()
        if texts(database, pair) != texts(MARIADB, pair)
        or texts(database, pair.reversed()) != texts(MARIADB, pair.reversed())
    ]


OTHERS = {
    "old": {"rename_clause": False, "renames_indexes": False},
    "cautious": {
        "follows_renames": False,
        "joins_text_indexes": False,
        "adds_unsafe_defaults": False,
    },
}
"""Abilities that other versions, or the other product, lack."""


def lacking(database: Database, other: str) -> Database:
    """Return *database* without the abilities that *other* lacks."""
    facts = replace(cast(MysqlFacts, database.facts), **OTHERS[other])
    compiler = MysqlCompiler(database.dialect, facts)
    return replace(database, facts=facts, compiler=compiler)


def built(
    metadata: sa.MetaData, scratch: Scratch, connection: sa.Connection
) -> Catalog:
    """Return what the catalog shows when *metadata* is built from nothing."""
    connection.rollback()  # an open transaction keeps tables from being dropped
    scratch.reset()
    connection.exec_driver_sql(f"USE {scratch.engine.url.database}")
    connection.exec_driver_sql("SET foreign_key_checks = 1")
    metadata.create_all(connection)
    return catalog(connection)


def migrate(connection: sa.Connection, database: Database, pair: Pair) -> None:
    run(connection, database.compile(pair.change(database.lower_table)))


def there_and_back(
    pair: Pair, database: Database, scratch: Scratch, connection: sa.Connection
) -> None:
    before, after = pair.sides()
    wanted = built(after, scratch, connection)
    once = built(before, scratch, connection)
    fill(connection, pair.rows)

    migrate(connection, database, pair)

    assert differences(catalog(connection), wanted) == []
    check_queries(connection, dict(pair.expected))

    migrate(connection, database, pair.reversed())

    assert differences(catalog(connection), once) == []
    check_queries(connection, dict(pair.returned))


@pytest.mark.parametrize("name", EVERY)
def test_a_change_ends_as_if_built_so_there_and_back(
    name: str, scratch: Scratch, connection: sa.Connection
) -> None:
    database = database_for(connection.dialect)
    if name in UUIDS and not cast(MysqlFacts, database.facts).native_uuid:
        pytest.skip("this database lacks: native_uuid")

    there_and_back(EVERY[name], database, scratch, connection)


@pytest.mark.parametrize(
    ("other", "name"),
    [(other, name) for other in OTHERS for name in differing(lacking(MARIADB, other))],
)
def test_the_words_of_other_versions_lead_to_the_same(
    other: str, name: str, scratch: Scratch, connection: sa.Connection
) -> None:
    database = lacking(database_for(connection.dialect), other)

    there_and_back(EVERY[name], database, scratch, connection)
