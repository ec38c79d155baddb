"""
The rebuild of a table: a new one, its rows, and the new one takes the place.

Place: `schema.sqlite`, above `difference` and `spelling`. Columns and tables have
their new names already. Foreign keys must be off on the connection, else DROP
TABLE would delete what refers to the rows. The old table is never renamed
away: references would follow it. While the new one gets its name,
``legacy_alter_table`` is on: otherwise SQLite refuses the rename as long as a
view or another table's trigger mentions the table that is missing for this moment.
Source: https://www.sqlite.org/lang_altertable.html#otheralter
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from whimbrel.schema.objects import Column, TableKey
from whimbrel.schema.sqlite.difference import Difference
from whimbrel.schema.sqlite.spelling import SqliteSpelling
from whimbrel.schema.statement import Statement

NEW = "_whimbrel_new_"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The statements that rebuild the table of *difference*."""

    difference: Difference
    spelling: SqliteSpelling

    @property
    def old(self) -> TableKey:
        difference = self.difference
        return difference.before.key if difference.moves else difference.after.key

    @property
    def new(self) -> TableKey:
        schema, name = self.difference.after.key
        return (schema, NEW + name)

    def statements(self) -> Iterator[Statement]:
        """Yield them; indexes of the model are made later, by the compiler."""
        spelling, after = self.spelling, self.difference.after
        name = after.name
        new = spelling.key_sql(self.new)
        yield self.step(self.make(), f"make a new {name}")
        yield self.step(self.copy(), f"copy the rows of {name}")
        if self.keeps_counter():
            yield self.step(self.counter(), f"keep the row counter of {name}")
        yield Statement(
            sql=f"DROP TABLE {spelling.key_sql(self.old)}",
            does=f"drop the old {name}",
            table=after.key,
            saves=self.belongings(),
        )
        yield self.step("PRAGMA legacy_alter_table=ON", "leave views and triggers be")
        yield self.step(
            f"ALTER TABLE {new} RENAME TO {spelling.quote(name)}",
            f"put the new {name} in its place",
        )
        yield Statement(
            sql="PRAGMA legacy_alter_table=OFF",
            does="watch views and triggers again",
            table=after.key,
            restores=True,
        )

    def step(self, sql: str, does: str) -> Statement:
        return Statement(sql=sql, does=does, table=self.difference.after.key)

    def make(self) -> str:
        table = replace(self.difference.after, name=self.new[1])
        return self.spelling.create_table(table, table.foreign_keys)[0].sql

    def copy(self) -> str:
        """Return INSERT … SELECT of all columns that do not come by themselves."""
        values = dict(self.values())
        if not values:
            values = {self.spare().name: "NULL"}
        return (
            f"INSERT INTO {self.spelling.key_sql(self.new)} "
            f"({self.spelling.list_sql(values)}) "
            f"SELECT {', '.join(values.values())} "
            f"FROM {self.spelling.key_sql(self.old)}"
        )

    def spare(self) -> Column:
        """Return a column to say NULL to, when all others come by themselves."""
        columns = self.difference.after.columns
        return next((c for c in columns if c.computed is None), columns[0])

    def values(self) -> Iterator[tuple[str, str]]:
        """Yield each column that is written, with the SQL of its value."""
        fills = self.difference.change.fills
        old = {new.name: old for old, new in self.difference.kept}
        for column in self.difference.after.columns:
            if column.computed is not None:
                continue
            if column.name in old:
                yield column.name, self.kept_value(old[column.name], column)
            elif column.name in fills:
                yield column.name, fills[column.name]
            elif column.empty is not None and self.must_be_filled(column):
                yield column.name, column.empty

    def kept_value(self, old: Column, new: Column) -> str:
        change = self.difference.change
        value = change.casts.get(new.name) or self.spelling.quote(new.name)
        fill = change.fills.get(new.name)
        if fill is not None and old.nullable and not new.nullable:
            return f"coalesce({value}, {fill})"
        return value

    def must_be_filled(self, column: Column) -> bool:
        key = self.difference.after.primary_key
        numbered = key is not None and key.columns == (column.name,)
        return not column.nullable and column.default is None and not numbered

    def keeps_counter(self) -> bool:
        tables = (self.difference.now, self.difference.after)
        return all(any(c.auto_increment for c in t.columns) for t in tables)

    def counter(self) -> str:
        """Return the UPDATE that gives the new table the old one's counter."""
        (old_schema, old), (schema, new) = self.old, self.new
        there = f"{self.spelling.qualifier(schema)}sqlite_sequence"
        here = f"{self.spelling.qualifier(old_schema)}sqlite_sequence"
        return (
            f"UPDATE {there} SET seq = coalesce((SELECT seq FROM {here} "
            f"WHERE name = {self.literal(old)}), seq) "
            f"WHERE name = {self.literal(new)}"
        )

    def belongings(self) -> str:
        """
        Return the query for what goes with the old table and is in no model:
        triggers, and indexes on columns that stay.
        """
        difference = self.difference
        schema, name = self.old
        tables = (difference.before, difference.now, difference.after)
        known = self.literals(i.name for table in tables for i in table.indexes)
        gone = self.literals(column.name for column in difference.dropped)
        return (
            f"SELECT sql FROM {self.spelling.qualifier(schema)}sqlite_master AS m "
            f"WHERE lower(tbl_name) = lower({self.literal(name)}) "
            f"AND (type = 'trigger' OR type = 'index' AND sql IS NOT NULL "
            f"AND name NOT IN ({known}) AND NOT EXISTS (SELECT 1 "
            f"FROM pragma_index_info(m.name) AS i WHERE i.name IN ({gone}))) "
            f"ORDER BY rowid"
        )

    def literal(self, text: str) -> str:
        return self.spelling.literal(text)

    def literals(self, texts: Iterable[str]) -> str:
        return ", ".join(self.literal(text) for text in sorted(set(texts)))
