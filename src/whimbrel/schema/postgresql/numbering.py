"""
Columns that number themselves: serials and identity columns.

Place: `schema.postgresql`, part of its compiler. A serial is no type: it is an
integer whose default reads a sequence that the column owns. Neither kind moves
its counter past the rows that are there, so that is done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from whimbrel.migrations.effects import Effects, Resource
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.columns import ColumnSteps
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.namespaces import used
from whimbrel.schema.objects import Column, Table, TableKey
from whimbrel.schema.postgresql.facts import PostgresqlFacts
from whimbrel.schema.postgresql.names import (
    counter_name,
    kind_of,
    numbers,
    sequence_name,
)
from whimbrel.schema.renaming import Part
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.units import Names, Phase, Unit, unused

SERIALS = {"SMALLINT": "SMALLSERIAL", "INTEGER": "SERIAL", "BIGINT": "BIGSERIAL"}
_IDENTITY = re.compile(
    r"(?P<mode>ALWAYS|BY DEFAULT) AS IDENTITY(?P<rest>.*)", re.DOTALL
)


class NumberingSQL(Compiler):
    """Serial and identity columns in PostgreSQL."""

    facts: PostgresqlFacts

    # Names

    def relation(self, key: TableKey) -> Resource:
        schema, name = key
        default = self.dialect.default_schema_name or "public"
        return ("relation", "" if schema in (None, default) else str(schema), name)

    def brought_names(self, key: TableKey, columns: Iterable[Column]) -> Names:
        schema, table = key
        return frozenset(
            self.relation((schema, counter_name(table, column)))
            for column in columns
            if numbers(column)
        )

    def changes_table(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects; a column that stays may gain or lose its sequence."""
        effects = super().changes_table(comparison, diff)
        changed = [(b, a) for b, a in diff.altered if numbers(b) != numbers(a)]
        if not changed:
            return effects
        lost = self.brought_names(diff.after.key, (b for b, _ in changed))
        made = self.brought_names(diff.after.key, (a for _, a in changed))
        # A sequence that has its new name by a rename goes after that.
        renamed = {new for _, new in renamed_sequences(diff)}
        moved = frozenset(name for name in lost if name[-1] in renamed)
        return replace(
            effects,
            reads=effects.reads | moved,
            removes=effects.removes | (lost - moved),
            makes=effects.makes | made,
        )

    # Columns

    def column_definition(self, table: Table, column: Column) -> str:
        if kind_of(column) == "serial":
            column = replace(column, type=SERIALS.get(column.type, column.type))
        return super().column_definition(table, column)

    def sequence_sql(self, table: Table, column: Column) -> str:
        """Return the quoted name of the sequence behind *column*."""
        return self.key_sql((table.schema, counter_name(table.name, column)))

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
        sequence = self.sequence_sql(table, after)
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
        sequence = self.sequence_sql(table, after)
        does = f"number {table.name}.{after.name}"
        unlogged = dict(table.options).get("prefix") == "UNLOGGED"
        word = "UNLOGGED " if unlogged and self.facts.unlogged_sequences else ""
        create = self.statement(
            f"CREATE {word}SEQUENCE {sequence} AS {after.type}", does, table.key
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
        sequence = self.sequence_sql(table, column)
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

    def rename_items(self, comparison: Comparison) -> Iterator[Unit]:
        """
        Rename sequences too: their names come from table and column, and a new
        table of the old name will want them.
        """
        for diff in comparison.diffs:
            for old, new in renamed_sequences(diff):
                yield from self.renames_sequence(diff, old, new)
        yield from super().rename_items(comparison)

    def renames_sequence(self, diff: TableDiff, old: str, new: str) -> Iterator[Unit]:
        """Yield the rename of a sequence that belongs to a table."""
        yield self.renames_part(diff, self.sequence_part(diff), old, new)

    def sequence_part(self, diff: TableDiff) -> Part:
        """Return how a sequence is renamed, before and after its table is."""
        before, after = diff.before.schema, diff.after.schema
        return Part(
            names=lambda key, name: frozenset({self.relation((key[0], name))}),
            before=lambda old, new: self.rename_sequence((before, old), new),
            after=lambda old, new: self.rename_sequence((after, old), new),
        )

    def rename_sequence(self, key: TableKey, new: str) -> list[Statement]:
        """Return the rename of a sequence, if it is there under its usual name."""
        return [
            self.statement(
                f"ALTER SEQUENCE IF EXISTS {self.key_sql(key)} "
                f"RENAME TO {self.quote(new)}",
                f"rename sequence {key[1]} to {new}",
            )
        ]

    # Sequences that stand alone

    def drop_sequences(self, change: SchemaChange) -> Iterator[Unit]:
        for sequence, unit in zip(
            change.dropped_sequences, super().drop_sequences(change), strict=True
        ):
            yield replace(unit, otherwise=partial(self.drop_aside, sequence.key))

    def drop_aside(self, key: TableKey, taken: Names) -> list[Unit]:
        """Return the drop of a sequence whose name is needed while it is in use."""

        def names(name: str) -> Names:
            return self.sequence_names((key[0], name))

        parked = unused(key[1], names, taken)
        drop = self.drop_sequence((key[0], parked))
        return [
            Unit(
                phase=Phase.TYPES,
                statements=tuple(self.rename_sequence(key, parked)),
                effects=Effects(removes=names(key[1]), makes=names(parked)),
            ),
            Unit(
                phase=Phase.TYPES_OFF,
                statements=(drop,),
                effects=Effects(reads=names(parked), removes=frozenset({used(key)})),
            ),
        ]


def renamed_sequences(diff: TableDiff) -> Iterator[tuple[str, str]]:
    """Yield old and new name of the sequences behind columns that stay."""
    back = {new: old for old, new in diff.renamed.items()}
    for before, after in diff.kept:
        if numbers(before):
            column = back.get(before.name, before.name)
            old = sequence_name(diff.before.name, column)
            new = sequence_name(diff.after.name, after.name)
            if old != new:
                yield before.counter or old, new


def same_but_mode(before: Column, after: Column) -> str | None:
    """Return the new mode of an identity column of which nothing else changes."""
    assert before.auto_increment is not None
    assert after.auto_increment is not None
    old = _IDENTITY.match(before.auto_increment.options)
    new = _IDENTITY.match(after.auto_increment.options)
    if old is None or new is None or old["rest"] != new["rest"]:
        return None
    return new["mode"]
