"""
Django-style model classes → model states.

Place: `reflect`, above `read`. Nothing is mapped: what a state needs is in
``Model._meta`` from the making of the class.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from whimbrel.models import Model
from whimbrel.models.manager import Manager
from whimbrel.models.registry import apps
from whimbrel.reflect.read import ReadModels
from whimbrel.state.model import ModelState

ORDER = "_order"
"""The field that ``order_with_respect_to`` brings; said by the option alone."""


def read_models(
    source: ModuleType | Iterable[type[Model]], app_label: str
) -> ReadModels:
    """
    Return the models of *app_label*, in order of definition.

    Args:
        source: A module: all models that belong to the app, wherever they are
            defined, as long as importing it defined them. Or the classes.
    """
    given = apps.get_models(app_label) if isinstance(source, ModuleType) else source
    classes = [c for c in cast("Iterable[type[Any]]", given) if not c._meta.abstract]
    kept = [c for c in classes if c._meta.app_label == app_label]
    renamed_fields = {
        (app_label, model._meta.model_name, name): field.renamed_from
        for model in kept
        for name, field in model._meta.fields.items()
        if field.renamed_from
    }
    return ReadModels(
        models=tuple(map(model_state, kept)),
        renamed_models={
            (app_label, model._meta.model_name): model._meta.renamed_from
            for model in kept
            if model._meta.renamed_from
        },
        renamed_fields=renamed_fields,
    )


def model_state(model: type[Any]) -> ModelState:
    """Return the state of one class: local fields, options, bases, managers."""
    meta = model._meta
    fields = {name: field for name, field in meta.fields.items() if name != ORDER}
    return ModelState(
        meta.app_label,
        meta.object_name,
        fields,
        dict(meta.options),
        meta.bases,
        migrated_managers(meta),
    )


def migrated_managers(meta: Any) -> tuple[tuple[str, Manager[Any]], ...]:
    """
    Return the managers that historical models have.

    Those that say ``use_in_migrations``; the default and the base manager keep
    their names with a plain manager, unless that is all there would be.
    """
    managers = dict(meta.managers)
    named = {
        meta.options.get("default_manager_name") or next(iter(managers), None),
        meta.options.get("base_manager_name"),
    }
    kept: list[tuple[str, Manager[Any]]] = []
    plain = Manager[Any]()
    for name, manager in managers.items():
        if manager.use_in_migrations:
            kept.append((name, manager))
        elif name in named:
            kept.append((name, plain))
    if [(name, manager is plain) for name, manager in kept] == [("objects", True)]:
        return ()
    return tuple(kept)
