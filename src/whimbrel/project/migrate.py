"""
`migrate`: bring a database to a point of the history.

Place: `project`, above `recorded`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy.engine import Connection

from whimbrel.errors.execute import DataStepFailed
from whimbrel.errors.project import OptionsClash
from whimbrel.execute.executor import Executor, Progress, ignore
from whimbrel.execute.recorder import Recorder
from whimbrel.history.history import History, Key
from whimbrel.history.plan import Step, Target, plan, target
from whimbrel.history.squashes import expand
from whimbrel.migrations.migration import Migration
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.describe import Described, described
from whimbrel.project.engine import dialect_for, is_absent, run
from whimbrel.project.losses import losses_of_plan
from whimbrel.project.place import place_in_project
from whimbrel.project.recorded import check_files, check_has_migrations, load_history
from whimbrel.schema.database import Database, database_for
from whimbrel.schema.losses import Loss
from whimbrel.schema.statement import Statement

Tell: TypeAlias = Callable[[Progress], None]
Observe: TypeAlias = Callable[[Statement], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What `migrate` is asked to do.

    Args:
        app: Its migrations alone, and what they need; None means all apps.

        target: A migration's name or the beginning of it, or "zero".

        plan_only: Say what would be done, and do nothing.

        losses: Say of a plan what it loses too. That follows every migration in the
            states, which whoever asks only whether there is one need not wait for.

        fake: Record without touching the database.

        fake_initial: Record an initial migration whose tables are there.

        fuse: False executes one migration, and one operation, at a time; as
            of `Executor`.

        prune: Forget what is recorded for *app* and has no file any more.
    """

    app: str | None = None
    target: str | None = None
    database: str = DEFAULT
    plan_only: bool = False
    losses: bool = True
    fake: bool = False
    fake_initial: bool = False
    fuse: bool | None = None
    prune: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMigration:
    """
    One migration of a plan, and its operations in the order of doing them.

    Args:
        losses: What it loses, where nothing but the plan was asked for.
    """

    app: str
    name: str
    backwards: bool
    operations: tuple[Described, ...]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneMigration:
    """
    One migration that was applied or undone.

    Args:
        together: How many were executed as one with it, itself included.

        seconds: How long all of them took.
    """

    app: str
    name: str
    backwards: bool
    faked: bool
    seconds: float
    together: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """
    What `migrate` did.

    Args:
        plan: What was, or would be, done; in order.

        done: What was done; empty when nothing was asked but the plan.

        pruned: The records that were removed.
    """

    database: str
    plan: tuple[PlannedMigration, ...]
    done: tuple[DoneMigration, ...] = ()
    pruned: tuple[Key, ...] = ()


def migrate(
    config: Config,
    request: Request | None = None,
    *,
    starting: Callable[[Sequence[PlannedMigration]], None] = ignore,
    progress: Tell = ignore,
    observe: Observe = ignore,
    notice: Callable[[str], None] = ignore,
) -> Migrated:
    """
    Bring a database to a point of the history.

    Args:
        starting: Called with the plan before its first migration.

        progress: Called at the start and at the end of each migration.

        observe: Called with each statement before it is executed.

        notice: Called with what a person should know, and that stops nothing.

    Raises:
        HistoryError: HI1xx, the files, the records or the target are wrong;
            nothing was done.

        ExecuteError: EX1xx, the database refused; what was applied before
            stays applied and recorded.
    """
    wanted = request or Request()
    if is_absent(config, wanted.database):
        # Whatever is wrong shows before the file is made.
        nothing = foreseen(config, wanted)
        if wanted.plan_only or not nothing.plan:
            return nothing

    def job(connection: Connection) -> Migrated:
        return migrate_on(
            connection,
            config,
            wanted,
            starting=starting,
            progress=progress,
            observe=observe,
            notice=notice,
        )

    return run(config, wanted.database, job)


def migrate_on(
    connection: Connection,
    config: Config,
    request: Request,
    *,
    starting: Callable[[Sequence[PlannedMigration]], None] = ignore,
    progress: Tell = ignore,
    observe: Observe = ignore,
    notice: Callable[[str], None] = ignore,
) -> Migrated:
    """Do what `migrate` does, on an open connection outside a transaction."""
    check_request(config, request)
    recorder = Recorder.on(connection, config.history_table)
    history = load_history(config, recorder.applied())
    if request.prune:
        return _prune(connection, recorder, history, request)
    steps = _steps(config, history, request)
    planned = tuple(_planned(step) for step in steps)
    if request.plan_only:
        if request.losses:
            database = database_for(connection.dialect)
            planned = _with_losses(planned, history, steps, database)
        return Migrated(database=request.database, plan=planned)
    _record_squashes(connection, recorder, history)
    if not steps:
        return Migrated(database=request.database, plan=planned)
    done: list[DoneMigration] = []

    def note(event: Progress) -> None:
        if event.kind == "done":
            done.extend(_done(event))
        progress(event)

    starting(planned)
    executor = Executor(
        connection=connection,
        database=database_for(connection.dialect),
        order=order_of(history, steps),
        history_table=config.history_table,
        fake=request.fake,
        fake_initial=request.fake_initial,
        fuse=request.fuse,
        progress=note,
        observe=observe,
        notice=notice,
        replaced=recorded_with_squashes(history),
    )
    try:
        executor.run(steps)
    except DataStepFailed as error:
        place = place_in_project(error.error, config.folder)
        if place:
            error.where = f"{place} ({error.where})"
        raise
    return Migrated(database=request.database, plan=planned, done=tuple(done))


def foreseen(config: Config, request: Request) -> Migrated:
    """Return what *request* would do with an empty database."""
    check_request(config, request)
    history = load_history(config)
    steps = _steps(config, history, request)
    planned = tuple(_planned(step) for step in steps)
    if request.plan_only and request.losses:
        database = database_for(dialect_for(config, request.database))
        planned = _with_losses(planned, history, steps, database)
    return Migrated(database=request.database, plan=planned)


def check_request(config: Config, request: Request) -> None:
    """Raise what is wrong with *request* by itself."""
    if request.app is not None:
        config.app(request.app)
    elif request.target is not None or request.prune:
        raise OptionsClash(
            "no app is named",
            "name one: whimbrel migrate APP …",
        )
    if request.fake and request.fake_initial:
        raise OptionsClash(
            "--fake and --fake-initial exclude each other",
            "use --fake-initial to record only what the database has",
        )


def targets_of(history: History, request: Request) -> list[Target] | None:
    """Return the points to reach; None means the ends of all apps."""
    if request.app is None:
        return None
    check_has_migrations(history, request.app)
    if request.target is not None:
        return [target(history, request.app, request.target)]
    return list(history.graph.leaves(request.app))


def _steps(config: Config, history: History, request: Request) -> list[Step]:
    """Return the plan, given that history and records agree with each other."""
    where = f"database {request.database!r}, table {config.history_table}"
    check_files(history, where=where)
    history.check_consistent(where)
    history.check_conflicts()
    return plan(history, history.recorded, targets_of(history, request))


def _prune(
    connection: Connection, recorder: Recorder, history: History, request: Request
) -> Migrated:
    lost = tuple(key for key in history.without_file() if key[0] == request.app)
    if not request.plan_only:
        recorder.record_unapplied(lost)
        connection.commit()
    return Migrated(database=request.database, plan=(), pruned=lost)


def _record_squashes(
    connection: Connection, recorder: Recorder, history: History
) -> None:
    """Record the squashes of which the database has all that they replace."""
    unrecorded = sorted(history.applied - history.recorded)
    if unrecorded:
        recorder.record_applied(unrecorded)
        connection.commit()


def order_of(history: History, steps: Sequence[Step]) -> list[Migration]:
    """Return all migrations, parents first, in the graph that *steps* are of."""
    if any(migration.key not in history.graph for migration, _ in steps):
        # One that a squash replaces was asked for: no squash is used.
        history = history.seen_by(history.recorded, unfolded=_replaces(history))
    return [history.migrations[key] for key in history.graph.full_plan()]


def recorded_with_squashes(history: History) -> dict[Key, tuple[Key, ...]]:
    """Return squash → all that is recorded with it."""
    replaces = _replaces(history)
    squashes = [expand(key, replaces) for key in replaces]
    return {one.key: (*one.originals, *sorted(one.inner)) for one in squashes}


def _replaces(history: History) -> dict[Key, Sequence[Key]]:
    return {key: m.replaces for key, m in history.migrations.items() if m.replaces}


def _planned(step: Step) -> PlannedMigration:
    migration, backwards = step
    return PlannedMigration(
        app=migration.app_label,
        name=migration.name,
        backwards=backwards,
        operations=described(migration, backwards=backwards),
    )


def _with_losses(
    planned: tuple[PlannedMigration, ...],
    history: History,
    steps: Sequence[Step],
    database: Database,
) -> tuple[PlannedMigration, ...]:
    """Return *planned* with what each of the migrations loses."""
    applied = history.applied | history.recorded
    losses = losses_of_plan(steps, order_of(history, steps), applied, database)
    return tuple(
        replace(migration, losses=lost)
        for migration, lost in zip(planned, losses, strict=True)
    )


def _done(event: Progress) -> list[DoneMigration]:
    return [
        DoneMigration(
            app=migration.app_label,
            name=migration.name,
            backwards=event.backwards,
            faked=event.faked,
            seconds=event.seconds,
            together=len(event.migrations),
        )
        for migration in event.migrations
    ]
