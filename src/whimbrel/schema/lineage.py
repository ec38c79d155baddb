"""
Which model, table and column after a change is which before it.

Place: `schema`, above `lower`, below `transition`. Identity comes from names
and hints only; what the tables look like says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from whimbrel.migrations.hints import Hints
from whimbrel.schema.lower import LoweredModel
from whimbrel.schema.objects import Table, TableKey
from whimbrel.state.model import ModelKey
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPair:
    """A model before and after; None where it is not there."""

    before: ModelKey | None
    after: ModelKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePair:
    """
    A table before and after, and how its columns are called.

    Args:
        renamed, replaced: As in `TableChange`.

        fields: Column after → field, for the main table of a model.

        model: The model after.
    """

    before: Table | None
    after: Table | None
    renamed: dict[str, str] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    fields: dict[str, str] = field(default_factory=dict)
    model: ModelKey | None = None


def changed_models(
    before: ProjectState, after: ProjectState, hints: Hints
) -> Iterator[ModelPair]:
    """
    Yield the models that are not the same object, or equal, on both sides.

    Also those of which only the hints say that something changed: a field that
    went and came again, two fields or two values that exchanged their names.
    """
    olds, news = before.models, after.models
    hinted = {*hints.models, *hints.models.values()}
    hinted |= hints.new_models | hints.gone_models
    moving = {key[:2] for key in hints.fields}
    moving |= {key[:2] for key in hints.new_fields}
    moving |= {key[:2] for key in hints.values}
    continued: set[ModelKey] = set()
    for key, model in news.items():
        old_key: ModelKey | None = key
        if key in hinted:
            old_key = hints.model_before(key)
        if old_key is None or old_key not in olds:
            yield ModelPair(before=None, after=key)
            continue
        continued.add(old_key)
        old = olds[old_key]
        differs = old is not model and (old_key != key or old != model)
        if differs or key in moving:
            yield ModelPair(before=old_key, after=key)
    for key in olds:
        if key not in continued:
            yield ModelPair(before=key, after=None)


def table_pairs(
    before: LoweredModel | None,
    after: LoweredModel | None,
    model: ModelKey | None,
    hints: Hints,
) -> Iterator[TablePair]:
    """Yield the tables of one model, before and after."""
    old = before or LoweredModel(None)
    new = after or LoweredModel(None)
    if before is not None and after is not None and old.managed != new.managed:
        # As in Django: who looks after a table changes, not the table.
        return
    if old.main is not None and new.main is not None and model is not None:
        yield _main_pair(old, new, model, hints)
    elif old.main is not None or new.main is not None:
        fields = {column: name for name, column in new.columns.items()}
        yield TablePair(before=old.main, after=new.main, fields=fields, model=model)
    taken: set[str] = set()
    for name, table in new.many_to_many.items():
        was = name if model is None else hints.field_before(model, name)
        previous = old.many_to_many.get(was) if was is not None else None
        if previous is None or was is None:
            yield TablePair(before=None, after=table)
            continue
        taken.add(was)
        yield by_position(previous, table)
    for name, table in old.many_to_many.items():
        if name not in taken:
            yield TablePair(before=table, after=None)


def _main_pair(
    old: LoweredModel, new: LoweredModel, model: ModelKey, hints: Hints
) -> TablePair:
    """Pair the columns of two main tables by their fields."""
    renamed: dict[str, str] = {}
    matched: dict[str, str] = {}
    for name, column in new.columns.items():
        was = hints.field_before(model, name)
        previous = old.columns.get(was) if was is not None else None
        if previous is not None:
            matched[column] = previous
            if previous != column:
                renamed[previous] = column
    continued = set(matched.values())
    replaced = frozenset(
        column
        for column in old.columns.values()
        if column not in continued
        and column in new.columns.values()
        and column not in matched
    )
    return TablePair(
        before=old.main,
        after=new.main,
        renamed=renamed,
        replaced=replaced,
        fields={column: name for name, column in new.columns.items()},
        model=model,
    )


def by_position(before: Table, after: Table) -> TablePair:
    """Pair the columns of an automatic many-to-many table: id, from, to."""
    renamed: dict[str, str] = {}
    if len(before.columns) == len(after.columns):
        renamed = {
            b.name: a.name
            for b, a in zip(before.columns, after.columns, strict=True)
            if b.name != a.name
        }
    return TablePair(before=before, after=after, renamed=renamed)


def joined_pairs(
    pairs: list[TablePair], automatic: tuple[set[TableKey], set[TableKey]]
) -> list[TablePair]:
    """
    Join a table that goes with one that comes under the same name, where one of
    them alone is automatic: a many-to-many field now has a model of its own,
    or has it no longer. Where both are, a field went and another came.

    Args:
        automatic: Keys of the automatic many-to-many tables, before and after.
    """
    were, are = automatic
    coming = {
        pair.after.key: pair
        for pair in pairs
        if pair.before is None and pair.after is not None
    }
    joined: list[TablePair] = []
    used: set[TableKey] = set()
    for pair in pairs:
        old = pair.before
        if old is None or pair.after is not None or old.key not in coming:
            joined.append(pair)
            continue
        successor = coming[old.key]
        if (old.key in were) == (old.key in are):
            joined.append(pair)
            continue
        used.add(old.key)
        joined.append(
            TablePair(
                before=old,
                after=successor.after,
                fields=successor.fields,
                model=successor.model,
            )
        )
    return [
        pair
        for pair in joined
        if not (pair.before is None and pair.after and pair.after.key in used)
    ]
