"""
A project of Django-style models as the strategies draw it, and its state.

Place: `testing.strategies`, above `field_kinds`. As in `specs`, models, fields
and items have numbers that stay when they are renamed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from whimbrel import models
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState
from whimbrel.testing.strategies.field_kinds import KEYS, KINDS, FieldKind
from whimbrel.testing.strategies.shown import Shown

RELATIONS: dict[str, Callable[..., models.Field]] = {
    "foreign key": models.ForeignKey,
    "one to one": models.OneToOneField,
    "many to many": models.ManyToManyField,
}
ON_DELETE = {
    "cascade": models.CASCADE,
    "protect": models.PROTECT,
    "restrict": models.RESTRICT,
    "nothing": models.DO_NOTHING,
    "null": models.SET_NULL,
}
DEFAULT_ROW = 7
"""Defaults are the value of this row."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FieldSpec(Shown):
    """
    A field.

    Args:
        kind: A name in `KINDS`, or in `RELATIONS`.

        default, db_default: Whether it has one.

        column: Whether the column has a name of its own.

        target: The model (uid) that a relation refers to.

        words: Which text for people it has; no database sees it.
    """

    uid: int
    name: str
    kind: str
    null: bool = False
    default: bool = False
    db_default: bool = False
    unique: bool = False
    db_index: bool = False
    column: bool = False
    comment: str | None = None
    words: int = 0
    target: int | None = None
    on_delete: str = "cascade"

    @property
    def many(self) -> bool:
        return self.kind == "many to many"

    @property
    def is_unique(self) -> bool:
        return self.unique or self.kind == "one to one"

    @property
    def field_kind(self) -> FieldKind | None:
        """Return what its type is; None for a relation."""
        return KINDS.get(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelItem(Shown):
    """An index, constraint, or group of unique_together, over fields (uids)."""

    uid: int
    kind: Literal["index", "unique", "check", "together"]
    fields: tuple[int, ...]
    descending: bool = False
    condition: bool = False
    bound: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelSpec(Shown):
    """
    A model.

    Args:
        key: A name in `KEYS`; unused where there is a *parent*.

        parent: The model (uid) that it inherits from, with a table of its own.

        table: Whether the table has a name of its own.
    """

    uid: int
    app: str
    name: str
    fields: tuple[FieldSpec, ...] = ()
    key: str = "big"
    parent: int | None = None
    items: tuple[ModelItem, ...] = ()
    table: bool = False
    comment: str | None = None
    ordering: bool = False
    words: int = 0

    def field(self, uid: int) -> FieldSpec:
        """Return a field by its number; KeyError if it is not there."""
        for field in self.fields:
            if field.uid == uid:
                return field
        raise KeyError(uid)

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """The models of a project, parents before children."""

    models: tuple[ModelSpec, ...]

    def model(self, uid: int | None) -> ModelSpec:
        """Return a model by its number; KeyError if it is not there."""
        for model in self.models:
            if model.uid == uid:
                return model
        raise KeyError(uid)

    def has(self, uid: int | None) -> bool:
        return any(model.uid == uid for model in self.models)

    def key_kind(self, model: ModelSpec) -> FieldKind:
        """Return the kind of a model's primary key, an inherited one too."""
        if model.parent is not None:
            return self.key_kind(self.model(model.parent))
        return KEYS[model.key]


def state_of(project: ProjectSpec) -> ProjectState:
    """Return the state of *project*, as its models.py would give it."""
    return ProjectState.of(_model_state(project, model) for model in project.models)


def _model_state(project: ProjectSpec, model: ModelSpec) -> ModelState:
    fields = {_key_name(project, model): _key(project, model)}
    fields |= {field.name: _field(project, model, field) for field in model.fields}
    options: dict[str, Any] = {
        "indexes": [_index(model, i) for i in model.items if i.kind == "index"],
        "constraints": [
            _constraint(model, item)
            for item in model.items
            if item.kind in {"unique", "check"}
        ],
    }
    together = [_names(model, i) for i in model.items if i.kind == "together"]
    if together:
        options["unique_together"] = tuple(together)
    if model.table:
        options["db_table"] = f"Own {model.uid}"
    if model.comment:
        options["db_table_comment"] = model.comment
    if model.ordering:
        options["ordering"] = ["pk"]
    if model.words:
        options["verbose_name"] = f"words {model.words}"
    bases: tuple[str | type, ...] = (models.Model,)
    if model.parent is not None:
        bases = (project.model(model.parent).label,)
    return ModelState(model.app, model.name, fields, options, bases)


def _key_name(project: ProjectSpec, model: ModelSpec) -> str:
    if model.parent is not None:
        return f"{project.model(model.parent).name.lower()}_ptr"
    return "code" if model.key == "code" else "id"


def _key(project: ProjectSpec, model: ModelSpec) -> models.Field:
    if model.parent is None:
        return KEYS[model.key].make(serialize=False)
    return models.OneToOneField(
        project.model(model.parent).label,
        models.CASCADE,
        auto_created=True,
        parent_link=True,
        primary_key=True,
        serialize=False,
    )


def _field(project: ProjectSpec, model: ModelSpec, field: FieldSpec) -> models.Field:
    options: dict[str, Any] = {}
    if field.words:
        options["help_text"] = f"words {field.words}"
    if field.comment and not field.many:
        options["db_comment"] = field.comment
    if field.null:
        options["null"] = True
    if field.column and not field.many:
        options["db_column"] = f"col {field.uid}"
    kind = field.field_kind
    if kind is None:
        same = field.target == model.uid
        to = "self" if same else project.model(field.target).label
        options["related_name"] = "+"
        if field.many:
            return models.ManyToManyField(to, **options)
        return RELATIONS[field.kind](to, ON_DELETE[field.on_delete], **options)
    if field.unique:
        options["unique"] = True
    if field.db_index:
        options["db_index"] = True
    if field.default:
        value = kind.value(DEFAULT_ROW)
        options["default"] = dict if isinstance(value, dict) else value
    if field.db_default and kind.db_default:
        options["db_default"] = kind.value(DEFAULT_ROW)
    return kind.make(**options)


def _names(model: ModelSpec, item: ModelItem) -> tuple[str, ...]:
    return tuple(model.field(uid).name for uid in item.fields)


def _index(model: ModelSpec, item: ModelItem) -> models.Index:
    names = list(_names(model, item))
    if item.descending:
        names[0] = f"-{names[0]}"
    return models.Index(fields=names, name=item.name, condition=_condition(model, item))


def _constraint(model: ModelSpec, item: ModelItem) -> Any:
    names = _names(model, item)
    if item.kind == "check":
        return models.CheckConstraint(
            condition=_q(names[0], "gte", item.bound), name=item.name
        )
    return models.UniqueConstraint(
        fields=names, name=item.name, condition=_condition(model, item)
    )


def _condition(model: ModelSpec, item: ModelItem) -> models.Q | None:
    if not item.condition:
        return None
    return _q(model.field(item.fields[0]).name, "isnull", False)


def _q(field: str, lookup: str, value: object) -> models.Q:
    conditions: dict[str, Any] = {f"{field}__{lookup}": value}
    return models.Q(**conditions)
