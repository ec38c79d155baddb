"""
Operations that cannot be executed one at a time.

Place: `execute`, above `steps`, below `batches`. Between two operations of one
migration a state may say what no database takes: a foreign key whose ends have
different types, or whose target is no key, or one name twice, until the next
operation follows suit. Such operations are one step, also for those who want each
by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from whimbrel.execute.fusing import Rows
from whimbrel.execute.steps import Run, Step
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState
from whimbrel.state.tables import Column, ForeignKeyConstraint, UniqueConstraint

Trouble: TypeAlias = tuple[str, ...]
"""A table and columns of it, or ``("name", schema, name)``."""


def one_by_one(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield *steps*, as one those between which a state is newly in trouble."""
    group: list[Step] = []
    known: set[Trouble] = set()
    for place, step in enumerate(steps):
        if not group:
            known = troubles(step.before)
        group.append(step)
        ends = [step, *steps[place + 1 : place + 2]]
        schema = len(ends) == 2 and all(end.derives_ddl for end in ends)
        if not schema or troubles(step.after) <= known:
            yield joined(group)
            group = []


def joined(group: Sequence[Step]) -> Step:
    """Return one step that does what all of *group* do in turn."""
    run = Run(Rows(set()))
    for step in group:
        run.add(step)
    return run.step()


def troubles(state: ProjectState) -> set[Trouble]:
    """Return what in *state* not every database takes."""
    return broken_references(state) | doubled_names(state)


def doubled_names(state: ProjectState) -> set[Trouble]:
    """Return the names that two indexes or constraints of a schema have."""
    names = Counter(
        ("name", model.options.get("schema") or "", item.name)
        for model in state.models.values()
        for item in (*model.indexes, *model.constraints)
        if item.name is not None
    )
    return {name for name, count in names.items() if count > 1}


def broken_references(state: ProjectState) -> set[Trouble]:
    """Return the tables and columns of foreign keys that not every database takes."""
    found: set[Trouble] = set()
    for model in state.models.values():
        if not model.is_table:
            continue
        for item in model.constraints:
            if isinstance(item, ForeignKeyConstraint):
                target = state.model_of_table(item.target)
                if target is not None and not holds(model, item, target):
                    found.add((model.full_table, *item.columns))
    return found


def holds(owner: ModelState, item: ForeignKeyConstraint, target: ModelState) -> bool:
    """Whether a database takes the foreign key *item* of *owner* to *target*."""
    if not target.is_table:
        return True
    ends = zip(item.columns, item.target_columns, strict=True)
    return (
        all(type_of(owner, one) == type_of(target, other) for one, other in ends)
        and set(item.target_columns) in keys_of(target)
        and prefixes(target) <= prefixes(owner)
    )


def type_of(model: ModelState, name: str) -> object:
    """Return the type of a column as a value."""
    column = model.fields.get(name)
    return column.type if isinstance(column, Column) else None


def keys_of(model: ModelState) -> list[set[str]]:
    """Return the columns of each key that a foreign key may refer to."""
    fields = model.fields.items()
    primary = {n for n, c in fields if isinstance(c, Column) and c.primary_key}
    unique = [c.columns for c in model.constraints if isinstance(c, UniqueConstraint)]
    indexes = [index.expressions for index in model.indexes if index.unique]
    return [primary, *map(set, unique), *map(set, indexes)]


def prefixes(model: ModelState) -> frozenset[str]:
    """Return what kind of table it is: ``UNLOGGED`` and the like."""
    options = model.options.get("table_options", {})
    return frozenset(options.get("prefixes", ()))
