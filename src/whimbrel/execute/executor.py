"""
Runs a plan of migrations on one connection.

Place: `execute`, top. One transaction per batch of migrations (`batches`) where the
database takes DDL back, with the history rows in it; elsewhere every statement is
final, and the rows are written after the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from sqlalchemy.engine import Connection

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.execute import DoneMeanwhile
from whimbrel.execute.batches import Batch, Part, alone, batches
from whimbrel.execute.concerned import concerned
from whimbrel.execute.editor import LiveEditor
from whimbrel.execute.recorder import HISTORY_TABLE, Key, Recorder
from whimbrel.execute.soft import exists_already
from whimbrel.execute.steps import Step, check_reversible, single_steps
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
    """
    One thing that happened to migrations that are executed together.

    Args:
        kind: ``start``; ``done``; or ``apart``: together they failed and left nothing
            behind, and now follow one by one.

        migrations: In the order of doing them.

        faked, seconds: When they are done, all of them.
    """

    kind: Literal["start", "done", "apart"]
    migrations: tuple[Migration, ...]
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

        fuse: True executes neighbouring migrations as one wherever that gives the
            same rows; False none, and one operation at a time; None where a
            failure costs nothing: it leaves nothing behind and is followed
            by one migration at a time, or the database was empty before.

        progress, observe: Called for each batch of migrations and each statement.

        notice: Called with what a person should know, and that stops nothing.
    """

    connection: Connection
    database: Database
    order: Sequence[Migration]
    history_table: str = HISTORY_TABLE
    fake: bool = False
    fake_initial: bool = False
    fuse: bool | None = None
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
        # Somebody else may have applied some of it since the plan was made.
        planned = {migration.key for migration in plan}
        state = self.executor.state_of(applied - planned)
        parts = [self._part(migration, state) for migration in plan]
        for batch in self._batches(parts, applied):
            self._migrate(batch, backwards=False)
        return state

    def backwards(self, plan: list[Migration], applied: set[Key]) -> ProjectState:
        undone = {migration.key for migration in plan}
        # What stays applied is there all the time, also what comes later in the
        # order of all migrations: a change of what it refers to changes it too.
        state = self.executor.state_of(applied - undone)
        parts = [self._part(migration, state) for migration in reversed(plan)]
        for batch in reversed(self._batches(parts, applied)):
            self._migrate(batch, backwards=True)
        return self.executor.state_of(applied - undone)

    def _part(self, migration: Migration, state: ProjectState) -> Part:
        """Return *migration* as what is to be done; *state* is moved behind it."""
        executor = self.executor
        faked = executor.fake or (
            executor.fake_initial
            and exists_already(executor.connection, migration, state, self.lowering)
        )
        app, where = migration.app_label, name_of(migration)
        steps = single_steps(app, migration.operations, state, where=where)
        return Part(migration, steps, faked)

    def _batches(self, parts: list[Part], applied: set[Key]) -> list[Batch]:
        fuse = self.executor.fuse
        if fuse is None and not self.executor.database.facts.transactional_ddl:
            if applied:
                return [alone(part) for part in parts]
            fuse = True
        if fuse is False:
            return [alone(part, fuse=False) for part in parts]
        return list(batches(parts))

    def _migrate(self, batch: Batch, *, backwards: bool) -> None:
        tell = self.executor.progress
        ordered = batch.migrations[::-1] if backwards else batch.migrations
        tell(Progress(kind="start", migrations=ordered, backwards=backwards))
        started = perf_counter()
        if batch.faked:
            with self.transactions.transaction():
                if not self._is_done(batch, backwards):
                    self._record(batch, backwards)
        else:
            try:
                self._run(batch, backwards)
            except WhimbrelError:
                if len(ordered) == 1 or not self._leaves_nothing:
                    raise
                tell(Progress(kind="apart", migrations=ordered, backwards=backwards))
                for one in batch.apart()[:: -1 if backwards else 1]:
                    self._migrate(one, backwards=backwards)
                return
        tell(
            Progress(
                kind="done",
                migrations=ordered,
                backwards=backwards,
                faked=batch.faked,
                seconds=perf_counter() - started,
            )
        )

    @property
    def _leaves_nothing(self) -> bool:
        """Whether a batch that failed may be tried again, one by one."""
        facts = self.executor.database.facts
        return self.executor.fuse is None and facts.transactional_ddl

    def _run(self, batch: Batch, backwards: bool) -> None:
        facts = self.executor.database.facts
        whole = batch.atomic and facts.transactional_ddl
        steps = batch.steps[::-1] if backwards else batch.steps
        self.transactions.prepare(ddl=any(s.touches_schema for s in steps))
        with self.transactions.transaction() if whole else nullcontext():
            if whole and self._is_done(batch, backwards):
                return
            for step in steps:
                with nullcontext() if whole else self._around(batch, step):
                    self._step(batch, step, backwards)
            if whole:
                self._record(batch, backwards)
        if not whole:
            with self.transactions.transaction():
                self._record(batch, backwards)

    def _is_done(self, batch: Batch, backwards: bool) -> bool:
        """
        Whether somebody else has done all of *batch* since the plan was made.

        It can be told where a transaction keeps all others out from its beginning.

        Raises:
            DoneMeanwhile: EX112, only some of it.
        """
        if self.executor.database.facts.begins is None:
            return False
        applied = self.recorder.applied()
        there = [m for m in batch.migrations if (m.key in applied) != backwards]
        if not there:
            return False
        names = [name_of(migration) for migration in there]
        if len(there) < len(batch.migrations):
            raise DoneMeanwhile(names)
        done = "taken back" if backwards else "applied"
        self.executor.notice(
            f"{', '.join(names)}: {done} by somebody else meanwhile, and left as it is"
        )
        return True

    def _around(self, batch: Batch, step: Step) -> AbstractContextManager[None]:
        """Return the transaction of one step of a migration that has none."""
        if step.opens_transaction(batch.atomic, self.executor.database.facts):
            return self.transactions.transaction()
        return self.transactions.autocommit()

    def _step(self, batch: Batch, step: Step, backwards: bool) -> None:
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
            place = place_of(batch.parts[0].migration, step, error)
            if len(batch.parts) > 1:
                first, last = batch.parts[0].migration, batch.parts[-1].migration
                place = f"{name_of(first)} to {name_of(last)}, executed as one"
            raise error.at(place) from error.__cause__
        finally:
            editor.discard()

    def _record(self, batch: Batch, backwards: bool) -> None:
        replaced = self.executor.replaced
        keys = [
            key
            for migration in batch.migrations
            for key in (*replaced.get(migration.key, ()), migration.key)
        ]
        if backwards:
            self.recorder.record_unapplied(keys)
        else:
            self.recorder.record_applied(keys)


def name_of(migration: Migration) -> str:
    """Return ``app.name``, as a person writes it."""
    return f"{migration.app_label}.{migration.name}"


def place_of(migration: Migration, step: Step, error: Exception | None = None) -> str:
    """Return where a step is: the migration, and the operations concerned."""
    total = len(migration.operations)
    places = [] if error is None else concerned(step.operations, error)
    if places:
        named = ", ".join(
            f"operation {step.first + place} ({step.operations[place].describe()})"
            for place in places
        )
        return f"{name_of(migration)}, {named} of {total}"
    last = step.first + len(step.operations) - 1
    text = f"operation {step.first}"
    if last > step.first:
        text = f"operations {step.first} to {last}"
    return f"{name_of(migration)}, {text} of {total}"
