"""
Two migrations on one connection, with rows in between.
"""

from __future__ import annotations

import itertools
from typing import Any

import sqlalchemy as sa

from whimbrel import migrations
from whimbrel.execute.executor import Executor
from whimbrel.migrations import Migration
from whimbrel.schema.database import database_for
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

KEY = ("id", sa.Column(sa.Integer(), primary_key=True))
ROWS = 7


class Numbers:
    """A callable that gives another text each time it is called."""

    def __init__(self) -> None:
        self.counter = itertools.count(1)

    def __call__(self) -> str:
        return f"no {next(self.counter)}"


def migration(name: str, *operations: Any, after: str | None = None) -> Migration:
    cls = type(
        "Migration",
        (Migration,),
        {
            "operations": list(operations),
            "dependencies": [("shop", after)] if after else [],
        },
    )
    made: Migration = cls(name, "shop")
    return made


def table(*fields: Any, **options: Any) -> Any:
    return migrations.CreateModel(
        "Item", [*fields], options={"db_table": "item", **options}
    )


class Journey:
    """Two migrations on one connection; rows go in between."""

    def __init__(self, scratch: Scratch, first: Any, *second: Any) -> None:
        self.one = migration("0001", first)
        self.two = migration("0002", *second, after="0001")
        self.connection = scratch.engine.connect()
        self.notices: list[str] = []

    def run(self, migration: Migration, backwards: bool, fuse: bool | None) -> None:
        executor = Executor(
            connection=self.connection,
            database=database_for(self.connection.dialect),
            order=[self.one, self.two],
            fuse=fuse,
            notice=self.notices.append,
        )
        executor.run([(migration, backwards)])
        self.connection.commit()

    def start(self, columns: str, *rows: str) -> None:
        self.run(self.one, False, None)
        for row in rows:
            sql = f"INSERT INTO item ({columns}) VALUES ({row})"
            self.connection.exec_driver_sql(sql)
        self.connection.commit()

    def forwards(self, *, fuse: bool | None = None) -> None:
        self.run(self.two, False, fuse)

    def backwards(self, *, fuse: bool | None = None) -> None:
        self.run(self.two, True, fuse)

    def column(self, name: str) -> list[Any]:
        rows = self.connection.exec_driver_sql(f"SELECT {name} FROM item")
        found = [value for (value,) in rows]
        self.connection.commit()
        return found

    def schema(self) -> Any:
        found = catalog(self.connection)
        self.connection.commit()
        return found

    def assert_like(self, metadata: sa.MetaData, yardstick: Scratch) -> None:
        """Compare the schema with what SQLAlchemy makes of *metadata*."""
        yardstick.reset()
        with yardstick.engine.begin() as connection:
            metadata.create_all(connection)
            assert differences(self.schema(), catalog(connection)) == []


def numbered(count: int = ROWS) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


SKU = sa.Column(sa.String(20), nullable=False)
ADD_SKU = ("Item", "sku", SKU)
UNIQUE = migrations.AddConstraint("Item", sa.UniqueConstraint("sku", name="uq_sku"))
INDEX = migrations.AddIndex("Item", sa.Index("ix_sku", "sku", unique=True))
