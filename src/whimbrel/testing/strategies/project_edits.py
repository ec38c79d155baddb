"""
Pairs of projects: the second is the first with random edits.

Place: `testing.strategies`, above `projects`. The rules are those of `edits`:
what is renamed is not changed otherwise, and what is new on either way can be
given to rows that are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.field_kinds import KINDS
from whimbrel.testing.strategies.model_specs import (
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.projects import (
    FIELD_NAMES,
    MODEL_NAMES,
    RELATION_NAMES,
    draw_field,
    draw_model,
    draw_on_delete,
    draw_project,
    draw_relation,
    names_of,
    settled,
    with_field,
    with_item,
    with_model,
)
from whimbrel.testing.strategies.schemas import Brush


@dataclass(frozen=True, slots=True)
class ProjectPair:
    """
    Two projects; what is the same in both has the same number.

    `renamed_models` and `renamed_fields` are the true answers: (app, name before)
    → name after; (app, model's name after, field before) → field after.
    """

    before: ProjectSpec
    after: ProjectSpec

    @property
    def renamed_models(self) -> dict[tuple[str, str], str]:
        return {(a.app, a.name): b.name for a, b in self._models() if a.name != b.name}

    @property
    def renamed_fields(self) -> dict[tuple[str, str, str], str]:
        return {
            (b.app, b.name, old.name): new.name
            for a, b in self._models()
            for old in a.fields
            for new in b.fields
            if old.uid == new.uid and old.name != new.name
        }

    def _models(self) -> list[tuple[ModelSpec, ModelSpec]]:
        kept = [model for model in self.before.models if self.after.has(model.uid)]
        return [(model, self.after.model(model.uid)) for model in kept]


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


@dataclass(slots=True)
class Bench:
    """The project under edit; *locked* was renamed, *touched* changed otherwise."""

    brush: Brush
    before: ProjectSpec
    project: ProjectSpec = field(init=False)
    locked: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.project = self.before

    def pick_model(
        self, allowed: Callable[[ModelSpec], bool] = lambda _: True
    ) -> ModelSpec | None:
        """Pick a model that may change, and note that it does."""
        found = [
            m for m in self.project.models if m.uid not in self.locked and allowed(m)
        ]
        if not found:
            return None
        model = self.brush.choice(found)
        self.touched.add(model.uid)
        return model

    def pick_field(
        self, allowed: Callable[[FieldSpec], bool] = lambda _: True
    ) -> tuple[ModelSpec, FieldSpec] | None:
        """Pick a field that may change and is *allowed*, and note that it does."""
        found = [
            (model, field)
            for model in self.project.models
            for field in model.fields
            if not {model.uid, field.uid} & self.locked and allowed(field)
        ]
        if not found:
            return None
        model, field = self.brush.choice(found)
        self.touched |= {model.uid, field.uid}
        return model, field

    def names_of(self, model: ModelSpec) -> list[str]:
        """Return the names that fields of *model* have or had."""
        names = names_of(self.project, model)
        if self.before.has(model.uid):
            names += names_of(self.before, self.before.model(model.uid))
        return names

    def put(self, model: ModelSpec, field: FieldSpec) -> ProjectSpec:
        """Return the project with *field* in the place of the one of its number."""
        fields = tuple(field if f.uid == field.uid else f for f in model.fields)
        return with_model(self.project, replace(model, fields=fields))


def add_model(bench: Bench) -> ProjectSpec:
    """Add a model, perhaps with a relation."""
    taken = [model.name for model in bench.before.models]
    model = draw_model(bench.brush, bench.project, taken)
    project = ProjectSpec((*bench.project.models, model))
    if bench.brush.chance():
        relation = draw_relation(bench.brush, project, model)
        project = with_field(project, model.uid, relation)
    return project


def drop_model(bench: Bench) -> ProjectSpec | None:
    """Drop a model; relations to it go."""
    project = bench.project
    parents = {model.parent for model in project.models}
    model = bench.pick_model(lambda m: m.uid not in parents)
    if model is None or len(project.models) == 1:
        return None
    for other in project.models:
        if any(field.target == model.uid for field in other.fields):
            if other.uid in bench.locked:
                return None
            bench.touched.add(other.uid)
    return ProjectSpec(tuple(m for m in project.models if m.uid != model.uid))


def rename_model(bench: Bench) -> ProjectSpec | None:
    """Rename a model that nothing else changes."""
    touched = set(bench.touched)
    model = bench.pick_model(lambda m: m.uid not in touched)
    if model is None or any(m.parent == model.uid for m in bench.project.models):
        return None
    bench.locked.add(model.uid)
    taken = [m.name for p in (bench.before, bench.project) for m in p.models]
    renamed = replace(model, name=bench.brush.name(MODEL_NAMES, taken))
    return with_model(bench.project, renamed)


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


def change_key(bench: Bench) -> ProjectSpec | None:
    """Change the size of an automatic key; what refers to it follows."""
    sizes = ("big", "auto", "small")
    model = bench.pick_model(lambda m: m.parent is None and m.key in sizes)
    if model is None:
        return None
    return with_model(bench.project, replace(model, key=bench.brush.choice(sizes)))


def add_field(bench: Bench) -> ProjectSpec | None:
    """Add a field with a column."""
    model = bench.pick_model()
    if model is None:
        return None
    added = draw_field(bench.brush, bench.names_of(model))
    return with_field(bench.project, model.uid, added)


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
    if found is None:
        return None
    model, dropped = found
    fields = tuple(f for f in model.fields if f.uid != dropped.uid)
    return with_model(bench.project, replace(model, fields=fields))


def rename_field(bench: Bench) -> ProjectSpec | None:
    """Rename a field that nothing else changes."""
    touched = set(bench.touched)
    found = bench.pick_field(lambda f: f.uid not in touched)
    if found is None:
        return None
    model, renamed = found
    bench.locked.add(renamed.uid)
    pool = FIELD_NAMES if renamed.target is None else RELATION_NAMES
    name = bench.brush.name(pool, bench.names_of(model))
    return bench.put(model, replace(renamed, name=name))


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
    return bench.put(model, replace(old, kind=bench.brush.choice(family)))


def change_field(bench: Bench) -> ProjectSpec | None:
    """Change one option of a field with a column."""
    found = bench.pick_field(lambda f: not f.many)
    if found is None:
        return None
    model, old = found
    brush = bench.brush
    kind = old.field_kind
    choices = ["null", "column", "comment", "words"]
    if kind is None:
        choices.append("on_delete")
    else:
        choices.append("default")
        choices += ["db_default"] * kind.db_default + ["db_index"] * kind.indexed
        choices += ["unique"] * (kind.indexed and kind.distinct)
    match brush.choice(choices):
        case "comment":
            changed = replace(old, comment=brush.comment())
        case "words":
            changed = replace(old, words=brush.number(0, 2))
        case "on_delete":
            changed = replace(old, on_delete=draw_on_delete(brush, null=old.null))
        case option:
            flipped: dict[str, Any] = {option: not getattr(old, option)}
            changed = replace(old, **flipped)
    return bench.put(model, changed)


def change_relation(bench: Bench) -> ProjectSpec | None:
    """Make a foreign key a one-to-one, or the other way round."""
    found = bench.pick_field(lambda f: f.kind in {"foreign key", "one to one"})
    if found is None:
        return None
    model, old = found
    kind = "one to one" if old.kind == "foreign key" else "foreign key"
    return bench.put(model, replace(old, kind=kind))


def add_item(bench: Bench) -> ProjectSpec | None:
    """Add an index or a constraint."""
    model = bench.pick_model()
    if model is None:
        return None
    project = with_item(bench.brush, bench.project, model.uid)
    items = project.model(model.uid).items
    if len(items) == len(model.items) or set(items[-1].fields) & bench.locked:
        return None
    bench.touched |= set(items[-1].fields)
    return project


def drop_item(bench: Bench) -> ProjectSpec | None:
    """Drop an index or a constraint."""
    model = bench.pick_model(lambda m: bool(m.items))
    if model is None:
        return None
    gone = bench.brush.choice(model.items)
    if set(gone.fields) & bench.locked:
        return None
    bench.touched |= set(gone.fields)
    items = tuple(item for item in model.items if item.uid != gone.uid)
    return with_model(bench.project, replace(model, items=items))


def rename_item(bench: Bench) -> ProjectSpec | None:
    """Give an index or a constraint another name."""
    model = bench.pick_model(lambda m: bool(m.items))
    if model is None:
        return None
    old = bench.brush.choice(model.items)
    if set(old.fields) & bench.locked:
        return None
    bench.touched |= set(old.fields)
    new = replace(old, name=f"renamed_{bench.brush.uid()}")
    items = tuple(new if item.uid == old.uid else item for item in model.items)
    return with_model(bench.project, replace(model, items=items))


EDITS: tuple[Callable[[Bench], ProjectSpec | None], ...] = (
    *(add_field, drop_field, rename_field, retype_field, change_field),
    *(change_field, add_relation, change_relation),
    *(add_item, drop_item, rename_item),
    *(add_model, drop_model, rename_model, change_options, change_table),
    change_key,
)


def fitting(pair: ProjectPair) -> ProjectPair:
    """Return *pair* without what rows in the tables would forbid on either way."""
    before = _fit(pair.before, pair.after)
    after = _fit(pair.after, before)
    return ProjectPair(settled(before), settled(after))


def _fit(project: ProjectSpec, other: ProjectSpec) -> ProjectSpec:
    for model in project.models:
        if other.has(model.uid):
            there = {field.uid for field in other.model(model.uid).fields}
            fields = tuple(_fit_field(f, f.uid in there) for f in model.fields)
            model = replace(model, fields=fields)
            items = tuple(
                item
                for item in model.items
                if item.kind in {"index", "check"}
                or any(_tells_apart(model.field(u), there) for u in item.fields)
            )
            project = with_model(project, replace(model, items=items))
    return project


def _fit_field(field: FieldSpec, kept: bool) -> FieldSpec:
    """A new field that is unique or refers to something starts as NULL."""
    if kept or field.many:
        return field
    if field.target is not None:
        return replace(field, null=True)
    if field.unique:
        return replace(field, null=True, default=False, db_default=False)
    return field


def _tells_apart(field: FieldSpec, there: set[int]) -> bool:
    kind = field.field_kind
    return field.uid in there and (kind is None or kind.distinct)
