"""
Sequences that stand alone.

Place: `schema`, part of the compiler, above `namespaces`.
"""

from __future__ import annotations

from collections.abc import Iterator

from whimbrel.migrations.effects import Effects
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.namespaces import Namespaces, used
from whimbrel.schema.objects import Sequence, TableKey
from whimbrel.schema.statement import Statement
from whimbrel.schema.units import Phase, Unit


class SequenceSQL(Namespaces):
    """Standard SQL for sequences."""

    def create_sequences(self, change: SchemaChange) -> Iterator[Unit]:
        """Yield CREATE and ALTER SEQUENCE."""
        if not self.facts.sequences:
            return
        for sequence in change.created_sequences:
            yield Unit(
                phase=Phase.TYPES,
                statements=(self.create_sequence(sequence),),
                effects=Effects(makes=self.sequence_names(sequence.key)),
            )
        for before, after in change.altered_sequences:
            yield Unit(
                phase=Phase.TYPES,
                statements=tuple(self.alter_sequence(before, after)),
                effects=Effects(
                    removes=self.sequence_names(before.key),
                    makes=self.sequence_names(after.key),
                ),
            )

    def create_sequence(self, sequence: Sequence) -> Statement:
        options = f" {sequence.options}" if sequence.options else ""
        return self.statement(
            f"CREATE SEQUENCE {self.key_sql(sequence.key)}{options}",
            f"create sequence {sequence.key[1]}",
        )

    def alter_sequence(self, before: Sequence, after: Sequence) -> list[Statement]:
        """Return the change of name and options; the value counted to stays."""
        statements = []
        if before.key != after.key:
            statements.append(
                self.statement(
                    f"ALTER SEQUENCE {self.key_sql(before.key)} "
                    f"RENAME TO {self.quote(after.key[1])}",
                    f"rename sequence {before.key[1]} to {after.key[1]}",
                )
            )
        if before.options != after.options and after.options:
            statements.append(
                self.statement(
                    f"ALTER SEQUENCE {self.key_sql(after.key)} {after.options}",
                    f"alter sequence {after.key[1]}",
                )
            )
        return statements

    def drop_sequences(self, change: SchemaChange) -> Iterator[Unit]:
        if not self.facts.sequences:
            return
        for sequence in change.dropped_sequences:
            yield Unit(
                phase=Phase.TYPES_OFF,
                statements=(self.drop_sequence(sequence.key),),
                effects=Effects(
                    removes=self.sequence_names(sequence.key) | {used(sequence.key)}
                ),
            )

    def drop_sequence(self, key: TableKey) -> Statement:
        return self.statement(
            f"DROP SEQUENCE {self.key_sql(key)}", f"drop sequence {key[1]}"
        )
