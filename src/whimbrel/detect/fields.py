"""
Added, removed and altered fields of a model that stays.

Place: `detect`, above `defaults` and `recreated`. Renames are done before.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.detect.comparison import Comparison, Found
from whimbrel.detect.defaults import Fill, filled
from whimbrel.migrations import AddField, AlterField, RemoveField
from whimbrel.state.model import ModelState
from whimbrel.state.tables import Column


def compare_fields(
    comparison: Comparison, old: ModelState, new: ModelState
) -> Iterator[Found]:
    """Yield what turns the fields of *old* into those of *new*."""
    anew = comparison.recreated.get(new.key, frozenset())
    for name in old.fields:
        if name not in new.fields or name in anew:
            yield comparison.draft(new, RemoveField(new.name, name))
    for name in new.fields:
        if name not in old.fields or name in anew:
            yield from added_field(comparison, new, name)
        elif old.fields[name] != new.fields[name]:
            yield from altered_field(comparison, old, new, name)


def added_field(comparison: Comparison, new: ModelState, name: str) -> Iterator[Found]:
    """Yield the operation that adds field *name*, and a question if one is open."""
    field, arguments, question = filled(comparison, new, name, added=True)
    yield comparison.draft(new, AddField(new.name, name, field, **arguments))
    if question is not None:
        yield question


def altered_field(
    comparison: Comparison, old: ModelState, new: ModelState, name: str
) -> Iterator[Found]:
    """Yield the operation that alters field *name*, and a question if one is open."""
    fill = Fill(new.fields[name], {})
    if allows_null(old, name) and not allows_null(new, name):
        fill = filled(comparison, new, name, added=False)
    field, arguments, question = fill
    if moves := comparison.renamed_values.get((new.key, name)):
        arguments = {**arguments, "renamed_values": dict(moves)}
    yield comparison.draft(new, AlterField(new.name, name, field, **arguments))
    if question is not None:
        yield question


def allows_null(model: ModelState, name: str) -> bool:
    """Return whether the column of field *name* may be NULL."""
    field = model.fields[name]
    return bool(field.nullable if isinstance(field, Column) else field.null)
