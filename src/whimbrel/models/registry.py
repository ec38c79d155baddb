"""
All models of a project, by app and name.

Place: `models`, below `model`. A registry knows model classes, never tables.
`apps` is the live one; historical models have registries of their own.

The mapper and the default manager are plugged in by the package: they live in
modules above this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from whimbrel.errors.models import ModelClash, NotMappable, TableClash, UnknownModel

DEFAULT_AUTO_FIELD = "whimbrel.models.BigAutoField"


class Apps:
    """
    A registry of models.

    Attributes:
        default_auto_field: Class of the automatic primary key: the path or the name
            of a field class.

        mapper: Maps a model class on its table; None: as the live registry does.

        default_manager: Makes the manager ``objects`` of models without managers;
            None: as the live registry does.
    """

    def __init__(
        self,
        *,
        mapper: Callable[[type], None] | None = None,
        default_manager: Callable[[], Any] | None = None,
        default_auto_field: str = DEFAULT_AUTO_FIELD,
    ) -> None:
        self.mapper = mapper
        self.default_manager = default_manager
        self.default_auto_field = default_auto_field
        self._modules: dict[str, str] = {}
        self._auto_fields: dict[str, str] = {}
        self._models: dict[tuple[str, str], type] = {}
        self._tables: dict[str, str] = {}  # table → label of the model

    def register_app(
        self, label: str, module: str, default_auto_field: str | None = None
    ) -> None:
        """Say that models in *module* and below it belong to the app *label*."""
        self._modules[module] = label
        if default_auto_field:
            self._auto_fields[label] = default_auto_field

    def app_for_module(self, module: str) -> str | None:
        """Return the app that *module* belongs to, None if nobody said so."""
        while module:
            if module in self._modules:
                return self._modules[module]
            module = module.rpartition(".")[0]
        return None

    def auto_field(self, app_label: str) -> str:
        """Return the class of the automatic primary key in the app *app_label*."""
        return self._auto_fields.get(app_label, self.default_auto_field)

    def register(self, model: type) -> None:
        """
        Add *model*; a class of the same module and name replaces its older self.

        Raises:
            ModelClash: MO107. TableClash: MO108.
        """
        meta = _meta(model)
        key = (meta.app_label, meta.model_name)
        known = self._models.get(key)
        if known is not None and _place(known) != _place(model):
            raise ModelClash(meta.label, _place(known), _place(model))
        if known is not None:
            self.unregister(known)
        if meta.owns_table:
            table = meta.db_table
            if table in self._tables:
                raise TableClash(table, self._tables[table], meta.label)
            self._tables[table] = meta.label
        self._models[key] = model

    def unregister(self, model: type) -> None:
        """Forget *model*, if it is known."""
        meta = _meta(model)
        if self._models.pop((meta.app_label, meta.model_name), None) is not None:
            self._tables.pop(meta.db_table if meta.owns_table else "", None)

    def clear(self) -> None:
        """Forget all models; what is known of apps and modules stays."""
        self._models.clear()
        self._tables.clear()

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Any]:
        """
        Return the model ``get_model("app", "Model")`` or ``get_model("app.Model")``.

        Raises:
            UnknownModel: MO109.
        """
        if model_name is None:
            app_label, _, model_name = app_label.rpartition(".")
        found = self._models.get((app_label, model_name.lower()))
        if found is None:
            known = [_meta(model).label for model in self._models.values()]
            raise UnknownModel(f"{app_label}.{model_name}", known)
        return found

    def get_models(self, app_label: str | None = None) -> list[type[Any]]:
        """Return the models of *app_label*, or all, in the order of their making."""
        return [
            model
            for (app, _), model in self._models.items()
            if app_label in (None, app)
        ]

    def map(self, model: type) -> None:
        """Map *model* on its table, if it is not yet."""
        mapper = self.mapper or apps.mapper
        if mapper is None:
            raise NotMappable(_meta(model).label)
        mapper(model)

    def make_default_manager(self) -> Any:
        """Return a new manager for a model without any, or None."""
        make = self.default_manager or apps.default_manager
        return make() if make else None

    def check(self) -> None:
        """
        Raise the first error that only shows when all models are known.

        Raises:
            UnknownModel: MO109, a relation leads nowhere. TableClash: MO108, the
            table of a many-to-many field belongs to another model. BadRelation:
            MO120, a through model lacks its foreign keys.
        """
        tables = dict(self._tables)
        for model in self._models.values():
            meta = _meta(model)
            for name, reference in _references(meta):
                self._must_exist(reference, f"{meta.label}.{name}")
            for name, table in meta.many_to_many_tables():
                label = f"{meta.label}.{name}"
                if table in tables:
                    raise TableClash(table, tables[table], label)
                tables[table] = label

    def _must_exist(self, reference: tuple[str, str], where: str) -> None:
        if reference not in self._models:
            known = [_meta(model).label for model in self._models.values()]
            raise UnknownModel(".".join(reference), known, where=where)


def _references(meta: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, field in meta.fields.items():
        if field.is_relation:
            yield name, field.target(meta.app_label, meta.model_name)
        if field.many_to_many and field.through:
            yield name, field.through_key(meta.app_label)


def _meta(model: type) -> Any:
    return model._meta  # type: ignore[attr-defined]


def _place(model: type) -> str:
    return f"{model.__module__}.{model.__qualname__}"


apps = Apps()
"""The registry of the live models."""
