"""What is missing in a state: names that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whimbrel.models import Field
from whimbrel.state.mentions import mentioned_fields
from whimbrel.state.model import ModelState, base_key, identity
from whimbrel.state.project import ProjectState
from whimbrel.state.relations import targets
from whimbrel.state.tables import ForeignKeyConstraint


def missing(state: ProjectState, names: tuple[str, ...]) -> list[str]:
    """Return what models, fields and items of *state* refer to and is not there.

    Args:
        names: All names that a field may have.
    """
    return [
        f"{model.label}: {problem}"
        for model in state.models.values()
        for problem in (*missing_models(state, model), *missing_fields(model, names))
    ]


def missing_models(state: ProjectState, model: ModelState) -> Iterator[str]:
    keys = {base_key(b, model.app_label) for b in model.bases if isinstance(b, str)}
    for field in model.fields.values():
        if isinstance(field, Field) and field.is_relation:
            keys |= targets(field, model.app_label, model.name)
    yield from (f"model {key}" for key in sorted(keys - state.models.keys()))
    for constraint in model.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            target = state.model_of_table(constraint.target)
            if target is None:
                yield f"table {constraint.target}"
            elif not target.fields.keys() >= set(constraint.target_columns):
                yield f"columns of {constraint.target}"


def missing_fields(model: ModelState, names: tuple[str, ...]) -> Iterator[str]:
    there = set(model.fields)
    if model.options.get("order_with_respect_to"):
        there.add("_order")
    owners: dict[str, Any] = {identity(item): item for item in model.indexes}
    owners |= {identity(item): item for item in model.constraints}
    owners |= dict(model.fields)
    for owner, value in owners.items():
        for name in mentioned_fields(value, (*names, "_order")):
            if name not in there:
                yield f"field {name} of {owner}"
    for group in model.options.get("unique_together", ()):
        yield from (f"field {n} of {group}" for n in group if n not in there)
