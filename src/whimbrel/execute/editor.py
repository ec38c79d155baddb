"""
The schema editor: what operations and data steps hold while a migration runs.

Place: `execute`, above `lookup` and `script`. One stream: whatever is done to
the schema passes `SchemaEditor.run` as a `Statement`. `LiveEditor` executes the
stream on a connection, `PrintingEditor` collects it without one.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any, cast

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.execute import (
    DatabaseRefused,
    DataStepFailed,
    NoConnection,
)
from whimbrel.execute.guard import Guard
from whimbrel.execute.lookup import resolved
from whimbrel.execute.preflight import Preflight
from whimbrel.execute.rows import RowFill
from whimbrel.execute.script import bound, statements
from whimbrel.migrations.hints import Hints
from whimbrel.migrations.special_operations import RunPython
from whimbrel.models import session as current_session
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.database import Database
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import EachRow, Statement
from whimbrel.schema.transition import compile_change, transition
from whimbrel.state.project import ProjectState

logger = logging.getLogger("whimbrel")

Parameters = Sequence[object] | Mapping[str, object] | None


AS_IT_IS = {"no_parameters": True}
"""Execution options of text in which a ``%`` is a ``%``."""


class SchemaEditor(ABC):
    """
    Turns changes of state, SQL and data steps into one stream.

    Args:
        lowering: Shared by the editors of one run: what is lowered once is
            remembered.

    `data_follows` says whether a data step comes after the next transition, perhaps
    in the same transaction. `leads_to` is the state after all of the migration.
    """

    data_follows: bool = False
    leads_to: ProjectState | None = None

    def __init__(self, database: Database, lowering: Lowering | None = None) -> None:
        self.database = database
        self.lowering = lowering or Lowering(database)

    @property
    def dialect(self) -> Dialect:
        """SQLAlchemy's dialect of the database."""
        return self.database.dialect

    def transition(
        self, before: ProjectState, after: ProjectState, hints: Hints
    ) -> None:
        """Run the DDL that leads from *before* to *after*."""
        change = transition(before, after, hints, self.lowering, self.leads_to)
        change = replace(change, data_follows=self.data_follows)
        change = self.database.compiler.settled(change, self.ask)
        with self.looking(change):
            for statement in compile_change(change, self.database):
                self.run(statement)

    def ask(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what the database knows; without one, nothing."""
        return ()

    def looking(self, change: SchemaChange) -> AbstractContextManager[object]:
        """Look at the database before *change* begins and after it has ended."""
        return nullcontext()

    def run_sql(self, script: str) -> None:
        """Run a script of several statements."""
        for statement in statements(script):
            self.run(Statement(sql=statement, does="raw SQL"))

    @abstractmethod
    def run(self, statement: Statement) -> Any:
        """Run one statement of the stream."""

    @abstractmethod
    def execute(self, sql: Any, params: Parameters = None) -> Any:
        """Run one statement: text with ``%s`` placeholders, or SQLAlchemy's own.

        Returns:
            SQLAlchemy's result.
        """

    @abstractmethod
    def call(self, code: Callable[[Any, Any], None], state: ProjectState) -> None:
        """Call ``code(apps, schema_editor)`` with the models of *state*."""

    @abstractmethod
    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A nested transaction: an error inside takes the block back."""
        yield


class LiveEditor(SchemaEditor):
    """Executes on a connection; the executor opens and closes transactions."""

    def __init__(
        self,
        connection: Connection,
        database: Database,
        lowering: Lowering | None = None,
        observe: Callable[[Statement], None] | None = None,
        notice: Callable[[str], None] = logger.warning,
    ) -> None:
        super().__init__(database, lowering)
        self.connection = connection
        self.observe = observe
        self.notice = notice
        self._session: Session | None = None
        self._saved: dict[TableKey | None, list[str]] = {}
        self._preflight = Preflight(
            connection, database.facts.errors_end_transactions, notice
        )
        self._guard = Guard((), self._preflight.query)

    @property
    def session(self) -> Session:
        """An ORM session in the migration's transaction."""
        if self._session is None:
            self._session = Session(
                self.connection, join_transaction_mode="create_savepoint"
            )
        return self._session

    def ask(self, sql: str) -> Sequence[Sequence[Any]]:
        result = self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        return result.fetchall()

    @contextmanager
    def looking(self, change: SchemaChange) -> Iterator[None]:
        """
        Raises:
            RowsInTheWay, DependentObjects, StrangersInTable: EX107, EX108, EX109,
            before the first statement.
        """
        self.flush()
        compiler = self.database.compiler
        self._preflight.find_strangers(compiler, change)
        self._preflight.find_dependents(compiler, change)
        self._preflight.ask_all(compiler.checks.checks(change))
        self._guard = Guard(compiler.watches(change), self._preflight.query)
        self._preflight.close()
        yield
        for statement in self._guard.statements():
            self.run(statement)

    def run(self, statement: Statement) -> Any:
        """Execute one statement.

        Raises:
            DatabaseRefused: EX101.

            NameNotFound, NameAmbiguous: EX102, EX103, for a name that nobody gave.

            ForeignKeyViolated: EX104, after a rebuilt table was checked.
        """
        self.flush()
        if self._guard.skips(statement):
            return None
        if statement.unless is not None:
            reason = self.connection.exec_driver_sql(
                statement.unless.query, execution_options=AS_IT_IS
            ).scalar()
            if reason is not None:
                self.notice(reason)
                return None
        sql = statement.sql
        if statement.lookups:
            sql = resolved(self.connection, statement, self.database.compiler)
        if statement.saves is not None:
            rows = self.connection.exec_driver_sql(
                statement.saves, execution_options=AS_IT_IS
            )
            self._saved.setdefault(statement.table, []).extend(r[0] for r in rows)
        if self.observe is not None:
            self.observe(statement)
        if statement.each_row is not None:
            return self._fill(statement, statement.each_row)
        result = self._send(sql, statement.parameters)
        if statement.finds_violations:
            self._guard.judge(statement, result.fetchall())
        if statement.restores:
            for saved in self._saved.pop(statement.table, ()):
                self._send(saved, None)
        return result

    def execute(self, sql: Any, params: Parameters = None) -> Any:
        self.flush()
        if not isinstance(sql, str):
            return self.connection.execute(sql, cast("Any", params))
        if params:
            return self._refusable(
                sql, lambda: self.connection.execute(bound(sql, params))
            )
        return self._send(sql, None)

    def call(self, code: Callable[[Any, Any], None], state: ProjectState) -> None:
        """Call a data step in the editor's session.

        Raises:
            DataStepFailed: EX105, it raised something.
        """
        try:
            with current_session.use(self.session):
                code(state.apps, self)
                self.finish()
        except WhimbrelError:
            raise
        except Exception as error:
            raise DataStepFailed(error) from error

    def flush(self) -> None:
        """Send what the session still holds back."""
        if self._session is not None:
            self._session.flush()

    def finish(self) -> None:
        """Commit the session into the surrounding transaction and let it go."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
            self._session = None

    def discard(self) -> None:
        """Let the session go after an error."""
        if self._session is not None:
            self._session.close()
            self._session = None

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self.session.begin_nested():
            yield

    def _fill(self, statement: Statement, each: EachRow) -> None:
        """
        Fill rows from Python.

        Raises:
            DataStepFailed: EX105, the function raised something.

            RowsNotReached: EX110.
        """
        spell = self.database.tables.literals.expression
        fill = RowFill(self.connection, each, statement.does, spell, self.notice)
        try:
            self._refusable(statement.does, fill.run)
        except WhimbrelError:
            raise
        except Exception as error:
            raise DataStepFailed(error) from error

    def _send(self, sql: str, parameters: Any) -> Any:
        if parameters is not None:
            return self._refusable(
                sql, lambda: self.connection.exec_driver_sql(sql, parameters)
            )
        return self._refusable(
            sql,
            lambda: self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS),
        )

    def _refusable(self, sql: str, send: Callable[[], Any]) -> Any:
        try:
            return send()
        except DBAPIError as error:
            reason = str(error.orig).strip()
            fix = self.database.compiler.advice(sqlstate(error), reason, sql)
            raise DatabaseRefused(sql, reason, fix=fix) from error


def sqlstate(error: DBAPIError) -> str:
    """Return the code that the SQL standard has for *error*; "" where none came."""
    for name in ("sqlstate", "pgcode"):  # the drivers' names of it
        code = getattr(error.orig, name, None)
        if isinstance(code, str):
            return code
    return ""


class PrintingEditor(SchemaEditor):
    """Collects the stream; touches no database."""

    def __init__(self, database: Database, lowering: Lowering | None = None) -> None:
        super().__init__(database, lowering)
        self.statements: list[Statement] = []
        self.changes: list[SchemaChange] = []
        self.data_steps = 0

    @property
    def connection(self) -> Connection:
        raise NoConnection("schema_editor.connection")

    @property
    def session(self) -> Session:
        raise NoConnection("schema_editor.session")

    def looking(self, change: SchemaChange) -> AbstractContextManager[object]:
        self.changes.append(change)
        return nullcontext()

    def run(self, statement: Statement) -> Any:
        self.statements.append(statement)
        return None

    def execute(self, sql: Any, params: Parameters = None) -> Any:
        clause = bound(sql, params) if isinstance(sql, str) and params else sql
        if not isinstance(clause, str):
            clause = clause.compile(
                dialect=self.dialect, compile_kwargs={"literal_binds": True}
            )
        return self.run(Statement(sql=str(clause), does="raw SQL"))

    def call(self, code: Callable[[Any, Any], None], state: ProjectState) -> None:
        if code is not RunPython.noop:
            self.data_steps += 1

    @contextmanager
    def atomic(self) -> Iterator[None]:
        yield
