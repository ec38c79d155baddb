"""
Transactions around DDL, as the database allows them.

Place: `execute`, lowest part. The caller's connection is outside a transaction
when it comes here and when it goes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from whimbrel.errors.execute import DatabaseRefused, NotBegun
from whimbrel.facts import Facts


@dataclass(frozen=True, slots=True)
class Transactions:
    """Opens transactions on one connection."""

    connection: Connection
    facts: Facts

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the connection in the mode that DDL needs, and put it back."""
        self.connection.rollback()
        before = self.connection.get_isolation_level()
        if self.facts.begins is not None:
            self._isolate("AUTOCOMMIT")
        try:
            yield
        finally:
            self.connection.rollback()
            self._run(self.facts.settles)
            if self.facts.begins is not None:
                self._isolate(before)

    def prepare(self, *, ddl: bool) -> None:
        """Set the connection up for DDL, or for changes of data alone."""
        self._run(self.facts.prepares if ddl else self.facts.settles)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """
        One transaction; an error takes all of it back where the database can.

        Raises:
            NotBegun: EX111, somebody else has the database to themselves.

            DatabaseRefused: EX101, it cannot be committed; it is taken back.
        """
        self._begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        try:
            self.connection.commit()
        except DBAPIError as error:
            # SQLAlchemy takes it for ended. SQLite has it open, to try again.
            self.connection.connection.rollback()
            raise DatabaseRefused("COMMIT", str(error.orig).strip()) from error

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """No transaction: every statement is final by itself."""
        if self.facts.begins is not None:
            yield
            self.connection.commit()
            return
        before = self.connection.get_isolation_level()
        self._isolate("AUTOCOMMIT")
        try:
            yield
        finally:
            self._isolate(before)

    def _begin(self) -> None:
        if self.facts.begins is None:
            return
        try:
            self.connection.exec_driver_sql(self.facts.begins)
        except DBAPIError as error:
            raise NotBegun(str(error.orig)) from error

    def _isolate(self, level: str) -> None:
        self.connection.commit()
        self.connection.execution_options(isolation_level=level)

    def _run(self, statements: tuple[str, ...]) -> None:
        for statement in statements:
            self.connection.exec_driver_sql(statement)
        self.connection.commit()
