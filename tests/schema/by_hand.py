"""
Books in SQLite to which somebody does something by hand, and changes of theirs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from attempts import attempt, metadata_of

from whimbrel.testing.databases import Scratch


def with_other(lite: Scratch, file: Path) -> Scratch:
    """Return *lite*, whose connections have *file* attached, as ``other``."""

    def attach(connection: Any, _: object) -> None:
        connection.execute(f"ATTACH '{file}' AS other")

    sa.event.listen(lite.engine, "connect", attach)
    lite.engine.dispose()
    return lite


def run(scratch: Scratch, *statements: str) -> None:
    with scratch.engine.begin() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql)


def rows(scratch: Scratch, query: str) -> list[tuple[object, ...]]:
    with scratch.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def change(scratch: Scratch, before: sa.MetaData, after: sa.MetaData) -> None:
    """Make the change, which must go through without a word."""
    outcome = attempt(scratch, before, after)
    assert outcome.error is None
    assert outcome.notices == []
    assert any("RENAME TO" in s.sql for s in outcome.ran), "it was no rebuild"


def book(length: int, *items: Any, schema: str | None = None) -> sa.MetaData:
    """Books; another *length* of the title takes a rebuild."""
    metadata = sa.MetaData()
    columns = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(length)),
        sa.Column("pages", sa.Integer),
    )
    sa.Table("book", metadata, *columns, *items, schema=schema)
    return metadata


def less(length: int = 40) -> sa.MetaData:
    """Books without pages."""
    key = sa.Column("id", sa.Integer, primary_key=True)
    return metadata_of(("book", key, sa.Column("title", sa.String(length))))
