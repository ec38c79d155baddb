"""
The change that a compiler turns into statements.

Place: `schema`, above `objects`. Built by `schema.transition` from two project
states and hints; read by every database's compiler. Going backwards is the
same value with before and after swapped (`SchemaChange.reversed` is not
needed: the transition is built the other way round).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from whimbrel.schema.objects import (
    Column,
    EnumType,
    Extension,
    Sequence,
    Table,
    TableKey,
)
from whimbrel.schema.statement import PythonFill


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """
    One table before and after.

    Args:
        before: None for a table that is created.

        after: None for a table that is dropped.

        renamed: Old → new name of each column that both have and whose name
            changes. A column of the same name in both is the same column
            unless it is in *replaced*.

        replaced: New names of columns that are new although the old table has a
            column of that name (one dropped, another added).

        fills: Column (new name) → SQL of the value that existing rows get: for
            an added column, or for NULLs in one that becomes NOT NULL.

        row_fills: The same for values that only Python can give.

        casts: Column (new name) → SQL expression that converts the old value
            in a type change (PostgreSQL's USING).

        renamed_values: Column (new name) → old → new text of values that rows
            have. A value whose text another one takes, and which has no new one
            itself, becomes a text that no enumeration has, so that the database
            refuses where rows have it.

        returning: It takes a migration back: what it adds was there before, and
            comes back without its rows or values.

        model, fields: Whose table it is afterwards, and column (new name) → field:
            for messages; nothing is derived from them.
    """

    before: Table | None
    after: Table | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    fills: Mapping[str, str] = field(default_factory=dict)
    row_fills: Mapping[str, PythonFill] = field(default_factory=dict)
    casts: Mapping[str, str] = field(default_factory=dict)
    renamed_values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    returning: bool = False
    model: tuple[str, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> frozenset[str]:
        """Columns (new names) in which existing rows get a value."""
        return frozenset((*self.fills, *self.row_fills))

    def kept_columns(self) -> Iterator[tuple[Column, Column]]:
        """Yield the columns before and after that are the same one."""
        if self.before is None or self.after is None:
            return
        after = {column.name: column for column in self.after.columns}
        for old in self.before.columns:
            name = self.renamed.get(old.name, old.name)
            if name in after and name not in self.replaced:
                yield old, after[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """
    All that changes in a database at one step.

    Args:
        tables: The tables that are created, dropped or changed; also unchanged
            ones whose foreign keys point to a column whose type changes.

        created_enums, dropped_enums: Types that come into use or fall out of
            it; `altered_enums` pairs before and after of the same key, or of a
            rename.

        renamed_values: Key of an enumeration before → old → new text of values
            that the type itself renames (`schema.postgresql.enums`).

        created_sequences, dropped_sequences: Likewise.

        created_extensions, dropped_extensions, altered_extensions: Likewise, whether
            or not anything is known to use them.

        created_schemas: Names of schemas that come into use. They are created
            if missing and never dropped by a schema change alone.

        data_follows: A data step comes next, perhaps in the same transaction: it
            may use whatever is new.
    """

    tables: tuple[TableChange, ...] = ()
    created_enums: tuple[EnumType, ...] = ()
    dropped_enums: tuple[EnumType, ...] = ()
    altered_enums: tuple[tuple[EnumType, EnumType], ...] = ()
    renamed_values: Mapping[TableKey, Mapping[str, str]] = field(default_factory=dict)
    created_sequences: tuple[Sequence, ...] = ()
    dropped_sequences: tuple[Sequence, ...] = ()
    altered_sequences: tuple[tuple[Sequence, Sequence], ...] = ()
    created_extensions: tuple[Extension, ...] = ()
    dropped_extensions: tuple[Extension, ...] = ()
    altered_extensions: tuple[tuple[Extension, Extension], ...] = ()
    created_schemas: tuple[str, ...] = ()
    dropped_schemas: tuple[str, ...] = ()
    data_follows: bool = False
