"""
What relation fields point to, read from what they say of themselves.

Place: `state`, above `models`. A relation names models as strings: ``"self"``,
``"Model"`` of the same app, ``"app.Model"``.
"""

from __future__ import annotations

from typing import Any

ModelKey = tuple[str, str]


def named_model(name: str, app_label: str, model_name: str) -> ModelKey:
    """Return the key of the model that a relation of *model_name* calls *name*."""
    if name == "self":
        return (app_label, model_name.lower())
    app, _, model = name.rpartition(".")
    return (app or app_label, model.lower())


def arguments(field: Any) -> dict[str, Any]:
    """Return the keyword arguments by which a field describes itself."""
    kwargs: dict[str, Any] = field.deconstruct()[-1]
    return kwargs


def targets(field: Any, app_label: str, model_name: str) -> set[ModelKey]:
    """Return the keys of the models that a relation and its ``through`` name."""
    given = arguments(field)
    return {
        named_model(given[key], app_label, model_name)
        for key in ("to", "through")
        if given.get(key)
    }


def repointed(
    field: Any, app_label: str, model_name: str, old: ModelKey, new_label: str
) -> Any:
    """Return *field* with *new_label* wherever it named the model *old*."""
    given = arguments(field)
    changes = {
        key: new_label
        for key in ("to", "through")
        if given.get(key)
        and given[key] != "self"
        and named_model(given[key], app_label, model_name) == old
    }
    return field.clone(**changes) if changes else field


def refielded(
    field: Any,
    app_label: str,
    model_name: str,
    target: ModelKey,
    old: str,
    new: str,
) -> Any:
    """Return *field* following the renamed field *old* of the model *target*."""
    given = arguments(field)
    changes: dict[str, Any] = {}
    to = given.get("to")
    points_there = to and named_model(to, app_label, model_name) == target
    if points_there and given.get("to_field") == old:
        changes["to_field"] = new
    through = given.get("through")
    if through and named_model(through, app_label, model_name) == target:
        pair = given.get("through_fields")
        if pair and old in pair:
            changes["through_fields"] = tuple(new if f == old else f for f in pair)
    return field.clone(**changes) if changes else field
