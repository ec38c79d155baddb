"""
Questions to the rows, as MySQL and MariaDB answer them.

Place: `schema.mysql`. What a value becomes there depends on `sql_mode`: refused, or
silently another value; so what does not fit is found before.
"""

from __future__ import annotations

import re
from dataclasses import replace

from whimbrel.schema.checks import CheckSQL
from whimbrel.schema.index_text import KeyText
from whimbrel.schema.narrowing import BYTES
from whimbrel.schema.objects import Column, Constraint, Index
from whimbrel.schema.type_text import TypeText, parsed

_PREFIX = re.compile(r"(?P<name>`(?:[^`]|``)+`|\w+)\s*\(\s*(?P<length>\d+)\s*\)")
INTEGER = "^[[:space:]]*[-+]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?[[:space:]]*$"
NUMBER = "^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$"
UUID = "^[{]?([0-9a-fA-F]{4}-?){8}[}]?$"
PATTERNS = {"integer": INTEGER, "decimal": NUMBER, "float": NUMBER, "uuid": UUID}


class MysqlChecks(CheckSQL):
    """How MySQL and MariaDB spell the checks."""

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    def read(self, type_: str) -> TypeText:
        found = parsed(type_)
        if found.family == "boolean":
            # A number of eight bits, whatever it is called.
            return replace(found, family="integer", low=-128, high=127)
        if found.family == "decimal" and not found.parameters:
            return replace(found, parameters=("10", "0"))
        if found.family == "uuid":
            # Where there is no room for the dashes, only the digits are written.
            return replace(found, parameters=("32",))
        return found

    def key_text(self, item: Constraint | Index) -> KeyText | None:
        key = super().key_text(item)
        if key is None:
            return None
        return replace(key, elements=tuple(map(prefix, key.elements)))

    def new_text(self, value: str, before: Column, after: Column) -> str:
        """Bytes are read as text, which may have fewer characters."""
        if self.read(before.type).base.endswith(BYTES):
            return f"CONVERT({value} USING utf8mb4)"
        return super().new_text(value, before, after)

    def typed(self, sql: str, column: Column) -> str:
        found = self.read(column.type)
        if found.family == "integer":
            return f"CAST({sql} AS {'UNSIGNED' if found.low == 0 else 'SIGNED'})"
        if found.family == "decimal":
            return f"CAST({sql} AS DECIMAL({', '.join(found.parameters)}))"
        return f"({sql} + 0)" if found.family == "float" else sql

    def unreadable(self, value: str, before: Column, after: Column) -> str | None:
        new = self.read(after.type)
        if new.family in ("date", "moment"):
            kind = "DATE" if new.family == "date" else "DATETIME"
            return f"{value} IS NOT NULL AND CAST({value} AS {kind}) IS NULL"
        if self.read(before.type).family != "text":
            return None
        if new.base == "JSON":
            return f"NOT json_valid({value})"
        if new.family not in PATTERNS:
            return None
        return f"{value} NOT REGEXP '{PATTERNS[new.family]}'"


def prefix(element: str) -> str:
    """Return the beginning of a text that an index over ``name(10)`` looks at."""
    found = _PREFIX.fullmatch(element)
    return element if found is None else f"left({found['name']}, {found['length']})"
