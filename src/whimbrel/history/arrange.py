"""
Detected changes cut into numbered, named migrations.

Place: `history`, above `naming`; reads `detect.changes`. An app's changes stay in
their order and become one migration wherever possible. Only where apps wait
for each other is one of them cut, after the operations that need not wait.

Invariants: changes come in an order in which they may run one after another
(`Detection.changes`), so there is always an operation that waits for nothing.
The same arguments give the same migrations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from whimbrel.detect.changes import Change
from whimbrel.history.history import History, Key
from whimbrel.history.naming import check_name, next_number, numbered
from whimbrel.history.resolve import FIRST
from whimbrel.migrations.effects import Resource
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Operation

Optimize: TypeAlias = Callable[[str, Sequence[Operation]], Sequence[Operation]]
"""(app label, operations) → operations that do the same."""

Needs: TypeAlias = Sequence[frozenset[int]]
"""For each change the positions of the changes of other apps that come before it."""


def arrange(
    changes: Sequence[Change],
    history: History,
    *,
    moment: datetime | None = None,
    name: str | None = None,
    labels: Collection[str] | None = None,
    optimize: Optimize | None = None,
) -> tuple[Migration, ...]:
    """
    Return the migrations that make *changes* after the leaves of *history*.

    Args:
        moment: Goes into names that the operations do not give.

        name: Used for all of them instead of a suggested one.

        labels: Only these apps, and those that they need; None means all.

    Returns:
        Parents first.

    Raises:
        NotAName: HI121, *name* is no identifier.

        SeveralLeaves: HI118, the history of an app with changes branches.
    """
    check_name(name)
    changes = changes if labels is None else restricted(changes, labels)
    needs = find_needs(changes)
    owner: dict[int, Migration] = {}
    latest: dict[str, Migration] = {}
    for positions in cut(changes, needs):
        own = [changes[i] for i in positions]
        app = own[0].app_label
        others = _arranged_parents(positions, needs, owner)
        others |= _existing_parents(own, history, others)
        done = _operations(app, own, optimize)
        migration = _next_migration(history, app, latest.get(app), others, done)
        migration.name = _name(migration, history, latest.get(app), moment, name)
        latest[app] = migration
        owner.update(dict.fromkeys(positions, migration))
    return tuple(dict.fromkeys(owner.values()))


def _operations(
    app_label: str, own: Sequence[Change], optimize: Optimize | None
) -> Sequence[Operation]:
    operations = [change.operation for change in own]
    return operations if optimize is None else optimize(app_label, operations)


def empty(
    history: History,
    app_label: str,
    *,
    moment: datetime | None = None,
    name: str | None = None,
) -> Migration:
    """Return a migration without operations, for a user to fill in."""
    check_name(name)
    migration = _next_migration(history, app_label, None, {}, ())
    migration.name = _name(migration, history, None, moment, name)
    return migration


def restricted(
    changes: Sequence[Change], labels: Collection[str]
) -> tuple[Change, ...]:
    """Return the changes of *labels* and of all apps that those changes need."""
    wanted = set(labels)
    needs = find_needs(changes)
    needed: dict[str, set[str]] = {}
    for change, positions in zip(changes, needs, strict=True):
        apps = {changes[i].app_label for i in positions}
        needed.setdefault(change.app_label, set()).update(apps)
    queue = list(wanted)
    while queue:
        for app in needed.get(queue.pop(), set()) - wanted:
            wanted.add(app)
            queue.append(app)
    return tuple(change for change in changes if change.app_label in wanted)


def find_needs(changes: Sequence[Change]) -> Needs:
    """Return for each change which changes of other apps must come before it."""
    users = _Users({}, {}, {}, {}, {})
    needs: list[frozenset[int]] = []
    for position, change in enumerate(changes):
        before = users.before(change)
        needs.append(
            frozenset(i for i in before if changes[i].app_label != change.app_label)
        )
        users.add(position, change)
    return needs


@dataclass(frozen=True, slots=True)
class _Users:
    """Which of the changes so far do what to a resource."""

    makers: dict[Resource, list[int]]
    changers: dict[Resource, list[int]]
    releasers: dict[Resource, list[int]]
    readers: dict[Resource, list[int]]
    removers: dict[Resource, list[int]]

    def add(self, position: int, change: Change) -> None:
        effects = change.effects
        for users, resources in (
            (self.makers, effects.makes),
            (self.changers, effects.changes),
            (self.releasers, effects.releases),
            (self.readers, effects.reads),
            (self.removers, effects.removes),
        ):
            for resource in resources:
                users.setdefault(resource, []).append(position)

    def before(self, change: Change) -> set[int]:
        """
        Return what must precede *change*: `Effects.must_precede`, by resource, and
        what has made that which it keeps.
        """
        effects = change.effects
        found: set[int] = set()
        for resources, kinds in (
            (effects.reads, (self.makers, self.changers)),
            (effects.keeps, (self.makers,)),
            (effects.changes, (self.makers, self.releasers)),
            # What reads a thing cannot come after the thing is gone.
            (effects.removes, (self.changers, self.releasers, self.readers)),
            (effects.makes, (self.releasers, self.removers)),
        ):
            for resource in resources:
                for users in kinds:
                    found.update(users.get(resource, ()))
        return found


def cut(changes: Sequence[Change], needs: Needs) -> list[tuple[int, ...]]:
    """Return the positions of the changes of each migration, parents first."""
    pending: dict[str, list[int]] = {}
    for position, change in enumerate(changes):
        pending.setdefault(change.app_label, []).append(position)
    pending = dict(sorted(pending.items()))
    placed: set[int] = set()
    cuts: list[tuple[int, ...]] = []
    while pending:
        free = {app: _free(queue, needs, placed) for app, queue in pending.items()}
        whole = [app for app, queue in pending.items() if free[app] == len(queue)]
        app = whole[0] if whole else _app_to_cut(pending, free, needs)
        taken = pending[app][: free[app]]
        cuts.append(tuple(taken))
        placed.update(taken)
        pending[app] = pending[app][free[app] :]
        if not pending[app]:
            del pending[app]
    return cuts


def _free(queue: Sequence[int], needs: Needs, placed: Collection[int]) -> int:
    """Return how many changes at the front of *queue* wait for no other app."""
    for count, position in enumerate(queue):
        if not needs[position] <= placed:  # type: ignore[operator]
            return count
    return len(queue)


def _app_to_cut(
    pending: Mapping[str, Sequence[int]], free: Mapping[str, int], needs: Needs
) -> str:
    """Return the first app whose free changes are what another app waits for."""
    waited_for = {i for queue in pending.values() for p in queue for i in needs[p]}
    return next(
        app
        for app, queue in pending.items()
        if waited_for.intersection(queue[: free[app]])
    )


def _arranged_parents(
    positions: Iterable[int], needs: Needs, owner: Mapping[int, Migration]
) -> dict[str, set[Key]]:
    """Return per app the last new migration that the changes need."""
    found: dict[str, str] = {}
    for position in positions:
        for needed in needs[position]:
            app, name = owner[needed].key
            found[app] = max(name, found.get(app, name), key=next_number)
    return {app: {(app, name)} for app, name in found.items()}


def _existing_parents(
    own: Sequence[Change],
    history: History,
    known: Mapping[str, set[Key]],
) -> dict[str, set[Key]]:
    """Return per app the existing migrations that the changes need."""
    app_label = own[0].app_label
    apps = {
        resource[1]
        for change in own
        for resource in (
            *change.effects.reads,
            *change.effects.changes,
            *change.effects.releases,
        )
    }
    found: dict[str, set[Key]] = {}
    for app in sorted(apps - {app_label} - known.keys()):
        if app in history.labels:
            found[app] = set(history.graph.leaves(app)) or {(app, FIRST)}
    return found


def _next_migration(
    history: History,
    app_label: str,
    previous: Migration | None,
    others: Mapping[str, Collection[Key]],
    operations: Iterable[Operation],
) -> Migration:
    leaf = history.leaf(app_label)
    before = previous or leaf
    return Migration.of(
        app_label,
        "",
        operations=operations,
        dependencies=sorted(
            {key for keys in others.values() for key in keys}
            | ({before.key} if before else set())
        ),
        initial=True if leaf is None else None,
    )


def _name(
    migration: Migration,
    history: History,
    previous: Migration | None,
    moment: datetime | None,
    name: str | None,
) -> str:
    before = previous or history.leaf(migration.app_label)
    number = next_number(before.name) if before else 1
    text = name or migration.suggest_name(moment)
    while (migration.app_label, numbered(number, text)) in history.migrations:
        number += 1
    return numbered(number, text)
