"""
SQLite's texts of tables, columns and constraints.

Place: `schema.sqlite`, beside `difference`; the standard's texts where they are
the same. Everything of a table is in its CREATE TABLE, foreign keys
too: SQLite takes them to tables made later. Comments do not exist.
"""

from __future__ import annotations

from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, Table
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_sql import TableSQL


class SqliteSpelling(TableSQL):
    """How SQLite writes definitions."""

    def column_definition(self, table: Table, column: Column) -> str:
        numbered = "PRIMARY KEY AUTOINCREMENT" if column.auto_increment else ""
        parts = [
            self.quote(column.name),
            self.column_type(column),
            self.default_clause(column),
            self.null_clause(column),
            numbered,
            self.computed_clause(column),
        ]
        return " ".join(part for part in parts if part)

    def primary_key_definition(self, table: Table) -> list[str]:
        if any(column.auto_increment for column in table.columns):
            return []
        return super().primary_key_definition(table)

    def foreign_key_definition(self, item: ForeignKey) -> str:
        columns = self.list_sql(item.columns)
        return self._named(item.name, f"FOREIGN KEY({columns}) {self.references(item)}")

    def references(self, key: ForeignKey) -> str:
        """Return REFERENCES; SQLite allows no schema in it."""
        columns = f" ({self.list_sql(key.target_columns)})"
        target = f"REFERENCES {self.quote(key.target[1])}{columns}"
        return f"{target} {key.suffix}".rstrip()

    def inline(self, part: Constraint | ForeignKey) -> str:
        """Return *part* as it stands behind the one column that it concerns."""
        if isinstance(part, Constraint):
            return self.constraint_definition(part)
        return self._named(part.name, self.references(part))

    def table_suffix(self, table: Table) -> str:
        words = ", ".join(name for name, _ in table.options)
        return f" {words}" if words else ""

    def create_index(self, table: Table, index: Index) -> list[Statement]:
        prefix = f"{index.prefix} " if index.prefix else ""
        name = self.key_sql((table.schema, index.name))
        return [
            self.statement(
                f"CREATE {prefix}INDEX {name} ON {self.quote(table.name)} {index.sql}",
                f"create index {index.name} on {table.name}",
                table.key,
            )
        ]

    def qualifier(self, schema: str | None) -> str:
        """Return what stands before a name in *schema*, with its dot."""
        return "" if schema is None else f"{self.quote(schema)}."
