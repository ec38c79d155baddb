"""
What has to be done to bring a database to a point of the history.

Place: `history`, above `history`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from whimbrel.errors.history import AppliedWithoutFile, MixedDirections
from whimbrel.history.history import History, Key
from whimbrel.migrations.migration import Migration

Target: TypeAlias = tuple[str, str | None]
"""An app and the migration it shall be at; None for before its first one."""

Step: TypeAlias = tuple[Migration, bool]
"""A migration, and whether it is undone."""

ZERO = "zero"


def target(history: History, app_label: str, name: str) -> Target:
    """Return what a user's *name* means: ``zero``, a name, or the beginning of one."""
    if name == ZERO:
        history.check_label(app_label)
        return (app_label, None)
    return history.find(app_label, name).key


def plan(
    history: History, applied: Iterable[Key], targets: Sequence[Target] | None = None
) -> list[Step]:
    """
    Return the steps to *targets*, in the order of doing them.

    A target that is applied is the last one to be kept: what comes after it in
    its own app is undone, with all that depends on that. Other targets are
    reached forwards.

    Args:
        applied: What the database has recorded.

        targets: None means the ends of all apps. A migration that a squash
            replaces may be named as long as it has a file.

    Raises:
        MixedDirections: HI116.

        AppliedWithoutFile: HI117, a target that is replaced has no file.
    """
    seen = history.seen_by(applied)
    if targets is None:
        targets = seen.graph.leaves()
    else:
        seen, targets = _addressable(seen, targets)
    done = set(seen.applied)
    forwards: dict[Key, None] = {}
    backwards: dict[Key, None] = {}
    for app_label, name in targets:
        if name is None:
            undone = seen.graph.backwards_plan(*seen.graph.roots(app_label))
        elif (app_label, name) in done:
            undone = seen.graph.backwards_plan(*_next_in_app(seen, (app_label, name)))
        else:
            wanted = seen.graph.forwards_plan((app_label, name))
            forwards.update((key, None) for key in wanted if key not in done)
            done.update(wanted)
            continue
        backwards.update((key, None) for key in undone if key in done)
        done.difference_update(undone)
    if forwards and backwards:
        raise MixedDirections(forwards, backwards)
    steps = [(seen.migrations[key], False) for key in forwards]
    return steps + [(seen.migrations[key], True) for key in backwards]


def _next_in_app(history: History, key: Key) -> list[Key]:
    return [child for child in history.graph.children[key] if child[0] == key[0]]


def _addressable(
    history: History, targets: Sequence[Target]
) -> tuple[History, list[Target]]:
    """Return the history with the nodes of *targets* in its graph, and the targets."""
    squashes = history.resolved.squashes
    unfolded = set()
    for app_label, name in targets:
        key = (app_label, name or "")
        if key in squashes.stand_ins:
            if key not in history.migrations:
                raise AppliedWithoutFile(key, squashes.stand_ins[key])
            unfolded.update(_squashes_of(history, key))
    if unfolded:
        history = history.seen_by(history.recorded, unfolded=unfolded)
        squashes = history.resolved.squashes
    named: list[Target] = []
    for app_label, name in targets:
        aside = squashes.aside.get((app_label, name or ""))
        named.append(aside.originals[-1] if aside else (app_label, name))
    return history, named


def _squashes_of(history: History, key: Key) -> set[Key]:
    """Return the squashes that stand for *key*, directly or by way of others."""
    found: set[Key] = set()
    wanted = {key}
    while wanted:
        wanted = {
            squash
            for squash, migration in history.migrations.items()
            if wanted.intersection(migration.replaces) and squash not in found
        }
        found |= wanted
    return found
