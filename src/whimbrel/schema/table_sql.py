"""
Tables: create, drop, rename, comment.

Place: `schema`, part of the compiler, above `columns` and `constraints`.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.schema.columns import ColumnSQL
from whimbrel.schema.constraints import ConstraintSQL
from whimbrel.schema.objects import Constraint, ForeignKey, Table, TableKey
from whimbrel.schema.statement import Statement


class TableSQL(ColumnSQL, ConstraintSQL):
    """Standard SQL for tables as wholes."""

    def create_table(
        self, table: Table, foreign_keys: Iterable[ForeignKey]
    ) -> list[Statement]:
        """
        Return CREATE TABLE with *foreign_keys* inline, and the table's comments.

        Its indexes are created later.
        """
        parts = [self.column_definition(table, c) for c in table.columns]
        if table.primary_key is not None:
            parts += self.primary_key_definition(table)
        parts += [self.constraint_definition(c) for c in table.constraints]
        inline = tuple(foreign_keys)
        parts += [self.foreign_key_definition(f) for f in inline]
        body = ",\n    ".join(parts)
        body = f"\n    {body}\n" if body else ""
        head = f"CREATE {self.table_prefix(table)}TABLE {self.table_sql(table)}"
        sql = f"{head} ({body}){self.table_suffix(table)}"
        return [
            self.statement(sql, f"create table {table.name}", table.key),
            *self.new_table_comments(table, inline),
        ]

    def primary_key_definition(self, table: Table) -> list[str]:
        """Return the PRIMARY KEY part, empty where a column says it already."""
        assert table.primary_key is not None
        return [self.constraint_definition(table.primary_key)]

    def table_suffix(self, table: Table) -> str:
        """Return what follows the column list, with a space before it."""
        suffix = dict(table.options).get("suffix")
        return f" {suffix}" if suffix else ""

    def table_prefix(self, table: Table) -> str:
        """Return what stands before TABLE, with a space behind it."""
        prefix = dict(table.options).get("prefix")
        return f"{prefix} " if prefix else ""

    def drop_table(self, table: Table) -> list[Statement]:
        return [
            self.statement(
                f"DROP TABLE {self.table_sql(table)}",
                f"drop table {table.name}",
                table.key,
            )
        ]

    def rename_table(self, before: TableKey, after: TableKey) -> list[Statement]:
        """Return the statements for another name; *after* may be in a new schema."""
        return self.alter(
            before,
            [f"RENAME TO {self.quote(after[1])}"],
            f"rename table {before[1]} to {after[1]}",
        )

    def new_table_comments(
        self, table: Table, foreign_keys: Iterable[ForeignKey]
    ) -> list[Statement]:
        """Return the comments on a new table where they are statements."""
        if not self.facts.comments or self.facts.inline_comments:
            return []
        items: list[Constraint | ForeignKey] = [*table.constraints, *foreign_keys]
        if table.primary_key is not None:
            items.insert(0, table.primary_key)
        statements = [s for i in items for s in self.new_comment(table, i)]
        for column in table.columns:
            if column.comment is not None:
                statements += self.column_comment(table, column.name, column.comment)
        if table.comment is not None:
            statements += self.table_comment(table)
        return statements

    def table_comment(self, table: Table) -> list[Statement]:
        """Return the statement that gives *table* its comment, or takes it away."""
        return [
            self.statement(
                f"COMMENT ON TABLE {self.table_sql(table)} "
                f"IS {self.comment_literal(table.comment)}",
                f"comment on {table.name}",
                table.key,
            )
        ]

    def column_comment(
        self, table: Table, name: str, comment: str | None
    ) -> list[Statement]:
        return [
            self.statement(
                f"COMMENT ON COLUMN {self.table_sql(table)}.{self.quote(name)} "
                f"IS {self.comment_literal(comment)}",
                f"comment on {table.name}.{name}",
                table.key,
            )
        ]

    def comment_literal(self, comment: str | None) -> str:
        return "NULL" if comment is None else self.literal(comment)
