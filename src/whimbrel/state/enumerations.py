"""
The values of an enumeration, as a column's type says them.

Place: `state`, above `tables`.
"""

from __future__ import annotations

from typing import Any

from whimbrel.state.construct import Call, Construct
from whimbrel.state.tables import Column


def enumerated(field: Any) -> tuple[str, ...] | None:
    """
    Return the values of the enumeration that a column is, or is an array of.

    None for other types, and for Django-style fields: their ``choices`` are no
    business of the database.
    """
    return _values(field.type) if isinstance(field, Column) else None


def _values(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, Construct | Call):
        return None
    parts: tuple[Any, ...] = (*value.args, *(v for _, v in value.kwargs))
    if isinstance(value, Construct):
        if value.path.rpartition(".")[2].lower() == "enum":
            return tuple(part for part in value.args if isinstance(part, str))
        parts += value.calls
    return next((v for v in map(_values, parts) if v is not None), None)
