"""
Constraints, foreign keys and indexes: make, drop, rename.

Place: `schema`, part of the compiler, above `spelling`.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, Table
from whimbrel.schema.spelling import Spelling
from whimbrel.schema.statement import Kind, Lookup, Statement

Keyed = Constraint | ForeignKey


class ConstraintSQL(Spelling):
    """Standard SQL for constraints and indexes."""

    # Definitions

    def constraint_definition(self, item: Constraint) -> str:
        """Return ``CONSTRAINT name …`` as CREATE TABLE and ADD write it."""
        return self._named(item.name, item.sql)

    def foreign_key_definition(self, item: ForeignKey) -> str:
        sql = (
            f"FOREIGN KEY({self.list_sql(item.columns)}) REFERENCES "
            f"{self.key_sql(item.target)} ({self.list_sql(item.target_columns)})"
        )
        return self._named(item.name, f"{sql} {item.suffix}".rstrip())

    def _named(self, name: str | None, sql: str) -> str:
        return sql if name is None else f"CONSTRAINT {self.quote(name)} {sql}"

    # Clauses of ALTER TABLE

    def add_constraint(self, item: Keyed) -> str:
        if isinstance(item, ForeignKey):
            return f"ADD {self.foreign_key_definition(item)}"
        return f"ADD {self.constraint_definition(item)}"

    def drop_constraint(self, item: Keyed) -> str:
        """Return the clause, with a placeholder for a name that is looked up."""
        return f"DROP CONSTRAINT {self.name_sql(item)}"

    def name_sql(self, item: Keyed | Index) -> str:
        """Return the quoted name, or the placeholder of one that is looked up."""
        if item.name is not None and not item.foreseen:
            return self.quote(item.name)
        return Lookup(
            kind=kind_of(item), table=(None, ""), columns=(), expected=item.name
        ).placeholder

    def lookup(self, table: Table, item: Keyed | Index) -> Lookup | None:
        """
        Return how to find the name of *item*; None if somebody gave it.

        *table* and *item* are as they are called when the statement runs.
        """
        if item.name is not None and not item.foreseen:
            return None
        kind = kind_of(item)
        by_text = kind in ("check", "exclude")
        others: list[Keyed | Index] = [*table.constraints, *table.indexes]
        if isinstance(item, ForeignKey):
            others = [*table.foreign_keys]
        return Lookup(
            kind=kind,
            table=table.key,
            columns=item.columns,
            target=item.target if isinstance(item, ForeignKey) else None,
            sql=None if isinstance(item, ForeignKey) or not by_text else item.sql,
            known=tuple(
                other.name
                for other in others
                if other.name is not None
                and not other.foreseen
                and kind_of(other) == kind
            ),
            expected=item.name,
        )

    # Statements

    def add_constraints(
        self, table: Table, items: tuple[Keyed, ...]
    ) -> list[Statement]:
        """Return the statements that add *items*, with their comments."""
        names = ", ".join(self.describe(item) for item in items)
        return [
            *self.alter(
                table.key,
                [self.add_constraint(item) for item in items],
                f"add {names} to {table.name}",
            ),
            *(s for item in items for s in self.new_comment(table, item)),
        ]

    def drop_constraints(
        self, table: Table, items: tuple[Keyed, ...]
    ) -> list[Statement]:
        """Return the statements that drop *items*, of any kind."""
        named = [item for item in items if item.name is not None]
        names = ", ".join(self.describe(item) for item in named)
        statements = self.alter(
            table.key,
            [self.drop_constraint(item) for item in named],
            f"drop {names} from {table.name}",
            lookups=[self.lookup(table, item) for item in named],
        )
        for item in items:
            if item.name is None:
                statements += self.alter(
                    table.key,
                    [self.drop_constraint(item)],
                    f"drop {self.describe(item)} from {table.name}",
                    lookups=[self.lookup(table, item)],
                )
        return statements

    def rename_constraint(
        self, table: Table, before: Keyed, after: Keyed
    ) -> list[Statement]:
        """Both have names; called only where the database renames constraints."""
        assert before.name is not None
        assert after.name is not None
        return self.alter(
            table.key,
            [f"RENAME CONSTRAINT {self.name_sql(before)} TO {self.quote(after.name)}"],
            f"rename constraint {before.name} to {after.name}",
            lookups=[self.lookup(table, before)],
        )

    def create_index(self, table: Table, index: Index) -> list[Statement]:
        prefix = f"{index.prefix} " if index.prefix else ""
        return [
            self.statement(
                f"CREATE {prefix}INDEX {self.quote(index.name)} "
                f"ON {self.table_sql(table)} {index.sql}",
                f"create index {index.name} on {table.name}",
                table.key,
            )
        ]

    def drop_index(self, table: Table, index: Index) -> list[Statement]:
        return [
            self.statement(
                f"DROP INDEX {self.index_sql(table, index.name)}",
                f"drop index {index.name}",
                table.key,
            )
        ]

    def rename_index(
        self, table: Table, before: Index, after: Index
    ) -> list[Statement]:
        """Called only where the database renames indexes."""
        return [
            self.statement(
                f"ALTER INDEX {self.index_sql(table, before.name)} "
                f"RENAME TO {self.quote(after.name)}",
                f"rename index {before.name} to {after.name}",
                table.key,
            )
        ]

    def index_sql(self, table: Table, name: str) -> str:
        """Return the name of an index where it stands alone."""
        return self.key_sql((table.schema, name))

    def new_comment(self, table: Table, item: Keyed) -> list[Statement]:
        """Return the comment of a new constraint, if it has one."""
        if item.comment is None:
            return []
        return self.constraint_comment(table, replace(item, foreseen=False))

    def constraint_comment(self, table: Table, item: Keyed) -> list[Statement]:
        """Return what gives a constraint its comment, or takes it away."""
        return []

    def describe(self, item: Keyed) -> str:
        """Return a few words for `Statement.does`."""
        if isinstance(item, ForeignKey):
            kind = "foreign key"
        else:
            kind = item.kind.replace("_", " ")
        return f"{kind} {item.name or '(' + ', '.join(item.columns) + ')'}"

    # What the database drops by itself

    def goes_with_column(self, item: Keyed | Index) -> bool:
        """Whether *item* disappears when one of its columns is dropped."""
        return False

    def remade_with_type(
        self, item: Constraint | Index, before: Column, after: Column
    ) -> bool:
        """Whether *item*, which mentions the altered column, must be made anew."""
        return False


def kind_of(item: Keyed | Index) -> Kind:
    """Return what *item* is in the database's catalog."""
    if isinstance(item, ForeignKey):
        return "foreign_key"
    if isinstance(item, Index):
        return "unique" if item.unique else "index"
    return item.kind
