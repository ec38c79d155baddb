"""
How alike two fields or two models are: what a rename is guessed by.

Place: `detect`, lowest part. Scores run from 0 (nothing in common) to 1 (alike
but for the name). They only decide what is asked, and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields as dataclass_fields
from difflib import SequenceMatcher
from typing import Any

from whimbrel.models import Field
from whimbrel.state.model import ModelState
from whimbrel.state.tables import Column, ForeignKeyConstraint

SAME_TYPE = 0.6
SAME_FAMILY = 0.4
OTHER_NAME = 0.6
"""What a field counts in a model that may have been renamed, if its own name
changed as well."""

FAMILIES = (
    ("char", "text", "string", "slug", "email", "url", "unicode", "path", "file"),
    ("integer", "numeric", "decimal", "float", "double", "real"),
    ("date", "time"),
    ("json",),
    ("binary", "blob", "bytea"),
)
"""Parts of the names of types between which a value survives a conversion."""

TARGETS = frozenset({"to", "through", "through_fields", "to_field"})


def name_likeness(old: str, new: str) -> float:
    """Return how alike two names are, whatever their case."""
    old, new = old.lower(), new.lower()
    if old == new:
        return 1.0
    ratio = SequenceMatcher(None, old, new, autojunk=False).ratio()
    short, long = sorted((old, new), key=len)
    return max(ratio, 0.8) if len(short) > 2 and short in long else ratio


def field_likeness(old: Any, new: Any, *, follow_targets: bool = True) -> float:
    """
    Return how alike two definitions are, whatever the fields are called.

    Args:
        follow_targets: False: relations may point to different models, because
            these may have been renamed too.
    """
    if isinstance(old, Column) and isinstance(new, Column):
        return column_likeness(old, new)
    if not (isinstance(old, Field) and isinstance(new, Field)):
        return 0.0
    if old.concrete is not new.concrete or old.is_relation is not new.is_relation:
        return 0.0
    (old_path, _, before), (new_path, _, after) = old.deconstruct(), new.deconstruct()
    ignored = {"db_column"} if follow_targets else {"db_column", *TARGETS}
    if follow_targets and any(before.get(k) != after.get(k) for k in ("to", "through")):
        return 0.0
    shared = share_of_equal(without(before, ignored), without(after, ignored))
    if old_path != new_path:
        return SAME_FAMILY if family(old_path) & family(new_path) else 0.0
    return SAME_TYPE + (1 - SAME_TYPE) * shared


def column_likeness(old: Column, new: Column) -> float:
    """Return how alike two columns of SQLAlchemy tables are."""
    if old == new:
        return 1.0
    before, after = (
        {a.name: getattr(c, a.name) for a in dataclass_fields(c)} for c in (old, new)
    )
    shared = share_of_equal(before, after)
    if old.type.path == new.type.path:
        return SAME_TYPE + (1 - SAME_TYPE) * shared
    return SAME_FAMILY if family(old.type.path) & family(new.type.path) else 0.0


def without(kwargs: Mapping[str, Any], ignored: Iterable[str]) -> dict[str, Any]:
    """Return *kwargs* without the keys that are *ignored*."""
    return {key: value for key, value in kwargs.items() if key not in ignored}


def share_of_equal(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """Return which share of the keys of both has equal values."""
    keys = before.keys() | after.keys()
    if not keys:
        return 1.0
    equal = [k for k in before.keys() & after.keys() if before[k] == after[k]]
    return len(equal) / len(keys)


def family(path: str) -> frozenset[int]:
    """Return the numbers of the families that a type's name belongs to."""
    name = path.rpartition(".")[2].lower()
    return frozenset(
        number
        for number, parts in enumerate(FAMILIES)
        if any(part in name for part in parts)
    )


def references(model: ModelState) -> dict[str, str]:
    """Return the table that each column of a SQLAlchemy table refers to."""
    return {
        column: constraint.target
        for constraint in model.constraints
        if isinstance(constraint, ForeignKeyConstraint)
        for column in constraint.columns
    }


def model_likeness(old: ModelState, new: ModelState) -> float:
    """Return which share of two models' fields is alike, whatever their names."""
    before, after = telling(old), telling(new)
    if not before and not after:
        return 1.0
    same = before.keys() & after.keys()
    score = sum(
        field_likeness(before[name], after[name], follow_targets=False) for name in same
    )
    free = {name: field for name, field in after.items() if name not in same}
    for name, field in before.items():
        if name in same or not free:
            continue
        scores = {
            other: field_likeness(field, free[other], follow_targets=False)
            for other in sorted(free)
        }
        best = max(scores, key=lambda other: scores[other])
        if scores[best] > SAME_FAMILY:
            score += scores[best] * OTHER_NAME
            del free[best]
    return score / max(len(before), len(after))


def telling(model: ModelState) -> dict[str, Any]:
    """Return the fields that say something: not the automatic primary key."""
    return {
        name: field
        for name, field in model.fields.items()
        if not (name == "id" and is_key(field))
    }


def is_key(field: Any) -> bool:
    """Return whether a field of either vocabulary is a primary key."""
    return bool(field.primary_key)


def neighbours(names: Iterable[str], kept: frozenset[str]) -> dict[str, Any]:
    """Return the kept names next to each name that is not kept."""
    order = list(names)
    places: dict[str, Any] = {}
    last: str | None = None
    for name in order:
        if name in kept:
            last = name
        else:
            places[name] = last
    following: str | None = None
    for name in reversed(order):
        if name in kept:
            following = name
        else:
            places[name] = (places[name], following)
    return places


__all__ = [
    "field_likeness",
    "model_likeness",
    "name_likeness",
    "neighbours",
    "references",
]
