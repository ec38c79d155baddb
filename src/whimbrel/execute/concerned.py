"""
Which operations of a step an error is about.

Place: `execute`, below `executor`. A step may be many operations; what was found
names a model, its fields and perhaps a constraint or index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whimbrel.errors.execute import RowsInTheWay
from whimbrel.migrations.operation import Operation


def concerned(operations: Sequence[Operation], error: Exception) -> list[int]:
    """Return the places, from 0, of the operations that *error* is about."""
    if not isinstance(error, RowsInTheWay):
        return []
    return [
        place
        for place, operation in enumerate(operations)
        if any(is_about(operation, subject) for subject in error.subjects)
    ]


def is_about(operation: Any, subject: tuple[str, frozenset[str]]) -> bool:
    """
    Whether *operation* makes or changes what *subject* names.

    Args:
        subject: Name of a model in lower case, and names of fields and items.
    """
    model, names = subject
    if getattr(operation, "model_name", "").lower() != model:
        return False
    item = getattr(operation, "constraint", None) or getattr(operation, "index", None)
    if item is not None:
        return getattr(item, "name", None) in names
    own = {getattr(operation, "name", None), getattr(operation, "new_name", None)}
    return not names.isdisjoint(own)
