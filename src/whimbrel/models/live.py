"""
Live models, mapped on first use.

Place: `models`, above `blueprints` and `registry`. `map_live` is plugged into the
registry by the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from whimbrel.facts import Facts
from whimbrel.models.blueprints import blueprint
from whimbrel.models.mapping import Blueprint, Key, Mapper
from whimbrel.models.registry import Apps
from whimbrel.models.table import Definition

_mappers: WeakKeyDictionary[Apps, Mapper] = WeakKeyDictionary()


class LiveSource:
    """Blueprints and classes of the models of one registry."""

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self.metadata = sa.MetaData()
        self.facts = Facts()

    def definition(self, app_label: str, name: str) -> Definition:
        model: Any = self.apps.get_model(app_label, name)
        definition: Definition = model._meta
        return definition

    def blueprint(self, key: Key) -> Blueprint:
        """Return what to map for the model *key*."""
        return blueprint(
            self.definition(*key), self.definition, self.metadata, self.facts
        )

    def class_for(self, key: Key) -> type:
        """Return the class of the model *key*."""
        return self.apps.get_model(*key)

    def references_to(self, key: Key) -> Iterable[Key]:
        """Return the models known so far that have a relation to *key*."""
        for model in self.apps.get_models():
            meta: Any = model._meta
            relations = (f for f in meta.fields.values() if f.is_relation)
            if any(f.target(meta.app_label, meta.name) == key for f in relations):
                yield (meta.app_label, meta.model_name)


def map_live(cls: Any) -> None:
    """Map the model *cls*, with the models that it refers to."""
    apps: Apps = cls._meta.apps
    if apps not in _mappers:
        _mappers[apps] = Mapper(LiveSource(apps))
    _mappers[apps].mapped((cls._meta.app_label, cls._meta.model_name))
