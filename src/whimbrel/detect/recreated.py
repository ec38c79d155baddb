"""
Fields that are removed and added under one name, because nothing converts them.

Place: `detect`, above `parts`: a many-to-many field that becomes a column or the
other way round, one with another target or table between, and a generated
column with another expression. What hangs on them is removed and added as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whimbrel.detect.parts import generation, with_generated
from whimbrel.models import Field
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.relations import targets


def recreated_fields(
    pairs: Iterable[tuple[ModelState, ModelState]],
) -> dict[ModelKey, frozenset[str]]:
    """Return the fields that are made anew, by the key of their model.

    Args:
        pairs: Kept models before and after.
    """
    found: dict[ModelKey, frozenset[str]] = {}
    for old, new in pairs:
        names = frozenset(
            name
            for name in new.fields
            if name in old.fields and made_anew(old, new, name)
        )
        if names:
            found[new.key] = all_recreated(old, new, names)
    return found


def all_recreated(
    old: ModelState, new: ModelState, names: frozenset[str]
) -> frozenset[str]:
    """Return *names* and the kept generated columns over them, then or now."""
    kept = frozenset(old.fields).intersection(new.fields)
    while True:
        more = (with_generated(old, names) | with_generated(new, names)) & kept
        if more == names:
            return names
        names = more


def made_anew(old: ModelState, new: ModelState, name: str) -> bool:
    """Return whether nothing turns the old field *name* into the new one."""
    before, after = old.fields[name], new.fields[name]
    if before is after or before == after:
        return False
    # A column that is no longer computed keeps its values.
    if generation(after) is not None and generation(before) != generation(after):
        return True
    if not (isinstance(before, Field) and isinstance(after, Field)):
        return False
    if before.many_to_many is not after.many_to_many:
        return True
    return before.many_to_many and ends(old, before) != ends(new, after)


def ends(model: ModelState, field: Any) -> Any:
    """Return the models that a many-to-many field links and goes through."""
    through = getattr(field, "through", None)
    return (bool(through), targets(field, model.app_label, model.name))
