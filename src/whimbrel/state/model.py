"""
The state of one model: an immutable value.

Place: `state`, above `tables`. A Django-style model has `whimbrel.models`
fields; a SQLAlchemy-style one (`is_table`) has `state.tables` columns, and its
keys, constraints and foreign keys are items of ``options["constraints"]``.

Invariants: nothing inside is ever mutated; ``options`` always has the tuples
``indexes`` and ``constraints``. Field order is kept but no part of equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from whimbrel.errors.state import (
    FieldNotInState,
    ItemNotInState,
    UnnamedItem,
)
from whimbrel.models import Field, Model
from whimbrel.state.construct import Argument, DictValue
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.relations import targets
from whimbrel.state.renames import rename_in_field, rename_in_options
from whimbrel.state.tables import Column, ForeignKeyConstraint

ModelKey = tuple[str, str]
"""App label and model name in lower case."""


class ModelState:
    """
    A model at one point of the history.

    Args:
        fields: Name → field, in order (a mapping or pairs).

        options: Explicit Meta options; lists become tuples.

        bases: Django-style: ``"app.Model"`` strings, mixin classes, `Model`.

        managers: Pairs of name and manager, in order of creation.

    Raises:
        UnnamedItem: ST103, an index or a Django-style constraint has no name.
    """

    def __init__(
        self,
        app_label: str,
        name: str,
        fields: Mapping[str, Any] | Iterable[tuple[str, Any]],
        options: Mapping[str, Any] | None = None,
        bases: tuple[str | type, ...] | None = None,
        managers: Iterable[tuple[str, Any]] = (),
    ) -> None:
        self.app_label = app_label
        self.name = name
        self.key: ModelKey = (app_label, name.lower())
        self.fields: FrozenDict[str, Any] = (
            fields if isinstance(fields, FrozenDict) else FrozenDict(fields)
        )
        self.is_table = any(isinstance(f, Column) for f in self.fields.values())
        self.options = freeze_options(options or {})
        self.bases: tuple[str | type, ...] = (
            () if self.is_table else tuple(bases or (Model,))
        )
        self.managers = tuple(managers)
        for item in (*self.indexes, *self.constraints):
            if not item.name and callable(getattr(item, "identity", None)):
                raise UnnamedItem(f"{app_label}.{name}", item)

    @property
    def name_lower(self) -> str:
        return self.key[1]

    @property
    def label(self) -> str:
        """``app.Model``, as a relation writes it."""
        return f"{self.app_label}.{self.name}"

    @property
    def indexes(self) -> tuple[Any, ...]:
        return self.options["indexes"]  # type: ignore[no-any-return]  # by invariant

    @property
    def constraints(self) -> tuple[Any, ...]:
        return self.options["constraints"]  # type: ignore[no-any-return]  # by invariant

    @property
    def db_table(self) -> str:
        """The table's name, before a database shortens it."""
        given = self.options.get("db_table")
        if given:
            return str(given)
        return self.name if self.is_table else f"{self.app_label}_{self.name_lower}"

    @property
    def full_table(self) -> str:
        """The table's name with its schema, as foreign keys write it."""
        schema = self.options.get("schema")
        return f"{schema}.{self.db_table}" if schema else self.db_table

    @cached_property
    def references(self) -> frozenset[ModelKey]:
        """The models that relations, through models and bases name."""
        found: set[ModelKey] = set()
        for field in self.fields.values():
            if isinstance(field, Field) and field.is_relation:
                found |= targets(field, self.app_label, self.name)
        found.update(
            base_key(b, self.app_label) for b in self.bases if isinstance(b, str)
        )
        return frozenset(found)

    @cached_property
    def table_references(self) -> frozenset[str]:
        """Full names of the tables that foreign key constraints name."""
        return frozenset(
            c.target for c in self.constraints if isinstance(c, ForeignKeyConstraint)
        )

    def get_field(self, name: str) -> Any:
        """Return field *name*; ``_order`` is the target of order_with_respect_to.

        Raises:
            FieldNotInState: ST101.
        """
        if name not in self.fields:
            if name == "_order" and "order_with_respect_to" in self.options:
                return self.fields[self.options["order_with_respect_to"]]
            raise FieldNotInState(self.label, name, self.fields)
        return self.fields[name]

    def get_index_by_name(self, name: str) -> Any:
        """Return index *name*; raise `ItemNotInState` (ST102) if there is none."""
        return self._item("index", self.indexes, name)

    def get_constraint_by_name(self, name: str) -> Any:
        """Return the constraint of that name or identity; `ItemNotInState` if none."""
        return self._item("constraint", self.constraints, name)

    def _item(self, kind: str, items: tuple[Any, ...], name: str) -> Any:
        for item in items:
            if identity(item) == name:
                return item
        raise ItemNotInState(self.label, kind, name, map(identity, items))

    def replace(self, **changes: Any) -> ModelState:
        """Return a copy with other constructor arguments."""
        arguments: dict[str, Any] = {
            "app_label": self.app_label,
            "name": self.name,
            "fields": self.fields,
            "options": self.options,
            "bases": self.bases,
            "managers": self.managers,
        }
        return ModelState(**(arguments | changes))

    def with_options(self, **options: Any) -> ModelState:
        """Return a copy with these options set; None removes one."""
        merged = {**self.options, **options}
        return self.replace(options={k: v for k, v in merged.items() if v is not None})

    def with_field(self, name: str, field: Any) -> ModelState:
        """Return a copy in which *name* is *field*, at its place or at the end."""
        return self.replace(fields=self.fields.with_item(name, field))

    def without_field(self, name: str) -> ModelState:
        """Return a copy without field *name*; raise `FieldNotInState` (ST101)."""
        self.get_field(name)
        return self.replace(fields=self.fields.without(name))

    def with_renamed_field(self, old: str, new: str) -> ModelState:
        """Return a copy in which field *old*, and all that mentions it, is *new*."""
        self.get_field(old)
        if new != old and new in self.fields:
            raise FieldNotInState(self.label, new, self.fields, taken=True)
        fields = {
            (new if name == old else name): rename_in_field(field, old, new)
            for name, field in self.fields.items()
        }
        return self.replace(
            fields=fields, options=rename_in_options(self.options, old, new)
        )

    def with_items(self, option: str, items: Iterable[Any]) -> ModelState:
        """Return a copy with other ``indexes`` or ``constraints``."""
        return self.replace(options=self.options.with_item(option, tuple(items)))

    def clone(self) -> ModelState:
        """Return this state itself: it cannot change."""
        return self

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, ModelState):
            return NotImplemented
        return (
            self.app_label == other.app_label
            and self.name == other.name
            and self.fields == other.fields
            and unordered(self.options) == unordered(other.options)
            and self.bases == other.bases
            and self.managers == other.managers
        )

    @cached_property
    def _hash(self) -> int:
        return hash((self.app_label, self.name, frozenset(self.fields)))

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"<ModelState {self.label}>"


def identity(item: Any) -> str:
    """Return the name of an index or constraint, or what it is known by without."""
    said = getattr(item, "identity", None)
    # Django-style items have a method of this name, and always a name.
    return said if isinstance(said, str) else str(item.name)


def base_key(base: str, app_label: str) -> ModelKey:
    """Return the key of a base given as ``"app.Model"`` or ``"Model"``."""
    app, _, name = base.rpartition(".")
    return (app or app_label, name.lower())


def freeze_options(options: Mapping[str, Any]) -> FrozenDict[str, Any]:
    """Return *options* hashable and in one form, whatever the source wrote."""
    if isinstance(options, FrozenOptions):
        return options
    frozen = {key: frozen_option(value) for key, value in options.items()}
    for together in ("unique_together", "index_together"):
        if together in frozen:
            frozen[together] = together_tuples(frozen[together])
    if said := frozen.get("table_options"):
        arguments = {key: frozen_argument(value) for key, value in said.items()}
        frozen["table_options"] = FrozenDict(arguments)
    frozen.setdefault("indexes", ())
    frozen.setdefault("constraints", ())
    return FrozenOptions(frozen)


class FrozenOptions(FrozenDict[str, Any]):
    """Options that went through `freeze_options`, which need not do so again."""

    __slots__ = ()


def frozen_option(value: Any) -> Any:
    """Return a value of Meta hashable."""
    if isinstance(value, list):
        return tuple(frozen_option(v) for v in value)
    if type(value) is dict:
        return FrozenDict({k: frozen_option(v) for k, v in value.items()})
    return value


def frozen_argument(value: Any) -> Argument:
    """Return a keyword argument of a table as it is read from one; see `construct`."""
    if isinstance(value, dict | FrozenDict):
        return DictValue((key, frozen_argument(item)) for key, item in value.items())
    return value


def together_tuples(value: Any) -> tuple[tuple[str, ...], ...]:
    """Return unique_together as a tuple of tuples: also given as one flat group."""
    if not value:
        return ()
    if all(isinstance(part, str) for part in value):
        return (tuple(value),)
    groups = [tuple(group) for group in value]
    return tuple(sorted(groups) if isinstance(value, set | frozenset) else groups)


def unordered(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return *options* for comparison: the order of sets and items says nothing."""
    compared = {
        key: value
        for key, value in options.items()
        if value or key not in ("indexes", "constraints", "unique_together")
    }
    for key in ("indexes", "constraints", "unique_together"):
        if key in compared:
            compared[key] = frozenset(compared[key])
    return compared


__all__ = [
    "ModelKey",
    "ModelState",
    "base_key",
    "freeze_options",
    "identity",
    "together_tuples",
    "unordered",
]
