"""
How tables are lowered for SQLite, where its CREATE TABLE differs.

Place: `schema.sqlite`, above `schema.lower_table`.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.schema import ItemNotSpelled
from whimbrel.schema.lower_table import TableLowering
from whimbrel.schema.objects import AutoIncrement, Column, Constraint

_SPELLED = re.compile(r"\s*['\"(]")
_WORD = re.compile(r"\w*")


class SqliteLowering(TableLowering):
    """Lowers tables as SQLAlchemy writes them for SQLite."""

    def column(self, column: sa.Column[Any], ddl: Any) -> Column:
        if column.dialect_options["sqlite"]["on_conflict_not_null"] is not None:
            raise ItemNotSpelled(
                column.table.name,
                f"NOT NULL ON CONFLICT of column {column.name!r}",
                self.dialect.name,
                "Whimbrel does not keep it",
            )
        return super().column(column, ddl)

    def default(self, column: sa.Column[Any], ddl: Any) -> str | None:
        """Return the default, in brackets if it is an expression."""
        text = super().default(column, ddl)
        if text is None or _SPELLED.match(text) or _WORD.fullmatch(text):
            return text
        return f"({text})"

    def auto_increment(self, column: sa.Column[Any], ddl: Any) -> AutoIncrement | None:
        """Return the keyword AUTOINCREMENT; a plain rowid key needs nothing."""
        return AutoIncrement(kind="autoincrement") if self.keyword(column) else None

    def primary_key(self, table: sa.Table, ddl: Any) -> Constraint | None:
        columns = list(table.primary_key.columns)
        if len(columns) != 1 or not asked_for(columns[0]):
            return super().primary_key(table, ddl)
        # SQLAlchemy leaves it to the column's definition.
        name = (
            None if self.keyword(columns[0]) else self.name_of(table.primary_key, ddl)
        )
        return Constraint(
            kind="primary_key",
            name=name,
            sql=f"PRIMARY KEY ({ddl.preparer.format_column(columns[0])})",
            columns=(str(columns[0].name),),
        )

    def keyword(self, column: sa.Column[Any]) -> bool:
        """
        Return whether *column* is declared PRIMARY KEY AUTOINCREMENT.

        SQLite takes it for INTEGER alone; a key that has another type, perhaps until
        the next operation takes the option away, goes without.
        """
        return asked_for(column) and self.type_text(column).upper() == "INTEGER"

    def options(self, table: sa.Table) -> tuple[tuple[str, str], ...]:
        options = table.dialect_options["sqlite"]
        words = []
        if not options["with_rowid"]:
            words.append(("WITHOUT ROWID", ""))
        if options["strict"]:
            words.append(("STRICT", ""))
        return tuple(words)


def asked_for(column: sa.Column[Any]) -> bool:
    """Return whether the table asks for AUTOINCREMENT, and *column* is its key."""
    table = column.table
    return bool(
        column.primary_key
        and table.dialect_options["sqlite"]["autoincrement"]
        and len(table.primary_key.columns) == 1
        and issubclass(column.type._type_affinity or object, sa.Integer)
        and not column.foreign_keys
    )
