"""
Columns in MySQL and MariaDB.

Place: `schema.mysql`, below `compiler`. A column is changed by MODIFY, which says all
of it again: what is left out would be lost.
"""

from __future__ import annotations

import re
from dataclasses import replace

import sqlalchemy as sa

from whimbrel.schema.columns import ColumnSteps, reads_off
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.mysql.enums import carrier
from whimbrel.schema.mysql.facts import MysqlFacts
from whimbrel.schema.objects import Column, Constraint, Index, Table
from whimbrel.schema.renames import ASIDE
from whimbrel.schema.row_fills import RowKey, plain_key
from whimbrel.schema.statement import Statement, Unless
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.values import in_key, rounds
from whimbrel.state.sql_text import rename_identifiers

LITERAL = re.compile(
    r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?|'(?:[^'\\]|''|\\.)*'|0[xX][0-9a-fA-F]*"
    r"|[xX]'[0-9a-fA-F]*'|true|false",
    re.IGNORECASE | re.DOTALL,
)
COUNTER = "_whimbrel_row"
"""Numbers the rows of a table without a key, as long as they are filled one by one."""

UNFINISHED = "whimbrel: being filled"

LONG = re.compile(
    r"\w*(text|blob)\b|json\b|geometry|point|polygon|linestring", re.IGNORECASE
)
"""Types that MySQL gives no literal default."""

ON_UPDATE = re.compile(r"\bON UPDATE\b", re.IGNORECASE)

TOO_SHORT = re.compile(r"^((?:VAR)?CHAR)\((?:3[2-5])\)", re.IGNORECASE)
"""Types of text that take the 32 digits of a UUID, but not its dashes too."""

STRICT = re.compile(r"uuid|inet[46]\Z", re.IGNORECASE)
"""MariaDB's types that are converted from and to texts and bytes alone (4078)."""

READABLE = re.compile(r"\w*(char|text|binary|blob)\b|enum|set\b|json", re.IGNORECASE)

BETWEEN = "VARCHAR(64)"
"""Takes every number, date and UUID in words."""

UNSAFE = re.compile(
    r"\b(uuid|uuid_short|rand|random_bytes|sysdate|(session_|system_)?user|version"
    r"|load_file|found_rows)\s*\(|\bcurrent_user\b",
    re.IGNORECASE,
)
"""Calls that MySQL refuses in the default of an added column (error 1674): a replica
could compute another value for the rows that are there."""

NEEDS_FILL = re.compile(r"date|timestamp|json|uuid|inet", re.IGNORECASE)
"""Types whose rows get no usable value by themselves, as numbers and texts do."""


def has_no_cast(before: str, after: str) -> bool:
    """Whether the server refuses to change one type to the other, rows or not."""
    strict = [STRICT.match(one) is not None for one in (before, after)]
    other = after if strict[0] else before
    return strict[0] != strict[1] and READABLE.match(other) is None


def stays_in_place(diff: TableDiff, before: Column, after: Column) -> bool:
    """Whether a column numbers rows or is part of a key, and cannot be away."""
    key = diff.after.primary_key
    numbers = before.auto_increment is not None or after.auto_increment is not None
    return numbers or (key is not None and after.name in key.columns)


class MysqlColumnSQL(Compiler):
    """How MySQL and MariaDB write and change columns."""

    facts: MysqlFacts

    def __init__(self, dialect: sa.Dialect, facts: MysqlFacts) -> None:
        super().__init__(dialect, facts)

    def literal(self, text: str) -> str:
        if getattr(self.dialect, "_backslash_escapes", True):
            text = text.replace("\\", "\\\\")
        return "'" + text.replace("'", "''") + "'"

    # Definitions

    def column_definition(self, table: Table, column: Column) -> str:
        numbering = column.auto_increment
        numbered = f"AUTO_INCREMENT {numbering.options}".strip() if numbering else ""
        parts = [
            self.quote(column.name),
            self.column_type(column),
            self.computed_clause(column),
            self.null_clause(column),
            numbered or self.default_clause(column),
            self.comment_clause(column),
        ]
        return " ".join(part for part in parts if part)

    def null_clause(self, column: Column) -> str:
        """Return NOT NULL; TIMESTAMP must be told that it may be NULL."""
        if column.nullable and column.type.upper().startswith("TIMESTAMP"):
            return "NULL"
        return super().null_clause(column)

    # Changes

    def modify(self, diff: TableDiff, column: Column) -> str:
        return f"MODIFY COLUMN {self.column_definition(diff.after, column)}"

    def add_column(self, diff: TableDiff, column: Column) -> ColumnSteps:
        """
        Return the steps that add *column*, and fill it for existing rows.

        A literal fills as a DEFAULT for a moment, which costs no pass over the rows;
        another value by an UPDATE, while the column may be NULL.
        """
        if column.name in diff.change.row_fills:
            return self.add_for_rows(diff, column)
        fill = self.fill_of(diff, column)
        definition = self.column_definition(diff.after, column)
        unsafe = self.adds_unsafely(column)
        if fill is None and unsafe:
            fill = column.default
        if fill is None or (fill == column.default and not unsafe):
            return ColumnSteps(first=(f"ADD COLUMN {definition}",))
        if LITERAL.fullmatch(fill) and self.takes_default(column):
            filled = replace(column, default=fill)
            first = f"ADD COLUMN {self.column_definition(diff.after, filled)}"
            return ColumnSteps(first=(first,), last=(self.modify(diff, column),))
        default = None if unsafe else column.default
        return self.add_loosely(
            diff, column, default, self.fill_all(diff.after, column, fill)
        )

    def add_loosely(
        self,
        diff: TableDiff,
        column: Column,
        default: str | None,
        middle: list[Statement],
    ) -> ColumnSteps:
        """
        Return the steps that add *column*, fill it by *middle*, and only then forbid
        NULL; until then a comment says that it is not finished (`begun`).
        """
        loose = replace(column, nullable=True, default=default, comment=UNFINISHED)
        first = f"ADD COLUMN {self.column_definition(diff.after, loose)}"
        last = (self.modify(diff, column),)
        return ColumnSteps(first=(first,), middle=tuple(middle), last=last)

    def begun(self, diff: TableDiff, column: Column) -> Unless:
        """Return the case that a run that was broken off has added *column*."""
        schema, name = diff.after.key
        where = "DATABASE()" if schema is None else self.literal(schema)
        case = f"column {name}.{column.name} is there from a run that was broken off"
        query = (
            f"SELECT {self.literal(case)} FROM information_schema.columns "
            f"WHERE table_schema = {where} AND table_name = {self.literal(name)} "
            f"AND column_name = {self.literal(column.name)} "
            f"AND column_comment = {self.literal(UNFINISHED)}"
        )
        return Unless(query=query, case=case)

    def adds_unsafely(self, column: Column) -> bool:
        """Whether *column* cannot be added with the default that it has."""
        return (
            not self.facts.adds_unsafe_defaults
            and column.default is not None
            and UNSAFE.search(column.default) is not None
        )

    def add_for_rows(self, diff: TableDiff, column: Column) -> ColumnSteps:
        middle = self.fill_rows(diff, column)
        if self.converts(diff, column):
            value = self.converted(diff, column)
            middle = [*self.fill_all(diff.after, column, value), *middle]
        return self.add_loosely(diff, column, None, middle)

    def lacking(self, diff: TableDiff, column: Column) -> str:
        """All rows in a new column: a run that was broken off may have left values."""
        if column in diff.added and not self.converts(diff, column):
            return "TRUE"
        return super().lacking(diff, column)

    def key_of_rows(self, diff: TableDiff) -> tuple[RowKey, ...]:
        """Return the key; else the column that numbers itself, made if need be."""
        numbered = (
            after.name
            for before, after in diff.kept
            if before.auto_increment or after.auto_increment
        )
        name = self.quote(next(numbered, COUNTER))
        return super().key_of_rows(diff) or (plain_key(name),)

    def numbers_rows(self, diff: TableDiff, middle: list[Statement]) -> bool:
        """Whether *middle* tells rows apart by a column made for it."""
        each = any(s.each_row is not None and s.each_row.first for s in middle)
        return each and self.key_of_rows(diff) == (plain_key(self.quote(COUNTER)),)

    def fill_of(self, diff: TableDiff, column: Column) -> str | None:
        """Return the value of *column* in existing rows; None: what is natural."""
        if self.converts(diff, column):
            return self.converted(diff, column)
        fill = diff.change.fills.get(column.name)
        if column.nullable or column.default is not None or column.computed:
            return diff.change.fills.get(column.name)
        # An added column gets its neutral value from the database by itself.
        natural = fill == column.empty and NEEDS_FILL.match(column.type) is None
        return None if natural else fill

    def converts(self, diff: TableDiff, column: Column) -> bool:
        """Whether the added *column* takes over an old one by a cast."""
        return column.name in diff.change.casts and column.name in diff.dropped_names

    def converted(self, diff: TableDiff, column: Column) -> str:
        """Return the cast of the old column, which has stepped aside."""
        aside = {column.name: self.aside(column.name)}
        value = rename_identifiers(diff.change.casts[column.name], aside, self.quote)
        fill = diff.change.fills.get(column.name)
        return value if fill is None else f"coalesce({value}, {fill})"

    def takes_default(self, column: Column) -> bool:
        """Whether *column* may have a literal as its DEFAULT."""
        return self.facts.text_defaults or LONG.match(column.type) is None

    def fill_all(self, table: Table, column: Column, fill: str) -> list[Statement]:
        sql = self.update(table, column, fill)
        return [self.statement(sql, f"fill {table.name}.{column.name}", table.key)]

    def update(self, table: Table, column: Column, value: str) -> str:
        """
        Return the UPDATE of one column.

        Columns with ON UPDATE would take the present moment, unless they are set.
        """
        stamped = [
            self.quote(other.name)
            for other in table.columns
            if other.name != column.name and ON_UPDATE.search(other.default or "")
        ]
        sets = [super().update(table, column, value)]
        sets += [f"{name} = {name}" for name in stamped]
        return ", ".join(sets)

    def alter_column(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        fills = self.fills_nulls(diff, before, after)
        whole = self.modify(diff, after)
        if self.value_moves(diff, after):
            return self.alter_values(diff, before, after)
        if after.name in diff.change.casts and self.type_differs(before, after):
            return self.cast_in_place(diff, after)
        if before.type.upper() == "UUID" and TOO_SHORT.match(after.type):
            return self.without_dashes(diff, before, after)
        if has_no_cast(before.type, after.type):
            return self.through_text(diff, before, after)
        if not fills:
            return ColumnSteps(first=(whole,))
        loose = self.modify(diff, replace(after, nullable=True))
        return ColumnSteps(
            first=(loose,) if self.type_differs(before, after) else (),
            middle=tuple(self.without_nulls(diff, after)),
            last=(whole,),
        )

    def cast_in_place(self, diff: TableDiff, after: Column) -> ColumnSteps:
        """Return the steps of a column whose new values its old type has to take."""
        cast = self.update(diff.after, after, diff.change.casts[after.name])
        does = f"convert {diff.after.name}.{after.name}"
        statement = self.statement(cast, does, diff.after.key)
        return ColumnSteps(middle=(statement,), last=(self.modify(diff, after),))

    def without_dashes(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        """Return the steps from a UUID, written with dashes, to its bare digits."""
        name = self.quote(after.name)
        longer = TOO_SHORT.sub(r"\1(36)", after.type)
        wide = replace(after, type=longer, nullable=before.nullable, default=None)
        digits = self.update(diff.after, after, f"REPLACE({name}, '-', '')")
        middle = [self.statement(digits, f"convert {diff.after.name}.{after.name}")]
        if self.fills_nulls(diff, before, after):
            middle += self.without_nulls(diff, after)
        return ColumnSteps(
            first=(self.modify(diff, wide),),
            middle=tuple(middle),
            last=(self.modify(diff, after),),
        )

    def through_text(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        """Return the steps between types that only texts lie between."""
        fills = self.fills_nulls(diff, before, after)
        text = Column(name=after.name, type=BETWEEN, nullable=before.nullable)
        return ColumnSteps(
            first=(self.modify(diff, text),),
            middle=tuple(self.without_nulls(diff, after)) if fills else (),
            last=(self.modify(diff, after),),
        )

    def fills_nulls(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """Whether rows with NULL get a value."""
        filled = after.name in diff.change.filled
        return filled and before.nullable and not after.nullable

    def alter_values(
        self, diff: TableDiff, before: Column, after: Column
    ) -> ColumnSteps:
        """
        Return the steps of a column some of whose values are called otherwise.

        It becomes wide enough for the old and the new ones, the rows are changed, and
        then it is what it shall be.
        """
        fills = self.fills_nulls(diff, before, after)
        between = carrier(before.type, after.type, self.texts_between(diff, after))
        first: tuple[str, ...] = ()
        reached = before
        if between != before.type or (fills and before.type != after.type):
            loose = before.nullable or after.nullable
            reached = replace(after, type=between, nullable=loose)
            first = (self.modify(diff, reached),)
        middle = self.rename_values(diff, after)
        if fills:
            middle += self.without_nulls(diff, after)
        last = (self.modify(diff, after),) if reached != after else ()
        return ColumnSteps(first=first, middle=tuple(middle), last=last)

    def texts_between(self, diff: TableDiff, column: Column) -> list[str]:
        """
        Return literals of the texts that the renames of values go through, but for
        one that rows must not get.
        """
        parts = rounds(self.value_moves(diff, column), unique=in_key(diff, column))
        texts = [t for part in parts for pair in part.items() for t in pair]
        return [self.literal(text) for text in texts if not text.startswith(ASIDE)]

    def takes_name(self, table: Table, column: Column, name: str) -> list[Statement]:
        clause = self.rename_clause(table, column, name)
        return self.alter(table.key, [clause], f"rename {column.name} to {name}")

    def rename_clause(self, table: Table, column: Column, new: str) -> str:
        """Return the clause that renames *column* of *table*."""
        old = column.name
        restated = self.facts.json_is_text and column.type.upper() == "JSON"
        if self.facts.rename_clause and not restated:
            return f"RENAME COLUMN {self.quote(old)} TO {self.quote(new)}"
        definition = self.column_definition(table, replace(column, name=new))
        return f"CHANGE COLUMN {self.quote(old)} {definition}"

    # What the database can do with a column

    def replaces_column(self, diff: TableDiff, before: Column, after: Column) -> bool:
        """
        Whether the column must be dropped and added: it becomes computed or from
        other values, or its rows are converted by an expression.
        """
        if after.name in diff.change.casts and self.type_differs(before, after):
            return not stays_in_place(diff, before, after)
        return after.computed is not None and before.computed != after.computed

    def remade_with_type(
        self, item: Constraint | Index, before: Column, after: Column
    ) -> bool:
        """A column whose values are read off is dropped for a moment."""
        return reads_off(before, after)

    def type_breaks_references(self, before: Column, after: Column) -> bool:
        return (
            self.type_differs(before, after)
            or before.auto_increment != after.auto_increment
            or (before.nullable and not after.nullable)
        )
