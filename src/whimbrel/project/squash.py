"""
`squashmigrations`: one migration that stands for several.

Place: `project`, above `recorded`. The squash does what its members do, in their
order, with as few operations as that takes; each data step is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from whimbrel import __version__
from whimbrel.errors.history import CannotSquash, NameIsTaken
from whimbrel.history.history import History
from whimbrel.history.naming import check_name, numbered, parse_number
from whimbrel.history.replay import advance, replayed
from whimbrel.history.writer import (
    file_of,
    functions_to_port,
    header,
    migration_text,
    write_migration,
)
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Operation
from whimbrel.migrations.optimizer import optimize
from whimbrel.project.config import Config
from whimbrel.project.describe import Described, described
from whimbrel.project.recorded import check_has_migrations, check_labels, load_history
from whimbrel.project.wanted import prefixes
from whimbrel.state.project import ProjectState

Fate: TypeAlias = Literal["left out", "kept", "in the way"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SquashRequest:
    """
    What `squashmigrations` is asked to do.

    Args:
        start: The first migration of the squash; None: the app's first.

        optimized: False keeps all operations as they are.

        name: Used in the squash's name instead of those of its members.

        header: Write who made the file and when into its first line.
    """

    app: str
    end: str
    start: str | None = None
    optimized: bool = True
    name: str | None = None
    header: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStep:
    """
    A step of the members that is more than a change of the schema.

    Args:
        fate: "in the way": it is kept, and without it fewer operations would do.
    """

    migration: str
    text: str
    fate: Fate
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SquashedMigrations:
    """
    The squash, written or not.

    Args:
        replaces: Names of the members, in their order.

        given: How many operations they have.

        functions: What the squash uses from files of its members, which have to stay
            as long as it does.
    """

    app: str
    name: str
    path: Path
    text: str
    replaces: tuple[str, ...]
    given: int
    operations: tuple[Described, ...]
    data_steps: tuple[DataStep, ...]
    functions: tuple[str, ...]
    written: bool


def squashmigrations(
    config: Config,
    request: SquashRequest,
    *,
    confirm: Callable[[tuple[str, ...]], bool] = lambda members: True,
    moment: datetime | None = None,
) -> SquashedMigrations:
    """
    Write one migration that stands for several.

    Args:
        confirm: Asked with the names of the members before anything is written.

    Raises:
        CannotSquash: HI122, they cannot be one migration.

        MigrationNotFound: HI112; AmbiguousName: HI113.

        NameIsTaken: HI120.
    """
    check_name(request.name)
    check_labels(config, (request.app,))
    history = load_history(config)
    check_has_migrations(history, request.app)
    members = _members(history, request)
    before = _state_before(history, members)
    squash, given, data_steps = _squash(history, request, members, before)
    path = file_of(history.folders[request.app], squash)
    if path.exists():
        raise NameIsTaken(str(path))
    # Whatever would be wrong with it is said before anything is written.
    History.of(
        [*history.migrations.values(), squash],
        labels=history.labels,
        files=history.files,
    )
    apps = config.apps.values()
    text = migration_text(
        squash,
        header=header(__version__, moment or datetime.now(UTC))
        if request.header
        else None,
        first_party={p.split(".")[0] for app in apps for p in prefixes(app)},
    )
    made = SquashedMigrations(
        app=request.app,
        name=squash.name,
        path=path,
        text=text,
        replaces=tuple(member.name for member in members),
        given=given,
        operations=described(squash),
        data_steps=data_steps,
        functions=functions_to_port(squash),
        written=False,
    )
    if not confirm(made.replaces):
        return made
    write_migration(made.path, text)
    return replace(made, written=True)


def _members(history: History, request: SquashRequest) -> tuple[Migration, ...]:
    """Return the migrations from start to end, parents first."""
    app = request.app
    end = history.find(app, request.end)
    _check_counts(history, end)
    plan = [k for k in history.graph.forwards_plan(end.key) if k[0] == app]
    if request.start is not None:
        start = history.find(app, request.start)
        _check_counts(history, start)
        if start.key not in plan:
            raise CannotSquash(
                f"{start} does not come before {end}", "name an earlier one first"
            )
        plan = plan[plan.index(start.key) :]
    if len(plan) < 2:
        raise CannotSquash(
            f"{end} alone is nothing to squash",
            f"shorten it with: whimbrel optimizemigration {app} {end.name}",
        )
    return tuple(history.migrations[key] for key in plan)


def _check_counts(history: History, migration: Migration) -> None:
    if migration.key not in history.graph:
        squash = history.resolved.squashes.stand_ins[migration.key]
        raise CannotSquash(
            f"{migration} is replaced by {'.'.join(squash)}",
            "name that squash; squashes may be squashed",
        )


def _state_before(history: History, members: Sequence[Migration]) -> ProjectState:
    """
    Return the state right before the members, when they follow each other.

    Raises:
        CannotSquash: HI122, a migration of another app has to run in between.
    """
    keys = {member.key for member in members}
    plan = history.graph.forwards_plan(*(member.key for member in members))
    others = tuple(key for key in plan if key not in keys)
    for key in others:
        inside = keys.intersection(history.graph.forwards_plan(key))
        if inside:
            first = ".".join(sorted(inside)[-1])
            raise CannotSquash(
                f"{'.'.join(key)} comes after {first} and before the last of them",
                "squash up to there, and what comes after it by itself",
            )
    return replayed(history, others)


def _squash(
    history: History,
    request: SquashRequest,
    members: Sequence[Migration],
    before: ProjectState,
) -> tuple[Migration, int, tuple[DataStep, ...]]:
    """Return the squash, how many operations there were, and the data steps."""
    app = request.app
    taken, left_out = _taken(history, members, before)
    operations = [operation for _, operation in taken]
    left = optimize(app, operations, before) if request.optimized else operations
    kept = tuple(_accounts(app, taken, len(left), before, request.optimized))
    keys = {member.key for member in members}
    squash = Migration.of(
        app,
        _name(request, members),
        operations=left,
        dependencies=sorted(
            {key for m in members for key in m.dependencies if key not in keys}
        ),
        run_before=sorted(
            {key for m in members for key in m.run_before if key not in keys}
        ),
        replaces=[member.key for member in members],
        initial=True if request.start is None else None,
        atomic=all(member.atomic for member in members),
    )
    given = sum(len(member.operations) for member in members)
    return squash, given, (*left_out, *kept)


Taken: TypeAlias = tuple[Migration, Operation]


def _taken(
    history: History, members: Sequence[Migration], before: ProjectState
) -> tuple[list[Taken], list[DataStep]]:
    """Return the operations of the squash, and those that may be left out."""
    taken: list[Taken] = []
    left_out: list[DataStep] = []
    state = before.clone()
    for member in members:
        for operation in member.operations:
            earlier = state.clone()
            single = Migration.of(member.app_label, member.name, operations=[operation])
            advance(state, single, history.files.get(member.key))
            if operation.elidable and state == earlier:
                why = "it says that a squash may leave it out"
                left_out.append(_step(member, operation, "left out", why))
            else:
                taken.append((member, operation))
    return taken, left_out


def _accounts(
    app: str,
    taken: Sequence[Taken],
    count: int,
    before: ProjectState,
    optimized: bool,
) -> Iterator[DataStep]:
    """Yield what has become of the data steps that are kept, and why."""
    for place, (member, operation) in enumerate(taken):
        if operation.derives_ddl:
            continue
        if operation.elidable:
            why = "it changes the state, so that it cannot be left out"
            yield _step(member, operation, "kept", why)
            continue
        fewer = 0
        if optimized and not _changes_state(app, operation, taken[:place], before):
            without = [o for _, o in (*taken[:place], *taken[place + 1 :])]
            fewer = count - 1 - len(optimize(app, without, before))
        if fewer:
            why = f"without it, {fewer} fewer of the others would do"
            yield _step(member, operation, "in the way", why)
        else:
            why = "nobody says that a squash may leave it out (elidable=True)"
            yield _step(member, operation, "kept", why)


def _changes_state(
    app: str, operation: Operation, earlier: Sequence[Taken], before: ProjectState
) -> bool:
    state = before.clone()
    for _, done in earlier:
        done.state_forwards(app, state)
    after = state.clone()
    operation.state_forwards(app, after)
    return state != after


def _step(member: Migration, operation: Operation, fate: Fate, why: str) -> DataStep:
    (shown,) = described(Migration.of("", "", operations=[operation]))
    text = f"{shown.text}: {shown.detail}" if shown.detail else shown.text
    return DataStep(migration=str(member), text=text, fate=fate, why=why)


def _name(request: SquashRequest, members: Sequence[Migration]) -> str:
    first, last = members[0].name, members[-1].name
    if request.start is None:
        return numbered(1, request.name or f"squashed_{last}")
    if request.name is not None:
        return numbered(parse_number(first) or 1, request.name)
    return f"{first}_squashed_{last}"
