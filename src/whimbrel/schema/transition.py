"""
From two states to the change of the schema between them.

Place: the top of `schema`, above `lineage`, `fills` and `types_in_use`. Only
models that differ are lowered, and those that depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from whimbrel.migrations.hints import Hints
from whimbrel.models import Field
from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.database import Database
from whimbrel.schema.fills import Filling, fills_of
from whimbrel.schema.lineage import (
    ModelPair,
    TablePair,
    changed_models,
    joined_pairs,
    table_pairs,
)
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import TableKey
from whimbrel.schema.renamed_values import renamed_values_of
from whimbrel.schema.statement import PythonFill, Statement
from whimbrel.schema.types_in_use import complete_types
from whimbrel.schema.uuids import uuid_casts
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.project import ProjectState


def transition(
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
    lowering: Lowering,
    leads_to: ProjectState | None = None,
) -> SchemaChange:
    """
    Return what changes in the database from *before* to *after*.

    Args:
        leads_to: What comes of *after* later in the same migration.

    Raises:
        SchemaError: SC101-SC105, something has no words in this database.
    """
    changed = list(changed_models(before, after, hints))
    if not changed and _same_beside_models(before, after):
        return SchemaChange()
    pairs = _pairs(changed, before, after, hints, lowering)
    pairs += _dependents(changed, pairs, before, after, hints, lowering)
    pairs = joined_pairs(pairs, _automatic(changed, before, after, lowering))
    tables = tuple(
        _table_change(pair, before, Filling(after, leads_to or after, hints, lowering))
        for pair in pairs
        if pair.before is not None or pair.after is not None
    )
    change = SchemaChange(tables=tables)
    change = complete_types(change, before, after, lowering)
    change = _with_extensions(change, before, after, lowering)
    return _with_schemas(change, before)


def compile_change(change: SchemaChange, database: Database) -> list[Statement]:
    """Return the statements that make *change* in *database*."""
    return database.compile(change)


def _same_beside_models(before: ProjectState, after: ProjectState) -> bool:
    """Whether what belongs to no model is the same."""
    return before.sequences == after.sequences and before.extensions == after.extensions


def _pairs(
    changed: Iterable[ModelPair],
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
    lowering: Lowering,
) -> list[TablePair]:
    """Return the tables of *changed*, all of them, also if they are the same."""
    pairs: list[TablePair] = []
    for item in changed:
        old = None if item.before is None else lowering.lower(before, item.before)
        new = None if item.after is None else lowering.lower(after, item.after)
        pairs += table_pairs(old, new, item.after, hints)
    return pairs


def _dependents(
    changed: list[ModelPair],
    pairs: list[TablePair],
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
    lowering: Lowering,
) -> list[TablePair]:
    """
    Return the tables of unchanged models that refer to a table that changes.

    The types of their foreign keys may change with it; and a foreign key may
    have to be dropped and made again around a change of its target.
    """
    known = {item.after for item in changed if item.after is not None}
    moved = {i.after for i in changed if i.before is not None and i.after is not None}
    gone = {i.before for i in changed if i.before is not None and i.after is None}
    sources: set[ModelKey] = {
        key for key in moved if key is not None and _altered(key, pairs)
    }
    sources |= {key for key in gone if key in known}
    sources |= {
        item.after
        for item in changed
        if item.before is not None
        and item.after is not None
        and _seen(before.models[item.before]) != _seen(after.models[item.after])
    }
    found: list[TablePair] = []
    while sources:
        sources |= _proxies(sources, after)
        tables = {after.models[key].full_table for key in sources}
        dependents = [
            ModelPair(before=key, after=key)
            for key, model in after.models.items()
            if key not in known
            and key in before.models
            and _refers(model, sources, tables)
        ]
        new = _pairs(dependents, before, after, hints, lowering)
        found += new
        known |= {item.after for item in dependents if item.after is not None}
        sources = {
            item.after
            for item in dependents
            if item.after is not None and _altered(item.after, new)
        }
    return found


def _altered(key: ModelKey, pairs: Iterable[TablePair]) -> bool:
    return any(
        pair.model == key and pair.before is not None and pair.before != pair.after
        for pair in pairs
    )


def _seen(model: ModelState) -> tuple[str, dict[str, Field]]:
    """
    Return what others may refer to: the table, the keys of a Django-style model.

    A key's type may stay the same in the table and yet change in references: an
    automatic key of SQLite is an INTEGER whatever its size. And a model that is
    not managed has no table here that could be seen to change.
    """
    return model.full_table, {
        name: field
        for name, field in model.fields.items()
        if isinstance(field, Field) and field.concrete and field.unique
    }


def _proxies(models: set[ModelKey], state: ProjectState) -> set[ModelKey]:
    """Return the proxies of *models*: who refers to them refers to these."""
    proxies = {k: m for k, m in state.models.items() if m.options.get("proxy")}
    found: set[ModelKey] = set()
    while new := {
        key
        for key, model in proxies.items()
        if key not in found and not model.references.isdisjoint(models | found)
    }:
        found |= new
    return found


def _refers(model: ModelState, sources: set[ModelKey], tables: set[str]) -> bool:
    if model.is_table:
        return not tables.isdisjoint(model.table_references)
    return not sources.isdisjoint(model.references)


def _automatic(
    changed: Iterable[ModelPair],
    before: ProjectState,
    after: ProjectState,
    lowering: Lowering,
) -> tuple[set[TableKey], set[TableKey]]:
    """Return the keys of automatic many-to-many tables on either side."""

    def keys(state: ProjectState, models: Iterable[ModelKey | None]) -> set[TableKey]:
        return {
            table.key
            for model in models
            if model is not None
            for table in lowering.lower(state, model).many_to_many.values()
        }

    pairs = list(changed)
    return (
        keys(before, (item.before for item in pairs)),
        keys(after, (item.after for item in pairs)),
    )


def _table_change(
    pair: TablePair, before: ProjectState, filling: Filling
) -> TableChange:
    after, hints, lowering = filling.after, filling.hints, filling.lowering
    database = lowering.database
    # Elsewhere a column is changed where it stands, which is the compiler's part.
    copied = not database.facts.alters_columns
    implied = uuid_casts(pair, database.compiler.quote) if copied else {}
    casts = implied | {
        column: hints.casts[(*pair.model, name)]
        for column, name in pair.fields.items()
        if pair.model is not None and (*pair.model, name) in hints.casts
    }
    fills = fills_of(pair, filling)
    return TableChange(
        before=pair.before,
        after=pair.after,
        renamed=pair.renamed,
        replaced=pair.replaced,
        fills={name: fill for name, fill in fills.items() if isinstance(fill, str)},
        row_fills={n: f for n, f in fills.items() if isinstance(f, PythonFill)},
        casts=casts,
        renamed_values=renamed_values_of(pair, before, after, hints, lowering),
        returning=hints.fills_neutrally,
        model=pair.model,
        fields=pair.fields,
    )


def _with_extensions(
    change: SchemaChange,
    before: ProjectState,
    after: ProjectState,
    lowering: Lowering,
) -> SchemaChange:
    """Return *change* with the extensions that come, go or change."""
    if before.extensions == after.extensions:
        return change
    had, has = lowering.extensions(before), lowering.extensions(after)
    return replace(
        change,
        created_extensions=tuple(e for name, e in has.items() if name not in had),
        dropped_extensions=tuple(had[n] for n in reversed(had) if n not in has),
        altered_extensions=tuple(
            (had[name], e) for name, e in has.items() if had.get(name, e) != e
        ),
    )


def _with_schemas(change: SchemaChange, before: ProjectState) -> SchemaChange:
    """Return *change* with the schemas that come into use."""
    wanted = {t.after.schema for t in change.tables if t.after is not None}
    wanted |= {enum.key[0] for enum in change.created_enums}
    wanted |= {enum.key[0] for _, enum in change.altered_enums}
    wanted |= {sequence.key[0] for sequence in change.created_sequences}
    wanted |= {extension.schema for extension in change.created_extensions}
    wanted |= {extension.schema for _, extension in change.altered_extensions}
    wanted.discard(None)
    if not wanted:
        return change
    used = {t.before.schema for t in change.tables if t.before is not None}
    used |= {enum.key[0] for enum, _ in change.altered_enums}
    used |= {extension.schema for extension, _ in change.altered_extensions}
    used |= {model.options.get("schema") for model in before.models.values()}
    names = sorted(str(name) for name in wanted - used)
    return replace(change, created_schemas=tuple(names))
