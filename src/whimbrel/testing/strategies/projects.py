"""
Random projects of Django-style models, of one or two apps.

Place: `testing.strategies`, above `model_specs`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.field_kinds import KEYS, KINDS
from whimbrel.testing.strategies.model_specs import (
    FieldSpec,
    ModelItem,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.schemas import Brush

APPS = ("library", "shop")
MODEL_NAMES = ("Book", "Author", "Order", "LineItem", "Tag", "Shelf")
FIELD_NAMES = ("name", "price", "size", "group", "note", "rank", "flag", "day")
RELATION_NAMES = ("parent", "owner", "friends", "author", "links", "main")


@st.composite
def projects(draw: st.DrawFn, database: str, facts: Facts) -> ProjectSpec:
    """Return projects of one to four models with relations among them."""
    return draw_project(Brush(draw, database, facts))


def draw_project(brush: Brush) -> ProjectSpec:
    """Draw a project with relations among its models."""
    project = ProjectSpec(())
    for _ in range(brush.number(1, 4)):
        project = ProjectSpec((*project.models, draw_model(brush, project, [])))
    for model in project.models:
        for _ in range(brush.number(0, 2)):
            field = draw_relation(brush, project, project.model(model.uid))
            project = with_field(project, model.uid, field)
    for model in project.models:
        for _ in range(brush.number(0, 2)):
            project = with_item(brush, project, model.uid)
    return settled(project)


def draw_model(brush: Brush, project: ProjectSpec, taken: Iterable[str]) -> ModelSpec:
    """Draw a model without relations, perhaps the child of another."""
    # A child's fields must not clash with those of its parents: one level only.
    parents = [m for m in project.models if m.parent is None]
    child = bool(parents) and brush.number(0, 5) == 5
    model = ModelSpec(
        uid=brush.uid(),
        app=brush.choice(APPS),
        name=brush.name(MODEL_NAMES, [*(m.name for m in project.models), *taken]),
        key=brush.choice(KEYS),
        parent=brush.choice(parents).uid if child else None,
        table=brush.number(0, 4) == 4,
        comment=brush.comment(),
        ordering=brush.chance(),
    )
    for _ in range(brush.number(0, 4)):
        field = draw_field(brush, names_of(project, model))
        model = replace(model, fields=(*model.fields, field))
    return model


def names_of(project: ProjectSpec, model: ModelSpec) -> list[str]:
    """Return the names that a new field of *model* must not take."""
    family = [model]
    family += [m for m in project.models if m.uid == model.parent]
    family += [m for m in project.models if m.parent == model.uid]
    return ["id", "code", *(field.name for m in family for field in m.fields)]


def draw_field(brush: Brush, taken: Iterable[str]) -> FieldSpec:
    """Draw a field with a column that refers to nothing."""
    kind = brush.choice(KINDS)
    known = KINDS[kind]
    return FieldSpec(
        uid=brush.uid(),
        name=brush.name(FIELD_NAMES, taken),
        kind=kind,
        null=brush.chance(),
        default=brush.chance(),
        db_default=known.db_default and brush.number(0, 3) == 3,
        unique=known.indexed and known.distinct and brush.number(0, 3) == 3,
        db_index=known.indexed and brush.number(0, 3) == 3,
        column=brush.number(0, 4) == 4,
        comment=brush.comment(),
        words=brush.number(0, 1),
    )


def draw_relation(brush: Brush, project: ProjectSpec, model: ModelSpec) -> FieldSpec:
    """Draw a relation of *model* to any model of the project, itself included."""
    null = brush.chance()
    kind = brush.choice(["foreign key", "foreign key", "one to one", "many to many"])
    target = brush.choice(project.models)
    many = kind == "many to many"
    return FieldSpec(
        uid=brush.uid(),
        name=brush.name(RELATION_NAMES, names_of(project, model)),
        kind=kind,
        null=null and not many,
        target=target.uid,
        on_delete=draw_on_delete(brush, null=null),
        column=brush.number(0, 4) == 4,
    )


def draw_on_delete(brush: Brush, *, null: bool) -> str:
    """Draw what happens to a row when the row that it refers to goes."""
    choices = ["cascade", "protect", "nothing", "restrict"]
    return brush.choice([*choices, "null"] if null else choices)


def with_field(project: ProjectSpec, uid: int, field: FieldSpec) -> ProjectSpec:
    """Return *project* with *field* at the end of model *uid*."""
    model = project.model(uid)
    return with_model(project, replace(model, fields=(*model.fields, field)))


def with_model(project: ProjectSpec, model: ModelSpec) -> ProjectSpec:
    """Return *project* with *model* in the place of the one of its number."""
    return ProjectSpec(
        tuple(model if m.uid == model.uid else m for m in project.models)
    )


def with_item(brush: Brush, project: ProjectSpec, uid: int) -> ProjectSpec:
    """Return *project* with another index or constraint in model *uid*, if any fits."""
    model = project.model(uid)
    kind = brush.choice(["index", "unique", "check", "together"])
    usable = [field for field in model.fields if _usable(field, kind)]
    if not usable:
        return project
    first = brush.choice(usable)
    fields = [first.uid]
    others = [field.uid for field in usable if field.uid != first.uid]
    if kind == "together" and not others:
        return project
    if others and kind != "check" and (kind == "together" or brush.chance()):
        fields.append(brush.choice(others))
    number = brush.uid()
    partial = kind in {"index", "unique"} and brush.facts.partial_indexes
    item = ModelItem(
        uid=number,
        kind="index"
        if kind == "index"
        else "unique"
        if kind == "unique"
        else "check"
        if kind == "check"
        else "together",
        fields=tuple(fields),
        descending=kind == "index" and brush.chance(),
        condition=partial and brush.chance(),
        bound=-brush.number(0, 2),
        name=f"item_{number}",
    )
    return with_model(project, replace(model, items=(*model.items, item)))


def _usable(field: FieldSpec, kind: str) -> bool:
    known = field.field_kind
    if kind == "check":
        return known is not None and known.family == "integer"
    return not field.many and (known is None or known.indexed)


def settled(project: ProjectSpec) -> ProjectSpec:
    """Return *project* made consistent after any edit: what lost its target goes."""
    kept = [m for m in project.models if m.parent is None or project.has(m.parent)]
    project = ProjectSpec(tuple(kept))
    for model in project.models:
        fields = tuple(
            _settled_field(field)
            for field in model.fields
            if field.target is None or project.has(field.target)
        )
        model = replace(model, fields=fields)
        project = with_model(project, replace(model, items=_settled_items(model)))
    return project


def _settled_field(field: FieldSpec) -> FieldSpec:
    if field.on_delete == "null" and not field.null:
        return replace(field, on_delete="cascade")
    return field


def _settled_items(model: ModelSpec) -> tuple[ModelItem, ...]:
    present = {field.uid for field in model.fields}
    items: list[ModelItem] = []
    said: set[object] = set()
    for item in model.items:
        bound = item.bound if item.kind == "check" else 0
        meaning = (item.kind, item.fields, bound, item.condition)
        if set(item.fields) <= present and meaning not in said:
            said.add(meaning)
            items.append(item)
    return tuple(items)
