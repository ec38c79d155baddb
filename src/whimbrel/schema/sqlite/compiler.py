"""
SQLite: from a change to statements.

Place: `schema.sqlite`, its top. Renames come first and in place, so that views,
triggers, and the foreign keys of other tables follow; then each table is
altered where it stands or rebuilt once, whatever is asked of it. Indexes
are dropped first and made last: their names are shared by all tables.

The connection must have ``PRAGMA foreign_keys=OFF``, set before the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.objects import Column, Index, Table
from whimbrel.schema.sqlite.difference import Difference, is_null
from whimbrel.schema.sqlite.facts import SqliteFacts
from whimbrel.schema.sqlite.rebuild import Rebuild
from whimbrel.schema.sqlite.renames import carried, in_order, renames_of
from whimbrel.schema.sqlite.spelling import SqliteSpelling
from whimbrel.schema.statement import Statement


class SqliteCompiler:
    """Turns a `SchemaChange` into SQLite's statements."""

    def __init__(self, dialect: sa.Dialect, facts: SqliteFacts) -> None:
        self.facts = facts
        self.spelling = SqliteSpelling(dialect, facts)

    def compile(self, change: SchemaChange) -> list[Statement]:
        """Return the statements of *change*, in the order in which they run."""
        renames = renames_of(change)
        pairs = [t for t in change.tables if t.before and t.after]
        differences = [
            Difference(carried(t, renames, self.spelling.quote), t, self.facts)
            for t in pairs
        ]
        dropped = [t.before for t in change.tables if t.before and not t.after]
        created = [t.after for t in change.tables if t.after and not t.before]
        return [
            *(s for d in differences for s in self.drop_indexes(d)),
            *(s for table in dropped for s in self.spelling.drop_table(table)),
            *self.rename_tables(differences),
            *(s for d in differences for s in self.rename_columns(d)),
            *(s for table in created for s in self.create_table(table)),
            *(s for d in differences for s in self.alter(d)),
            *(s for t in created for s in self.create_indexes(t, t.indexes)),
            *(s for d in differences for s in self.new_indexes(d)),
            *(s for d in differences for s in self.check_rows(d)),
        ]

    # Whole tables.

    def create_table(self, table: Table) -> list[Statement]:
        return self.spelling.create_table(table, table.foreign_keys)

    def rename_tables(self, differences: list[Difference]) -> Iterator[Statement]:
        by_schema: dict[str | None, dict[str, str]] = {}
        for difference in differences:
            if not difference.moves:
                names = by_schema.setdefault(difference.before.schema, {})
                names[difference.before.name] = difference.after.name
        for schema, names in by_schema.items():
            for old, new in in_order(names, names):
                yield from self.spelling.rename_table((schema, old), (schema, new))

    # Columns, where the table stands.

    def rename_columns(self, difference: Difference) -> Iterator[Statement]:
        """Yield the renames; in place, columns go first and make room."""
        table = difference.before if difference.moves else difference.after
        present = {column.name for column in difference.before.columns}
        names = difference.room_made
        if difference.in_place:
            gone = self.gone(difference)
            yield from (self.drop_column(table, name) for name in gone)
            present -= set(gone)
            names = dict(difference.change.renamed)
        for old, new in in_order(names, present):
            yield from self.spelling.rename_column(table, old, new)

    def gone(self, difference: Difference) -> list[str]:
        """Return the names that dropped columns have had so far."""
        lost = {column.name for column in difference.dropped}
        pairs = zip(difference.before.columns, difference.now.columns, strict=True)
        return [old.name for old, now in pairs if now.name in lost]

    def drop_column(self, table: Table, name: str) -> Statement:
        return self.alter_table(
            table,
            f"DROP COLUMN {self.spelling.quote(name)}",
            f"drop column {table.name}.{name}",
        )

    def alter(self, difference: Difference) -> Iterator[Statement]:
        """Yield what renames leave to do, in place or by a rebuild."""
        if not difference.in_place:
            yield from Rebuild(difference, self.spelling).statements()
            return
        for constraint in difference.lost_constraints:
            name = self.spelling.quote(constraint.name or "")
            yield self.alter_table(
                difference.after,
                f"DROP CONSTRAINT {name}",
                f"drop constraint {constraint.name}",
            )
        for column in difference.added:
            yield from self.add_column(difference, column)
        for old, new in difference.kept:
            if old.nullable != new.nullable:
                yield from self.set_nullable(difference, new)
        for constraint in difference.attached_checks():
            yield self.alter_table(
                difference.after,
                f"ADD {self.spelling.constraint_definition(constraint)}",
                f"add constraint {constraint.name or constraint.sql}",
            )

    def add_column(self, difference: Difference, column: Column) -> Iterator[Statement]:
        table = difference.after
        parts = [self.spelling.column_definition(table, column)]
        parts += map(self.spelling.inline, difference.inline_parts(column))
        yield self.alter_table(
            table,
            f"ADD COLUMN {' '.join(parts)}",
            f"add column {table.name}.{column.name}",
        )
        fill = difference.change.fills.get(column.name)
        if fill is not None and fill != column.default and not is_null(fill):
            name = self.spelling.quote(column.name)
            yield Statement(
                sql=f"UPDATE {self.spelling.table_sql(table)} SET {name} = {fill}",
                does=f"fill {table.name}.{column.name}",
                table=table.key,
            )

    def set_nullable(
        self, difference: Difference, column: Column
    ) -> Iterator[Statement]:
        table, name = difference.after, self.spelling.quote(column.name)
        fill = difference.change.fills.get(column.name)
        if not column.nullable and fill is not None:
            yield from self.spelling.fill_nulls(table, column, fill)
        verb = "DROP" if column.nullable else "SET"
        yield self.alter_table(
            table,
            f"ALTER COLUMN {name} {verb} NOT NULL",
            f"{verb.lower()} not null on {table.name}.{column.name}",
        )

    def alter_table(self, table: Table, clause: str, does: str) -> Statement:
        sql = f"ALTER TABLE {self.spelling.key_sql(table.key)} {clause}"
        return Statement(sql=sql, does=does, table=table.key)

    # Indexes.

    def drop_indexes(self, difference: Difference) -> Iterator[Statement]:
        """Yield the drops; a rebuild drops what is on the old table anyway."""
        if not difference.in_place:
            return
        for index in difference.lost_indexes:
            yield from self.spelling.drop_index(difference.before, index)

    def new_indexes(self, difference: Difference) -> list[Statement]:
        after = difference.after
        wanted = difference.new_indexes if difference.in_place else after.indexes
        return self.create_indexes(after, wanted)

    def create_indexes(
        self, table: Table, indexes: tuple[Index, ...]
    ) -> list[Statement]:
        return [s for i in indexes for s in self.spelling.create_index(table, i)]

    # Rows.

    def check_rows(self, difference: Difference) -> Iterator[Statement]:
        """Yield the query for rows whose changed foreign keys lead nowhere."""
        if difference.touched_foreign_keys:
            schema, name = difference.after.key
            yield Statement(
                sql=f"PRAGMA {self.spelling.qualifier(schema)}"
                f"foreign_key_check({self.spelling.quote(name)})",
                does=f"check the foreign keys of {name}",
                table=difference.after.key,
                finds_violations=True,
            )
