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
    seen = viewed(history, applied, targets)
    wanted = seen.graph.leaves() if targets is None else _nodes(seen, targets)
    done = set(seen.applied)
    forwards: dict[Key, None] = {}
    backwards: dict[Key, None] = {}
    for app_label, name in wanted:
        if name is not None and (app_label, name) not in done:
            way = seen.graph.forwards_plan((app_label, name))
            forwards.update((key, None) for key in way if key not in done)
            done.update(way)
        else:
            undone = seen.graph.backwards_plan(*_first_to_go(seen, app_label, name))
            backwards.update((key, None) for key in undone if key in done)
            done.difference_update(undone)
    if forwards and backwards:
        raise MixedDirections(forwards, backwards)
    steps = [(seen.migrations[key], False) for key in forwards]
    return steps + [(seen.migrations[key], True) for key in backwards]


def _first_to_go(history: History, app_label: str, name: str | None) -> Sequence[Key]:
    """Return what comes right after a migration in its app; for None its roots."""
    if name is None:
        return history.graph.roots(app_label)
    after = history.graph.children[app_label, name]
    return [child for child in after if child[0] == app_label]


def viewed(
    history: History, applied: Iterable[Key], targets: Sequence[Target] | None = None
) -> History:
    """
    Return the history as `plan` walks it: with every target in its graph.

    A squash gives way when one of *targets* is among what it replaces.

    Raises:
        AppliedWithoutFile: HI117, such a target has no file.
    """
    seen = history.seen_by(applied)
    stand_ins = seen.resolved.squashes.stand_ins
    unfolded: set[Key] = set()
    for app_label, name in targets or ():
        key = (app_label, name or "")
        if key in stand_ins:
            if key not in seen.migrations:
                raise AppliedWithoutFile(key, stand_ins[key])
            unfolded.update(_squashes_of(seen, key))
    return seen.seen_by(seen.recorded, unfolded=unfolded) if unfolded else seen


def _nodes(history: History, targets: Sequence[Target]) -> list[Target]:
    """Return *targets*; a squash that is not used means the last it replaces."""
    aside = history.resolved.squashes.aside
    nodes: list[Target] = []
    for app_label, name in targets:
        unused = aside.get((app_label, name or ""))
        nodes.append(unused.originals[-1] if unused else (app_label, name))
    return nodes


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
