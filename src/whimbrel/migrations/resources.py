"""
The resources that fields and items need: the vocabulary of effects.

Place: `migrations`, above `effects`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whimbrel.migrations.effects import Resource
from whimbrel.models import Field
from whimbrel.state.mentions import mentioned_fields, texts
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
    """The resource of a model, whatever the case of its name."""
    return ("model", app_label, name.lower())


def field(app_label: str, model_name: str, name: str) -> Resource:
    """The resource of a field of a model."""
    return ("field", app_label, model_name.lower(), name)


def item(kind: str, app_label: str, model_name: str, name: str) -> Resource:
    """The resource of an ``index`` or ``constraint`` of that name or identity."""
    return (kind, app_label, model_name.lower(), name)


def option(app_label: str, model_name: str, name: str) -> Resource:
    """The resource of an option of a model."""
    return ("option", app_label, model_name.lower(), name)


def field_needs(
    owner: ModelState, value: Any, state: ProjectState
) -> frozenset[Resource]:
    """Return what a field needs besides its own model."""
    if isinstance(value, Field) and value.is_relation:
        return relation_needs(owner, value)
    needs = {field(*owner.key, name) for name in mentions(owner, value)}
    if isinstance(value, Column) and state.sequences:
        needs |= sequence_needs(value, state)
    return frozenset(needs)


def relation_needs(owner: ModelState, value: Any) -> frozenset[Resource]:
    """Return the models and the field that a relation names."""
    keys = targets(value, owner.app_label, owner.name) - {owner.key}
    needs: set[Resource] = {("model", *key) for key in keys}
    to_field = getattr(value, "to_field", None)
    if to_field:
        target = value.target(owner.app_label, owner.name)
        app_label, model_name = target
        needs.add(field(app_label, model_name, to_field))
    return frozenset(needs)


def sequence_needs(column: Column, state: ProjectState) -> set[Resource]:
    """Return the sequences that a column's default takes its values from."""
    parts = (column.sequence, column.server_default, *column.options)
    said = set(texts(part for part in parts if part is not None))
    return {
        ("sequence", app, name)
        for app, name in state.sequences
        if any(name in text for text in said)
    }


def mentions(owner: ModelState, value: Any) -> frozenset[str]:
    """Return the fields of *owner* that an item or a generated column mentions.

    An expression may call a relation by its column (``author_id``), and
    ``order_with_respect_to`` makes a field that is not in the list.
    """
    known = {name: name for name in owner.fields}
    for name, other in owner.fields.items():
        if isinstance(other, Field) and other.is_relation:
            known.setdefault(other.attname(name), name)
    if owner.options.get("order_with_respect_to"):
        known.setdefault("_order", "_order")
    return frozenset(known[name] for name in mentioned_fields(value, known))


def item_needs(
    owner: ModelState, value: Any, state: ProjectState
) -> frozenset[Resource]:
    """Return what an index or constraint needs: fields, and what it refers to."""
    needs = {field(*owner.key, name) for name in mentions(owner, value)}
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


def users_elsewhere(owner: ModelState, state: ProjectState) -> frozenset[Resource]:
    """Return the models of other apps that refer to *owner*."""
    return frozenset(
        model(*other.key)
        for other in state.models.values()
        if other.app_label != owner.app_label
        and (
            owner.full_table in other.table_references
            if other.is_table
            else owner.key in other.references
        )
    )


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
