"""
Columns: definitions, and the clauses that add, drop and alter them.

Place: `schema`, part of the compiler, above `values`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from whimbrel.schema.objects import Column, Table
from whimbrel.schema.renames import ASIDE
from whimbrel.schema.row_fills import RowFillSQL
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.values import ValueSQL, fits


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSteps:
    """
    What one column needs.

    Args:
        early: Clauses of an ALTER TABLE before all others.

        first: Clauses of the first ALTER TABLE.

        middle: Statements between, such as the UPDATE that fills rows.

        last: Clauses of the second ALTER TABLE; joined with the first where no
            column of the table has anything between.

        after: Statements once all clauses have run.
    """

    early: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    middle: tuple[Statement, ...] = ()
    last: tuple[str, ...] = ()
    after: tuple[Statement, ...] = ()


def reads_off(before: Column, after: Column) -> bool:
    """Whether a column that is computed when read becomes a plain one."""
    virtual = before.computed is not None and not before.computed.persisted
    return virtual and after.computed is None


class ColumnSQL(ValueSQL, RowFillSQL):
    """Standard SQL for columns."""

    # Definitions

    def column_definition(self, table: Table, column: Column) -> str:
        """Return *column* as CREATE TABLE and ADD COLUMN write it."""
        parts = [
            self.quote(column.name),
            self.column_type(column),
            self.default_clause(column),
            self.computed_clause(column),
            self.identity_clause(column),
            self.null_clause(column),
            self.comment_clause(column),
        ]
        return " ".join(part for part in parts if part)

    def column_type(self, column: Column) -> str:
        """Return the type with its collation."""
        return f"{column.type}{self.collate_clause(column)}"

    def collate_clause(self, column: Column) -> str:
        if column.collation is None:
            return ""
        return f" COLLATE {self.quote(column.collation)}"

    def default_clause(self, column: Column) -> str:
        return "" if column.default is None else f"DEFAULT {column.default}"

    def computed_clause(self, column: Column) -> str:
        if column.computed is None:
            return ""
        kind = "STORED" if column.computed.persisted else "VIRTUAL"
        return f"GENERATED ALWAYS AS ({column.computed.sql}) {kind}"

    def identity_clause(self, column: Column) -> str:
        numbering = column.auto_increment
        if numbering is None or numbering.kind != "identity":
            return ""
        return f"GENERATED {numbering.options}"

    def null_clause(self, column: Column) -> str:
        return "" if column.nullable else "NOT NULL"

    def comment_clause(self, column: Column) -> str:
        """Return the comment where it is part of the definition."""
        if not self.facts.inline_comments or column.comment is None:
            return ""
        return f"COMMENT {self.literal(column.comment)}"

    # Changes

    def add_column(self, diff: TableDiff, column: Column) -> ColumnSteps:
        """
        Return the steps that add *column*.

        Existing rows are filled by a DEFAULT that is taken away again, which
        costs no pass over the rows where the database keeps it in its catalog.
        """
        if column.name in diff.change.row_fills:
            return self.add_for_rows(diff, column)
        fill = diff.change.fills.get(column.name)
        if fill is None:
            definition = self.column_definition(diff.after, column)
            return ColumnSteps(first=(f"ADD COLUMN {definition}",))
        filled = replace(column, default=fill)
        definition = self.column_definition(diff.after, filled)
        last: tuple[str, ...] = ()
        if fill != column.default:
            last = (self.default_change(column),)
        return ColumnSteps(first=(f"ADD COLUMN {definition}",), middle=(), last=last)

    def add_for_rows(self, diff: TableDiff, column: Column) -> ColumnSteps:
        """Return the steps that add *column* and fill it row by row."""
        bare = replace(column, nullable=True, default=None)
        last = [] if column.default is None else [self.default_change(column)]
        last += [] if column.nullable else [self.null_change(column)]
        return ColumnSteps(
            first=(f"ADD COLUMN {self.column_definition(diff.after, bare)}",),
            middle=tuple(self.fill_rows(diff, column)),
            last=tuple(last),
        )

    def drop_column(self, diff: TableDiff, column: Column) -> str:
        return f"DROP COLUMN {self.quote(column.name)}"

    def alter_column(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        """Return the steps that turn *before* (new name) into *after*."""
        first: list[str] = []
        last: list[str] = []
        middle: list[Statement] = []
        if not self.casts_values(diff, before, after):
            middle += self.rename_values(diff, after)
        if self.type_differs(before, after):
            narrows = middle and fits(self.value_moves(diff, after), before.type)
            (last if narrows else first).extend(self.type_change(diff, before, after))
        elif before.default != after.default:
            first.append(self.default_change(after))
        if before.nullable and not after.nullable:
            filled = self.without_nulls(diff, after)
            middle += filled
            (last if filled else first).append(self.null_change(after))
        elif after.nullable and not before.nullable:
            first.append(self.null_change(after))
        return ColumnSteps(first=tuple(first), middle=tuple(middle), last=tuple(last))

    def values_read_off(self, diff: TableDiff) -> list[Statement]:
        """
        Return the steps in which columns without values of their own get some.

        No ALTER TABLE gives a virtual column the values that it shows.
        """
        columns = [before for before, after in diff.altered if reads_off(before, after)]
        if not columns:
            return []
        table = diff.moved
        adds, sets, drops, renames = [], [], [], []
        for column in columns:
            plain = replace(column, computed=None, nullable=True)
            parked = replace(plain, name=self.aside(column.name))
            name = self.quote(column.name)
            adds.append(f"ADD COLUMN {self.column_definition(table, parked)}")
            sets.append(self.update(table, parked, name))
            drops.append(f"DROP COLUMN {name}")
            renames += self.takes_name(table, parked, column.name)
        names = ", ".join(column.name for column in columns)
        does = f"give {table.name}.{names} the values that it shows"
        return [
            *self.alter(table.key, adds, does),
            *(self.statement(sql, does, table.key) for sql in sets),
            *self.alter(table.key, drops, does),
            *renames,
        ]

    def takes_name(self, table: Table, column: Column, name: str) -> list[Statement]:
        """Return the rename of *column*, new in *table*, to *name*."""
        return self.rename_column(table, column.name, name)

    def aside(self, name: str) -> str:
        """Return the name that a column has until another one has taken its place."""
        return f"{ASIDE}{name}"[: self.facts.identifier_length]

    def casts_values(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """Whether the change of type renames the values in rows on the way."""
        return False

    def type_differs(self, before: Column, after: Column) -> bool:
        """Whether the type must be altered."""
        return before.type != after.type or before.collation != after.collation

    def type_change(self, diff: TableDiff, before: Column, after: Column) -> list[str]:
        """Return the clauses that change the type, and the default with it."""
        clauses = []
        if before.default is not None and before.default != after.default:
            clauses.append(self.default_change(replace(before, default=None)))
        clauses.append(
            f"ALTER COLUMN {self.quote(after.name)} SET DATA TYPE "
            f"{self.column_type(after)}"
        )
        if after.default is not None and before.default != after.default:
            clauses.append(self.default_change(after))
        return clauses

    def default_change(self, column: Column) -> str:
        """Return the clause that gives *column* its default, or takes it away."""
        name = self.quote(column.name)
        if column.default is None:
            return f"ALTER COLUMN {name} DROP DEFAULT"
        return f"ALTER COLUMN {name} SET DEFAULT {column.default}"

    def null_change(self, column: Column) -> str:
        verb = "DROP" if column.nullable else "SET"
        return f"ALTER COLUMN {self.quote(column.name)} {verb} NOT NULL"

    def without_nulls(self, diff: TableDiff, column: Column) -> list[Statement]:
        """Return what fills the NULLs in *column*, if anything does."""
        if column.name in diff.change.row_fills:
            return self.fill_rows(diff, column)
        fill = diff.change.fills.get(column.name)
        return [] if fill is None else self.fill_nulls(diff.after, column, fill)

    def fill_nulls(self, table: Table, column: Column, fill: str) -> list[Statement]:
        """Return the UPDATE that leaves no NULL in *column*."""
        name = self.quote(column.name)
        return [
            self.statement(
                f"{self.update(table, column, fill)} WHERE {name} IS NULL",
                f"fill {table.name}.{column.name}",
                table.key,
            )
        ]

    def rename_column(self, table: Table, old: str, new: str) -> list[Statement]:
        return self.alter(
            table.key,
            [f"RENAME COLUMN {self.quote(old)} TO {self.quote(new)}"],
            f"rename column {table.name}.{old} to {new}",
        )

    # What the database can do with a column

    def replaces_column(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """Whether the change needs the column dropped and added again."""
        return before.computed != after.computed

    def kept_otherwise(self, diff: TableDiff) -> bool:
        """Whether only a table that changes alike may refer to this one, or else
        may be referred to."""
        return False

    def type_breaks_references(self, before: Column, after: Column) -> bool:
        """Whether foreign keys from and to the column cannot live through."""
        return self.type_differs(before, after)
