"""
`makemigrations --merge`: join the branches of an app's history.

Place: `project`, above `recorded`, used by `makemigrations`. Branches whose
operations may change places are joined without a question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import combinations

from whimbrel.detect.questions import Question
from whimbrel.history.history import History, Key
from whimbrel.history.merge import merge
from whimbrel.history.replay import advance, replayed
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.migration import Migration


def conflicting(history: History, labels: Collection[str]) -> tuple[str, ...]:
    """Return the apps, among *labels* or all, whose history branches."""
    return tuple(
        app for app in sorted(history.graph.conflicts()) if not labels or app in labels
    )


def merged(
    history: History, apps: Iterable[str], *, moment: datetime, name: str | None
) -> tuple[Migration, ...]:
    """Return a migration for each of *apps* that joins its branches."""
    return tuple(merge(history, app, moment=moment, name=name) for app in apps)


def question(history: History, app: str) -> Question | None:
    """Return what to ask before the branches of *app* are joined; None if nothing."""
    branches = branches_of(history, app)
    clashes = [
        f"{one[-1][1]} and {other[-1][1]}"
        for one, other in combinations(branches, 2)
        if not _commute(history, one, other)
    ]
    if not clashes:
        return None
    return Question(
        id=f"merge:{app}",
        kind="merge",
        app=app,
        text=(
            f"The branches of {app} touch the same things ({'; '.join(clashes)}). "
            "Their order will not be fixed. Join them?"
        ),
        choices=("true", "false"),
        default="false",
    )


def branches_of(history: History, app: str) -> tuple[tuple[Key, ...], ...]:
    """Return what each leaf of *app* has and not every other leaf, parents first."""
    plans = [history.graph.forwards_plan(leaf) for leaf in history.graph.leaves(app)]
    shared = set(plans[0]).intersection(*plans[1:])
    return tuple(tuple(key for key in plan if key not in shared) for plan in plans)


def _commute(history: History, one: tuple[Key, ...], other: tuple[Key, ...]) -> bool:
    both = set(one) & set(other)
    ours = list(_effects(history, one, both))
    return all(
        mine.commutes(theirs)
        for theirs in _effects(history, other, both)
        for mine in ours
    )


def _effects(
    history: History, branch: tuple[Key, ...], leave_out: Collection[Key]
) -> Iterator[Effects]:
    """Yield the effects of the operations of *branch*, but of those left out."""
    plan = history.graph.forwards_plan(branch[-1])
    state = replayed(history, tuple(key for key in plan if key not in branch))
    for key in branch:
        migration = history.migrations[key]
        for operation in migration.operations if key not in leave_out else ():
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            yield operation.effects(migration.app_label, before, state)
        if key in leave_out:
            advance(state, migration)
