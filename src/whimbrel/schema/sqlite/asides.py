"""
Values that only Python can give, on their way into a rebuilt table.

Place: `schema.sqlite`, below `rebuild`. They wait in temporary tables until the rows
are copied. An UPDATE of the table itself would fire triggers, which a rebuild
never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whimbrel.schema.columns import ColumnSQL
from whimbrel.schema.objects import Column
from whimbrel.schema.row_fills import HOLE, RowKey, equal, plain_key, texts
from whimbrel.schema.statement import EachRow, PythonFill, Statement
from whimbrel.schema.table_diff import TableDiff

FILL = "_whimbrel_fill_"


@dataclass(frozen=True, slots=True)
class Aside:
    """
    The values of one column of a table that is rebuilt.

    Args:
        lacking: SQL that is true in the rows that want a value.
    """

    diff: TableDiff
    spelling: ColumnSQL
    column: Column
    lacking: str

    @property
    def fill(self) -> PythonFill:
        return self.diff.change.row_fills[self.column.name]

    @property
    def name(self) -> str:
        return self.spelling.quote(FILL + self.column.name)

    @property
    def old(self) -> str:
        return self.spelling.table_sql(self.diff.after)

    def statements(self) -> Iterator[Statement]:
        """Yield what makes the temporary table, and what lets Python fill it."""
        place = f"{self.diff.after.name}.{self.column.name}"
        yield self.step(self.make(), f"make room for the values of {place}")
        yield self.spelling.by_python(self.diff, self.column, self.each())

    def make(self) -> str:
        parts = ["value"]
        if types := self.key_types():
            parts += [f"key_{n} {type_}" for n, type_ in enumerate(types)]
            names = ", ".join(f"key_{n}" for n in range(len(types)))
            parts.append(f"PRIMARY KEY ({names})")
        return f"CREATE TEMPORARY TABLE {self.name} ({', '.join(parts)})"

    def each(self) -> EachRow:
        """Return what Python does for each row of the old table."""
        if self.fill.once:
            write = f"INSERT INTO {self.name} VALUES ({HOLE})"
            return EachRow(fill=self.fill, write=texts(write))
        keys = self.row_keys()
        row = ", ".join([HOLE, *(key.column for key in keys)])
        source = f"SELECT {row} FROM {self.old} WHERE {equal(keys)}"
        write = f"INSERT INTO {self.name} {source}"
        return self.spelling.each_row(self.diff, self.fill, keys, write, self.lacking)

    def value(self) -> str:
        """Return SQL of the value that belongs to a row of the old table."""
        conditions = [f"key_{n} = {k.column}" for n, k in enumerate(self.row_keys())]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"(SELECT value FROM {self.name}{where})"

    def drop(self) -> Statement:
        place = f"{self.diff.after.name}.{self.column.name}"
        does = f"drop what was made for the values of {place}"
        return self.step(f"DROP TABLE {self.name}", does)

    def row_keys(self) -> tuple[RowKey, ...]:
        """Return the parts of a row's key, none where all rows get one value."""
        if self.fill.once:
            return ()
        found = self.spelling.row_keys(self.diff, self.column)
        return tuple(plain_key(f"{self.old}.{key.column}") for key in found)

    def key_types(self) -> list[str]:
        """Return the types of the parts of a row's key."""
        columns = {
            f"{self.old}.{self.spelling.quote(c.name)}": c
            for c in self.diff.moved.columns
        }
        found = (columns.get(key.column) for key in self.row_keys())
        return ["INTEGER" if c is None else self.spelling.column_type(c) for c in found]

    def step(self, sql: str, does: str) -> Statement:
        return Statement(sql=sql, does=does, table=self.diff.after.key)
