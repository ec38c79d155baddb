"""
How tables are lowered for MySQL and MariaDB, where their CREATE TABLE differs.

Place: `schema.mysql`, above `keys` and `options`. A unique constraint is an index
here and is lowered as one, named as the database would name it; the primary
key has no name of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.mysql.reflection import _options_of_type_string
from sqlalchemy.sql.schema import SchemaConst

from whimbrel.schema.literals import Literals
from whimbrel.schema.lower_table import TableLowering
from whimbrel.schema.mysql.keys import unique_indexes
from whimbrel.schema.mysql.literals import MysqlLiterals
from whimbrel.schema.mysql.options import PARTITIONING
from whimbrel.schema.objects import AutoIncrement, Column, Constraint, Table

_SPELLED = re.compile(r"\s*['\"(]")
_CLOCK = re.compile(r"\bnow\(\d+\)|\bcurrent_timestamp\(\d+\)", re.IGNORECASE)
_ON_UPDATE = re.compile(r"ON +UPDATE", re.IGNORECASE)
_WORD = re.compile(r"\w*")

ORDER = ("DEFAULT_CHARSET", "DEFAULT_CHARACTER_SET", "CHARSET", "CHARACTER_SET")
"""What stands before COLLATE."""


class MysqlLowering(TableLowering):
    """Lowers tables as SQLAlchemy writes them for MySQL and MariaDB."""

    literals_class: ClassVar[type[Literals]] = MysqlLiterals

    def finished(self, lowered: Table, table: sa.Table) -> Table:
        unique = [c for c in lowered.constraints if c.kind == "unique"]
        rest = tuple(c for c in lowered.constraints if c.kind != "unique")
        indexes = unique_indexes(unique, lowered.indexes)
        return replace(lowered, constraints=rest, indexes=indexes)

    def primary_key(self, table: sa.Table, ddl: Any) -> Constraint | None:
        key = super().primary_key(table, ddl)
        return key and replace(key, name=None)

    def column(self, column: sa.Column[Any], ddl: Any) -> Column:
        lowered = super().column(column, ddl)
        unspecified = column._user_defined_nullable is SchemaConst.NULL_UNSPECIFIED
        is_mariadb = getattr(self.dialect, "is_mariadb", False)
        if lowered.computed and unspecified and is_mariadb:
            return replace(lowered, nullable=True)
        return lowered

    def auto_increment(self, column: sa.Column[Any], ddl: Any) -> AutoIncrement | None:
        """Return AUTO_INCREMENT where SQLAlchemy writes it."""
        table = column.table
        if column is not table._autoincrement_column:
            return None
        default, server = column.default, column.server_default
        if server is not None and not isinstance(server, sa.Identity):
            return None
        if (
            isinstance(default, sa.Sequence)
            and self.facts.sequences
            and not default.optional
        ):
            return None
        return AutoIncrement(kind="auto_increment")

    def default(self, column: sa.Column[Any], ddl: Any) -> str | None:
        """Return the default, with ON UPDATE; an expression is in brackets."""
        text = super().default(column, ddl)
        if (
            text is None
            or not getattr(self.dialect, "_support_default_function", True)
            or _SPELLED.match(text)
            or _ON_UPDATE.search(text)
            or _CLOCK.match(text)
            or _WORD.fullmatch(text)
        ):
            return text
        return f"({text})"

    def options(self, table: sa.Table) -> tuple[tuple[str, str], ...]:
        """Return ENGINE, charset and so on, in the order in which they are written."""
        prefix = f"{self.dialect.name}_"
        found = {
            name[len(prefix) :].upper(): str(value)
            for name, value in table.kwargs.items()
            if name.startswith(prefix)
        }
        names = [name for name in ORDER if name in found]
        names += [name for name in found if name not in {*names, *PARTITIONING}]
        names += [name for name in PARTITIONING if name in found]
        return tuple((name, self.option(name, found[name])) for name in names)

    def option(self, name: str, value: str) -> str:
        """Return the SQL of an option's value."""
        if name not in _options_of_type_string:
            return value
        escaped = value.replace("\\", "\\\\").replace("'", "''")
        return f"'{escaped}'"
