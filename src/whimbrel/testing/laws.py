"""
What "correct" means: the laws of DESIGN.md, as functions that assert.

Place: `testing`, above `cases`, `journey` and `catalog`; public, so that another
dialect can be held to them. Each takes a random change (`cases`) and, where the
law is about a database, two scratch databases on one server.

L3 compile and L4 return measure against SQLAlchemy's own `create_all`, never
against Whimbrel's output.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from whimbrel.detect.changes import Change
from whimbrel.history.arrange import arrange
from whimbrel.history.history import History
from whimbrel.history.writer import migration_text
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.optimizer import optimize
from whimbrel.state.project import ProjectState
from whimbrel.testing.cases import Case, Side, denying
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.databases import Scratch
from whimbrel.testing.journey import Answer, Journey, detected
from whimbrel.testing.strategies.rows import (
    Kept,
    Place,
    RowColumn,
    insert_rows,
    lost_rows,
    read_rows,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Two databases of one server: one to migrate, one to `create_all` in."""

    migrated: Scratch
    yardstick: Scratch


class Broken(AssertionError):
    """A law does not hold; the text says where and how."""


def holds(where: str, found: Iterable[str]) -> None:
    """Raise `Broken` if anything was *found*."""
    lines = list(found)
    if lines:
        raise Broken("\n".join([f"{where}:", *lines]))


def check_write(case: Case) -> None:
    """L1: loading the text written for an operation gives an equal operation."""
    a, b = case.before.state, case.after.state
    ways: tuple[tuple[ProjectState, ProjectState, Answer], ...] = (
        (ProjectState(), a, case.truth),
        (a, b, case.author),
        (b, a, case.author_back),
    )
    for before, after, answer in ways:
        changes = detected(before, after, answer).changes
        history = History.of((), labels=case.labels)
        for migration in arrange(changes, history):
            loaded = _loaded(migration)
            holds(
                f"operations of {migration} after writing and loading",
                [
                    f"{one!r} became {other!r}"
                    for one, other in zip(
                        migration.operations, loaded.operations, strict=True
                    )
                    if one != other or hash(one) != hash(other)
                ],
            )


def _loaded(migration: Migration) -> Migration:
    text = migration_text(migration)
    names: dict[str, object] = {"__name__": "written"}
    try:
        exec(compile(text, f"<{migration}>", "exec", dont_inherit=True), names)
    except Exception as error:
        raise Broken(f"cannot be run: {error!r}\n{text}") from error
    declared = names["Migration"]
    assert isinstance(declared, type)
    assert issubclass(declared, Migration)
    return declared(migration.name, migration.app_label)


def check_detect(case: Case) -> None:
    """L2: applying detect(A, B) to A gives B; detect(A, A) is empty."""
    before, after = case.before.state, case.after.state
    for answer in (case.author, denying(case)):
        reached = _applied(before, after, answer)
        holds("states after the operations", unequal_states(reached, after))
    for state in (before, after):
        again = detected(state, state, case.truth)
        holds("changes between equal states", map(repr, again.changes))


def _applied(before: ProjectState, after: ProjectState, answer: Answer) -> ProjectState:
    reached = before.clone()
    for change in detected(before, after, answer).changes:
        change.operation.state_forwards(change.app_label, reached)
    return reached


def unequal_states(a: ProjectState, b: ProjectState) -> list[str]:
    """Return in words which models differ; empty for equal states."""
    if a == b:
        return []
    wrong = [f"sequences {a.sequences} | {b.sequences}"] * (a.sequences != b.sequences)
    if a.extensions != b.extensions:
        wrong.append(f"extensions {a.extensions} | {b.extensions}")
    for key in {**a.models, **b.models}:
        one, other = a.models.get(key), b.models.get(key)
        if one is None or other is None:
            wrong.append(f"model {key}: {one} | {other}")
        elif one != other:
            wrong.append(
                f"model {key}: {dict(one.fields)} {dict(one.options)} {one.bases}"
                f" | {dict(other.fields)} {dict(other.options)} {other.bases}"
            )
    return wrong or ["they are not equal, though all models are"]


def check_compile(case: Case, ground: Ground, *, truthful: bool = True) -> None:
    """L3: migrating A→B gives the catalog of B built from nothing."""
    expected = [created(side, ground.yardstick) for side in (case.before, case.after)]
    answer = case.author if truthful else denying(case)
    ground.migrated.reset()
    journey = Journey(case.labels)
    with ground.migrated.engine.connect() as connection:
        _advance(journey, connection, case.before.state, case.truth)
        _compare(connection, "A from nothing", expected[0])
        _advance(journey, connection, case.after.state, answer)
        _compare(connection, "A to B", expected[1])


def check_return(case: Case, ground: Ground) -> None:
    """L4: back gives catalog(A), forward again catalog(B); kept rows survive."""
    expected = [created(side, ground.yardstick) for side in (case.before, case.after)]
    ground.migrated.reset()
    journey = Journey(case.labels)
    with ground.migrated.engine.connect() as connection:
        _advance(journey, connection, case.before.state, case.truth)
        leaves = journey.leaves()
        insert_rows(connection, case.before.tables)
        at_first = _rows(connection, case.before)
        _advance(journey, connection, case.after.state, case.author)
        _compare(connection, "A to B, with rows", expected[1])
        there = _rows(connection, case.after)
        holds("rows after A to B", lost_rows(at_first, there, _columns(case.after)))
        kept = {place: there[place] for place in there if place in at_first}
        journey.migrate_back(connection, leaves)
        _compare(connection, "back to A", expected[0])
        back = _rows(connection, case.before)
        holds("rows after B to A", lost_rows(kept, back, _columns(case.before)))
        journey.migrate(connection)
        _compare(connection, "forward again to B", expected[1])
        again = _rows(connection, case.after)
        holds("rows after A to B again", lost_rows(kept, again, _columns(case.after)))


def check_fuse(case: Case, ground: Ground, *, returns: bool) -> None:
    """
    L6: fused and one operation at a time give the same catalog and rows.

    Args:
        returns: The way leads on, from B to A again, by more migrations: what
            comes and goes in one run must not show, but in the rows.
    """
    journey = Journey(case.labels)
    journey.make(case.before.state, case.truth)
    leaves = journey.leaves()
    benches = {True: ground.migrated, False: ground.yardstick}
    for scratch in benches.values():
        scratch.reset()
        with scratch.engine.connect() as connection:
            journey.migrate(connection)
            insert_rows(connection, case.before.tables)
    journey.make(case.after.state, case.author)
    if returns:
        journey.make(case.before.state, case.author_back)
    reached = case.before if returns else case.after

    def there(connection: sa.Connection, fuse: bool) -> None:
        journey.migrate(connection, fuse=fuse)

    def back(connection: sa.Connection, fuse: bool) -> None:
        journey.migrate_back(connection, leaves, fuse=fuse)

    for way, move, side in (("there", there, reached), ("back", back, case.before)):
        found: dict[bool, tuple[Catalog, Kept]] = {}
        for fuse, scratch in benches.items():
            with scratch.engine.connect() as connection:
                move(connection, fuse)
                rows = _rows(connection, side)
                found[fuse] = catalog(connection), rows
        where = f"{way}, fused | one operation at a time"
        holds(where, differences(found[True][0], found[False][0]))
        holds(f"rows {where}", _unequal_rows(found[True][1], found[False][1]))


def _unequal_rows(fused: Kept, single: Kept) -> list[str]:
    return [
        f"column {place}: {fused.get(place)} | {single.get(place)}"
        for place in {**fused, **single}
        if [*map(_timeless, fused.get(place, ["nothing"]))]
        != [*map(_timeless, single.get(place, ["nothing"]))]
    ]


def _timeless(value: object) -> object:
    """Return *value*, or for this very hour, which a default takes from the clock,
    only that it is: the two runs are not at one moment."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
    if not isinstance(moment, datetime):
        return value
    now = datetime.now(UTC)
    away = abs(moment.replace(tzinfo=moment.tzinfo or UTC) - now)
    local = abs(moment.replace(tzinfo=None) - datetime.now())
    return "now" if min(away, local) < timedelta(hours=1) else value


def check_optimize(case: Case, ground: Ground, *, fresh: bool, legs: int) -> None:
    """
    L5: an optimized list of operations reaches the same state, catalog and rows.

    Args:
        fresh: The list starts from nothing; else from A, with rows.

        legs: How many changes the list joins: A to B, B to A and so on.
    """
    start = ProjectState() if fresh else case.before.state
    way = _way(case, fresh, legs)
    state = start
    changes: list[Change] = []
    for side in way:
        answer: Answer = case.author if side is case.after else case.author_back
        if not state.models:
            answer = case.truth
        changes += detected(state, side.state, answer).changes
        state = side.state
    benches = [_Bench(ground.migrated), _Bench(ground.yardstick)]
    for bench in benches:
        bench.prepare(case, fresh=fresh)
    given = arrange(changes, benches[0].journey.history)
    for bench, made in zip(benches, (given, optimized(given, start)), strict=True):
        bench.run(case, made, way[-1])
    one, other = benches
    holds("there, given | optimized", differences(one.there, other.there))
    holds("rows, given | optimized", _unequal_rows(one.rows, other.rows))
    holds("back, given | optimized", differences(one.back, other.back))


def _way(case: Case, fresh: bool, legs: int) -> list[Side]:
    """Return the sides that a list of so many changes leads to."""
    both = [case.before, case.after] if fresh else [case.after, case.before]
    return (both * legs)[:legs]


class _Bench:
    """A database that goes one way there and back, and what is found on it."""

    there: Catalog
    back: Catalog
    rows: Kept

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        scratch.reset()

    def prepare(self, case: Case, *, fresh: bool) -> None:
        """Bring it to A, with rows, unless the way begins before."""
        self.journey = Journey(case.labels)
        self.fresh = fresh
        if not fresh:
            self.journey.make(case.before.state, case.truth)
            with self.scratch.engine.connect() as connection:
                self.journey.migrate(connection)
                insert_rows(connection, case.before.tables)

    def run(self, case: Case, made: Iterable[Migration], reached: Side) -> None:
        leaves = self.journey.leaves()
        self.journey.add(made)
        holds("state", unequal_states(self.journey.state, reached.state))
        with self.scratch.engine.connect() as connection:
            self.journey.migrate(connection)
            self.there = catalog(connection)
            self.rows = {} if self.fresh else _rows(connection, reached)
            connection.rollback()
            self.journey.migrate_back(connection, leaves)
            self.back = catalog(connection)


def optimized(
    migrations: Iterable[Migration], state: ProjectState
) -> tuple[Migration, ...]:
    """Return *migrations*, in their order, with optimized operations; each is
    held to what can be said of it without a database."""
    state = state.clone()
    done = []
    for migration in migrations:
        app = migration.app_label
        shorter = optimize(app, migration.operations, state)
        again = optimize(app, shorter, state)
        holds(
            "optimized again",
            [f"{shorter} became {again}"] * (shorter != again),
        )
        count = len(migration.operations)
        holds("longer", [f"{count} became {len(shorter)}"] * (len(shorter) > count))
        done.append(
            Migration.of(
                app,
                migration.name,
                operations=shorter,
                dependencies=migration.dependencies,
                initial=migration.initial,
            )
        )
        reached = done[-1].mutate_state(state.clone())
        migration.mutate_state(state)
        holds(f"state after {migration}", unequal_states(reached, state))
    return tuple(done)


def check_settle(case: Case) -> None:
    """L9: right after makemigrations, makemigrations finds nothing."""
    with tempfile.TemporaryDirectory(prefix="whimbrel-law-") as folder:
        journey = Journey(case.labels, Path(folder))
        for side, answer in ((case.before, case.truth), (case.after, case.author)):
            journey.make(side.state, answer)
            again = journey.make(side.state)
            holds(
                "what a second makemigrations finds",
                [op.describe() for migration in again for op in migration.operations],
            )
            holds("replayed state", unequal_states(journey.state, side.state))


def created(side: Side, scratch: Scratch) -> Catalog:
    """Return the catalog of what SQLAlchemy's `create_all` makes of *side*."""
    scratch.reset()
    with scratch.engine.begin() as connection:
        create_schemas(connection, side.metadata)
        side.metadata.create_all(connection)
    with scratch.engine.connect() as connection:
        return catalog(connection)


def create_schemas(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Create the schemas of *metadata*: `create_all` takes them for granted."""
    schemas = {table.schema for table in metadata.tables.values()} - {None}
    for schema in sorted(map(str, schemas)):
        connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))


def _advance(
    journey: Journey, connection: sa.Connection, state: ProjectState, answer: Answer
) -> None:
    journey.make(state, answer)
    journey.migrate(connection)


def _compare(connection: sa.Connection, where: str, expected: Catalog) -> None:
    holds(f"{where} | create_all", differences(catalog(connection), expected))
    connection.rollback()


def _rows(connection: sa.Connection, side: Side) -> Kept:
    connection.commit()
    rows = read_rows(connection, side.tables)
    connection.rollback()
    return rows


def _columns(side: Side) -> dict[Place, RowColumn]:
    return {place: c for table in side.tables for place, c in table.places.items()}
