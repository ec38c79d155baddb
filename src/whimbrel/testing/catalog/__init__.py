"""
What is really in a database: `catalog()` reads it, `differences()` compares.

Place: `testing`. Reads the database's own catalog, never SQLAlchemy's inspector
and nothing of Whimbrel, so that it can judge both.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from whimbrel.testing.catalog.compare import Difference, compared, differences
from whimbrel.testing.catalog.mysql import mysql_catalog
from whimbrel.testing.catalog.objects import Catalog, Item, make_item
from whimbrel.testing.catalog.postgresql import postgresql_catalog
from whimbrel.testing.catalog.sqlite import sqlite_catalog

__all__ = [
    "Catalog",
    "Difference",
    "Item",
    "catalog",
    "compared",
    "differences",
    "make_item",
    "readers",
]

readers: dict[str, Callable[[sa.Connection], Catalog]] = {
    "sqlite": sqlite_catalog,
    "postgresql": postgresql_catalog,
    "mysql": mysql_catalog,
    "mariadb": mysql_catalog,
}
"""SQLAlchemy's name of a dialect → what reads its catalog; open to more."""


def catalog(connection: sa.Connection) -> Catalog:
    """
    Return all user objects of the database of *connection*.

    Raises:
        KeyError: No reader for this dialect; put one into `readers`.
    """
    return readers[connection.dialect.name](connection)
