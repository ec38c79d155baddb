"""
The state of a project: all its models at one point of the history.

Place: `state`, above `model`. A `ProjectState` offers Django's methods, which
change it in place, so that custom operations work as users know them. It is a
thin handle: the models inside are immutable and shared, `clone` copies nothing
until one of the two handles changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from whimbrel.errors.state import (
    ExtensionNotInState,
    ExtensionsDisagree,
    ItemNotInState,
    ModelInState,
    ModelNotInState,
    SequenceNotInState,
)
from whimbrel.models import NOT_PROVIDED, Field
from whimbrel.state import relations
from whimbrel.state.apps import StateApps
from whimbrel.state.extensions import Extension, without
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.model import ModelKey, ModelState, identity, together_tuples
from whimbrel.state.renames import retarget_constraint
from whimbrel.state.tables import Column, Sequence


class ProjectState:
    """
    Models by ``(app_label, name_lower)``, sequences that stand alone, extensions.

    Args:
        models: Key → state, taken over as it is.

        sequences: (app label, name) → sequence.

        extensions: (app label, name) → what the app says of it.
    """

    def __init__(
        self,
        models: Mapping[ModelKey, ModelState] | None = None,
        sequences: Mapping[tuple[str, str], Sequence] | None = None,
        extensions: Mapping[tuple[str, str], Extension] | None = None,
    ) -> None:
        self._models: dict[ModelKey, ModelState] = dict(models or {})
        self._shared = False
        self.sequences: FrozenDict[tuple[str, str], Sequence] = FrozenDict(
            sequences or {}
        )
        self.extensions: FrozenDict[tuple[str, str], Extension] = FrozenDict(
            extensions or {}
        )
        self._apps: StateApps | None = None
        self._tables: dict[str, ModelState] | None = None

    @classmethod
    def of(
        cls, models: Iterable[ModelState], sequences: Iterable[Any] = ()
    ) -> ProjectState:
        """Return the state of *models*; raise `ModelInState` (ST105) for a double."""
        state = cls()
        for model in models:
            state.add_model(model)
        for app_label, sequence in sequences:
            state.add_sequence(app_label, sequence)
        return state

    @property
    def models(self) -> Mapping[ModelKey, ModelState]:
        """The models, read only; use the methods to change them."""
        return MappingProxyType(self._models)

    @property
    def apps(self) -> StateApps:
        """Classes mapped from this state, each when it is asked for."""
        if self._apps is None:
            self._apps = StateApps(dict(self._models))
        return self._apps

    def clone(self) -> ProjectState:
        """Return a handle of its own on the same models."""
        copy = ProjectState.__new__(ProjectState)
        copy._models = self._models
        copy._shared = self._shared = True
        copy.sequences = self.sequences
        copy.extensions = self.extensions
        copy._apps = None
        copy._tables = self._tables
        return copy

    def model(self, app_label: str, name: str) -> ModelState:
        """Return the state of one model, whatever the case of *name*.

        Raises:
            ModelNotInState: ST104.
        """
        try:
            return self._models[app_label, name.lower()]
        except KeyError:
            known = [m.name for (app, _), m in self._models.items() if app == app_label]
            raise ModelNotInState(app_label, name, known) from None

    def model_of_table(self, full_table: str) -> ModelState | None:
        """Return the model whose table is called *full_table*; None if no model's."""
        if self._tables is None:
            self._tables = {}
            for model in self._models.values():
                self._tables.setdefault(model.full_table, model)
        return self._tables.get(full_table)

    # -- models

    def add_model(self, model_state: ModelState) -> None:
        if model_state.key in self._models:
            raise ModelInState(model_state.label)
        self._put(model_state)

    def remove_model(self, app_label: str, model_name: str) -> None:
        self.model(app_label, model_name)
        self._writable()
        del self._models[app_label, model_name.lower()]

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        """Rename a model and all that points to it; its place is kept."""
        before = self.model(app_label, old_name)
        after = before.replace(name=new_name)
        if after.key != before.key and after.key in self._models:
            raise ModelInState(after.label)
        self._writable()
        self._models = {
            (after.key if key == before.key else key): (
                after if key == before.key else model
            )
            for key, model in self._models.items()
        }
        for model in self._referring(before.key):
            self._models[model.key] = repointed(model, before.key, after)
        self._table_renamed(before, after)

    def alter_model_options(
        self,
        app_label: str,
        model_name: str,
        options: Mapping[str, Any],
        option_keys: Iterable[str] | None = None,
    ) -> None:
        """Set *options*; those of *option_keys* that are not given are removed."""
        model = self.model(app_label, model_name)
        merged = {**model.options, **options}
        for key in option_keys or ():
            if key not in options:
                merged.pop(key, None)
        after = model.replace(options=merged)
        self._put(after)
        self._table_renamed(model, after)

    def remove_model_options(
        self, app_label: str, model_name: str, option_name: str, option_value: Any
    ) -> None:
        """Remove one value from an option that is a set of tuples."""
        model = self.model(app_label, model_name)
        if option_name in model.options:
            gone = together_tuples([tuple(option_value)])
            kept = [v for v in model.options[option_name] if v not in gone]
            self._put(model.with_options(**{option_name: tuple(kept)}))

    def alter_model_managers(
        self, app_label: str, model_name: str, managers: Iterable[tuple[str, Any]]
    ) -> None:
        model = self.model(app_label, model_name)
        self._put(model.replace(managers=tuple(managers)))

    # -- fields

    def add_field(
        self,
        app_label: str,
        model_name: str,
        name: str,
        field: Any,
        preserve_default: bool = True,
    ) -> None:
        """Add a field; without *preserve_default* its default is not kept."""
        model = self.model(app_label, model_name)
        if name in model.fields:
            model.with_renamed_field(next(iter(model.fields)), name)
        self._put(model.with_field(name, kept(field, preserve_default)))

    def remove_field(self, app_label: str, model_name: str, name: str) -> None:
        self._put(self.model(app_label, model_name).without_field(name))

    def alter_field(
        self,
        app_label: str,
        model_name: str,
        name: str,
        field: Any,
        preserve_default: bool = True,
    ) -> None:
        model = self.model(app_label, model_name)
        model.get_field(name)
        self._put(model.with_field(name, kept(field, preserve_default)))

    def rename_field(
        self, app_label: str, model_name: str, old_name: str, new_name: str
    ) -> None:
        """Rename a field and all that mentions it, in other models too."""
        before = self.model(app_label, model_name)
        after = before.with_renamed_field(old_name, new_name)
        self._put(after)
        for model in self._referring(before.key):
            followed = refielded(model, before.key, old_name, new_name)
            self._models[model.key] = followed
        if before.is_table:
            self._retarget(before.full_table, after.full_table, {old_name: new_name})

    # -- indexes and constraints

    def add_index(self, app_label: str, model_name: str, index: Any) -> None:
        self._add_item(app_label, model_name, "indexes", index)

    def remove_index(self, app_label: str, model_name: str, index_name: str) -> None:
        self._drop_item(app_label, model_name, "indexes", index_name)

    def rename_index(
        self, app_label: str, model_name: str, old_index_name: str, new_index_name: str
    ) -> None:
        model = self.model(app_label, model_name)
        index = model.get_index_by_name(old_index_name)
        renamed = renamed_item(index, new_index_name)
        items = [renamed if i is index else i for i in model.indexes]
        self._put(model.with_items("indexes", items))

    def add_constraint(self, app_label: str, model_name: str, constraint: Any) -> None:
        self._add_item(app_label, model_name, "constraints", constraint)

    def remove_constraint(
        self, app_label: str, model_name: str, constraint_name: str
    ) -> None:
        self._drop_item(app_label, model_name, "constraints", constraint_name)

    def rename_constraint(
        self, app_label: str, model_name: str, old_name: str, new_name: str
    ) -> None:
        model = self.model(app_label, model_name)
        old = model.get_constraint_by_name(old_name)
        if new_name in map(identity, model.constraints):
            raise ItemNotInState(model.label, "constraints", new_name, (), taken=True)
        self.alter_constraint(
            app_label, model_name, old_name, renamed_item(old, new_name)
        )

    def alter_constraint(
        self, app_label: str, model_name: str, constraint_name: str, constraint: Any
    ) -> None:
        model = self.model(app_label, model_name)
        old = model.get_constraint_by_name(constraint_name)
        items = [constraint if c is old else c for c in model.constraints]
        self._put(model.with_items("constraints", items))

    def _add_item(self, app_label: str, model_name: str, key: str, item: Any) -> None:
        model = self.model(app_label, model_name)
        if identity(item) in map(identity, model.options[key]):
            raise ItemNotInState(model.label, key, identity(item), (), taken=True)
        self._put(model.with_items(key, (*model.options[key], item)))

    def _drop_item(self, app_label: str, model_name: str, key: str, name: str) -> None:
        model = self.model(app_label, model_name)
        get = {
            "indexes": model.get_index_by_name,
            "constraints": model.get_constraint_by_name,
        }[key]
        gone = get(name)
        self._put(
            model.with_items(key, (i for i in model.options[key] if i is not gone))
        )

    # -- sequences

    def add_sequence(self, app_label: str, sequence: Sequence) -> None:
        key = (app_label, sequence.full_name)
        if key in self.sequences:
            raise SequenceNotInState(*key, taken=True)
        self.sequences = self.sequences.with_item(key, sequence)

    def remove_sequence(self, app_label: str, name: str) -> None:
        if (app_label, name) not in self.sequences:
            raise SequenceNotInState(app_label, name)
        self.sequences = self.sequences.without((app_label, name))

    def alter_sequence(self, app_label: str, sequence: Sequence) -> None:
        self.remove_sequence(app_label, sequence.full_name)
        self.add_sequence(app_label, sequence)

    # -- extensions

    def add_extension(self, app_label: str, extension: Extension) -> None:
        """
        Raises:
            ExtensionNotInState: ST107, the app has it.

            ExtensionsDisagree: ST108, another app wants it otherwise.
        """
        key = (app_label, extension.name)
        if key in self.extensions:
            raise ExtensionNotInState(*key, taken=True)
        for (app, name), other in self.extensions.items():
            argument = extension.contradicts(other) if name == extension.name else None
            if argument is not None:
                values = getattr(extension, argument), getattr(other, argument)
                raise ExtensionsDisagree(name, argument, (app_label, app), values)
        self.extensions = self.extensions.with_item(key, extension)

    def remove_extension(self, app_label: str, name: str) -> None:
        """Let go of an extension; other apps that have it keep it as it is."""
        self._extension(app_label, name)
        self.extensions = FrozenDict(without(self.extensions, (app_label, name)))

    def alter_extension(
        self,
        app_label: str,
        name: str,
        *,
        schema: str | None = None,
        version: str | None = None,
    ) -> None:
        """Change an extension, which is one and the same for all apps."""
        self._extension(app_label, name)
        said = Extension(name=name, schema=schema, version=version)
        self.extensions = FrozenDict(
            (key, said.completed(other) if other.name == name else other)
            for key, other in self.extensions.items()
        )

    def _extension(self, app_label: str, name: str) -> Extension:
        if (app_label, name) not in self.extensions:
            raise ExtensionNotInState(app_label, name)
        return self.extensions[app_label, name]

    # -- inside

    def _writable(self) -> None:
        if self._shared:
            self._models = dict(self._models)
            self._shared = False
        self._apps = None
        self._tables = None

    def _put(self, model: ModelState) -> None:
        self._writable()
        self._models[model.key] = model

    def _referring(self, key: ModelKey) -> list[ModelState]:
        # Tables refer by foreign key constraints; `_retarget` looks after those.
        models = self._models.values()
        return [m for m in models if not m.is_table and key in m.references]

    def _table_renamed(self, before: ModelState, after: ModelState) -> None:
        if before.is_table and before.full_table != after.full_table:
            self._retarget(before.full_table, after.full_table, {})

    def _retarget(self, old: str, new: str, columns: Mapping[str, str]) -> None:
        follow = partial(
            retarget_constraint, old_table=old, new_table=new, columns=columns
        )
        models = self._models
        for model in [m for m in models.values() if old in m.table_references]:
            constraints = map(follow, model.constraints)
            models[model.key] = model.with_items("constraints", constraints)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProjectState):
            return NotImplemented
        return (
            self._models == other._models
            and self.sequences == other.sequences
            and self.extensions == other.extensions
        )

    __hash__ = None  # type: ignore[assignment]  # the handle changes

    def __repr__(self) -> str:
        return f"<ProjectState of {len(self._models)} models>"


def kept(field: Any, preserve_default: bool) -> Any:
    """Return the field as the state keeps it: a one-off default stays outside."""
    if preserve_default or isinstance(field, Column):
        return field
    return field.clone(default=NOT_PROVIDED)


def repointed(model: ModelState, old: ModelKey, new: ModelState) -> ModelState:
    """Return *model* with its relations and bases on *new* instead of *old*."""
    fields = {
        name: relations.repointed(field, model.app_label, model.name, old, new.label)
        if isinstance(field, Field) and field.is_relation
        else field
        for name, field in model.fields.items()
    }
    bases = tuple(
        f"{new.app_label}.{new.name_lower}"
        if isinstance(base, str) and base.lower() == ".".join(old)
        else base
        for base in model.bases
    )
    return model.replace(fields=fields, bases=bases)


def refielded(model: ModelState, target: ModelKey, old: str, new: str) -> ModelState:
    """Return *model* whose relations to *target* follow its renamed field."""
    fields = {
        name: relations.refielded(field, model.app_label, model.name, target, old, new)
        if isinstance(field, Field) and field.is_relation
        else field
        for name, field in model.fields.items()
    }
    return model.replace(fields=fields)


def renamed_item(item: Any, name: str) -> Any:
    """Return an index or constraint under another name."""
    clone = getattr(item, "clone", None)
    return replace(item, name=name) if clone is None else clone(name=name)
