"""
From a drawn project of Django-style models to its state.

Place: `testing.strategies`, above `model_specs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whimbrel import models
from whimbrel.models import F
from whimbrel.models.functions import Lower
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState
from whimbrel.testing.strategies.field_kinds import KEYS
from whimbrel.testing.strategies.model_items import (
    Form,
    ModelItem,
    constraint_of,
    index_of,
)
from whimbrel.testing.strategies.model_specs import (
    DEFAULT_ROW,
    GENERATED,
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)

ON_DELETE = {
    "cascade": models.CASCADE,
    "protect": models.PROTECT,
    "restrict": models.RESTRICT,
    "nothing": models.DO_NOTHING,
    "null": models.SET_NULL,
    "default": models.SET_DEFAULT,
}

_NUMBERS = frozenset({"integer"})
_TEXT = frozenset({"text"})

FORMULAS: dict[str, tuple[Form, Callable[[], models.Field]]] = {
    "double": (Form(_NUMBERS, lambda name: F(name) * 2), models.BigIntegerField),
    "next": (Form(_NUMBERS, lambda name: F(name) + 1), models.BigIntegerField),
    "lower": (
        Form(_TEXT, lambda name: Lower(name)),
        lambda: models.CharField(max_length=200),
    ),
    "copy": (Form(_TEXT, lambda name: F(name)), models.TextField),
}
"""How generated fields are computed, and the field that they come out as."""


def state_of(project: ProjectSpec) -> ProjectState:
    """Return the state of *project*, as its models.py would give it."""
    return ProjectState.of(_model_state(project, model) for model in project.models)


def _model_state(project: ProjectSpec, model: ModelSpec) -> ModelState:
    fields: dict[str, models.Field] = {}
    if not model.proxy:
        fields[project.key_name(model)] = _key(project, model)
    fields |= {field.name: _field(project, model, field) for field in model.fields}
    bases: tuple[str | type, ...] = (models.Model,)
    if model.parent is not None:
        bases = (project.model(model.parent).label,)
    options = _options(model, fields)
    return ModelState(model.app, model.name, fields, options, bases)


def _options(model: ModelSpec, fields: dict[str, models.Field]) -> dict[str, Any]:
    """Return what `class Meta` says."""

    def names_of(uids: Sequence[int]) -> list[str]:
        return [model.field(uid).name for uid in uids]

    table = f"Own {model.uid}" if model.table else None
    constraints = [i for i in model.items if i.kind not in {"index", "together"}]
    together = [i.fields for i in model.items if i.kind == "together"]
    options: dict[str, Any] = {
        "indexes": [
            _named(index_of(item, names_of), item, model, table, fields)
            for item in model.items
            if item.kind == "index"
        ],
        "constraints": [constraint_of(item, names_of) for item in constraints],
        "unique_together": tuple(tuple(names_of(uids)) for uids in together),
        "db_table": table,
        "db_table_comment": model.comment,
        "ordering": ["pk"] if model.ordering and model.order is None else None,
        "verbose_name": f"words {model.words}" if model.words else None,
        "proxy": model.proxy,
    }
    if model.order is not None:
        options["order_with_respect_to"] = model.field(model.order).name
    return {key: value for key, value in options.items() if value}


def _named(
    index: models.Index,
    item: ModelItem,
    model: ModelSpec,
    table: str | None,
    fields: dict[str, models.Field],
) -> models.Index:
    """Return *index* with the name that reading the model would give it."""
    if item.name:
        return index
    names = [name.removeprefix("-") for name in index.fields]
    columns = [fields[name].column_name(name) for name in names]
    usual = f"{model.app}_{model.name.lower()}"
    return index.named(table or usual, columns)  # type: ignore[no-any-return]


def _key(project: ProjectSpec, model: ModelSpec) -> models.Field:
    column: dict[str, Any] = {}
    if model.key_column:
        column["db_column"] = f"key {model.uid}"
    if model.parent is not None:
        return models.OneToOneField(
            _label(project, model, model.parent),
            models.CASCADE,
            auto_created=True,
            parent_link=True,
            primary_key=True,
            serialize=False,
        )
    if model.key_target is not None:
        return models.OneToOneField(
            _label(project, model, model.key_target),
            models.CASCADE,
            primary_key=True,
            serialize=False,
            related_name="+",
            **column,
        )
    return KEYS[model.key].make(serialize=False, **column)


def _label(project: ProjectSpec, model: ModelSpec, target: int | None) -> str:
    return "self" if target == model.uid else project.model(target).label


def _field(project: ProjectSpec, model: ModelSpec, field: FieldSpec) -> models.Field:
    options: dict[str, Any] = {}
    if field.words:
        options["help_text"] = f"words {field.words}"
    if field.many:
        return _many_to_many(project, model, field, options)
    options |= _column_options(field)
    if field.kind == GENERATED:
        assert field.source is not None
        formula, output = FORMULAS[field.form]
        return models.GeneratedField(
            expression=formula.make(model.field(field.source).name),
            output_field=output(),
            db_persist=field.stored,
            **options,
        )
    if field.target is not None:
        return _relation(project, model, field, options)
    kind = field.field_kind
    assert kind is not None
    if field.db_index:
        options["db_index"] = True
    if field.collation:
        options["db_collation"] = field.collation
    if field.default:
        value = kind.value(DEFAULT_ROW)
        options["default"] = dict if isinstance(value, dict) else value
    if field.db_default and kind.db_default:
        options["db_default"] = kind.database_default(DEFAULT_ROW)
    return kind.make(**options)


def _column_options(field: FieldSpec) -> dict[str, Any]:
    """Return the options that every field with a column may have."""
    options: dict[str, Any] = {}
    if field.comment:
        options["db_comment"] = field.comment
    if field.null:
        options["null"] = True
    if field.column:
        options["db_column"] = f"col {field.uid}"
    if field.unique:
        options["unique"] = True
    return options


def _relation(
    project: ProjectSpec, model: ModelSpec, field: FieldSpec, options: dict[str, Any]
) -> models.Field:
    target = project.model(field.target)
    options["related_name"] = "+"
    if field.to_field is not None:
        options["to_field"] = target.field(field.to_field).name
    if field.on_delete == "default":
        options["default"] = project.referenced_kind(field).value(0)
    if not field.checked:
        options["db_constraint"] = False
    if field.deferrable:
        options["deferrable"] = models.Deferrable[field.deferrable]
    if field.db_index:
        options["db_index"] = False
    make = models.ForeignKey if field.kind == "foreign key" else models.OneToOneField
    to = _label(project, model, field.target)
    return make(to, ON_DELETE[field.on_delete], **options)


def _many_to_many(
    project: ProjectSpec, model: ModelSpec, field: FieldSpec, options: dict[str, Any]
) -> models.Field:
    options["related_name"] = "+"
    if field.target == model.uid and field.symmetrical is not None:
        options["symmetrical"] = field.symmetrical
    if field.through is not None:
        through = project.model(field.through)
        options["through"] = through.label
        options["through_fields"] = [through.field(uid).name for uid in field.ends]
    else:
        if field.link:
            options["db_table"] = f"Links {field.uid}"
        if not field.checked:
            options["db_constraint"] = False
    return models.ManyToManyField(_label(project, model, field.target), **options)
