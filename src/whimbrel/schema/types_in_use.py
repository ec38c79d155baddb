"""
Named types and sequences: which come into use, fall out of it, or change.

Place: `schema`, above `change`, below `transition`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.objects import EnumType, Sequence, Table, TableKey


def enums_of(tables: Iterable[Table | None]) -> dict[TableKey, EnumType]:
    """Return the enumerations that columns of *tables* are, by key."""
    return {
        column.enum.key: column.enum
        for table in tables
        if table is not None
        for column in table.columns
        if column.enum is not None
    }


def sequences_of(tables: Iterable[Table | None]) -> dict[TableKey, Sequence]:
    """Return the sequences that columns of *tables* take their values from."""
    return {
        column.sequence.key: column.sequence
        for table in tables
        if table is not None
        for column in table.columns
        if column.sequence is not None
    }


def with_types(
    change: SchemaChange,
    enums: tuple[Mapping[TableKey, EnumType], Mapping[TableKey, EnumType]]
    | None = None,
    sequences: tuple[Mapping[TableKey, Sequence], Mapping[TableKey, Sequence]]
    | None = None,
) -> SchemaChange:
    """
    Return *change* with the types and sequences that its tables need.

    Args:
        enums, sequences: All of them before and after; without, those of the
            tables in *change*.
    """
    before = [t.before for t in change.tables]
    after = [t.after for t in change.tables]
    old, new = enums or (enums_of(before), enums_of(after))
    renamed = renamed_enums(change, old, new)
    followed = {renamed.get(key, key): enum for key, enum in old.items()}
    had, has = sequences or (sequences_of(before), sequences_of(after))
    return replace(
        change,
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


def renamed_enums(
    change: SchemaChange,
    before: Mapping[TableKey, EnumType],
    after: Mapping[TableKey, EnumType],
) -> dict[TableKey, TableKey]:
    """
    Return old → new key of types that got another name.

    That is one that goes while a new one takes its place in every column.
    """
    found: dict[TableKey, set[TableKey]] = {}
    for item in change.tables:
        if item.before is None or item.after is None:
            continue
        new_columns = {c.name: c for c in item.after.columns}
        for column in item.before.columns:
            name = item.renamed.get(column.name, column.name)
            successor = new_columns.get(name)
            if column.enum is None or successor is None or name in item.replaced:
                continue
            if successor.enum is not None:
                found.setdefault(column.enum.key, set()).add(successor.enum.key)
    renamed: dict[TableKey, TableKey] = {}
    for old, news in found.items():
        new = next(iter(news))
        if len(news) != 1 or old in after or new in before or new == old:
            continue
        if new not in renamed.values():
            renamed[old] = new
    return renamed
