"""
How a dialect spells names, and the shortest ways to a statement.

Place: `schema`, the lowest part of the compiler.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import sqlalchemy as sa

from whimbrel.facts import Facts
from whimbrel.schema.objects import Column, Table, TableKey
from whimbrel.schema.statement import Lookup, Statement


class Spelling:
    """Names, literals and statements in one dialect."""

    def __init__(self, dialect: sa.Dialect, facts: Facts) -> None:
        self.dialect = dialect
        self.facts = facts

    def quote(self, name: str) -> str:
        """Return *name* in quotes where the dialect needs them."""
        return self.dialect.identifier_preparer.quote(name)

    def key_sql(self, key: TableKey) -> str:
        """Return the quoted, schema-qualified name."""
        schema, name = key
        if schema is None:
            return self.quote(name)
        preparer: Any = self.dialect.identifier_preparer
        return f"{preparer.quote_schema(schema)}.{self.quote(name)}"

    def table_sql(self, table: Table) -> str:
        """Return the quoted, schema-qualified name of *table*."""
        return self.key_sql(table.key)

    def list_sql(self, names: Iterable[str]) -> str:
        """Return *names* quoted and separated by commas."""
        return ", ".join(self.quote(name) for name in names)

    def literal(self, text: str) -> str:
        """Return *text* as a string literal."""
        string: Any = sa.String()
        return cast(str, string.literal_processor(self.dialect)(text))

    def update(self, table: Table, column: Column, value: str) -> str:
        """Return the UPDATE that gives *column* a value and leaves the others alone."""
        name = self.quote(column.name)
        return f"UPDATE {self.table_sql(table)} SET {name} = {value}"

    def statement(
        self,
        sql: str,
        does: str,
        table: TableKey | None = None,
        *,
        lookups: Iterable[Lookup | None] = (),
    ) -> Statement:
        """
        Return a statement.

        Args:
            sql: With the placeholders of *lookups*; those not in it are left out.
        """
        used = tuple(item for item in lookups if item and item.placeholder in sql)
        if not used:
            return Statement(sql=sql, does=does, table=table)
        shown = sql
        for item in used:
            if item.expected is not None:
                shown = shown.replace(item.placeholder, self.quote(item.expected))
        return Statement(sql=shown, does=does, table=table, lookups=used, template=sql)

    def alter(
        self,
        table: TableKey,
        clauses: Iterable[str],
        does: str,
        *,
        lookups: Iterable[Lookup | None] = (),
    ) -> list[Statement]:
        """
        Return ALTER TABLE statements for *clauses*: one if the database
        combines them, none if there are none.
        """
        all_clauses = list(clauses)
        if not all_clauses:
            return []
        head = f"ALTER TABLE {self.key_sql(table)} "
        if self.facts.combines_alters:
            all_clauses = [", ".join(all_clauses)]
        found = tuple(lookups)
        return [
            self.statement(head + clause, does, table, lookups=found)
            for clause in all_clauses
        ]
