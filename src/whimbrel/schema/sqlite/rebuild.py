"""
The rebuild of a table: a new one, its rows, and the new one takes the place.

Place: `schema.sqlite`, below `compiler`. Columns and tables have their new
names already. Foreign keys must be off on the connection, else DROP
TABLE would delete what refers to the rows. The old table is never renamed
away: references would follow it. While the new one gets its name,
``legacy_alter_table`` is on: otherwise SQLite refuses the rename as long as a
view or another table's trigger mentions the table that is missing for this moment.
Source: https://www.sqlite.org/lang_altertable.html#otheralter
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from whimbrel.schema.objects import Column, Table
from whimbrel.schema.sqlite.asides import Aside
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.table_sql import TableSQL

NEW = "_whimbrel_new_"
UNIQUE = "CREATE UNIQUE INDEX "
ROWIDS = ("rowid", "oid", "_rowid_")
"""What the rowid is called, unless a column is called so."""


def has_rowid(table: Table) -> bool:
    """Whether SQLite numbers the rows of *table*."""
    return all(name != "WITHOUT ROWID" for name, _ in table.options)


def numbers_rows(table: Table) -> bool:
    """Whether a column is the rowid: a primary key that is INTEGER, by this word."""
    key = table.primary_key
    if key is None or len(key.columns) != 1 or not has_rowid(table):
        return False
    return table.column(key.columns[0]).type.upper() == "INTEGER"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The statements that rebuild the table of *diff*, spelled by *spelling*."""

    diff: TableDiff
    spelling: TableSQL

    @property
    def old(self) -> str:
        return self.spelling.table_sql(self.diff.after)

    @property
    def new(self) -> Table:
        """The new table, under the name that it has until the old one is gone."""
        return replace(self.diff.after, name=NEW + self.diff.after.name)

    def statements(self) -> Iterator[Statement]:
        """Yield them in order; indexes are made elsewhere."""
        name, new = self.diff.after.name, self.spelling.table_sql(self.new)
        asides = list(self.asides())
        for aside in asides:
            yield from aside.statements()
        yield self.step(self.make(), f"make a new {name}")
        yield self.step(self.copy(), f"copy the rows of {name}")
        yield from (aside.drop() for aside in asides)
        if self.keeps_counter():
            yield self.step(self.counter(), f"keep the row counter of {name}")
        drop = self.step(f"DROP TABLE {self.old}", f"drop the old {name}")
        yield replace(drop, saves=self.belongings())
        yield self.step("PRAGMA legacy_alter_table=ON", "leave views and triggers be")
        yield self.step(
            f"ALTER TABLE {new} RENAME TO {self.spelling.quote(name)}",
            f"put the new {name} in its place",
        )
        legacy = "PRAGMA legacy_alter_table=OFF"
        back = self.step(legacy, f"make the triggers of {name} again")
        yield replace(back, restores=True)

    def step(self, sql: str, does: str) -> Statement:
        return Statement(sql=sql, does=does, table=self.diff.after.key)

    def make(self) -> str:
        return self.spelling.create_table(self.new, self.new.foreign_keys)[0].sql

    def copy(self) -> str:
        """Return INSERT … SELECT of all columns that do not come by themselves."""
        values = dict(self.values())
        rowid = self.rowid()
        if rowid is not None:
            values = {rowid: rowid, **values}
        if not values:
            values = {self.spare().name: "NULL"}
        return (
            f"INSERT INTO {self.spelling.table_sql(self.new)} "
            f"({self.spelling.list_sql(values)}) "
            f"SELECT {', '.join(values.values())} FROM {self.old}"
        )

    def rowid(self) -> str | None:
        """
        Return the name of the rowid where no column is it: it is kept all the same.

        Whatever else refers to rows, such as a full-text index with this table's
        content, does so by it.
        """
        tables = (self.diff.moved, self.diff.after)
        if numbers_rows(self.diff.after) or not all(map(has_rowid, tables)):
            return None
        taken = {column.name.casefold() for t in tables for column in t.columns}
        return next((name for name in ROWIDS if name not in taken), None)

    def spare(self) -> Column:
        """Return a column to say NULL to, when all others come by themselves."""
        columns = self.diff.after.columns
        return next((c for c in columns if c.computed is None), columns[0])

    def asides(self) -> Iterator[Aside]:
        """Yield what gives columns values that only Python can give."""
        old = {new.name: old for old, new in self.diff.kept}
        for column in self.diff.after.columns:
            if column.name not in self.diff.change.row_fills:
                continue
            before = old.get(column.name)
            if before is None:
                yield Aside(self.diff, self.spelling, column, "1")
            elif before.nullable and not column.nullable:
                lacking = f"({self.converted(column)}) IS NULL"
                yield Aside(self.diff, self.spelling, column, lacking)

    def fills(self) -> dict[str, str]:
        """Return column → SQL of what rows get that have no value."""
        asides = {aside.column.name: aside.value() for aside in self.asides()}
        return {**self.diff.change.fills, **asides}

    def values(self) -> Iterator[tuple[str, str]]:
        """Yield each column that is written, with the SQL of its value."""
        fills = self.fills()
        old = {new.name: old for old, new in self.diff.kept}
        for column in self.diff.after.columns:
            if column.computed is not None:
                continue
            if column.name in old:
                fill = fills.get(column.name)
                yield column.name, self.kept_value(old[column.name], column, fill)
            elif column.name in fills:
                yield column.name, fills[column.name]

    def kept_value(self, old: Column, new: Column, fill: str | None) -> str:
        value = self.converted(new)
        if fill is not None and old.nullable and not new.nullable:
            return f"coalesce({value}, {fill})"
        return value

    def converted(self, new: Column) -> str:
        """Return the value of a column that stays, NULL where it has none."""
        change = self.diff.change
        value = self.spelling.quote(new.name)
        if moves := change.renamed_values.get(new.name):
            value = self.spelling.moved_value(value, moves)
        return change.casts.get(new.name) or value

    def keeps_counter(self) -> bool:
        tables = (self.diff.moved, self.diff.after)
        return all(any(c.auto_increment for c in t.columns) for t in tables)

    def counter(self) -> str:
        """Return the UPDATE that gives the new table the old one's counter."""
        sequence = f"{self.qualifier()}sqlite_sequence"
        old, new = map(self.spelling.literal, (self.diff.after.name, self.new.name))
        return (
            f"UPDATE {sequence} SET seq = coalesce((SELECT seq FROM {sequence} "
            f"WHERE name = {old}), seq) WHERE name = {new}"
        )

    def belongings(self) -> str:
        """
        Return the query for what goes with the old table and is in no model:
        triggers, and indexes on columns that stay.
        """
        gone = self.literals(self.diff.dropped_names)
        return (
            f"SELECT {self.making()} FROM {self.own()} "
            f"AND (type = 'trigger' OR type = 'index' AND sql IS NOT NULL "
            f"AND name NOT IN ({self.known()}) AND NOT EXISTS (SELECT 1 "
            f"FROM {self.indexed()} WHERE i.name IN ({gone}))) "
            f"ORDER BY rowid"
        )

    def making(self) -> str:
        """
        Return what makes m again: its text, which the catalog keeps without the
        name of an attached database.
        """
        if self.diff.after.schema is None:
            return "sql"
        head = f"CASE WHEN sql LIKE '{UNIQUE}%' THEN '{UNIQUE}' "
        head += "ELSE 'CREATE ' || upper(type) || ' ' END"
        name = self.spelling.literal(self.qualifier())
        return f"{head} || {name} || substr(sql, 1 + length({head}))"

    def indexed(self) -> str:
        """Return the columns, called i, of the index m."""
        schema = self.diff.after.schema
        more = "" if schema is None else f", {self.spelling.literal(schema)}"
        return f"pragma_index_info(m.name{more}) AS i"

    def strays(self) -> str:
        """Return the query for statements that drop indexes on columns that go and
        that are in no model."""
        gone = self.literals(self.diff.dropped_names)
        drop = self.spelling.literal(f"DROP INDEX {self.qualifier()}")
        return (
            f"""SELECT {drop} || '"' || replace(name, '"', '""') || '"' """
            f"FROM {self.own()} AND type = 'index' AND sql IS NOT NULL "
            f"AND name NOT IN ({self.known()}) AND EXISTS (SELECT 1 "
            f"FROM {self.indexed()} WHERE i.name IN ({gone}))"
        )

    def own(self) -> str:
        """Return the catalog's entries, called m, of the table."""
        name = self.spelling.literal(self.diff.after.name)
        master = f"{self.qualifier()}sqlite_master AS m"
        return f"{master} WHERE lower(tbl_name) = lower({name})"

    def known(self) -> str:
        tables = (self.diff.before, self.diff.moved)
        return self.literals(i.name for table in tables for i in table.indexes)

    def qualifier(self) -> str:
        schema = self.diff.after.schema
        return "" if schema is None else f"{self.spelling.quote(schema)}."

    def literals(self, texts: Iterable[str]) -> str:
        return ", ".join(self.spelling.literal(text) for text in sorted(set(texts)))
