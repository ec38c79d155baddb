"""
A change tried on rows, as the executor would: what was found, and what ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.base import WhimbrelError
from whimbrel.execute.editor import LiveEditor
from whimbrel.execute.transactions import Transactions
from whimbrel.migrations.hints import Hints
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement
from whimbrel.state.project import ProjectState
from whimbrel.testing.databases import Scratch

APP = "shop"
NO_HINTS = Hints()

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


@dataclass(slots=True)
class Attempt:
    """
    Args:
        error: What stopped it; None: it went through.

        notices: What a person was told.

        ran: The statements that were begun.
    """

    error: WhimbrelError | None = None
    notices: list[str] = field(default_factory=list)
    ran: list[Statement] = field(default_factory=list)

    @property
    def found(self) -> tuple[str, ...]:
        return getattr(self.error, "findings", ())


def state(metadata: sa.MetaData) -> ProjectState:
    read = read_metadata(metadata, APP)
    return ProjectState.of(read.models, read.sequences)


def metadata_of(*tables: tuple[Any, ...]) -> sa.MetaData:
    """Return metadata with tables, each ``(name, column or constraint, …)``."""
    metadata = sa.MetaData()
    for name, *items in tables:
        sa.Table(name, metadata, *items)
    return metadata


def fill(scratch: Scratch, metadata: sa.MetaData, rows: Rows) -> None:
    """Make the tables anew, with *rows* in them."""
    scratch.reset()
    with scratch.engine.begin() as connection:
        metadata.create_all(connection)
        for name, values in rows.items():
            for row in values:
                connection.execute(metadata.tables[name].insert().values(**row))


def attempt(
    scratch: Scratch,
    before: sa.MetaData,
    after: sa.MetaData,
    hints: Hints = NO_HINTS,
) -> Attempt:
    """Change the database from *before* to *after*, in a transaction if it can."""
    outcome = Attempt()
    with scratch.engine.connect() as connection:
        database = database_for(connection.dialect)
        editor = LiveEditor(
            connection,
            database,
            observe=outcome.ran.append,
            notice=outcome.notices.append,
        )
        transactions = Transactions(connection, database.facts)
        with transactions.held():
            transactions.prepare(ddl=True)
            try:
                with transactions.transaction():
                    editor.transition(state(before), state(after), hints)
            except WhimbrelError as error:
                outcome.error = error
    return outcome
