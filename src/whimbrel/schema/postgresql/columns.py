"""
PostgreSQL's columns: types, conversions, what is remade with a type.

Place: `schema.postgresql`, part of its compiler, above `numbering`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from whimbrel.schema.columns import ColumnSteps, reads_off
from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, Table
from whimbrel.schema.postgresql.casts import STRINGS, base_type, conversion
from whimbrel.schema.postgresql.names import kind_of
from whimbrel.schema.postgresql.numbering import NumberingSQL
from whimbrel.schema.row_fills import HOLE, RowKey
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.values import rounds
from whimbrel.state.sql_text import identifiers_in

PLACE = RowKey(
    "CAST(ctid AS text) AS place", "ctid", f"CAST(CAST({HOLE} AS text) AS tid)"
)
PARTITION = RowKey("CAST(tableoid AS bigint)", "CAST(tableoid AS bigint)")

_WHERE = re.compile(r"\)\s*WHERE\b", re.IGNORECASE)


class PostgresqlColumns(NumberingSQL):
    """Columns in PostgreSQL."""

    def alter_column(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        steps = super().alter_column(diff, before, after)
        numbering = self.renumber(diff, before, after)
        first, last = steps.first, steps.last
        stops = numbering.first
        stored = before.computed is not None and before.computed.persisted
        if stored and after.computed is None:
            stops = (f"ALTER COLUMN {self.quote(after.name)} DROP EXPRESSION", *stops)
        # In one ALTER TABLE, types would be changed and columns dropped before.
        stays = not stored and kind_of(before) != "identity"
        apart = not stays and (
            self.type_differs(before, after) or self.loses_base(diff, before)
        )
        return ColumnSteps(
            early=stops if apart else (),
            first=first if apart else (*stops, *first),
            middle=(*numbering.middle, *steps.middle),
            last=(*last, *numbering.last),
            after=(*steps.after, *numbering.after),
        )

    def type_differs(self, before: Column, after: Column) -> bool:
        return super().type_differs(before, after) or before.enum != after.enum

    def type_change(self, diff: TableDiff, before: Column, after: Column) -> list[str]:
        """
        Return the clauses of a type change.

        The default is taken away first: PostgreSQL would have to cast it too.
        """
        name = self.quote(after.name)
        other = self.is_other_type(before, after)
        resets = before.default is not None and (
            other or before.default != after.default
        )
        clauses = []
        if resets:
            clauses.append(self.default_change(replace(before, default=None)))
        clauses.append(
            f"ALTER COLUMN {name} TYPE {self.column_type(after)}"
            f"{self.using(diff, before, after)}"
        )
        if after.default is not None and (resets or before.default is None):
            clauses.append(self.default_change(after))
        return clauses

    def using(self, diff: TableDiff, before: Column, after: Column) -> str:
        """Return USING where no assignment leads from type to type."""
        cast = diff.change.casts.get(after.name)
        if cast is None and self.casts_values(diff, before, after):
            return f" USING {self.converted_values(diff, before, after)}"
        if cast is None and after.computed is None:
            cast = conversion(
                self.quote(after.name),
                before.type,
                after.type,
                by_text=before.enum != after.enum and before.enum is not None,
            )
        return "" if cast is None else f" USING {cast}"

    def is_other_type(self, before: Column, after: Column) -> bool:
        """Whether more than a length or precision changes."""
        return (
            base_type(before.type) != base_type(after.type) or before.enum != after.enum
        )

    def casts_values(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """A named type knows no value of the other side: it is done by USING."""
        return bool(self.value_moves(diff, after)) and before.enum != after.enum

    def converted_values(self, diff: TableDiff, before: Column, after: Column) -> str:
        """Return a column's values under their new names, as its new type."""
        name, moves = self.quote(after.name), self.value_moves(diff, after)
        array = "[]" if before.type.endswith("[]") else ""
        value = name if before.enum is None else f"{name}::text{array}"
        value = (
            self.moved_items(value, moves) if array else self.moved_value(value, moves)
        )
        if base_type(after.type) in STRINGS:
            return value
        return f"({value})::{after.type}"

    def moved_items(self, value: str, moves: Mapping[str, str]) -> str:
        """Return SQL of *value*, an array of texts, with its items renamed."""
        for part in rounds(moves, unique=True):
            for old, new in part.items():
                items = f"{self.literal(old)}, {self.literal(new)}"
                value = f"array_replace({value}, {items})"
        return value

    def update_values(
        self, table: Table, column: Column, moves: Mapping[str, str]
    ) -> str:
        if column.type.endswith("[]"):
            return self.update_items(table, column, moves)
        if column.enum is None:
            return super().update_values(table, column, moves)
        name = self.quote(column.name)
        olds = ", ".join(map(self.literal, moves))
        value = self.moved_value(f"{name}::text", moves)
        return (
            f"UPDATE {self.table_sql(table)} SET {name} = ({value})::{column.type} "
            f"WHERE {name} IN ({olds})"
        )

    def update_items(
        self, table: Table, column: Column, moves: Mapping[str, str]
    ) -> str:
        """Return the UPDATE of arrays that hold a renamed value."""
        name = self.quote(column.name)
        olds = f"ARRAY[{', '.join(map(self.literal, moves))}]"
        value = self.moved_items(f"{name}::text[]", moves)
        return (
            f"UPDATE {self.table_sql(table)} SET {name} = {value}::{column.type} "
            f"WHERE {name}::text[] && {olds}"
        )

    def rename_values(self, diff: TableDiff, column: Column) -> list[Statement]:
        statements = super().rename_values(diff, column)
        return (
            [*statements, *self.checked_now(diff.after, column)] if statements else []
        )

    def fill_nulls(self, table: Table, column: Column, fill: str) -> list[Statement]:
        statements = super().fill_nulls(table, column, fill)
        return [*statements, *self.checked_now(table, column)]

    def fill_rows(self, diff: TableDiff, column: Column) -> list[Statement]:
        statements = super().fill_rows(diff, column)
        return [*statements, *self.checked_now(diff.after, column)]

    def key_of_rows(self, diff: TableDiff) -> tuple[RowKey, ...]:
        """
        Return the key, or else the place of a row, which is another one only once
        the row is filled; each partition has its own.
        """
        parted = "PARTITION BY" in dict(diff.after.options).get("suffix", "")
        return super().key_of_rows(diff) or (PARTITION,) * parted + (PLACE,)

    def checked_now(self, table: Table, column: Column) -> list[Statement]:
        """
        Return what lets ALTER TABLE follow an UPDATE of *column*.

        A row that this transaction has written, as a changed type does, is looked at
        by all foreign keys of its table, whatever column is updated.
        """
        texts = [key.suffix for key in table.foreign_keys]
        texts += [c.sql for c in table.constraints if column.name in c.columns]
        if any("INITIALLY DEFERRED" in text.upper() for text in texts):
            # Else ALTER TABLE refuses: "pending trigger events".
            sql = "SET CONSTRAINTS ALL IMMEDIATE"
            return [self.statement(sql, "check now", table.key)]
        return []

    # What the database can do with a column

    def replaces_column(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """
        A computed column is dropped and added: its expression is fixed, and
        PostgreSQL alters and drops no column that another is computed from.
        """
        if after.computed is None:
            return False
        return before.computed != after.computed or self.loses_base(diff, before)

    def loses_base(self, diff: TableDiff, column: Column) -> bool:
        """Whether what *column*, before, is computed from goes or gets another type."""
        if column.computed is None:
            return False
        moving = {a.name for b, a in diff.altered if self.type_differs(b, a)}
        moving |= diff.dropped_names
        return bool(identifiers_in(column.computed.sql, moving - {column.name}))

    def alter_table(self, diff: TableDiff) -> list[Statement]:
        return [*self.values_read_off(diff), *super().alter_table(diff)]

    def type_breaks_references(self, before: Column, after: Column) -> bool:
        return self.is_other_type(before, after)

    def remade_with_type(
        self, item: Constraint | Index, before: Column, after: Column
    ) -> bool:
        """Expressions were read with the old type, casts and all; and a column whose
        values are read off is dropped for a moment."""
        if reads_off(before, after):
            return True
        if not self.is_other_type(before, after):
            return False
        if isinstance(item, Index):
            return has_expressions(item)
        return item.kind in ("check", "exclude")

    def goes_with_column(self, item: Constraint | ForeignKey | Index) -> bool:
        """True where its columns are known for sure, not found in a text."""
        if isinstance(item, ForeignKey):
            return True
        if isinstance(item, Index):
            return not has_expressions(item)
        return item.kind in ("primary_key", "unique")


def has_expressions(index: Index) -> bool:
    """Whether *index* is over more than plain columns, or partial."""
    if _WHERE.search(index.sql):
        return True
    depth = 0
    for char in index.sql:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth > 1:
            return True
    return False
