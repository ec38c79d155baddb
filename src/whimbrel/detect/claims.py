"""
Names in the database that operations take and set free, and places in a key.

Place: `detect`, lowest part. No effect on the state: two models may share a
table's name for a moment. But a database refuses a second table or index of one
name, so whoever gives a name up goes first where nothing else forbids it. And it
numbers a column that is the key alone: so whoever leaves a key goes before whoever
joins it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from whimbrel.migrations import (
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Operation,
    RemoveField,
    RemoveIndex,
    RenameIndex,
)
from whimbrel.models import Field
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState
from whimbrel.state.tables import Column

Name: TypeAlias = tuple[str, str]
"""``("table", full name)``, ``("index", name)`` or ``("key", model)``."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Names that an operation takes, and names that it sets free."""

    takes: frozenset[Name] = frozenset()
    frees: frozenset[Name] = frozenset()


NONE = Claims()


def moved(before: ModelState, after: ModelState) -> Claims:
    """Return the claims of an operation that leads from one model to the other."""
    old, new = names_of(before), names_of(after)
    return Claims(new - old, old - new)


def claims_of(
    app_label: str, operation: Operation, before: ProjectState, after: ProjectState
) -> Claims:
    """Return the claims of an operation that creates or removes something."""
    match operation:
        case CreateModel():
            return Claims(takes=names_of(operation.model_state(app_label)))
        case DeleteModel():
            model = before.model(app_label, operation.name)
            return Claims(frees=names_of(model))
        case AddIndex():
            return Claims(takes=frozenset({("index", operation.index.name)}))
        case RemoveIndex():
            return Claims(frees=frozenset({("index", operation.name)}))
        case RenameIndex():
            return Claims(
                takes=frozenset({("index", operation.new_name)}),
                frees=frozenset({("index", operation.old_name or "")}),
            )
        case AddField():
            owner = after.model(app_label, operation.model_name)
            takes = link_table(owner, operation.name, operation.field)
            return Claims(takes=takes | key_place(owner, operation.field))
        case RemoveField():
            owner = before.model(app_label, operation.model_name)
            field = owner.fields.get(operation.name)
            return Claims(frees=link_table(owner, operation.name, field))
        case AlterField():
            owner = after.model(app_label, operation.model_name)
            old = before.models.get(owner.key, owner).fields.get(operation.name)
            was, will = key_place(owner, old), key_place(owner, operation.field)
            return Claims(takes=will - was, frees=was - will)
    return NONE


def key_place(model: ModelState, field: Any) -> frozenset[Name]:
    """Return the key of *model* if *field*, a SQLAlchemy column, is part of it."""
    part = isinstance(field, Column) and field.primary_key
    return frozenset({("key", ".".join(model.key))}) if part else frozenset()


def names_of(model: ModelState) -> frozenset[Name]:
    """Return the names that a model uses in its database."""
    if model.options.get("proxy") or model.options.get("managed") is False:
        return frozenset()
    names: set[Name] = {("table", model.full_table)}
    names |= {("index", index.name) for index in model.indexes}
    for name, field in model.fields.items():
        names |= link_table(model, name, field)
    return frozenset(names)


def link_table(model: ModelState, name: str, field: Any) -> frozenset[Name]:
    """Return the name of the table that a many-to-many field makes, if it does."""
    table = link_table_name(model, name, field)
    return frozenset() if table is None else frozenset({("table", table)})


def link_table_name(model: ModelState, name: str, field: Any) -> str | None:
    """Return the table of an automatic many-to-many field; None for any other."""
    if not isinstance(field, Field) or not field.many_to_many:
        return None
    if getattr(field, "through", None):
        return None
    return str(getattr(field, "db_table", None) or f"{model.db_table}_{name}")
