"""
Runs a plan of migrations on one connection.

Place: `execute`, top. One transaction per migration where the database takes
DDL back, with the history row in it; elsewhere every statement is final, and
the row is written after the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from sqlalchemy.engine import Connection

from whimbrel.errors.base import WhimbrelError
from whimbrel.execute.editor import LiveEditor
from whimbrel.execute.recorder import HISTORY_TABLE, Key, Recorder
from whimbrel.execute.soft import exists_already
from whimbrel.execute.steps import Step, check_reversible, steps_of
from whimbrel.execute.transactions import Transactions
from whimbrel.history.replay import advance
from whimbrel.migrations.migration import Migration
from whimbrel.schema.database import Database
from whimbrel.schema.lower import Lowering
from whimbrel.schema.statement import Statement
from whimbrel.state.project import ProjectState

PlannedMigration = tuple[Migration, bool]
"""A migration, and whether it is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One thing that happened; *seconds* and *faked* are of a migration that ended."""

    kind: Literal["start", "done"]
    migration: Migration
    backwards: bool
    faked: bool = False
    seconds: float = 0.0


def ignore(_: object) -> None:
    """Observe nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """
    Args:
        order: All migrations of the history, each after its dependencies.

        replaced: Squash → the keys that its application records.

        fake: Record without touching the database.

        fake_initial: Record an initial migration whose tables exist already.

        progress, observe: Called for each migration and each statement.

        notice: Called with what a person should know, and that stops nothing.
    """

    connection: Connection
    database: Database
    order: Sequence[Migration]
    history_table: str = HISTORY_TABLE
    fake: bool = False
    fake_initial: bool = False
    progress: Callable[[Progress], None] = ignore
    observe: Callable[[Statement], None] = ignore
    notice: Callable[[str], None] = ignore
    replaced: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)

    def run(self, plan: Sequence[PlannedMigration]) -> ProjectState:
        """Run *plan*, whose migrations all lead in one direction.

        Returns:
            The state that the database has afterwards.

        Raises:
            DatabaseRefused, ForeignKeyViolated, DataStepFailed: The migration
            that failed left nothing behind where DDL is transactional; those
            before it are applied and recorded.

            Irreversible: MI103, before anything was touched.
        """
        recorder = Recorder.on(self.connection, self.history_table)
        applied = set(recorder.applied())
        transactions = Transactions(self.connection, self.database.facts)
        lowering = Lowering(self.database)
        job = _Job(self, recorder, transactions, lowering)
        if any(backwards for _, backwards in plan):
            for migration, _ in plan:
                check_reversible(migration.operations, name_of(migration))
        with transactions.held():
            with transactions.transaction():
                recorder.ensure()
            if any(backwards for _, backwards in plan):
                return job.backwards([m for m, _ in plan], applied)
            return job.forwards([m for m, _ in plan], applied)

    def state_of(self, applied: Iterable[Key]) -> ProjectState:
        """Return the state after the *applied* migrations."""
        keys = set(applied)
        state = ProjectState()
        for migration in self.order:
            if migration.key in keys:
                advance(state, migration)
        return state


@dataclass(frozen=True, slots=True)
class _Job:
    """One run: the executor and what it opened."""

    executor: Executor
    recorder: Recorder
    transactions: Transactions
    lowering: Lowering

    def forwards(self, plan: list[Migration], applied: set[Key]) -> ProjectState:
        state = self.executor.state_of(applied)
        for migration in plan:
            faked = self.executor.fake or self._exists(migration, state)
            steps = steps_of(
                migration.app_label,
                migration.operations,
                state,
                where=name_of(migration),
            )
            self._migrate(migration, steps, backwards=False, faked=faked)
        return state

    def backwards(self, plan: list[Migration], applied: set[Key]) -> ProjectState:
        undone = {migration.key for migration in plan}
        steps: dict[Key, tuple[Step, ...]] = {}
        # What stays applied is there all the time, also what comes later in the
        # order of all migrations: a change of what it refers to changes it too.
        state = self.executor.state_of(applied - undone)
        for migration in reversed(plan):
            steps[migration.key] = steps_of(
                migration.app_label,
                migration.operations,
                state,
                where=name_of(migration),
            )
        for migration in plan:
            self._migrate(
                migration,
                steps[migration.key],
                backwards=True,
                faked=self.executor.fake,
            )
        return self.executor.state_of(applied - undone)

    def _exists(self, migration: Migration, state: ProjectState) -> bool:
        return self.executor.fake_initial and exists_already(
            self.executor.connection, migration, state, self.lowering
        )

    def _migrate(
        self,
        migration: Migration,
        steps: tuple[Step, ...],
        *,
        backwards: bool,
        faked: bool,
    ) -> None:
        tell = self.executor.progress
        tell(Progress(kind="start", migration=migration, backwards=backwards))
        started = perf_counter()
        if faked:
            with self.transactions.transaction():
                self._record(migration, backwards)
        else:
            self._run(migration, steps, backwards)
        tell(
            Progress(
                kind="done",
                migration=migration,
                backwards=backwards,
                faked=faked,
                seconds=perf_counter() - started,
            )
        )

    def _run(
        self, migration: Migration, steps: tuple[Step, ...], backwards: bool
    ) -> None:
        facts = self.executor.database.facts
        whole = migration.atomic and facts.transactional_ddl
        self.transactions.prepare(ddl=any(s.touches_schema for s in steps))
        with self.transactions.transaction() if whole else nullcontext():
            for step in reversed(steps) if backwards else steps:
                with nullcontext() if whole else self._around(migration, step):
                    self._step(migration, step, backwards)
            if whole:
                self._record(migration, backwards)
        if not whole:
            with self.transactions.transaction():
                self._record(migration, backwards)

    def _around(self, migration: Migration, step: Step) -> AbstractContextManager[None]:
        """Return the transaction of one step of a migration that has none."""
        if step.derives_ddl:
            rebuilds = self.executor.database.facts.begins is not None
            own = rebuilds or migration.atomic
        else:
            own = bool(step.atomic or (migration.atomic and step.atomic is not False))
        if own:
            return self.transactions.transaction()
        return self.transactions.autocommit()

    def _step(self, migration: Migration, step: Step, backwards: bool) -> None:
        executor = self.executor
        editor = LiveEditor(
            executor.connection,
            executor.database,
            self.lowering,
            executor.observe,
            executor.notice,
        )
        try:
            if backwards:
                step.backwards(editor)
            else:
                step.forwards(editor)
            editor.finish()
        except WhimbrelError as error:
            raise error.at(place_of(migration, step)) from error.__cause__
        finally:
            editor.discard()

    def _record(self, migration: Migration, backwards: bool) -> None:
        keys = (*self.executor.replaced.get(migration.key, ()), migration.key)
        if backwards:
            self.recorder.record_unapplied(keys)
        else:
            self.recorder.record_applied(keys)


def name_of(migration: Migration) -> str:
    """Return ``app.name``, as a person writes it."""
    return f"{migration.app_label}.{migration.name}"


def place_of(migration: Migration, step: Step) -> str:
    """Return where a step is: migration, operations, and what they do."""
    last = step.first + len(step.operations) - 1
    places = f"operation {step.first}"
    if last > step.first:
        places = f"operations {step.first} to {last}"
    return f"{name_of(migration)}, {places} of {len(migration.operations)}"
