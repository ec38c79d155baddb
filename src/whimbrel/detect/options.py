"""
Options, managers and bases of a model that stays.

Place: `detect`, above `parts`. Its table's name and schema are a matter of
`model_renames`, because foreign keys follow them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whimbrel.detect.comparison import Comparison
from whimbrel.detect.model_renames import has_table
from whimbrel.detect.parts import groups_of, names_in, with_sources
from whimbrel.detect.ranks import EARLY
from whimbrel.detect.script import Draft
from whimbrel.errors.detect import BasesChanged
from whimbrel.migrations import (
    AlterModelBases,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
)
from whimbrel.migrations.option_operations import ALTERED_OPTIONS
from whimbrel.state.model import ModelKey, ModelState, base_key


def compare_options(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Draft]:
    """Yield what turns options, managers and bases of *old* into those of *new*."""
    if old.bases != new.bases:
        check_bases(old, new)
        yield comparison.draft(new, AlterModelBases(new.name, new.bases))
    before, after = plain_options(old), plain_options(new)
    if before != after:
        yield comparison.draft(new, AlterModelOptions(new.name, after))
    if old.managers != new.managers:
        yield comparison.draft(new, AlterModelManagers(new.name, new.managers))
    comment = new.options.get("db_table_comment")
    if old.options.get("db_table_comment") != comment:
        yield comparison.draft(new, AlterModelTableComment(new.name, comment))
    order = new.options.get("order_with_respect_to")
    if old.options.get("order_with_respect_to") != order:
        yield comparison.draft(new, AlterOrderWithRespectTo(new.name, order))
    yield from compare_groups(comparison, old, new)


def plain_options(model: ModelState) -> dict[str, Any]:
    """Return the options that have no operation of their own."""
    return {k: v for k, v in model.options.items() if k in ALTERED_OPTIONS}


def check_bases(old: ModelState, new: ModelState) -> None:
    """Raise `BasesChanged` (DE101) if rows would have to move between tables."""
    before, after = parent_keys(old), parent_keys(new)
    if has_table(old) and has_table(new) and set(before) != set(after):
        labels = [[".".join(key) for key in keys] for keys in (before, after)]
        raise BasesChanged(new.label, *labels)


def parent_keys(model: ModelState) -> list[ModelKey]:
    """Return the keys of a model's concrete parents."""
    return [
        base_key(base, model.app_label) for base in model.bases if isinstance(base, str)
    ]


def compare_groups(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Draft]:
    """
    Yield what turns ``unique_together`` of *old* into that of *new*.

    In two steps where a field must change between letting go of the old groups
    and taking up the new ones.
    """
    before, after = groups_of(old), groups_of(new)
    anew = comparison.recreated.get(new.key, frozenset())
    loose = tuple(g for g in before if g not in after or anew.intersection(g))
    fresh = tuple(g for g in after if g not in before or anew.intersection(g))
    if not loose and not fresh:
        return
    touched = anew | {
        name
        for name in frozenset(old.fields).intersection(new.fields)
        if old.fields[name] != new.fields[name]
    }
    awaited = with_sources(new, frozenset(names_in(fresh)))
    between = touched.intersection(names_in(loose)) & awaited
    middle = comparison.before
    if between:
        kept = AlterUniqueTogether(new.name, [g for g in before if g not in loose])
        yield comparison.draft(new, kept, rank=EARLY)
        middle = comparison.before.clone()
        kept.state_forwards(new.app_label, middle)
    last = AlterUniqueTogether(new.name, after)
    early = not fresh and not between
    yield comparison.draft(new, last, before=middle, rank=EARLY if early else None)
