"""
The resources that fields and items need: the vocabulary of effects.

Place: `migrations`, above `effects`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whimbrel.migrations.effects import Resource
from whimbrel.models import Field
from whimbrel.state.mentions import mentioned_fields
from whimbrel.state.model import ModelState, base_key, identity
from whimbrel.state.project import ProjectState
from whimbrel.state.relations import targets
from whimbrel.state.tables import (
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)


def model(app_label: str, name: str) -> Resource:
    return ("model", app_label, name.lower())


def field(app_label: str, model_name: str, name: str) -> Resource:
    return ("field", app_label, model_name.lower(), name)


def item(kind: str, app_label: str, model_name: str, name: str) -> Resource:
    """The resource of an ``index`` or ``constraint`` of that name or identity."""
    return (kind, app_label, model_name.lower(), name)


def option(app_label: str, model_name: str, name: str) -> Resource:
    return ("option", app_label, model_name.lower(), name)


def field_needs(
    owner: ModelState, value: Any, state: ProjectState
) -> frozenset[Resource]:
    """Return what a field needs besides its own model."""
    if isinstance(value, Field) and value.is_relation:
        keys = targets(value, owner.app_label, owner.name) - {owner.key}
        return frozenset(("model", *key) for key in keys)
    mentioned = mentioned_fields(value, owner.fields)
    return frozenset(field(*owner.key, name) for name in mentioned)


def item_needs(
    owner: ModelState, value: Any, state: ProjectState
) -> frozenset[Resource]:
    """Return what an index or constraint needs: fields, and what it refers to."""
    needs = {field(*owner.key, name) for name in mentioned_fields(value, owner.fields)}
    if isinstance(value, ForeignKeyConstraint):
        target = state.model_of_table(value.target)
        if target is not None:
            needs |= target_needs(target, value)
            if target.key == owner.key:
                needs.discard(model(*owner.key))
    return frozenset(needs)


def target_needs(target: ModelState, key: ForeignKeyConstraint) -> set[Resource]:
    """Return the referenced model, its columns and what makes them unique."""
    needs = {model(*target.key)}
    needs |= {field(*target.key, name) for name in key.target_columns}
    for constraint in target.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint) and set(
            constraint.columns
        ) == set(key.target_columns):
            needs.add(item("constraint", *target.key, identity(constraint)))
    for index in target.indexes:
        if getattr(index, "unique", False):
            needs.add(item("index", *target.key, identity(index)))
    return needs


def model_needs(owner: ModelState, state: ProjectState) -> frozenset[Resource]:
    """Return all that a model as a whole needs outside itself."""
    needs: set[Resource] = set()
    for value in owner.fields.values():
        needs |= field_needs(owner, value, state)
    for value in (*owner.indexes, *owner.constraints):
        needs |= item_needs(owner, value, state)
    for base in owner.bases:
        if isinstance(base, str):
            needs.add(("model", *base_key(base, owner.app_label)))
    return outside(owner, needs)


def model_parts(owner: ModelState) -> frozenset[Resource]:
    """Return the model itself and all that belongs to it."""
    return frozenset(
        (
            model(*owner.key),
            *(field(*owner.key, name) for name in owner.fields),
            *(item("index", *owner.key, identity(i)) for i in owner.indexes),
            *(item("constraint", *owner.key, identity(c)) for c in owner.constraints),
        )
    )


def outside(owner: ModelState, needs: Iterable[Resource]) -> frozenset[Resource]:
    """Return those of *needs* that are not the model's own."""
    return frozenset(need for need in needs if need[1:3] != owner.key)


def is_column(value: Any) -> bool:
    """Return whether a field speaks SQLAlchemy's words."""
    return isinstance(value, Column)
