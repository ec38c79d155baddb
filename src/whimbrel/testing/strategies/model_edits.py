"""
Edits of whole models of Django-style projects, and of their keys.

Place: `testing.strategies`, beside `field_edits`. Each returns the edited
project, or None where it has nothing to edit.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.bench import Bench
from whimbrel.testing.strategies.drawn_items import seldom
from whimbrel.testing.strategies.field_edits import without
from whimbrel.testing.strategies.field_kinds import KEYS
from whimbrel.testing.strategies.model_specs import FieldSpec, ModelSpec, ProjectSpec
from whimbrel.testing.strategies.projects import (
    KEY_NAMES,
    MODEL_NAMES,
    RELATION_NAMES,
    draw_model,
    draw_relation,
    names_of,
    with_order,
    with_through,
)
from whimbrel.testing.strategies.settling import with_field, with_model


def add_model(bench: Bench) -> ProjectSpec:
    """Add a model, perhaps with a relation, perhaps between two others."""
    if seldom(bench.brush):
        return with_through(bench.brush, bench.project, bench.model_names())
    model = draw_model(bench.brush, bench.project, bench.model_names())
    project = ProjectSpec((*bench.project.models, model))
    if not model.proxy and bench.brush.chance():
        relation = draw_relation(bench.brush, project, model)
        project = with_field(project, model.uid, relation)
    return project


def drop_model(bench: Bench) -> ProjectSpec | None:
    """Drop a model; relations to it go, and models that are nothing without it."""
    models = bench.project.models
    gone = bench.brush.choice(models)
    if len(models) == 1 or gone == models[0]:
        return None
    return ProjectSpec(tuple(m for m in models if m.uid != gone.uid))


def rename_model(bench: Bench) -> ProjectSpec | None:
    """Rename a model."""
    model = bench.pick_model()
    if model is None:
        return None
    name = bench.brush.name(MODEL_NAMES, bench.model_names())
    return with_model(bench.project, replace(model, name=name))


def swap_models(bench: Bench) -> ProjectSpec | None:
    """Let two models of an app exchange their names."""
    one = bench.pick_model()
    if one is None:
        return None
    other = bench.pick_model(lambda m: m.app == one.app and m.uid != one.uid)
    if other is None:
        return None
    project = with_model(bench.project, replace(one, name=other.name))
    return with_model(project, replace(other, name=one.name))


def change_options(bench: Bench) -> ProjectSpec | None:
    """Change a model's comment, ordering, or words for people."""
    model = bench.pick_model()
    if model is None:
        return None
    changed = replace(
        model,
        comment=bench.brush.comment(),
        ordering=bench.brush.chance(),
        words=bench.brush.number(0, 2),
    )
    return with_model(bench.project, changed)


def change_table(bench: Bench) -> ProjectSpec | None:
    """Give a model's table a name of its own, or take it away."""
    model = bench.pick_model()
    if model is None:
        return None
    return with_model(bench.project, replace(model, table=not model.table))


def change_order(bench: Bench) -> ProjectSpec | None:
    """Give the rows of a model an order, or take it away."""
    model = bench.pick_model()
    if model is None:
        return None
    if model.order is not None:
        return with_model(bench.project, replace(model, order=None))
    return with_order(bench.brush, bench.project, model.uid)


def change_key(bench: Bench) -> ProjectSpec | None:
    """Change the type of a key within its family; what refers to it follows."""
    model = bench.pick_model(lambda m: m.parent is None and m.key_target is None)
    if model is None:
        return None
    family = KEYS[model.key].family
    key = bench.brush.choice([k for k, v in KEYS.items() if v.family == family])
    return with_model(bench.project, replace(model, key=key))


def rename_key(bench: Bench) -> ProjectSpec | None:
    """Rename a key, or its column."""
    model = bench.pick_model(lambda m: m.parent is None)
    if model is None:
        return None
    if bench.brush.chance():
        name = bench.brush.choice(KEY_NAMES)
        return with_model(bench.project, replace(model, key_name=name))
    return with_model(bench.project, replace(model, key_column=not model.key_column))


def split_model(bench: Bench) -> ProjectSpec | None:
    """Let some fields of a model leave for a new one that refers to it."""
    model = bench.pick_model(lambda m: len(m.fields) > 1)
    if model is None:
        return None
    brush = bench.brush
    name = brush.name(MODEL_NAMES, bench.model_names())
    part = ModelSpec(uid=brush.uid(), app=model.app, name=name)
    leaving = [f for f in model.fields[1:] if f.field_kind is not None]
    project = bench.project
    for field in leaving:
        project = without(project, project.model(model.uid), field)
        moved = replace(field, uid=brush.uid())
        part = replace(part, fields=(*part.fields, moved))
    link = FieldSpec(
        uid=brush.uid(),
        name=brush.name(RELATION_NAMES, []),
        kind="one to one",
        target=model.uid,
    )
    part = replace(part, fields=(*part.fields, link))
    return ProjectSpec((*project.models, part))


def merge_models(bench: Bench) -> ProjectSpec | None:
    """Let the fields of a model move into one that it refers to, and drop it."""
    found = bench.pick_field(lambda f: f.refers)
    if found is None or len(bench.project.models) == 1:
        return None
    part, link = found
    whole = bench.project.model(link.target)
    if whole.uid == part.uid or whole.proxy:
        return None
    moved = move_fields(bench, bench.project, part, whole)
    return ProjectSpec(tuple(m for m in moved.models if m.uid != part.uid))


def move_field(bench: Bench) -> ProjectSpec | None:
    """Let the fields of a child move to its parent, or the other way round."""
    child = bench.pick_model(lambda m: m.parent is not None)
    if child is None:
        return None
    parent = bench.project.model(child.parent)
    if parent.proxy:
        return None
    pair = (child, parent) if bench.brush.chance() else (parent, child)
    return move_fields(bench, bench.project, *pair)


def move_fields(
    bench: Bench, project: ProjectSpec, source: ModelSpec, target: ModelSpec
) -> ProjectSpec:
    """Return *project* whose plain fields of *source* went to *target*."""
    for field in [f for f in source.fields if f.field_kind is not None]:
        project = without(project, project.model(source.uid), field)
        if field.name not in names_of(project, project.model(target.uid)):
            moved = replace(field, uid=bench.brush.uid())
            project = with_field(project, target.uid, moved)
    return project
