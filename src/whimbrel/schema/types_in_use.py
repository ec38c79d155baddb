"""
Named types and sequences: which come into use, fall out of it, or change.

Place: `schema`, above `lower`, below `transition`. An enumeration belongs to all
columns that have it, so it is looked for in the whole of both states, but only
if a changed table has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import Column, EnumType, Sequence, Table, TableKey
from whimbrel.state.construct import Call, Construct
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState

Enums = Mapping[TableKey, EnumType]
Sequences = Mapping[TableKey, Sequence]


def complete_types(
    change: SchemaChange,
    before: ProjectState,
    after: ProjectState,
    lowering: Lowering,
) -> SchemaChange:
    """
    Return *change* with the types and sequences that come, go or change, and with
    the unchanged tables that use a changed type.
    """
    facts = lowering.database.facts
    enums: tuple[Enums, Enums] = ({}, {})
    sequences: tuple[Sequences, Sequences] = ({}, {})
    if facts.native_enums and any(c.enum for c in _columns(change)):
        olds = _whole(before, lowering, mentions_enum)
        news = _whole(after, lowering, mentions_enum)
        enums = (enums_of(olds), enums_of(news))
        change = _with_users(change, enums, olds, news)
    if facts.sequences and (
        before.sequences != after.sequences or any(c.sequence for c in _columns(change))
    ):
        sequences = (
            _all_sequences(before, lowering),
            _all_sequences(after, lowering),
        )
    return with_types(change, enums, sequences)


def with_types(
    change: SchemaChange,
    enums: tuple[Enums, Enums] | None = None,
    sequences: tuple[Sequences, Sequences] | None = None,
) -> SchemaChange:
    """
    Return *change* with its types and sequences compared.

    Args:
        enums, sequences: All of them before and after; without, those of the
            tables in *change*.
    """
    befores = [t.before for t in change.tables if t.before is not None]
    afters = [t.after for t in change.tables if t.after is not None]
    old, new = enums or (enums_of(befores), enums_of(afters))
    had, has = sequences or (sequences_of(befores), sequences_of(afters))
    renamed = renamed_enums(change, old, new)
    followed = {renamed.get(key, key): enum for key, enum in old.items()}
    return replace(
        _coherent(change, old, new),
        created_enums=tuple(e for k, e in new.items() if k not in followed),
        dropped_enums=tuple(e for k, e in followed.items() if k not in new),
        altered_enums=tuple(
            (followed[k], e)
            for k, e in new.items()
            if k in followed and followed[k] != e
        ),
        created_sequences=tuple(s for k, s in has.items() if k not in had),
        dropped_sequences=tuple(s for k, s in had.items() if k not in has),
        altered_sequences=tuple(
            (had[k], s) for k, s in has.items() if k in had and had[k] != s
        ),
    )


def enums_of(tables: Iterable[Table]) -> dict[TableKey, EnumType]:
    """
    Return the enumerations that columns of *tables* are, by key.

    Where columns disagree about the values (half of a change has been made) the
    type has those of all.
    """
    found: dict[TableKey, EnumType] = {}
    for column in (c for table in tables for c in table.columns):
        if column.enum is not None:
            known = found.get(column.enum.key)
            found[column.enum.key] = merged(known, column.enum)
    return found


def merged(one: EnumType | None, other: EnumType) -> EnumType:
    """Return an enumeration with the values of both, in the order of the longer."""
    if one is None or set(one.values) <= set(other.values):
        return other
    rest = tuple(v for v in other.values if v not in one.values)
    return replace(one, values=one.values + rest) if rest else one


def sequences_of(tables: Iterable[Table]) -> dict[TableKey, Sequence]:
    """Return the sequences that columns of *tables* take their values from."""
    return {
        column.sequence.key: column.sequence
        for table in tables
        for column in table.columns
        if column.sequence is not None
    }


def renamed_enums(
    change: SchemaChange, before: Enums, after: Enums
) -> dict[TableKey, TableKey]:
    """
    Return old → new key of types that got another name.

    That is one that goes while a new one takes its place in every column.
    """
    found: dict[TableKey, set[TableKey]] = {}
    for item in change.tables:
        for old, new in item.kept_columns():
            if old.enum is not None and new.enum is not None:
                found.setdefault(old.enum.key, set()).add(new.enum.key)
    renamed: dict[TableKey, TableKey] = {}
    for old_key, news in found.items():
        new_key = min(news, key=str)
        fresh = old_key not in after and new_key not in before
        if len(news) == 1 and fresh and new_key not in renamed.values():
            renamed[old_key] = new_key
    return renamed


def mentions_enum(model: ModelState) -> bool:
    """Whether a column of *model* may be of a named type; it is cheap to ask."""
    columns = (f for f in model.fields.values()) if model.is_table else ()
    return any(_may_be_enum(column.type) for column in columns)


def mentions_sequence(model: ModelState) -> bool:
    """Whether a column of *model* takes its values from a sequence."""
    columns = (f for f in model.fields.values()) if model.is_table else ()
    return any(column.sequence is not None for column in columns)


def _may_be_enum(value: Any) -> bool:
    if isinstance(value, Construct):
        name = value.path.rpartition(".")[2].lower()
        if name == "enum" or not value.path.startswith("sqlalchemy."):
            return True
        arguments = (*value.args, *(v for _, v in value.kwargs), *value.calls)
        return any(map(_may_be_enum, arguments))
    if isinstance(value, Call):
        return any(map(_may_be_enum, (*value.args, *(v for _, v in value.kwargs))))
    return False


def _whole(
    state: ProjectState, lowering: Lowering, wanted: Callable[[ModelState], bool]
) -> list[Table]:
    """Return the tables of all models of *state* that *wanted* speaks for."""
    return [
        table
        for key, model in state.models.items()
        if wanted(model)
        for table in lowering.lower(state, key).tables
    ]


def _all_sequences(state: ProjectState, lowering: Lowering) -> Sequences:
    owned = sequences_of(_whole(state, lowering, mentions_sequence))
    return {**owned, **lowering.sequences(state)}


def _columns(change: SchemaChange) -> Iterator[Column]:
    for item in change.tables:
        for table in (item.before, item.after):
            if table is not None:
                yield from table.columns


def _with_users(
    change: SchemaChange,
    enums: tuple[Enums, Enums],
    before: list[Table],
    after: list[Table],
) -> SchemaChange:
    """Add the tables that stay as they are but use a type that changes."""
    old, new = enums
    changing = {key for key in old if old[key] != new.get(key, old[key])}
    known = {t.after.key for t in change.tables if t.after is not None}
    stays = {table.key: table for table in before}
    users = tuple(
        TableChange(before=stays[table.key], after=table)
        for table in after
        if table.key not in known
        and table.key in stays
        and any(c.enum is not None and c.enum.key in changing for c in table.columns)
    )
    return replace(change, tables=change.tables + users) if users else change


def _coherent(change: SchemaChange, before: Enums, after: Enums) -> SchemaChange:
    """Let all columns of one type agree about its values."""

    def agreed(table: Table | None, enums: Enums) -> Table | None:
        if table is None or all(
            c.enum is None or enums.get(c.enum.key) == c.enum for c in table.columns
        ):
            return table
        columns = tuple(
            c if c.enum is None else replace(c, enum=enums.get(c.enum.key, c.enum))
            for c in table.columns
        )
        return replace(table, columns=columns)

    tables = tuple(
        replace(t, before=agreed(t.before, before), after=agreed(t.after, after))
        for t in change.tables
    )
    return replace(change, tables=tables)
