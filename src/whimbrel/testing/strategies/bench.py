"""
A project under edit, and the pair that comes out.

Place: `testing.strategies`, above `projects`, below `field_edits` and `model_edits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from whimbrel.testing.strategies.model_specs import (
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.projects import names_of
from whimbrel.testing.strategies.schemas import Brush
from whimbrel.testing.strategies.settling import with_model


@dataclass(frozen=True, slots=True)
class Rename:
    """
    A true answer.

    Args:
        model: The model's name after, of a renamed field; None: the model itself.

        alone: Whether nothing else about the thing changes: then detection asks,
            and otherwise it has to be told.
    """

    app: str
    model: str | None
    old: str
    new: str
    alone: bool


@dataclass(frozen=True, slots=True)
class ProjectPair:
    """Two projects; what is the same in both has the same number."""

    before: ProjectSpec
    after: ProjectSpec

    @property
    def renames(self) -> list[Rename]:
        """What was renamed: the true answers to the questions about this pair."""
        return [r for a, b in self._models() for r in self._renames(a, b)]

    def _models(self) -> list[tuple[ModelSpec, ModelSpec]]:
        kept = [model for model in self.before.models if self.after.has(model.uid)]
        return [(model, self.after.model(model.uid)) for model in kept]

    def _is_new(self, model: ModelSpec, name: str) -> bool:
        return (model.app, name) not in {(m.app, m.name) for m in self.before.models}

    def _is_gone(self, model: ModelSpec, name: str) -> bool:
        return (model.app, name) not in {(m.app, m.name) for m in self.after.models}

    def _renames(self, a: ModelSpec, b: ModelSpec) -> Iterator[Rename]:
        if a.name != b.name:
            alone = replace(a, name=b.name) == b
            alone &= self._is_new(a, b.name) and self._is_gone(b, a.name)
            yield Rename(b.app, None, a.name, b.name, alone)
        if a.proxy:
            return
        keys = self.before.key_name(a), self.after.key_name(b)
        if keys[0] != keys[1]:
            yield Rename(b.app, b.name, *keys, alone=False)
        names = {field.name for field in a.fields}, {field.name for field in b.fields}
        for old in a.fields:
            for new in b.fields:
                if old.uid == new.uid and old.name != new.name:
                    alone = replace(old, name=new.name) == new
                    alone &= new.name not in names[0] and old.name not in names[1]
                    yield Rename(b.app, b.name, old.name, new.name, alone)


@dataclass(slots=True)
class Bench:
    """The project under edit, and what it was before."""

    brush: Brush
    before: ProjectSpec
    project: ProjectSpec = field(init=False)

    def __post_init__(self) -> None:
        self.project = self.before

    def pick_model(
        self, allowed: Callable[[ModelSpec], bool] = lambda _: True
    ) -> ModelSpec | None:
        """Pick a model with a table."""
        found = [m for m in self.project.models if not m.proxy and allowed(m)]
        return self.brush.choice(found) if found else None

    def pick_field(
        self, allowed: Callable[[FieldSpec], bool] = lambda _: True
    ) -> tuple[ModelSpec, FieldSpec] | None:
        """Pick a field that is *allowed*, and its model."""
        found = [
            (model, field)
            for model in self.project.models
            for field in model.fields
            if allowed(field)
        ]
        return self.brush.choice(found) if found else None

    def names_of(self, model: ModelSpec) -> list[str]:
        """Return the names that fields of *model* have or had."""
        names = names_of(self.project, model)
        if self.before.has(model.uid):
            names += names_of(self.before, self.before.model(model.uid))
        return names

    def model_names(self) -> list[str]:
        """Return the names that models have or had."""
        return [m.name for p in (self.before, self.project) for m in p.models]

    def put(self, model: ModelSpec, field: FieldSpec) -> ProjectSpec:
        """Return the project with *field* in the place of the one of its number."""
        fields = tuple(field if f.uid == field.uid else f for f in model.fields)
        return with_model(self.project, replace(model, fields=fields))
