"""
The last look: do the operations lead to the wanted state?

Place: `detect`, above `changes`. A migration that leads elsewhere would be found
only when the next one is made, so nothing is written that fails here.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.detect.changes import Change
from whimbrel.errors.detect import Inexpressible
from whimbrel.state.model import ModelState, unordered
from whimbrel.state.project import ProjectState


def check(before: ProjectState, after: ProjectState, changes: Iterable[Change]) -> None:
    """
    Apply *changes* to *before* and compare with *after*.

    Raises:
        Inexpressible: DE106, the two differ.
    """
    reached = before.clone()
    for change in changes:
        change.operation.state_forwards(change.app_label, reached)
    if reached == after:
        return
    for key in sorted(reached.models.keys() | after.models.keys()):
        old, new = reached.models.get(key), after.models.get(key)
        if old is None or new is None:
            raise Inexpressible(".".join(key), "the model is missing or left over")
        if old != new:
            raise Inexpressible(new.label, difference(old, new))
    raise Inexpressible("sequences", "they differ")


def difference(reached: ModelState, wanted: ModelState) -> str:
    """Return the first difference between two models in words."""
    if reached.name != wanted.name:
        return f"the name {wanted.name}"
    for name in sorted(reached.fields.keys() | wanted.fields.keys()):
        if reached.fields.get(name) != wanted.fields.get(name):
            return f"field {name}"
    had, has = unordered(reached.options), unordered(wanted.options)
    for option in sorted(had.keys() | has.keys()):
        if had.get(option) != has.get(option):
            return f"option {option}"
    return "bases" if reached.bases != wanted.bases else "managers"
