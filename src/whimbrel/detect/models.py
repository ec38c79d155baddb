"""
Created and deleted models.

Place: `detect`, above `cycles` and `parts`. A model is created and deleted whole,
except for relations of models that need each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whimbrel.detect.comparison import Comparison
from whimbrel.detect.cycles import Part, left_out
from whimbrel.detect.parts import Parts, groups_of, parts_on, trimmed
from whimbrel.detect.ranks import EARLY
from whimbrel.detect.script import Draft
from whimbrel.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    DeleteModel,
    Operation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
)
from whimbrel.migrations.model_operations import created
from whimbrel.state.model import ModelState, identity


def created_models(
    comparison: Comparison, models: Iterable[ModelState]
) -> Iterator[Draft]:
    """Yield what creates *models*, which are new."""
    fresh = list(models)
    out = left_out(fresh, comparison.after)
    for model in fresh:
        later = parts_of(model, out.get(model.key, frozenset()))
        yield comparison.draft(model, created(trimmed(model, later)))
        for operation in additions(model, later):
            yield comparison.draft(model, operation)


def additions(model: ModelState, later: Parts) -> Iterator[Operation]:
    """Yield what gives a model the parts that it was created without."""
    name, options = model.name, model.options
    for field in later.fields:
        yield AddField(name, field, model.fields[field])
    if later.order:
        yield AlterOrderWithRespectTo(name, options["order_with_respect_to"])
    if later.groups:
        yield AlterUniqueTogether(name, options["unique_together"])
    for index in later.indexes:
        yield AddIndex(name, index)
    for constraint in later.constraints:
        yield AddConstraint(name, constraint)


def deleted_models(
    comparison: Comparison, models: Iterable[ModelState]
) -> Iterator[Draft]:
    """Yield what deletes *models*, which are gone."""
    gone = list(models)
    out = left_out(gone, comparison.before)
    pared = comparison.before.clone()
    removals: list[tuple[ModelState, Operation]] = []
    for model in gone:
        for operation in removal(model, parts_of(model, out.get(model.key, ()))):
            operation.state_forwards(model.app_label, pared)
            removals.append((model, operation))
    for model, operation in removals:
        early = isinstance(operation, AlterUniqueTogether | AlterOrderWithRespectTo)
        yield comparison.draft(model, operation, rank=EARLY if early else None)
    for model in gone:
        yield comparison.draft(model, DeleteModel(model.name), before=pared)


def removal(model: ModelState, parts: Parts) -> Iterator[Operation]:
    """Yield what takes *parts* away from a model, in an order that may run."""
    name = model.name
    for constraint in parts.constraints:
        yield RemoveConstraint(name, identity(constraint))
    for index in parts.indexes:
        yield RemoveIndex(name, identity(index))
    if parts.groups:
        kept = [g for g in groups_of(model) if g not in parts.groups]
        yield AlterUniqueTogether(name, kept)
    if parts.order:
        yield AlterOrderWithRespectTo(name, None)
    for field in reversed(parts.fields):
        yield RemoveField(name, field)


def parts_of(model: ModelState, out: Iterable[Part]) -> Parts:
    """Return the left out parts of a model, and all that hangs on them."""
    known = frozenset(out)
    if not known:
        return Parts()
    return parts_on(
        model,
        {name for kind, name in known if kind == "field"},
        {name for kind, name in known if kind == "constraint"},
    )
