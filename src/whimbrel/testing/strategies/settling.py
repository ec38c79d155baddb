"""
Drawn projects made consistent after any edit: what lost its target goes.

Place: `testing.strategies`, above `model_specs`, below `projects`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from whimbrel.testing.strategies.model_items import (
    CHECKS,
    CONDITIONS,
    ELEMENTS,
    METHODS,
    Form,
    ModelItem,
)
from whimbrel.testing.strategies.model_specs import (
    GENERATED,
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.model_states import FORMULAS


def with_field(project: ProjectSpec, uid: int, field: FieldSpec) -> ProjectSpec:
    """Return *project* with *field* at the end of model *uid*."""
    model = project.model(uid)
    return with_model(project, replace(model, fields=(*model.fields, field)))


def with_model(project: ProjectSpec, model: ModelSpec) -> ProjectSpec:
    """Return *project* with *model* in the place of the one of its number."""
    return ProjectSpec(
        tuple(model if m.uid == model.uid else m for m in project.models)
    )


def settled(project: ProjectSpec) -> ProjectSpec:
    """Return *project* made consistent after any edit: what lost its target goes."""
    while True:
        changed = _settled_once(project)
        if changed == project:
            return project
        project = changed


def _settled_once(project: ProjectSpec) -> ProjectSpec:
    kept = [
        model
        for model in project.models
        if all(u is None or project.has(u) for u in (model.parent, model.key_target))
    ]
    project = ProjectSpec(tuple(kept))
    for model in project.models:
        fields = [f for f in model.fields if _stays(project, model, f)]
        model = replace(model, fields=tuple(map(_settled_field, fields)))
        keys = [f.uid for f in model.fields if f.kind == "foreign key"]
        order = model.order if model.order in keys else None
        items = _settled_items(model)
        project = with_model(project, replace(model, items=items, order=order))
    return project


def _stays(project: ProjectSpec, model: ModelSpec, field: FieldSpec) -> bool:
    if field.kind == GENERATED:
        source = next((f for f in model.fields if f.uid == field.source), None)
        return source is not None and _fits(source, FORMULAS[field.form][0].families)
    if field.target is None:
        return True
    if not project.has(field.target):
        return False
    if field.to_field is not None:
        return _is_referred_to(project.model(field.target), field.to_field)
    return field.through is None or _is_through(project, model, field)


def _is_referred_to(target: ModelSpec, uid: int) -> bool:
    return any(f.uid == uid and f.unique and not f.null for f in target.fields)


def _is_through(project: ProjectSpec, model: ModelSpec, field: FieldSpec) -> bool:
    """Whether the model in the middle still leads to both sides."""
    if not project.has(field.through):
        return False
    through = project.model(field.through)
    ends = [through.field(uid) for uid in field.ends if through.has(uid)]
    targets = [end.target for end in ends if end.refers]
    return targets == [model.uid, field.target]


def _settled_field(field: FieldSpec) -> FieldSpec:
    if field.on_delete == "null" and not field.null:
        return replace(field, on_delete="cascade")
    return field


def _settled_items(model: ModelSpec) -> tuple[ModelItem, ...]:
    present = {field.uid for field in model.fields}
    items: list[ModelItem] = []
    said: set[object] = set()
    for item in model.items:
        if not item.mentioned <= present or item.meaning in said:
            continue
        if _still_fits(model, item):
            said.add(item.meaning)
            items.append(item)
    return tuple(items)


def _still_fits(model: ModelSpec, item: ModelItem) -> bool:
    """Whether the fields still have the types that an item is made for."""
    first, last = model.field(item.fields[0]), model.field(item.fields[-1])
    if item.kind == "check":
        families = CHECKS[item.form].families
        return _fits(first, families) and _fits(last, families)
    known = [forms[name].families for forms, name in _forms(item) if name in forms]
    if item.opclass or item.kind == "exclude":
        known += [frozenset({"text"})]
    return all(_fits(first, families) for families in known)


def _forms(item: ModelItem) -> tuple[tuple[Mapping[str, Form], str], ...]:
    return (
        (ELEMENTS, item.form),
        (CONDITIONS, item.condition or ""),
        (METHODS, item.method or ""),
    )


def _fits(field: FieldSpec, families: frozenset[str]) -> bool:
    kind = field.field_kind
    return not families or (kind is not None and kind.family in families)
