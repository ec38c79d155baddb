"""
PostgreSQL: tables, comments, and the names that live in a schema.

Place: `schema.postgresql`, its top: columns, numbering and enumerations are
spelled below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import sqlalchemy as sa

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.constraints import Keyed
from whimbrel.schema.dependents import Dependent, Lost, dropped
from whimbrel.schema.objects import Table
from whimbrel.schema.postgresql.checks import PostgresqlChecks
from whimbrel.schema.postgresql.counters import with_counters
from whimbrel.schema.postgresql.dependents import dependents, known_in
from whimbrel.schema.postgresql.extensions import ExtensionSQL
from whimbrel.schema.postgresql.facts import PostgresqlFacts
from whimbrel.schema.postgresql.free_names import FreeNames
from whimbrel.schema.postgresql.lookup import candidates, chosen
from whimbrel.schema.postgresql.options import logging_differs, storage_change
from whimbrel.schema.postgresql.refusals import advice
from whimbrel.schema.statement import Ask, Lookup, Statement
from whimbrel.schema.table_diff import TableDiff


class PostgresqlCompiler(ExtensionSQL):
    """Turns a `SchemaChange` into PostgreSQL's statements."""

    checks_class: ClassVar[type[CheckSQL]] = PostgresqlChecks

    facts: PostgresqlFacts

    def __init__(self, dialect: sa.Dialect, facts: PostgresqlFacts) -> None:
        super().__init__(dialect, facts)

    def lookup_query(self, lookup: Lookup) -> str | None:
        return candidates(self.key_sql(lookup.table), self.literal)

    def looked_up(self, lookup: Lookup, rows: Iterable[Sequence[object]]) -> list[str]:
        return chosen(lookup, rows)

    def settled(self, change: SchemaChange, ask: Ask) -> SchemaChange:
        """
        Return *change* with names that are free, or as they are, and without schemas
        that are there: ``IF NOT EXISTS`` wants the privilege to create one all the
        same.
        """
        default = self.dialect.default_schema_name or "public"
        change = FreeNames(change, default, self.literal).settled(ask)
        change = with_counters(change, ask, self.key_sql, self.literal)
        if not change.created_schemas:
            return change
        there = {row[0] for row in ask("SELECT nspname FROM pg_namespace")}
        missing = tuple(name for name in change.created_schemas if name not in there)
        return replace(change, created_schemas=missing)

    def advice(self, sqlstate: str, message: str, sql: str) -> str | None:
        return advice(sqlstate, message, sql)

    def dependents(self, change: SchemaChange, ask: Ask) -> list[Dependent]:
        comparison = self.compared(change)
        lost = [*dropped(comparison)]
        for diff in comparison.diffs:
            was = {new: old for old, new in diff.renamed.items()}
            lost += [
                Lost(
                    table=diff.before.key,
                    column=was.get(after.name, after.name),
                    retyped=True,
                )
                for before, after in diff.altered
                if self.type_differs(before, after)
            ]
        tables = [item.before for item in change.tables if item.before is not None]
        return dependents(lost, ask, self.key_sql, self.literal, known_in(tables))

    def constraint_comment(self, table: Table, item: Keyed) -> list[Statement]:
        if item.name is None:
            return []
        return [
            self.statement(
                f"COMMENT ON CONSTRAINT {self.name_sql(item)} ON "
                f"{self.table_sql(table)} IS {self.comment_literal(item.comment)}",
                f"comment on {item.name}",
                table.key,
                lookups=[self.lookup(table, item)],
            )
        ]

    def kept_otherwise(self, diff: TableDiff) -> bool:
        """No table that is logged may refer to one that is not."""
        return logging_differs(diff.before, diff.after)

    def alter_options(self, diff: TableDiff) -> list[Statement]:
        clauses = storage_change(diff.moved, diff.after)
        return self.alter(
            diff.after.key, clauses, f"change the storage of {diff.after.name}"
        )
