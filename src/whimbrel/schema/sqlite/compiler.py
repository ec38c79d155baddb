"""
SQLite: from a change to statements.

Place: `schema.sqlite`, its top. Renames are in place, so that views, triggers
and the foreign keys of other tables follow; then each table is altered where it
stands or rebuilt once, whatever is asked of it. Everything of a table is in its
CREATE TABLE, foreign keys too: SQLite takes them to tables made later.

The connection must have ``PRAGMA foreign_keys=OFF``, set before the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import sqlalchemy as sa

from whimbrel.migrations.effects import Effects
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.columns import ColumnSteps
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.dependents import Dependent, Stranger, dropped
from whimbrel.schema.namespaces import NONE, columns, freed
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.schema.renames import ASIDE
from whimbrel.schema.row_fills import RowKey, plain_key
from whimbrel.schema.sqlite.checks import SqliteChecks
from whimbrel.schema.sqlite.dependents import broken, dependents
from whimbrel.schema.sqlite.facts import SqliteFacts
from whimbrel.schema.sqlite.in_place import InPlace, is_null
from whimbrel.schema.sqlite.rebuild import Rebuild
from whimbrel.schema.sqlite.strangers import strangers
from whimbrel.schema.sqlite.violations import Watch, watches
from whimbrel.schema.statement import Ask, Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.units import Names, Phase, Unit

ROWIDS = ("rowid", "_rowid_", "oid")
"""What a row's number is called, unless a column is called so."""


class SqliteCompiler(Compiler):
    """Turns a `SchemaChange` into SQLite's statements."""

    checks_class: ClassVar[type[CheckSQL]] = SqliteChecks

    facts: SqliteFacts

    def __init__(self, dialect: sa.Dialect, facts: SqliteFacts) -> None:
        super().__init__(dialect, facts)

    # Definitions

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
        sql = f"FOREIGN KEY({columns}) {self.references(item)}"
        return self._named(item.name, sql)

    def references(self, key: ForeignKey) -> str:
        """Return REFERENCES; it names no schema, which SQLite does not allow."""
        columns = self.list_sql(key.target_columns)
        target = f"REFERENCES {self.quote(key.target[1])} ({columns})"
        return f"{target} {key.suffix}".rstrip()

    def inline_definition(self, part: Constraint | ForeignKey) -> str:
        """Return *part* as it stands behind the one column that it concerns."""
        if isinstance(part, Constraint):
            return self.constraint_definition(part)
        return self._named(part.name, self.references(part))

    def table_suffix(self, table: Table) -> str:
        words = ", ".join(name for name, _ in table.options)
        return f" {words}" if words else ""

    def create_index(self, table: Table, index: Index) -> list[Statement]:
        prefix = f"{index.prefix} " if index.prefix else ""
        sql = (
            f"CREATE {prefix}INDEX {self.index_sql(table, index.name)} "
            f"ON {self.quote(table.name)} {index.sql}"
        )
        return [self.statement(sql, f"create index {index.name}", table.key)]

    def rename_table(self, before: TableKey, after: TableKey) -> list[Statement]:
        """Return the rename; one of case only needs another name between."""
        if before[1] == after[1] or before[1].lower() != after[1].lower():
            return super().rename_table(before, after)
        aside = (before[0], f"{ASIDE}{before[1]}")
        return [
            *super().rename_table(before, aside),
            *super().rename_table(aside, after),
        ]

    # Names and what they stand for

    def fold(self, name: str) -> str:
        return name.lower()

    def item_names(
        self, key: TableKey, item: Constraint | ForeignKey | Index, name: str | None
    ) -> Names:
        """Return the names of indexes, which are among those of tables."""
        if isinstance(item, Index) and name is not None:
            return frozenset({self.relation((key[0], name))})
        return NONE

    def target_names(self, key: ForeignKey) -> Names:
        """
        Return what must be done before a definition speaks of the target.

        It need not be there, but a rename of who had its name before would be
        followed.
        """
        return frozenset({freed(key.target), columns(key.target)})

    def changes_table(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects; all foreign keys may be said again, in a rebuild."""
        effects = super().changes_table(comparison, diff)
        targets = (self.target_names(key) for key in diff.after.foreign_keys)
        return replace(effects, reads=effects.reads.union(*targets))

    def key_of_rows(self, diff: TableDiff) -> tuple[RowKey, ...]:
        """Return the number that SQLite gives a row; without one, the key."""
        table = diff.moved
        if any(name == "WITHOUT ROWID" for name, _ in table.options):
            key = table.primary_key
            return tuple(plain_key(self.quote(n)) for n in key.columns) if key else ()
        taken = {column.name.lower() for column in table.columns}
        free = [name for name in ROWIDS if name not in taken]
        return (plain_key(free[0]),) if free else super().key_of_rows(diff)

    # What SQLite can do

    def replaces_column(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """Never: a rebuild keeps what it can of any column."""
        return False

    def type_breaks_references(self, before: Column, after: Column) -> bool:
        return False

    def in_place(self, diff: TableDiff) -> InPlace:
        return InPlace(diff, self.facts)

    def rebuilds(self, diff: TableDiff) -> bool:
        return bool(diff) and not self.in_place(diff).possible()

    # Steps

    def drop_foreign_keys(self, comparison: Comparison) -> Iterator[Unit]:
        """Nothing: they go with their table, by a rebuild or altogether."""
        return iter(())

    def add_foreign_keys(self, comparison: Comparison) -> Iterator[Unit]:
        """Tables have them already; what is left is to look at the rows."""
        near = {diff.after.key for diff in comparison.diffs if self.touches(diff)}
        for diff in comparison.diffs:
            keys = diff.after.foreign_keys
            touched = diff.after.key in near or any(k.target in near for k in keys)
            look = (self.check_rows(diff.after.key),) if keys and touched else ()
            yield Unit(
                phase=Phase.FOREIGN_KEYS,
                statements=look,
                effects=self.adds_foreign_keys(comparison, diff.after, keys),
            )

    def drop_early(self, diff: TableDiff) -> list[Statement]:
        """Nothing: a constraint goes when its table is altered."""
        return []

    def dependents(self, change: SchemaChange, ask: Ask) -> list[Dependent]:
        comparison = self.compared(change)
        diffs = comparison.diffs
        tables = [*comparison.dropped, *(diff.before for diff in diffs)]
        known = {index.name for table in tables for index in table.indexes}
        found = dependents(dropped(comparison), known, ask)
        minds = (d.before.key for d in diffs if self.minds_broken_views(d))
        names = {item.name for item in found}
        return [*found, *(o for o in broken(minds, ask) if o.name not in names)]

    def minds_broken_views(self, diff: TableDiff) -> bool:
        """Whether an ALTER TABLE is part of it that SQLite refuses because of them."""
        in_place = bool(diff.dropped) and not self.rebuilds(diff)
        return in_place or bool(diff.renamed) or diff.before.name != diff.moved.name

    def strangers(self, change: SchemaChange, ask: Ask) -> list[Stranger]:
        diffs = [diff for diff in self.compared(change).diffs if diff]
        return strangers([(d, self.rebuilds(d)) for d in diffs], self, ask)

    def watches(self, change: SchemaChange) -> list[Watch]:
        """Return what tells new rows that lead nowhere from those of before."""
        comparison = self.compared(change)
        touched = [d.before.key for d in comparison.diffs if self.touches(d)]
        dropped = [table.key for table in comparison.dropped]
        return watches(touched, dropped, comparison.renames)

    def drop_primary_key(self, diff: TableDiff) -> Iterator[Unit]:
        """Nothing: that takes a rebuild."""
        return iter(())

    def rebuild_table(self, diff: TableDiff) -> list[Statement]:
        kept = [after for _, after in diff.indexes.kept]
        return [
            *Rebuild(diff, self).statements(),
            *(s for index in kept for s in self.create_index(diff.after, index)),
        ]

    def alter_table(self, diff: TableDiff) -> list[Statement]:
        """Return what ALTER TABLE does after all renames, a clause at a time."""
        place = self.in_place(diff)
        table = diff.after
        steps = self.column_steps(diff)
        statements = [*self.drop_constraints(table, place.lost_checks)]
        dropping = self.dropping(diff)
        statements += self.clear_unknown(diff) if dropping else []
        for column in dropping:
            does = f"drop column {table.name}.{column.name}"
            statements += self.alter(table.key, [self.drop_column(diff, column)], does)
        for step in steps:
            does = f"alter {table.name}"
            statements += self.alter(table.key, step.first, does)
            statements += step.middle
            statements += self.alter(table.key, step.last, does)
        checks = tuple(c for c in place.new_checks if not place.inline(c))
        return [*statements, *self.add_constraints(table, checks)]

    def clear_unknown(self, diff: TableDiff) -> list[Statement]:
        """
        Return what drops the indexes over dropped columns that no model knows.

        SQLite refuses to drop a column that has one; a rebuild loses them. Their
        names come from the catalog: a statement that changes nothing carries the
        query, and its rows are run after it.
        """
        step = self.statement(
            "PRAGMA legacy_alter_table=OFF",
            f"drop the indexes of {diff.after.name} over columns that go",
            diff.after.key,
        )
        return [replace(step, saves=Rebuild(diff, self).strays(), restores=True)]

    def add_column(self, diff: TableDiff, column: Column) -> ColumnSteps:
        """Return ADD COLUMN with the column's own constraints, then its fill."""
        parts = [self.column_definition(diff.after, column)]
        parts += map(self.inline_definition, self.in_place(diff).parts_of(column))
        fill = diff.change.fills.get(column.name)
        middle: list[Statement] = []
        if fill is not None and fill != column.default and not is_null(fill):
            middle = self.fill_all(diff.after, column, fill)
        return ColumnSteps(
            first=(f"ADD COLUMN {' '.join(parts)}",), middle=tuple(middle)
        )

    def fill_all(self, table: Table, column: Column, fill: str) -> list[Statement]:
        sql = self.update(table, column, fill)
        return [self.statement(sql, f"fill {table.name}.{column.name}", table.key)]

    def check_rows(self, key: TableKey) -> Statement:
        """Return the query for rows of a table whose foreign keys lead nowhere."""
        schema, name = key
        qualifier = "" if schema is None else f"{self.quote(schema)}."
        query = self.statement(
            f"PRAGMA {qualifier}foreign_key_check({self.quote(name)})",
            f"check the foreign keys of {name}",
            key,
        )
        return replace(query, finds_violations=True)

    def touches(self, diff: TableDiff) -> bool:
        """Whether a row of the table may lead nowhere, or be led to, unlike before."""
        if self.rebuilds(diff) or self.in_place(diff).new_foreign_keys:
            return True
        change = diff.change
        columns = {*change.filled, *change.casts, *change.renamed_values}
        return any(not columns.isdisjoint(k.columns) for k in diff.after.foreign_keys)
