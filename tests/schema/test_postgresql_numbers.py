"""
Counters follow their columns: other types, names and schemas, there and back.

The catalog tells a sequence's name, type and owner; the numbers that new rows get
tell its last value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from running import run
from table_pairs import Pair, col, table
from test_postgresql_live import statements

from whimbrel.schema.database import database_for
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)

LONG = "a_table_with_a_name_that_is_so_very_long_that_nothing_fits"
WIDE = "number_of_row_" * 4


def made(
    name: str,
    column: str = "id",
    type_: Any = sa.Integer,
    *,
    identity: bool = False,
    schema: str | None = None,
) -> Any:
    """Return a table whose key numbers itself, as SERIAL or as an identity."""
    items = (sa.Identity,) if identity else ()
    key = col(column, type_, *items, primary_key=True)
    return table(name, key, col("a"), schema=schema)


CASES = {
    "a serial with another type and names": Pair(
        before=made("t"),
        after=made("u", "nr", sa.BigInteger),
        tables={"t": "u"},
        columns={"u": {"id": "nr"}},
    ),
    "a small identity grows": Pair(
        before=made("t", type_=sa.SmallInteger, identity=True),
        after=made("t", type_=sa.BigInteger, identity=True),
    ),
    "a serial whose names are cut": Pair(
        before=made(LONG, "identifier_of_row"),
        after=made(f"{LONG}x", "number_of_row"),
        tables={LONG: f"{LONG}x"},
        columns={f"{LONG}x": {"identifier_of_row": "number_of_row"}},
    ),
    "a serial whose column gets a long name": Pair(
        before=made(LONG, "identifier_of_row"),
        after=made(LONG, WIDE),
        columns={LONG: {"identifier_of_row": WIDE}},
    ),
    "an identity with other names": Pair(
        before=made("t", identity=True),
        after=made("u", "nr", identity=True),
        tables={"t": "u"},
        columns={"u": {"id": "nr"}},
    ),
    "a serial moves to a schema": Pair(
        before=made("t"), after=made("t", schema="other"), tables={"t": "other.t"}
    ),
    "an identity moves, grows and gets a name": Pair(
        before=made("t", identity=True),
        after=made("t", "nr", sa.BigInteger, identity=True, schema="other"),
        tables={"t": "other.t"},
        columns={"other.t": {"id": "nr"}},
    ),
    "a serial becomes a big identity": Pair(
        before=made("t"), after=made("t", type_=sa.BigInteger, identity=True)
    ),
}


@pytest.fixture(scope="module")
def scratches() -> Iterator[tuple[Scratch, Scratch]]:
    try:
        server = find_server("postgresql")
    except ServerMissing as missing:
        pytest.skip(str(missing))
    with scratch_database(server) as one, scratch_database(server) as other:
        yield one, other


def numbered(connection: sa.Connection, metadata: sa.MetaData) -> object:
    """Add a row, and return its number."""
    [found] = metadata.tables.values()
    connection.execute(sa.insert(found), [{"a": 1}])
    [key] = found.primary_key
    return connection.scalar(sa.select(sa.func.max(key)))


@pytest.mark.parametrize("name", CASES)
def test_the_counter_goes_on(name: str, scratches: tuple[Scratch, Scratch]) -> None:
    pair = CASES[name]
    before, after = pair.sides()
    with scratches[0].engine.connect() as raw, scratches[1].engine.connect() as other:
        connection = raw.execution_options(no_parameters=True)
        connection.exec_driver_sql("CREATE SCHEMA other")
        other.exec_driver_sql("CREATE SCHEMA other")
        after.create_all(other)
        wanted = catalog(other)
        before.create_all(connection)
        once = catalog(connection)
        numbers = [numbered(connection, before)]

        run(connection, statements(database_for(raw.dialect), pair))
        assert differences(catalog(connection), wanted) == []
        numbers.append(numbered(connection, after))
        run(connection, statements(database_for(raw.dialect), pair.reversed()))
        assert differences(catalog(connection), once) == []
        numbers.append(numbered(connection, before))

        assert numbers == [1, 2, 3]
        raw.rollback()
        other.rollback()
