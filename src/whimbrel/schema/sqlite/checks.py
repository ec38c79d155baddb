"""
Questions to the rows, as SQLite answers them.

Place: `schema.sqlite`. SQLite would take any value into any column of a table that
is not STRICT; what does not fit the declared type is found before, so that it
does not differ from what other databases, and the models, say.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.fates import TableFate
from whimbrel.schema.objects import Column, ForeignKey, Table
from whimbrel.schema.sqlite.in_place import lacking
from whimbrel.schema.type_text import TypeText, parsed

WIDE = ("INTEGER", "INT", "BIGINT", "MEDIUMINT")
"""Types under which a number of 64 bits is at home."""


class SqliteChecks(CheckSQL):
    """How SQLite spells the checks."""

    def read(self, type_: str) -> TypeText:
        found = parsed(type_)
        if found.base in WIDE and found.low < 0:
            return replace(found, low=-(2**63), high=2**63 - 1)
        return found

    def numbers_itself(self, table: Table, column: Column) -> bool:
        """A key of the one column INTEGER is the number of the row."""
        if column.auto_increment is not None:
            return True
        key = table.primary_key
        alone = key is not None and key.columns == (column.name,)
        without = any(name == "WITHOUT ROWID" for name, _ in table.options)
        return alone and column.type.upper() == "INTEGER" and not without

    def length(self, text: str) -> str:
        return f"length({text})"

    def typed(self, sql: str, column: Column) -> str:
        family = self.read(column.type).family
        if family in ("integer", "decimal", "float", "text"):
            return f"CAST({sql} AS {column.type})"
        return sql

    def open_foreign_keys(self, fate: TableFate, moved: Table) -> list[ForeignKey]:
        """Rows may have led nowhere before; of a key that stays, `Watch` tells."""
        return list(lacking(fate.after.foreign_keys, moved.foreign_keys))

    def has_time(self, value: str) -> str:
        return f"time({value}) <> '00:00:00'"

    def unreadable(self, value: str, before: Column, after: Column) -> str | None:
        if self.read(before.type).family != "text":
            return None
        new = self.read(after.type)
        family = new.family
        if new.base == "JSON":
            return f"{value} IS NOT NULL AND NOT json_valid({value})"
        if family in ("integer", "decimal", "float", "boolean"):
            return f"CAST({value} AS NUMERIC) <> {value}"
        if family in ("date", "moment"):
            return f"{value} IS NOT NULL AND date({value}) IS NULL"
        return None
