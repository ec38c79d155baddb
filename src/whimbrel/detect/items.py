"""
Indexes and constraints of a model that stays.

Place: `detect`, above `parts`. Items go by their name or, unnamed, by what they
are over (`state.model.identity`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from whimbrel.detect.comparison import Comparison
from whimbrel.detect.script import Draft
from whimbrel.migrations import (
    AddConstraint,
    AddIndex,
    AlterConstraint,
    RemoveConstraint,
    RemoveIndex,
    RenameConstraint,
    RenameIndex,
)
from whimbrel.migrations.resources import mentions
from whimbrel.models.deconstruct import freeze
from whimbrel.state.model import ModelState, identity
from whimbrel.state.project import renamed_item
from whimbrel.state.tables import ForeignKeyConstraint, UniqueConstraint

Items: TypeAlias = dict[str, Any]

MESSAGES = ("violation_error_code", "violation_error_message")
"""Arguments of a constraint that mean nothing to a database."""


def compare_items(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Draft]:
    """Yield what turns the indexes and constraints of *old* into those of *new*."""
    yield from compare_indexes(comparison, old, new)
    yield from compare_constraints(comparison, old, new)


def compare_indexes(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Draft]:
    """Yield what turns the indexes of *old* into those of *new*."""
    gone, made = differing(comparison, old, new, "indexes")
    anew = comparison.recreated.get(new.key, frozenset())
    for name, former in sorted(renamed(gone, made).items()):
        if mentions(new, made[name]) & anew:
            continue
        del gone[former], made[name]
        yield comparison.draft(new, RenameIndex(new.name, name, old_name=former))
    for name in gone:
        yield comparison.draft(new, RemoveIndex(new.name, name))
    for index in made.values():
        yield comparison.draft(new, AddIndex(new.name, index))


def renamed(gone: Items, made: Items) -> dict[str, str]:
    """Return new → old name of the items that differ in nothing but their name."""
    found: dict[str, str] = {}
    for name in sorted(made.keys() - gone.keys()):
        for former in sorted(gone.keys() - made.keys() - set(found.values())):
            if renamed_item(gone[former], made[name].name) == made[name]:
                found[name] = former
                break
    return found


def compare_constraints(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Draft]:
    """Yield what turns the constraints of *old* into those of *new*."""
    gone, made = differing(comparison, old, new, "constraints")
    anew = comparison.recreated.get(new.key, frozenset())
    for name in sorted(gone.keys() & made.keys()):
        if mentions(new, made[name]) & anew or not same_rule(gone[name], made[name]):
            continue
        constraint = made.pop(name)
        del gone[name]
        yield comparison.draft(new, AlterConstraint(new.name, name, constraint))
    for name, former in sorted(renamed(gone, made).items()):
        over_anew = hangs_on_recreated(comparison, new, made[name])
        if over_anew or made[name].name is None:
            continue
        del gone[former], made[name]
        yield comparison.draft(new, RenameConstraint(new.name, former, name))
    for former, name in successors(comparison, new, gone, made):
        constraint = made.pop(name)
        del gone[former]
        yield comparison.draft(new, AlterConstraint(new.name, former, constraint))
    for name in gone:
        yield comparison.draft(new, RemoveConstraint(new.name, name))
    for constraint in made.values():
        yield comparison.draft(new, AddConstraint(new.name, constraint))


def successors(
    comparison: Comparison, new: ModelState, gone: Items, made: Items
) -> list[tuple[str, str]]:
    """
    Return old and new names of unique constraints over columns that others refer to.

    Removed and added again, one would leave those that refer to it without a key.
    """
    found: list[tuple[str, str]] = []
    anew = comparison.recreated.get(new.key, frozenset())
    left = {n: c for n, c in made.items() if isinstance(c, UniqueConstraint)}
    for former, old in gone.items():
        if not isinstance(old, UniqueConstraint) or anew.intersection(old.columns):
            continue
        name = next((n for n, c in left.items() if c.columns == old.columns), None)
        if name is not None and is_referred_to(comparison, new, old.columns):
            del left[name]
            found.append((former, name))
    return found


def is_referred_to(
    comparison: Comparison, model: ModelState, columns: tuple[str, ...]
) -> bool:
    """Return whether a foreign key refers to *columns* of *model*."""
    return any(
        isinstance(item, ForeignKeyConstraint)
        and item.target == model.full_table
        and set(item.target_columns) == set(columns)
        for other in comparison.after.models.values()
        if other.is_table
        for item in other.constraints
    )


def same_rule(old: Any, new: Any) -> bool:
    """Return whether two constraints differ in their messages alone."""
    if type(old) is not type(new) or not hasattr(old, "deconstruct"):
        return False
    return bool(rule(old) == rule(new)) and old != new


def rule(constraint: Any) -> Any:
    """Return what a constraint says to a database."""
    path, args, kwargs = constraint.deconstruct()
    kept = {key: value for key, value in kwargs.items() if key not in MESSAGES}
    return freeze((path, args, kept))


def differing(
    comparison: Comparison, old: ModelState, new: ModelState, option: str
) -> tuple[Items, Items]:
    """Return the items that go and those that come, also those made anew."""
    before = {identity(item): item for item in old.options[option]}
    after = {identity(item): item for item in new.options[option]}
    anew = {
        name
        for name in before.keys() & after.keys()
        if hangs_on_recreated(comparison, old, before[name])
        or hangs_on_recreated(comparison, new, after[name])
    }
    return (
        missing(before, after, anew),
        missing(after, before, anew),
    )


def missing(items: Items, others: Mapping[str, Any], anew: set[str]) -> Items:
    """Return those of *items* that *others* does not have just like that."""
    return {
        name: item
        for name, item in sorted(items.items())
        if name in anew or name not in others or others[name] != item
    }


def hangs_on_recreated(comparison: Comparison, model: ModelState, item: Any) -> bool:
    """Return whether an item is over a field, its own or a target's, made anew."""
    if not comparison.recreated:
        return False
    own = comparison.recreated.get(model.key, frozenset())
    if own and mentions(model, item) & own:
        return True
    if not isinstance(item, ForeignKeyConstraint):
        return False
    target = comparison.after.model_of_table(item.target)
    if target is None:
        return False
    theirs = comparison.recreated.get(target.key, frozenset())
    return bool(theirs.intersection(item.target_columns))
