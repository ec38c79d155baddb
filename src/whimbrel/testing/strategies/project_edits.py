"""
Pairs of projects: the second is the first with random edits.

Place: `testing.strategies`, above `field_edits` and `model_edits`. What is new
on either way can be given to rows that are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies import field_edits, model_edits
from whimbrel.testing.strategies.bench import Bench, ProjectPair
from whimbrel.testing.strategies.model_specs import FieldSpec, ModelSpec, ProjectSpec
from whimbrel.testing.strategies.projects import draw_project
from whimbrel.testing.strategies.schemas import Brush
from whimbrel.testing.strategies.settling import settled, with_model

EDITS: tuple[Callable[[Bench], ProjectSpec | None], ...] = (
    field_edits.add_field,
    field_edits.drop_field,
    field_edits.rename_field,
    field_edits.swap_fields,
    field_edits.retype_field,
    field_edits.change_field,
    field_edits.change_field,
    field_edits.add_relation,
    field_edits.change_relation,
    field_edits.change_links,
    field_edits.repoint,
    field_edits.turn_relation,
    field_edits.add_item,
    field_edits.drop_item,
    field_edits.rename_item,
    field_edits.swap_items,
    model_edits.add_model,
    model_edits.drop_model,
    model_edits.rename_model,
    model_edits.swap_models,
    model_edits.change_options,
    model_edits.change_table,
    model_edits.change_order,
    model_edits.change_key,
    model_edits.rename_key,
    model_edits.split_model,
    model_edits.merge_models,
    model_edits.move_field,
)


@st.composite
def project_pairs(
    draw: st.DrawFn, database: str, facts: Facts, max_edits: int = 4
) -> ProjectPair:
    """Return pairs (A, B) in which B is A with up to *max_edits* edits."""
    brush = Brush(draw, database, facts)
    bench = Bench(brush, draw_project(brush))
    for _ in range(brush.number(1, max_edits)):
        edit = brush.choice(EDITS)
        bench.project = settled(edit(bench) or bench.project)
    return fitting(ProjectPair(bench.before, bench.project))


def fitting(pair: ProjectPair) -> ProjectPair:
    """Return *pair* without what rows in the tables would forbid on either way."""
    while True:
        before = settled(_fit(pair.before, pair.after))
        after = settled(_fit(pair.after, before))
        fitted = ProjectPair(before, after)
        if fitted == pair:
            return pair
        pair = fitted


def _fit(project: ProjectSpec, other: ProjectSpec) -> ProjectSpec:
    for model in project.models:
        there = {field.uid for field in model.fields}
        if other.has(model.uid):
            known = {field.uid: field for field in other.model(model.uid).fields}
            there = set(known)
            fields = [_fit_field(f, f.uid in there, other) for f in model.fields]
            model = replace(
                model,
                fields=tuple(_fit_target(f, known.get(f.uid), other) for f in fields),
            )
        items = tuple(
            item
            for item in model.items
            if item.kind in {"index", "check"}
            or any(_tells_apart(project, model, u, there) for u in item.fields)
        )
        project = with_model(project, replace(model, items=items))
    return project


def _fit_field(field: FieldSpec, kept: bool, other: ProjectSpec) -> FieldSpec:
    """A new field that is unique or refers to something starts as NULL: a default
    would be one that all rows share, or lead to a table that comes back empty."""
    if kept or field.many:
        return field
    if field.target is not None:
        shared = field.is_unique or not other.has(field.target)
        default = field.on_delete == "default" and shared
        on_delete = "null" if default else field.on_delete
        return replace(field, null=True, on_delete=on_delete)
    if field.unique:
        return replace(field, null=True, default=False, db_default=False)
    return field


def _fit_target(
    field: FieldSpec, known: FieldSpec | None, other: ProjectSpec
) -> FieldSpec:
    """A relation that is kept leads to a model that is kept: one that is new, on
    either way, has no rows to lead to."""
    if known is None or known.target is None or field.target is None:
        return field
    return field if other.has(field.target) else replace(field, target=known.target)


def _tells_apart(
    project: ProjectSpec, model: ModelSpec, uid: int, there: set[int]
) -> bool:
    kind = project.kind_of(model.field(uid))
    return uid in there and kind is not None and kind.distinct
