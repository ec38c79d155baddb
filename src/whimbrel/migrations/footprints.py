"""
What an operation touches, so that nothing that matters to it overtakes it.

Place: `migrations`, above the operations. Detection orders operations that it has
made itself and that lead from one state to another. Here they come from anywhere,
and one may lead through a state that neither end shows: whoever only names a thing
must not meet it under another name, and two tables must not have one name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whimbrel.migrations.effects import Effects, Resource
from whimbrel.migrations.hints import ModelKey
from whimbrel.migrations.operation import Operation
from whimbrel.models import Field
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState

EVERYTHING: Resource = ("everything",)
"""What all operations use, and those change that nothing may overtake."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """
    Args:
        uses: What must stay as the operation finds it.

        changes: What it makes, changes or removes.

        alone: It is merged with nothing.
    """

    uses: frozenset[Resource]
    changes: frozenset[Resource]
    alone: bool


def footprint(
    operation: Operation, app_label: str, before: ProjectState, after: ProjectState
) -> Footprint:
    """Return what *operation* touches between these two states."""
    effects = operation.effects(app_label, before, after)
    everything = frozenset({EVERYTHING})
    alone = (
        effects.opaque
        or not operation.derives_ddl
        or _changes_managed(effects, before, after)
    )
    if alone or _is_of_all_apps(effects):
        return Footprint(frozenset(), everything, alone)
    changes = effects.makes | effects.changes | effects.removes
    uses = effects.reads | effects.releases | effects.keeps | everything
    return Footprint(uses, changes | _names(changes, before, after), alone)


def _is_of_all_apps(effects: Effects) -> bool:
    # Nobody says which types and functions of an extension he uses.
    touched = effects.makes | effects.changes | effects.removes
    return any(resource[0] == "extension" for resource in touched)


def _changes_managed(
    effects: Effects, before: ProjectState, after: ProjectState
) -> bool:
    """Return whether a table becomes the database's own business, or ours."""
    keys = {r[1:3] for r in effects.changes if r[0] == "option" and r[3] == "managed"}
    return any(_managed(before, key) != _managed(after, key) for key in keys)


def _managed(state: ProjectState, key: tuple[str, ...]) -> bool:
    app_label, name = key
    return bool(state.models[app_label, name].options.get("managed", True))


def _names(
    changes: frozenset[Resource], before: ProjectState, after: ProjectState
) -> frozenset[Resource]:
    """Return the names in the database that are taken or given free."""
    keys: set[ModelKey] = {(r[1], r[2]) for r in changes if len(r) > 2}
    found: set[Resource] = set()
    for key in keys:
        old, new = before.models.get(key), after.models.get(key)
        if old is not new:
            found |= set(_names_of(old)) ^ set(_names_of(new))
    return frozenset(found)


def _names_of(model: ModelState | None) -> Iterator[Resource]:
    if model is None or model.options.get("proxy"):
        return
    table = model.full_table.lower()
    yield ("name", table)
    for name, field in model.fields.items():
        if isinstance(field, Field) and field.many_to_many:
            given = getattr(field, "db_table", None)
            yield ("name", (given or f"{table}_{name}").lower())
    for item in (*model.indexes, *model.constraints):
        if item.name:
            yield ("name", str(item.name).lower())
