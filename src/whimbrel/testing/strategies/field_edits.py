"""
Edits of fields, indexes and constraints of Django-style projects.

Place: `testing.strategies`, above `bench`, below `project_edits`. Each returns
the edited project, or None where it has nothing to edit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from whimbrel.testing.strategies.bench import Bench
from whimbrel.testing.strategies.drawn_items import seldom
from whimbrel.testing.strategies.field_kinds import COLLATED, COLLATIONS, KINDS
from whimbrel.testing.strategies.model_items import ModelItem
from whimbrel.testing.strategies.model_specs import (
    GENERATED,
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.projects import (
    FIELD_NAMES,
    RELATION_NAMES,
    draw_deferrable,
    draw_field,
    draw_generated,
    draw_on_delete,
    draw_relation,
    draw_symmetry,
    draw_to_field,
    with_item,
)
from whimbrel.testing.strategies.schemas import Brush
from whimbrel.testing.strategies.settling import with_field, with_model


def add_field(bench: Bench) -> ProjectSpec | None:
    """Add a field with a column."""
    model = bench.pick_model()
    if model is None:
        return None
    names = bench.names_of(model)
    added = None
    if seldom(bench.brush):
        added = draw_generated(bench.brush, model, names)
    return with_field(bench.project, model.uid, added or draw_field(bench.brush, names))


def add_relation(bench: Bench) -> ProjectSpec | None:
    """Add a relation."""
    model = bench.pick_model()
    if model is None:
        return None
    added = draw_relation(bench.brush, bench.project, model)
    name = bench.brush.name(RELATION_NAMES, bench.names_of(model))
    return with_field(bench.project, model.uid, replace(added, name=name))


def drop_field(bench: Bench) -> ProjectSpec | None:
    """Drop a field with all that mentions it."""
    found = bench.pick_field()
    return None if found is None else without(bench.project, *found)


def without(project: ProjectSpec, model: ModelSpec, field: FieldSpec) -> ProjectSpec:
    """Return *project* without *field* of *model*."""
    fields = tuple(f for f in model.fields if f.uid != field.uid)
    return with_model(project, replace(model, fields=fields))


def rename_field(bench: Bench) -> ProjectSpec | None:
    """Rename a field."""
    found = bench.pick_field()
    if found is None:
        return None
    model, renamed = found
    pool = FIELD_NAMES if renamed.target is None else RELATION_NAMES
    name = bench.brush.name(pool, bench.names_of(model))
    return bench.put(model, replace(renamed, name=name))


def swap_fields(bench: Bench) -> ProjectSpec | None:
    """Let two fields of a model exchange their names."""
    found = bench.pick_field()
    if found is None:
        return None
    model, one = found
    related = one.target is not None
    others = [
        f
        for f in model.fields
        if f.uid != one.uid and (f.target is not None) == related
    ]
    if not others:
        return None
    other = bench.brush.choice(others)
    names = {one.uid: other.name, other.uid: one.name}
    fields = tuple(replace(f, name=names.get(f.uid, f.name)) for f in model.fields)
    return with_model(bench.project, replace(model, fields=fields))


def retype_field(bench: Bench) -> ProjectSpec | None:
    """Change a field's class within its family."""
    found = bench.pick_field(lambda f: f.field_kind is not None)
    if found is None:
        return None
    model, old = found
    indexed = old.unique or old.db_index
    indexed |= any(old.uid in item.fields for item in model.items)
    family = [
        name
        for name, kind in KINDS.items()
        if kind.family == KINDS[old.kind].family and (kind.indexed or not indexed)
    ]
    kind = bench.brush.choice(family)
    collation = old.collation if kind in COLLATED else None
    return bench.put(model, replace(old, kind=kind, collation=collation))


def change_field(bench: Bench) -> ProjectSpec | None:
    """Change one option of a field with a column."""
    found = bench.pick_field(lambda f: not f.many)
    if found is None:
        return None
    model, old = found
    brush = bench.brush
    match brush.choice(_options_of(old)):
        case "comment":
            changed = replace(old, comment=brush.comment())
        case "words":
            changed = replace(old, words=brush.number(0, 2))
        case "collation":
            other = None if old.collation else COLLATIONS[brush.database]
            changed = replace(old, collation=other)
        case "on_delete":
            changed = replace(old, on_delete=draw_on_delete(brush, null=old.null))
        case "deferrable":
            changed = replace(old, deferrable=draw_deferrable(brush))
        case "form":
            changed = _with_formula(brush, model, old)
        case option:
            flipped: dict[str, Any] = {option: not getattr(old, option)}
            changed = replace(old, **flipped)
    return bench.put(model, changed)


def _options_of(field: FieldSpec) -> list[str]:
    """Return what may change in *field*."""
    if field.kind == GENERATED:
        return ["form", "form", "column", "comment", "words"]
    choices = ["null", "column", "comment", "words"]
    kind = field.field_kind
    if kind is None:
        return [*choices, "on_delete", "deferrable", "checked", "db_index"]
    choices.append("default")
    choices += ["db_default"] * kind.db_default + ["db_index"] * kind.indexed
    choices += ["unique"] * (kind.indexed and kind.distinct)
    return choices + ["collation"] * (field.kind in COLLATED)


def _with_formula(brush: Brush, model: ModelSpec, field: FieldSpec) -> FieldSpec:
    drawn = draw_generated(brush, model, [])
    if drawn is None:
        return field
    return replace(field, source=drawn.source, form=drawn.form, stored=drawn.stored)


def change_relation(bench: Bench) -> ProjectSpec | None:
    """Make a foreign key a one-to-one, or the other way round."""
    found = bench.pick_field(lambda f: f.refers)
    if found is None:
        return None
    model, old = found
    kind = "one to one" if old.kind == "foreign key" else "foreign key"
    return bench.put(model, replace(old, kind=kind))


def change_links(bench: Bench) -> ProjectSpec | None:
    """Change a many-to-many field: its table's name, its symmetry, its checks."""
    found = bench.pick_field(lambda f: f.many)
    if found is None:
        return None
    model, old = found
    match bench.brush.choice(["link", "symmetrical", "checked"]):
        case "symmetrical":
            changed = replace(old, symmetrical=draw_symmetry(bench.brush))
        case "link":
            changed = replace(old, link=not old.link)
        case _:
            changed = replace(old, checked=not old.checked)
    return bench.put(model, changed)


def repoint(bench: Bench) -> ProjectSpec | None:
    """Let a foreign key refer to other rows, of which there are as many."""
    found = bench.pick_field(lambda f: f.refers)
    if found is None:
        return None
    model, old = found
    family = bench.project.referenced_kind(old).family
    pointed = [
        replace(old, target=target.uid, to_field=uid)
        for target in bench.project.models
        for uid in (None, draw_to_field(bench.brush, target))
    ]
    same = [f for f in pointed if bench.project.referenced_kind(f).family == family]
    return bench.put(model, bench.brush.choice(same)) if same else None


def turn_relation(bench: Bench) -> ProjectSpec | None:
    """Make a many-to-many field of a foreign key, or the other way round."""
    found = bench.pick_field(lambda f: f.target is not None and f.through is None)
    if found is None:
        return None
    model, old = found
    new = FieldSpec(
        uid=bench.brush.uid(),
        name=old.name,
        kind="foreign key" if old.many else "many to many",
        null=old.many,
        target=old.target,
    )
    return with_field(without(bench.project, model, old), model.uid, new)


def add_item(bench: Bench) -> ProjectSpec | None:
    """Add an index or a constraint."""
    model = bench.pick_model()
    if model is None:
        return None
    return with_item(bench.brush, bench.project, model.uid)


def drop_item(bench: Bench) -> ProjectSpec | None:
    """Drop an index or a constraint."""
    found = _pick_item(bench)
    return None if found is None else _with_items(bench, *found, None)


def rename_item(bench: Bench) -> ProjectSpec | None:
    """Give an index or a constraint another name."""
    found = _pick_item(bench)
    if found is None:
        return None
    new = replace(found[1], name=f"renamed_{bench.brush.uid()}")
    return _with_items(bench, *found, new)


def swap_items(bench: Bench) -> ProjectSpec | None:
    """Let two indexes or constraints of a model exchange their names."""
    found = _pick_item(bench)
    if found is None:
        return None
    model, one = found
    others = [i for i in model.items if i.name and i.uid != one.uid]
    if not one.name or not others:
        return None
    other = bench.brush.choice(others)
    names = {one.uid: other.name, other.uid: one.name}
    items = tuple(replace(i, name=names.get(i.uid, i.name)) for i in model.items)
    return with_model(bench.project, replace(model, items=items))


def _pick_item(bench: Bench) -> tuple[ModelSpec, ModelItem] | None:
    model = bench.pick_model(lambda m: bool(m.items))
    return None if model is None else (model, bench.brush.choice(model.items))


def _with_items(
    bench: Bench, model: ModelSpec, old: ModelItem, new: ModelItem | None
) -> ProjectSpec:
    there = (new if item.uid == old.uid else item for item in model.items)
    items = tuple(item for item in there if item is not None)
    return with_model(bench.project, replace(model, items=items))
