"""
The history table: which migrations a database has.

Place: `execute`, lowest part. The table has the very columns of Django's, so
that ``history_table = "django_migrations"`` takes over such a database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Key = tuple[str, str]
"""App label and migration name."""

HISTORY_TABLE = "whimbrel_migrations"


def history_table(name: str = HISTORY_TABLE) -> sa.Table:
    """Return the definition of the history table under *name*."""
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("app", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("applied", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )


def sql_that_ensures(table: sa.Table, dialect: sa.Dialect) -> str:
    """Return the statement that makes the history table if there is none."""
    make = sa.schema.CreateTable(table, if_not_exists=True)
    lines = str(make.compile(dialect=dialect)).strip().splitlines()
    return "\n".join(line.rstrip().replace("\t", "    ") for line in lines)


def sql_that_records(
    keys: Iterable[Key], table: sa.Table, dialect: sa.Dialect, now: str
) -> str:
    """Return the statement that records *keys*, with the time *now* in SQL."""
    applied = sa.literal_column(now, table.c.applied.type)
    rows = [{"app": app, "name": name, "applied": applied} for app, name in keys]
    return _literal(sa.insert(table).values(rows), dialect)


def sql_that_forgets(keys: Iterable[Key], table: sa.Table, dialect: sa.Dialect) -> str:
    """Return the statement that takes the records of *keys* back."""
    columns = table.c
    those = [sa.and_(columns.app == app, columns.name == name) for app, name in keys]
    return _literal(sa.delete(table).where(sa.or_(*those)), dialect)


def _literal(statement: sa.ClauseElement, dialect: sa.Dialect) -> str:
    options = {"literal_binds": True}
    return str(statement.compile(dialect=dialect, compile_kwargs=options))


@dataclass(frozen=True, slots=True)
class Recorder:
    """Reads and writes the history table of one connection."""

    connection: Connection
    table: sa.Table

    @classmethod
    def on(cls, connection: Connection, name: str = HISTORY_TABLE) -> Recorder:
        return cls(connection, history_table(name))

    def exists(self) -> bool:
        return sa.inspect(self.connection).has_table(self.table.name)

    def ensure(self) -> None:
        """Create the table if the database does not have it."""
        self.table.create(self.connection, checkfirst=True)

    def applied(self) -> dict[Key, datetime]:
        """Return what is applied and when, in order of application."""
        if not self.exists():
            return {}
        columns = self.table.c
        rows = self.connection.execute(
            sa.select(columns.app, columns.name, columns.applied).order_by(columns.id)
        )
        return {(row.app, row.name): row.applied for row in rows}

    def record_applied(self, keys: Iterable[Key]) -> None:
        now = datetime.now(UTC)
        rows = [{"app": app, "name": name, "applied": now} for app, name in keys]
        if rows:
            self.connection.execute(sa.insert(self.table), rows)

    def record_unapplied(self, keys: Iterable[Key]) -> None:
        columns = self.table.c
        for app, name in keys:
            self.connection.execute(
                sa.delete(self.table).where(columns.app == app, columns.name == name)
            )
