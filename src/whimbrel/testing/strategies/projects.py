"""
Random projects of Django-style models, of up to three apps.

Place: `testing.strategies`, above `model_specs` and `drawn_items`. The first
choice is always the plain one, so that examples shrink to plain models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.drawn_items import draw_item, seldom
from whimbrel.testing.strategies.field_kinds import COLLATED, COLLATIONS, KEYS, KINDS
from whimbrel.testing.strategies.model_specs import (
    GENERATED,
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.model_states import FORMULAS
from whimbrel.testing.strategies.schemas import Brush
from whimbrel.testing.strategies.settling import settled, with_field, with_model

APPS = ("library", "shop", "crm")
MODEL_NAMES = ("Book", "Author", "Order", "LineItem", "Tag", "Shelf")
FIELD_NAMES = ("name", "price", "size", "group", "note", "rank", "flag", "day")
RELATION_NAMES = ("parent", "owner", "friends", "author", "links", "main")
KEY_NAMES = ("id", "number", "code")


@st.composite
def projects(draw: st.DrawFn, database: str, facts: Facts) -> ProjectSpec:
    """Return projects of one to four models with relations among them."""
    return draw_project(Brush(draw, database, facts))


def draw_project(brush: Brush) -> ProjectSpec:
    """Draw a project with relations among its models."""
    project = ProjectSpec(())
    for _ in range(brush.number(1, 4)):
        project = ProjectSpec((*project.models, draw_model(brush, project, [])))
    if len(project.models) < 4 and seldom(brush):
        project = with_through(brush, project, [])
    for model in project.models:
        for _ in range(0 if model.proxy else brush.number(0, 2)):
            field = draw_relation(brush, project, project.model(model.uid))
            project = with_field(project, model.uid, field)
    for model in project.models:
        project = with_order(brush, project, model.uid)
        for _ in range(0 if model.proxy else brush.number(0, 2)):
            project = with_item(brush, project, model.uid)
    return settled(project)


def draw_model(brush: Brush, project: ProjectSpec, taken: Iterable[str]) -> ModelSpec:
    """Draw a model without relations, perhaps the child or a proxy of another."""
    child = bool(project.models) and seldom(brush, 5)
    proxy = child and seldom(brush, 3)
    shared = bool(project.models) and not child and seldom(brush, 9)
    model = ModelSpec(
        uid=brush.uid(),
        app=brush.choice(APPS),
        name=brush.name(MODEL_NAMES, [*(m.name for m in project.models), *taken]),
        key=brush.choice(KEYS),
        key_name=brush.choice(KEY_NAMES) if shared or seldom(brush, 7) else "",
        key_column=not child and seldom(brush, 9),
        key_target=brush.choice(project.models).uid if shared else None,
        parent=brush.choice(project.models).uid if child else None,
        proxy=proxy,
        table=not proxy and seldom(brush),
        comment=None if proxy else brush.comment(),
        ordering=brush.chance(),
    )
    for _ in range(0 if proxy else brush.number(0, 4)):
        field = draw_field(brush, names_of(project, model))
        model = replace(model, fields=(*model.fields, field))
    if model.fields and seldom(brush):
        generated = draw_generated(brush, model, names_of(project, model))
        if generated is not None:
            model = replace(model, fields=(*model.fields, generated))
    return model


def names_of(project: ProjectSpec, model: ModelSpec) -> list[str]:
    """Return the names that a new field of *model* must not take."""
    known = {m.uid: m for m in (*project.models, model)}
    family = ProjectSpec(tuple(known.values())).family(model)
    return [*KEY_NAMES, *(field.name for m in family for field in m.fields)]


def draw_field(brush: Brush, taken: Iterable[str]) -> FieldSpec:
    """Draw a field with a column that refers to nothing."""
    kind = brush.choice(KINDS)
    known = KINDS[kind]
    collated = kind in COLLATED and seldom(brush, 5)
    return FieldSpec(
        uid=brush.uid(),
        name=brush.name(FIELD_NAMES, taken),
        kind=kind,
        null=brush.chance(),
        default=brush.chance(),
        db_default=known.db_default and seldom(brush, 3),
        unique=known.indexed and known.distinct and seldom(brush, 3),
        db_index=known.indexed and seldom(brush, 3),
        column=seldom(brush),
        comment=brush.comment(),
        words=brush.number(0, 1),
        collation=COLLATIONS[brush.database] if collated else None,
    )


def draw_generated(
    brush: Brush, model: ModelSpec, taken: Iterable[str]
) -> FieldSpec | None:
    """Draw a field that the database computes from another one, if any fits."""
    forms = [
        (field.uid, name)
        for field in model.fields
        for name, (formula, _) in FORMULAS.items()
        if field.field_kind and field.field_kind.family in formula.families
    ]
    if not forms:
        return None
    source, form = brush.choice(forms)
    virtual: bool = getattr(brush.facts, "virtual_columns", True)
    return FieldSpec(
        uid=brush.uid(),
        name=brush.name(FIELD_NAMES, taken),
        kind=GENERATED,
        source=source,
        form=form,
        stored=not virtual or brush.chance(),
        column=seldom(brush),
        comment=brush.comment(),
    )


def draw_relation(brush: Brush, project: ProjectSpec, model: ModelSpec) -> FieldSpec:
    """Draw a relation of *model* to any model of the project, itself included."""
    null = brush.chance()
    kind = brush.choice(["foreign key", "foreign key", "one to one", "many to many"])
    target = brush.choice(project.models)
    many = kind == "many to many"
    field = FieldSpec(
        uid=brush.uid(),
        name=brush.name(RELATION_NAMES, names_of(project, model)),
        kind=kind,
        null=null and not many,
        target=target.uid,
        on_delete=draw_on_delete(brush, null=null),
        column=seldom(brush),
        checked=not seldom(brush, 7),
    )
    if many:
        return replace(field, link=seldom(brush), symmetrical=draw_symmetry(brush))
    return replace(
        field,
        comment=brush.comment(),
        to_field=draw_to_field(brush, target),
        db_index=seldom(brush, 7),
        deferrable=draw_deferrable(brush),
    )


def draw_symmetry(brush: Brush) -> bool | None:
    """Draw whether a many-to-many field to its own model leads back."""
    return False if seldom(brush, 2) else None


def draw_to_field(brush: Brush, target: ModelSpec) -> int | None:
    """Draw a field of *target* that can be referred to; None: its key."""
    usable = [field.uid for field in target.fields if can_be_referred_to(field)]
    return brush.choice(usable) if usable and seldom(brush, 2) else None


def can_be_referred_to(field: FieldSpec) -> bool:
    """Whether every row has a value of *field* that no other has."""
    kind = field.field_kind
    return kind is not None and kind.indexed and field.unique and not field.null


def draw_deferrable(brush: Brush) -> str | None:
    """Draw when a constraint is checked, where a database lets one choose."""
    if brush.database == "mysql" or not seldom(brush):
        return None
    return brush.choice(["DEFERRED", "IMMEDIATE"])


def draw_on_delete(brush: Brush, *, null: bool) -> str:
    """Draw what happens to a row when the row that it refers to goes."""
    choices = ["cascade", "protect", "nothing", "restrict"]
    choices += ["null"] * null
    choices += ["default"] * (brush.database != "mysql")  # InnoDB refuses it
    return brush.choice(choices)


def with_through(
    brush: Brush, project: ProjectSpec, taken: Iterable[str]
) -> ProjectSpec:
    """Return *project* with a many-to-many field through a new model."""
    sources = [model for model in project.models if not model.proxy]
    if not sources:
        return project
    ends = [brush.choice(sources), brush.choice(project.models)]
    model = ModelSpec(
        uid=brush.uid(),
        app=brush.choice(APPS),
        name=brush.name(MODEL_NAMES, [*(m.name for m in project.models), *taken]),
        key=brush.choice(["big", "auto"]),
    )
    for end in ends:
        name = brush.name(RELATION_NAMES, names_of(project, model))
        field = FieldSpec(uid=brush.uid(), name=name, kind="foreign key")
        field = replace(field, target=end.uid)
        model = replace(model, fields=(*model.fields, field))
    for _ in range(brush.number(0, 2)):
        extra = draw_field(brush, names_of(project, model))
        model = replace(model, fields=(*model.fields, extra))
    relation = FieldSpec(
        uid=brush.uid(),
        name=brush.name(RELATION_NAMES, names_of(project, ends[0])),
        kind="many to many",
        target=ends[1].uid,
        through=model.uid,
        ends=(model.fields[0].uid, model.fields[1].uid),
        symmetrical=draw_symmetry(brush),
    )
    project = ProjectSpec((*project.models, model))
    return with_field(project, ends[0].uid, relation)


def with_order(brush: Brush, project: ProjectSpec, uid: int) -> ProjectSpec:
    """Return *project* in which the rows of model *uid* may have an order."""
    model = project.model(uid)
    keys = [field.uid for field in model.fields if field.kind == "foreign key"]
    if not keys or not seldom(brush, 7):
        return project
    return with_model(project, replace(model, order=brush.choice(keys)))


def with_item(brush: Brush, project: ProjectSpec, uid: int) -> ProjectSpec:
    """Return *project* with another index or constraint in model *uid*, if any fits."""
    model = project.model(uid)
    item = draw_item(brush, project, model)
    if item is None:
        return project
    return with_model(project, replace(model, items=(*model.items, item)))
