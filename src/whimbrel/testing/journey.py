"""
The road from models to a migrated database, without a project around it.

Place: `testing`; used by the laws and by the corpora runner. A journey keeps a
history of migrations and takes databases along it, through the same layers as
the commands: detect, arrange, write, load, plan, execute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa

from whimbrel.detect.changes import Change, Detection
from whimbrel.detect.detect import detect
from whimbrel.detect.questions import Question
from whimbrel.execute.executor import Executor
from whimbrel.execute.recorder import Recorder
from whimbrel.history.arrange import arrange
from whimbrel.history.history import History, Key
from whimbrel.history.loader import load
from whimbrel.history.place import Location
from whimbrel.history.plan import Target, plan
from whimbrel.history.replay import state_at
from whimbrel.history.writer import migration_text
from whimbrel.migrations import AlterField, Operation
from whimbrel.migrations.migration import Migration
from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement
from whimbrel.state.project import ProjectState

Answer: TypeAlias = Callable[[Question], object]
"""A question of detection → its answer."""


@dataclass(frozen=True, slots=True)
class Author:
    """
    An `Answer` of somebody who also says and writes things unasked.

    Args:
        told: Identities of questions → answers, given from the start.

        app_label: The app of what is written by hand.

        written: Operations that come first.

        casts: (model in lower case, field) → `AlterField.using`.
    """

    answer: Answer
    told: Mapping[str, object] = field(default_factory=dict)
    app_label: str = ""
    written: tuple[Operation, ...] = ()
    casts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __call__(self, question: Question) -> object:
        return self.answer(question)

    def start(self, state: ProjectState) -> list[Change]:
        """Run the written operations on *state* and return them."""
        changes = []
        for operation in self.written:
            before = state.clone()
            operation.state_forwards(self.app_label, state)
            effects = operation.effects(self.app_label, before, state)
            changes.append(Change(self.app_label, operation, effects))
        return changes

    def finish(self, change: Change) -> Change:
        """Return *change* with its cast, if it has one."""
        operation = change.operation
        if not isinstance(operation, AlterField):
            return change
        using = self.casts.get((operation.model_name_lower, operation.name))
        if using is None:
            return change
        return replace(change, operation=replace(operation, using=using))


ROUNDS = 100
"""How often detection may ask before something must be wrong."""


def refuse(question: Question) -> object:
    """Answer no question: raise, for journeys on which none may come."""
    raise AssertionError(f"a question was asked: {question.id}")


def refuse_notice(text: str) -> None:
    """Take what a run wants to say for a fault: a journey gives no reason to."""
    raise AssertionError(f"something was noticed: {text}")


def detected(
    before: ProjectState,
    after: ProjectState,
    answer: Answer,
    known: Mapping[str, object] | None = None,
) -> Detection:
    """
    Return what leads from *before* to *after*, all questions answered.

    Args:
        known: Answers that are given without a question.
    """
    author = answer if isinstance(answer, Author) else Author(answer)
    state = before.clone()
    written = author.start(state)
    found = _detected(state, after, author, known or {})
    return Detection((*written, *map(author.finish, found.changes)))


def _detected(
    before: ProjectState,
    after: ProjectState,
    author: Author,
    known: Mapping[str, object],
) -> Detection:
    answers: dict[str, object] = {**author.told, **known}
    for _ in range(ROUNDS):
        detection = detect(before, after, answers)
        if not detection.questions:
            return detection
        new = {q.id: author(q) for q in detection.questions if q.id not in answers}
        if not new:
            asked = [question.id for question in detection.questions]
            raise AssertionError(f"answered and asked again: {asked}")
        answers |= new
    raise AssertionError("detection does not stop asking")


@dataclass(slots=True)
class Journey:
    """
    A history that grows, and the way to bring databases along it.

    Args:
        labels: The apps.

        folder: Where migration files are written and loaded from, a folder for
            each app; None keeps the migrations in memory.
    """

    labels: tuple[str, ...]
    folder: Path | None = None
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History.of((), labels=self.labels)

    @property
    def state(self) -> ProjectState:
        """The state after all migrations, replayed."""
        return state_at(self.history)

    def make(
        self,
        wanted: ProjectState,
        answer: Answer = refuse,
        known: Mapping[str, object] | None = None,
    ) -> list[Migration]:
        """Make, write and load the migrations that lead to *wanted*."""
        detection = detected(self.state, wanted, answer, known)
        made = list(arrange(detection.changes, self.history))
        self.add(made)
        return made

    def add(self, made: Iterable[Migration]) -> None:
        """Write and load migrations, in place of those of the same names."""
        made = list(made)
        if self.folder is None:
            named = {migration.key: migration for migration in made}
            known = {**self.history.migrations, **named}
            self.history = History.of(known.values(), labels=self.labels)
        elif made:
            for migration in made:
                self._write(self.folder, migration)
            places = {
                label: Location(folder=self.folder / label) for label in self.labels
            }
            self.history = load(places)

    def _write(self, folder: Path, migration: Migration) -> None:
        path = folder / migration.app_label / f"{migration.name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(migration_text(migration))

    def leaves(self) -> tuple[Key, ...]:
        """Return the last migration of each app that has any."""
        return self.history.graph.leaves()

    def migrate(
        self,
        connection: sa.Connection,
        targets: Iterable[Target] | None = None,
        *,
        fuse: bool | None = True,
    ) -> list[Statement]:
        """
        Bring the database of *connection* to *targets*, else to the end.

        Args:
            fuse: As of `Executor`.

        Returns:
            The statements that ran.
        """
        statements: list[Statement] = []
        applied = Recorder.on(connection).applied()
        connection.rollback()
        wanted = None if targets is None else list(targets)
        steps = plan(self.history, applied, wanted)
        order = [self.history.migrations[key] for key in self.history.graph.full_plan()]
        Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=order,
            observe=statements.append,
            notice=refuse_notice,
            fuse=fuse,
        ).run(steps)
        return statements

    def migrate_back(
        self,
        connection: sa.Connection,
        leaves: Iterable[Key],
        *,
        fuse: bool | None = True,
    ) -> list[Statement]:
        """Bring the database back to when *leaves* were the last migrations."""
        last: dict[str, str | None] = dict.fromkeys(self.labels)
        last.update(leaves)
        here = {app for app, _ in self.history.migrations}
        statements = []
        # A target may not be left forwards and backwards in one plan.
        for app, name in last.items():
            if app in here:
                statements += self.migrate(connection, [(app, name)], fuse=fuse)
        return statements
