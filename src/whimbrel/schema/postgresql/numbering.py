"""
Columns that number themselves: serials and identity columns.

Place: `schema.postgresql`, part of its compiler. A serial is no type: it is an
integer whose default reads a sequence that the column owns. Neither kind moves
its counter past the rows that are there, so that is done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.columns import ColumnSteps
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.objects import Column, Sequence, Table, TableKey
from whimbrel.schema.postgresql.names import sequence_name
from whimbrel.schema.renames import Name, rename_steps
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff

SERIALS = {"SMALLINT": "SMALLSERIAL", "INTEGER": "SERIAL", "BIGINT": "BIGSERIAL"}
_IDENTITY = re.compile(
    r"(?P<mode>ALWAYS|BY DEFAULT) AS IDENTITY(?P<rest>.*)", re.DOTALL
)


class NumberingSQL(Compiler):
    """Serial and identity columns in PostgreSQL."""

    def create_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> list[Statement]:
        """Make way first for the sequences that serials of the new tables bring."""
        taken = serial_sequences(new_tables(comparison))
        going = tuple(s for s in change.dropped_sequences if s.key in taken)
        later = late_sequences(change, comparison)
        rest = tuple(s for s in change.created_sequences if s not in later)
        return [
            *self.drop_sequences(replace(change, dropped_sequences=going)),
            *super().create_types(replace(change, created_sequences=rest), comparison),
        ]

    def drop_types(
        self, change: SchemaChange, comparison: Comparison
    ) -> list[Statement]:
        """Make last the sequences whose names serials have had until now."""
        taken = serial_sequences(new_tables(comparison))
        rest = tuple(s for s in change.dropped_sequences if s.key not in taken)
        later = SchemaChange(created_sequences=late_sequences(change, comparison))
        return [
            *super().drop_types(replace(change, dropped_sequences=rest), comparison),
            *self.create_sequences(later),
        ]

    def column_definition(self, table: Table, column: Column) -> str:
        if kind_of(column) == "serial":
            column = replace(column, type=SERIALS.get(column.type, column.type))
        return super().column_definition(table, column)

    def sequence_sql(self, table: Table, column: str) -> str:
        """Return the quoted name of the sequence behind *column*."""
        return self.key_sql((table.schema, sequence_name(table.name, column)))

    def renumber(self, diff: TableDiff, before: Column, after: Column) -> ColumnSteps:
        """Return what changes in the numbering of a column that stays."""
        table = diff.after
        old, new = kind_of(before), kind_of(after)
        if before.auto_increment == after.auto_increment:
            if old == "serial" and before.type != after.type:
                return ColumnSteps(after=self.retype_sequence(table, after))
            return ColumnSteps()
        if old == new == "identity":
            mode = same_but_mode(before, after)
            if mode is not None:
                clause = f"ALTER COLUMN {self.quote(after.name)} SET GENERATED {mode}"
                return ColumnSteps(first=(clause,))
        stop = self.stop_numbering(table, before, after)
        start = self.start_numbering(table, after)
        return ColumnSteps(
            first=stop.first,
            middle=(*stop.middle, *start.middle),
            last=start.last,
            after=start.after,
        )

    def stop_numbering(
        self, table: Table, before: Column, after: Column
    ) -> ColumnSteps:
        name = self.quote(after.name)
        kind = kind_of(before)
        if kind == "identity":
            return ColumnSteps(first=(f"ALTER COLUMN {name} DROP IDENTITY IF EXISTS",))
        if kind != "serial":
            return ColumnSteps()
        sequence = self.sequence_sql(table, after.name)
        drop = self.statement(
            f"DROP SEQUENCE IF EXISTS {sequence}",
            f"drop the sequence of {table.name}.{after.name}",
            table.key,
        )
        first = (f"ALTER COLUMN {name} DROP DEFAULT",)
        return ColumnSteps(first=first, middle=(drop,))

    def start_numbering(self, table: Table, after: Column) -> ColumnSteps:
        name = self.quote(after.name)
        numbering = after.auto_increment
        if numbering is None:
            return ColumnSteps()
        if numbering.kind == "identity":
            return ColumnSteps(
                last=(f"ALTER COLUMN {name} ADD GENERATED {numbering.options}",),
                after=(self.count_on(table, after),),
            )
        sequence = self.sequence_sql(table, after.name)
        does = f"number {table.name}.{after.name}"
        create = self.statement(
            f"CREATE SEQUENCE {sequence} AS {after.type}", does, table.key
        )
        own = self.statement(
            f"ALTER SEQUENCE {sequence} OWNED BY {self.table_sql(table)}.{name}",
            does,
            table.key,
        )
        default = f"ALTER COLUMN {name} SET DEFAULT nextval({self.literal(sequence)})"
        return ColumnSteps(
            middle=(create,), last=(default,), after=(own, self.count_on(table, after))
        )

    def retype_sequence(self, table: Table, column: Column) -> tuple[Statement, ...]:
        """Return what lets a serial's sequence count as far as its new type."""
        sequence = self.sequence_sql(table, column.name)
        return (
            self.statement(
                f"ALTER SEQUENCE IF EXISTS {sequence} AS {column.type}",
                f"widen the sequence of {table.name}.{column.name}",
                table.key,
            ),
        )

    def count_on(self, table: Table, column: Column) -> Statement:
        """Return what moves the counter past the rows that are there."""
        name = self.quote(column.name)
        whole = self.table_sql(table)
        return self.statement(
            f"SELECT setval(pg_get_serial_sequence({self.literal(whole)}, "
            f"{self.literal(column.name)}), max({name})) FROM {whole} "
            f"HAVING max({name}) IS NOT NULL",
            f"count on from the rows of {table.name}",
            table.key,
        )

    def rename_items(self, comparison: Comparison) -> list[Statement]:
        """
        Rename sequences too: their names come from table and column, and a new
        table of the old name will want them.
        """
        moves: dict[Name, Name] = {}
        for diff in comparison.diffs:
            back = {new: old for old, new in diff.renamed.items()}
            schema = diff.after.schema
            for before, after in diff.kept:
                if kind_of(before) not in ("serial", "identity"):
                    continue
                old_column = back.get(before.name, before.name)
                old = sequence_name(diff.before.name, old_column)
                new = sequence_name(diff.after.name, after.name)
                if old != new:
                    moves[schema, old] = (schema, new)
        statements = []
        for (space, old), (_, new) in rename_steps(moves):
            schema = space if isinstance(space, str) else None
            statements.append(
                self.statement(
                    f"ALTER SEQUENCE IF EXISTS {self.key_sql((schema, old))} "
                    f"RENAME TO {self.quote(new)}",
                    f"rename sequence {old} to {new}",
                )
            )
        return [*statements, *super().rename_items(comparison)]


def new_tables(comparison: Comparison) -> list[Table]:
    """Return the tables as they are after the change."""
    return [*comparison.created, *(diff.after for diff in comparison.diffs)]


def serial_sequences(tables: Iterable[Table]) -> frozenset[TableKey]:
    """Return the names of the sequences behind the serials of *tables*."""
    return frozenset(
        (table.schema, sequence_name(table.name, column.name))
        for table in tables
        for column in table.columns
        if kind_of(column) == "serial"
    )


def late_sequences(
    change: SchemaChange, comparison: Comparison
) -> tuple[Sequence, ...]:
    """Return the new sequences whose names old tables' serials still have."""
    old = (*comparison.dropped, *(diff.before for diff in comparison.diffs))
    taken = serial_sequences(old)
    return tuple(s for s in change.created_sequences if s.key in taken)


def kind_of(column: Column) -> str | None:
    """Return ``serial``, ``identity`` or None."""
    return None if column.auto_increment is None else column.auto_increment.kind


def same_but_mode(before: Column, after: Column) -> str | None:
    """Return the new mode of an identity column of which nothing else changes."""
    assert before.auto_increment is not None
    assert after.auto_increment is not None
    old = _IDENTITY.match(before.auto_increment.options)
    new = _IDENTITY.match(after.auto_increment.options)
    if old is None or new is None or old["rest"] != new["rest"]:
        return None
    return new["mode"]
