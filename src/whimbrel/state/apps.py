"""
Historical models: classes mapped from the state, for data steps.

Place: `state`, below `project`. Mapping a class is slow, so nothing is mapped
before somebody asks for it, and then only that model and those it refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.state import ModelNotInState
from whimbrel.facts import Facts
from whimbrel.models import Model
from whimbrel.models.blueprints import blueprint
from whimbrel.models.manager import Manager
from whimbrel.models.mapping import Blueprint, Key, Mapper
from whimbrel.models.persistence import Persistent
from whimbrel.state.blueprints import table_blueprint
from whimbrel.state.model import ModelState, base_key


class StateApps:
    """
    The registry that a data step gets as ``apps``.

    Args:
        models: Key → state; not changed afterwards.

        facts: Of the database that the classes will be used on.
    """

    def __init__(
        self, models: Mapping[Key, ModelState], facts: Facts | None = None
    ) -> None:
        self._models = models
        self._facts = facts or Facts()
        self._classes: dict[Key, type] = {}
        self._metadata = sa.MetaData()
        self._mapper = Mapper(self)

    def get_model(self, app_label: str, model_name: str | None = None) -> Any:
        """Return the class of a model: ``("app", "Model")`` or ``"app.Model"``.

        Raises:
            ModelNotInState: ST104.
        """
        if model_name is None:
            app_label, _, model_name = app_label.partition(".")
        return self._mapper.mapped(self._state(app_label, model_name).key)

    def get_models(self, app_label: str | None = None) -> list[Any]:
        """Return the classes of all models, or of those of one app."""
        return [
            self._mapper.mapped(key)
            for key in self._models
            if app_label is None or key[0] == app_label
        ]

    # -- what the mapper asks

    def blueprint(self, key: Key) -> Blueprint:
        """Return what to map for the model *key*."""
        model = self._state(*key)
        if model.is_table:
            return table_blueprint(model, self._tables.get, self._metadata)
        return blueprint(model, self._state, self._metadata, self._facts)

    def class_for(self, key: Key) -> type:
        """Return the class of the model *key*, made when it is first asked for."""
        if key not in self._classes:
            model = self._state(*key)
            bases = tuple(self._bases(model)) or (Persistent,)
            if not any(issubclass(base, Persistent) for base in bases):
                bases = (*bases, Persistent)
            self._classes[key] = type(model.name, bases, namespace(model))
        return self._classes[key]

    def references_to(self, key: Key) -> Iterable[Key]:
        """Return the models that have a relation to *key*."""
        return self._referrers.get(key, ())

    def _bases(self, model: ModelState) -> Iterable[type]:
        for base in model.bases:
            if isinstance(base, str):
                yield self.class_for(base_key(base, model.app_label))
            elif base is not Model:
                yield base

    def _state(self, app_label: str, name: str) -> ModelState:
        try:
            return self._models[app_label, name.lower()]
        except KeyError:
            known = [m.name for (app, _), m in self._models.items() if app == app_label]
            raise ModelNotInState(app_label, name, known) from None

    @cached_property
    def _tables(self) -> dict[str, ModelState]:
        return {m.full_table: m for m in self._models.values() if m.is_table}

    @cached_property
    def _referrers(self) -> dict[Key, list[Key]]:
        referrers: dict[Key, list[Key]] = {}
        for key, model in self._models.items():
            targets = set(model.references)
            for table in model.table_references:
                target = self._tables.get(table)
                if target is not None:
                    targets.add(target.key)
            for target_key in targets:
                referrers.setdefault(target_key, []).append(key)
        return referrers


def namespace(model: ModelState) -> dict[str, Any]:
    """Return the attributes of a historical class besides its columns."""
    managers = dict(model.managers)
    if not managers:
        managers = {"objects": Manager()}
    return {
        "__module__": "whimbrel.historical",
        **managers,
    }
