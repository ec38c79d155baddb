"""
Random indexes and constraints of Django-style models.

Place: `testing.strategies`, above `model_items`, below `projects`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from whimbrel.testing.strategies.model_items import (
    CHECKS,
    CONDITIONS,
    ELEMENTS,
    METHODS,
    SINGLE,
    Form,
    ItemKind,
    ModelItem,
)
from whimbrel.testing.strategies.model_specs import FieldSpec, ModelSpec, ProjectSpec
from whimbrel.testing.strategies.schemas import Brush

T = TypeVar("T")


def seldom(brush: Brush, times: int = 4) -> bool:
    """Return True once for about *times* that it returns False, its simplest form."""
    return brush.number(0, times) == times


def draw_item(brush: Brush, project: ProjectSpec, model: ModelSpec) -> ModelItem | None:
    """Draw an index or constraint of *model*, or nothing where none fits."""
    kinds = ["index", "unique", "check", "together"]
    kinds += ["exclude"] * brush.facts.names_constraints
    match brush.choice(kinds):
        case "index":
            return draw_index(brush, project, model)
        case "unique":
            return draw_unique(brush, project, model)
        case "check":
            return draw_check(brush, model)
        case "exclude":
            return draw_exclusion(brush, model)
        case _:
            return _over(brush, "together", usable(project, model), 2)


def usable(project: ProjectSpec, model: ModelSpec) -> list[FieldSpec]:
    """Return the fields of *model* that an index may be over on every database."""
    found = []
    for field in model.fields:
        kind = project.kind_of(field)
        if kind is not None and kind.indexed:
            found.append(field)
    return found


def _over(
    brush: Brush,
    kind: ItemKind,
    fields: list[FieldSpec],
    least: int = 1,
) -> ModelItem | None:
    """Draw which one or two of *fields* an item is over."""
    if len(fields) < least:
        return None
    chosen = [brush.choice(fields)]
    others = [field for field in fields if field not in chosen]
    if others and (least == 2 or brush.chance()):
        chosen.append(brush.choice(others))
    uid = brush.uid()
    over = tuple(field.uid for field in chosen)
    return ModelItem(uid=uid, kind=kind, fields=over, name=f"item_{uid}")


def draw_index(
    brush: Brush, project: ProjectSpec, model: ModelSpec
) -> ModelItem | None:
    """Draw an index, now and then one that only PostgreSQL knows."""
    if brush.facts.pattern_indexes and seldom(brush):
        return _draw_method(brush, project, model)
    item = _over(brush, "index", usable(project, model))
    if item is None:
        return None
    item = replace(item, descending=brush.chance())
    first = model.field(item.fields[0])
    if brush.facts.expression_indexes and seldom(brush, 2):
        forms = dict(ELEMENTS)
        if not brush.facts.pattern_indexes:
            del forms["nulls last"]  # SQLite has the words, but not in an index
        return replace(item, form=_form(brush, forms, first, "fields"))
    if seldom(brush):
        return replace(item, name="")
    return _with_options(brush, model, item)


def _draw_method(
    brush: Brush, project: ProjectSpec, model: ModelSpec
) -> ModelItem | None:
    choices = [
        (name, field)
        for name, method in METHODS.items()
        for field in model.fields
        if _suits(field, method)
        and (method.families or field in usable(project, model))
    ]
    if not choices:
        return None
    method, field = brush.choice(choices)
    uid = brush.uid()
    item = ModelItem(
        uid=uid, kind="index", fields=(field.uid,), method=method, name=f"item_{uid}"
    )
    others = [f for f in usable(project, model) if f.uid != field.uid]
    if method in SINGLE or not others or METHODS[method].families:
        return item
    return replace(item, fields=(field.uid, brush.choice(others).uid))


def draw_unique(
    brush: Brush, project: ProjectSpec, model: ModelSpec
) -> ModelItem | None:
    """Draw a unique constraint."""
    item = _over(brush, "unique", usable(project, model))
    if item is None:
        return None
    facts, first = brush.facts, model.field(item.fields[0])
    if facts.expression_indexes and seldom(brush):
        lower = {"lower": ELEMENTS["lower"]}
        return replace(item, form=_form(brush, lower, first, "fields"))
    if facts.deferrable_constraints and seldom(brush):
        return replace(item, deferrable=brush.choice(["DEFERRED", "IMMEDIATE"]))
    item = _with_options(brush, model, item)
    return replace(item, nulls_equal=facts.nulls_not_distinct and seldom(brush))


def draw_check(brush: Brush, model: ModelSpec) -> ModelItem | None:
    """Draw a condition on one or two fields."""
    form = brush.choice(CHECKS)
    fields = [field for field in model.fields if _suits(field, CHECKS[form])]
    item = _over(brush, "check", fields)
    if item is None:
        return None
    return replace(item, form=form, bound=-brush.number(0, 2))


def draw_exclusion(brush: Brush, model: ModelSpec) -> ModelItem | None:
    """Draw an exclusion constraint that needs no extension."""
    texts = [f for f in model.fields if _suits(f, ELEMENTS["lower"])]
    if not texts:
        return None
    item = _over(brush, "exclude", [brush.choice(texts)])
    if item is None or not seldom(brush, 2):
        return item
    if brush.chance():
        return replace(item, deferrable="DEFERRED")
    return replace(
        item, condition=_form(brush, CONDITIONS, model.field(item.fields[0]), None)
    )


def _with_options(brush: Brush, model: ModelSpec, item: ModelItem) -> ModelItem:
    """Draw what may follow the fields of an index or unique constraint."""
    first = model.field(item.fields[0])
    if brush.facts.partial_indexes and brush.chance():
        condition = _form(brush, CONDITIONS, first, None)
        item = replace(item, condition=condition)
    texts = all(_suits(model.field(u), ELEMENTS["lower"]) for u in item.fields)
    if brush.facts.pattern_indexes and texts and seldom(brush):
        item = replace(item, opclass=True)
    others = [f for f in model.fields if not f.many and f.uid not in item.fields]
    if brush.facts.covering_indexes and others and seldom(brush):
        item = replace(item, include=(brush.choice(others).uid,))
    return item


def _form(
    brush: Brush, forms: Mapping[str, Form], field: FieldSpec, plain: T
) -> str | T:
    """Draw the name of a form that suits *field*; *plain* where none does."""
    found = [name for name, form in forms.items() if _suits(field, form)]
    return brush.choice(found) if found else plain


def _suits(field: FieldSpec, form: Form) -> bool:
    kind = field.field_kind
    if not form.families:
        return not field.many
    return kind is not None and kind.family in form.families
