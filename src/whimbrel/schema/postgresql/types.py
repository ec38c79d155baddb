"""
From a SQLAlchemy table to plain data as PostgreSQL sees it.

Place: `schema.postgresql`, above `names`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy import types

from whimbrel.schema.literals import Literals, is_simple, unwrapped
from whimbrel.schema.lower_table import TableLowering
from whimbrel.schema.objects import AutoIncrement, Constraint, EnumType, Table
from whimbrel.schema.postgresql.facts import PostgresqlFacts
from whimbrel.schema.postgresql.literals import PostgresqlLiterals
from whimbrel.schema.postgresql.names import joined, object_name, with_names


class PostgresqlLowering(TableLowering):
    """Adds serials, named enumerations and the names that PostgreSQL gives."""

    facts: PostgresqlFacts
    literals_class: ClassVar[type[Literals]] = PostgresqlLiterals

    def __init__(self, dialect: sa.Dialect, facts: PostgresqlFacts) -> None:
        super().__init__(dialect, facts)

    def finished(self, lowered: Table, table: sa.Table) -> Table:
        return with_names(without_doubles(lowered))

    def auto_increment(self, column: sa.Column[Any], ddl: Any) -> AutoIncrement | None:
        numbering = super().auto_increment(column, ddl)
        if numbering is not None or not is_serial(column):
            return numbering
        return AutoIncrement(kind="serial")

    def persisted(self, computed: sa.Computed) -> bool:
        if computed.persisted is None:
            return not self.facts.virtual_columns
        return bool(computed.persisted)

    def enum(self, type_: Any) -> EnumType | None:
        if is_simple(type_):
            return None
        found = unwrapped(type_, self.dialect)
        while isinstance(found, types.ARRAY):
            found = unwrapped(found.item_type, self.dialect)
        if not isinstance(found, types.Enum) or not found.native_enum:
            return None
        if found.name is None:
            return None
        key = (found.schema, str(found.name))
        return EnumType(key=key, values=tuple(str(value) for value in found.enums))

    def foreign_key_extra(self, item: sa.ForeignKeyConstraint) -> str:
        not_valid = cast(Any, item).dialect_options["postgresql"]["not_valid"]
        return " NOT VALID" if not_valid else ""

    def constraint(self, kind: Any, item: Any, ddl: Any) -> Constraint:
        lowered = super().constraint(kind, item, ddl)
        if kind == "exclude" and lowered.name is None:
            return replace(lowered, name=exclusion_name(item), foreseen=True)
        if kind != "unique":
            return lowered
        include = item.dialect_options["postgresql"]["include"] or ()
        extra = tuple(str(getattr(c, "name", c)) for c in include)
        return replace(lowered, columns=(*lowered.columns, *extra))


def exclusion_name(item: Any) -> str:
    """Return the name of an exclusion constraint over columns or expressions."""
    parts: list[str] = []
    for expression, _, _ in item._render_exprs:
        literal = getattr(expression, "is_literal", False)
        base = "expr" if literal else str(getattr(expression, "name", None) or "expr")
        name, number = base, 0
        while name in parts:
            number += 1
            name = f"{base}{number}"
        parts.append(name)
    return object_name(str(item.table.name), joined(parts), "excl")


def is_serial(column: sa.Column[Any]) -> bool:
    """Whether SQLAlchemy writes SERIAL: the key column that numbers itself."""
    if not column.primary_key or column.identity is not None:
        return False
    if column is not column.table._autoincrement_column:
        return False
    default = column.default
    return default is None or (isinstance(default, sa.Sequence) and default.optional)


def without_doubles(table: Table) -> Table:
    """
    Return *table* without unique constraints that an earlier one makes useless.

    PostgreSQL itself leaves them out of a CREATE TABLE, named or not; the
    first one that has a name gives it to the one that is kept.
    """
    key = table.primary_key
    kept: list[Constraint] = []
    seen: dict[str, int] = {}
    if key is not None:
        seen[_comparable(key)] = -1
    for item in table.constraints:
        place = seen.get(_comparable(item)) if item.kind == "unique" else None
        if place is None:
            if item.kind == "unique":
                seen[_comparable(item)] = len(kept)
            kept.append(item)
        elif place < 0:
            assert key is not None
            key = _with_name_of(key, item)
        else:
            kept[place] = _with_name_of(kept[place], item)
    return replace(table, primary_key=key, constraints=tuple(kept))


def _with_name_of(kept: Constraint, double: Constraint) -> Constraint:
    return kept if kept.name is not None else replace(kept, name=double.name)


def _comparable(item: Constraint) -> str:
    for word in ("PRIMARY KEY", "UNIQUE"):
        if item.sql.startswith(word):
            return item.sql.removeprefix(word).replace(" ", "")
    return item.sql
