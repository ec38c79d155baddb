"""
Partitioned tables live through changes, with the partitions that somebody made.

The catalog that a change must lead to is that of the wanted tables made by
`create_all`, with the same partitions.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from running import run
from table_pairs import TEXT, Pair, check, col, index, table, tables, unique
from test_postgresql_live import statements

from whimbrel.schema.database import database_for
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import (
    Scratch,
    ServerMissing,
    find_server,
    scratch_database,
)

OTHER = table("kind", col("id", primary_key=True))


def log(name: str, *items: object):  # type: ignore[no-untyped-def]
    """Return kinds, and a table in partitions with more *items*."""
    keys = [col(c, primary_key=True, autoincrement=False) for c in ("nr", "day")]
    return tables(
        OTHER,
        table(name, *keys, *items, postgresql_partition_by="RANGE (day)"),  # type: ignore[arg-type]
    )


def parts(name: str, how: str) -> list[str]:
    """Return the partitions of table *name*."""
    made = ["FOR VALUES FROM (0) TO (10)", "FOR VALUES FROM (10) TO (20)"]
    if how.startswith("LIST"):
        made = ["FOR VALUES IN (1, 2)", "DEFAULT"]
    return [
        f"CREATE TABLE part_{number} PARTITION OF {name} {values}"
        for number, values in enumerate(made)
    ]


PAIRS = {
    "add and drop columns": (
        log("log", col("a", TEXT)),
        log("log", col("b", sa.Integer, nullable=False, server_default="5")),
        {},
    ),
    "rename a column and the table": (
        log("log", col("a", TEXT)),
        log("journal", col("b", TEXT)),
        {"tables": {"log": "journal"}, "columns": {"journal": {"a": "b"}}},
    ),
    "another type": (
        log("log", col("a", TEXT)),
        log("log", col("a", sa.Text, nullable=True)),
        {},
    ),
    "another family of type": (
        log("log", col("a", sa.Integer)),
        log("log", col("a", sa.BigInteger)),
        {},
    ),
    "an index, a key and a check": (
        log("log", col("a", sa.Integer)),
        log(
            "log",
            col("a", sa.Integer),
            index("ix_log_a", "a"),
            unique("day", "nr", "a", name="uq_log"),
            check("nr > 0", name="ck_log"),
        ),
        {},
    ),
    "a foreign key": (
        log("log", col("a", sa.Integer)),
        log(
            "log",
            col("a", sa.Integer, lambda: sa.ForeignKey("kind.id", name="fk_log_kind")),
        ),
        {},
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


def built(
    connection: sa.Connection, metadata: sa.MetaData, name: str, how: str
) -> Catalog:
    """Make the tables and partitions, and return what is there."""
    metadata.create_all(connection)
    for sql in parts(name, how):
        connection.exec_driver_sql(sql)
    return catalog(connection)


@pytest.mark.parametrize("how", ["RANGE (day)", "LIST (day)"])
@pytest.mark.parametrize("name", PAIRS)
def test_partitions_and_their_rows_stay(
    name: str, how: str, scratches: tuple[Scratch, Scratch]
) -> None:
    before, after, more = PAIRS[name]
    pair = Pair(before=before, after=after, **more)  # type: ignore[arg-type]
    old, new = pair.sides()
    for metadata in (old, new):
        for one in metadata.tables.values():
            if one.name != "kind":
                one.dialect_options["postgresql"]["partition_by"] = how
    renamed = pair.tables.get("log", "log")
    with scratches[0].engine.connect() as raw, scratches[1].engine.connect() as other:
        connection = raw.execution_options(no_parameters=True)
        wanted = built(other, new, renamed, how)
        once = built(connection, old, "log", how)
        rows = "INSERT INTO log (nr, day) VALUES (1, 1), (2, 11)"
        connection.exec_driver_sql(rows)

        run(connection, statements(database_for(raw.dialect), pair))

        assert differences(catalog(connection), wanted) == []
        query = f"SELECT tableoid::regclass::text, nr FROM {renamed} ORDER BY nr"
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
        assert found == [("part_0", 1), ("part_1", 2)]

        run(connection, statements(database_for(raw.dialect), pair.reversed()))

        assert differences(catalog(connection), once) == []
        count = "SELECT count(*) FROM log"
        assert connection.exec_driver_sql(count).scalar() == 2
        raw.rollback()
        other.rollback()
