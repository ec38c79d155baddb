"""
Sequences that stand alone.

Place: `schema`, part of the compiler, above `spelling`.
"""

from __future__ import annotations

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.objects import Sequence
from whimbrel.schema.spelling import Spelling
from whimbrel.schema.statement import Statement


class SequenceSQL(Spelling):
    """Standard SQL for sequences."""

    def create_sequences(self, change: SchemaChange) -> list[Statement]:
        """Return CREATE and ALTER SEQUENCE."""
        if not self.facts.sequences:
            return []
        statements = []
        for sequence in change.created_sequences:
            options = f" {sequence.options}" if sequence.options else ""
            statements.append(
                self.statement(
                    f"CREATE SEQUENCE {self.key_sql(sequence.key)}{options}",
                    f"create sequence {sequence.key[1]}",
                )
            )
        for before, after in change.altered_sequences:
            statements += self.alter_sequence(before, after)
        return statements

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

    def drop_sequences(self, change: SchemaChange) -> list[Statement]:
        if not self.facts.sequences:
            return []
        return [
            self.statement(
                f"DROP SEQUENCE {self.key_sql(sequence.key)}",
                f"drop sequence {sequence.key[1]}",
            )
            for sequence in change.dropped_sequences
        ]
