"""
What a change of type would spoil: the questions about values.

Place: `schema`, below `checks`, above `narrowing`. Standard SQL; what differs in a
database is overridden in `schema/<database>/checks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from whimbrel.facts import Facts
from whimbrel.schema.check import Check, CheckKind
from whimbrel.schema.fates import TableFate
from whimbrel.schema.losses import admits_fewer, removed_values
from whimbrel.schema.narrowing import Narrowing, narrowed
from whimbrel.schema.objects import Column, Table
from whimbrel.schema.type_text import TypeText, parsed
from whimbrel.schema.values import ValueSQL
from whimbrel.state.sql_text import rename_identifiers

_CONSTANT = re.compile(
    r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?|(?:[xX]|_\w+\s*)?'(?:[^'\\]|''|\\.)*'"
    r"|true|false|null",
    re.IGNORECASE | re.DOTALL,
)
_CAST = re.compile(r"::[\w \"]+(\(\d+(,\s*\d+)?\))?(\[\])?$")

CONVERT = "say how values are converted (using= in AlterField)"


class ConversionSQL(ValueSQL):
    """Standard SQL for values that do not fit their column's new type."""

    def __init__(self, dialect: sa.Dialect, facts: Facts) -> None:
        super().__init__(dialect, facts)
        self.backslash = dialect.identifier_preparer.initial_quote == "`"

    def read(self, type_: str) -> TypeText:
        """Return a type of this database taken apart."""
        return parsed(type_)

    # Questions

    def of_values(
        self, fate: TableFate, before: Column, after: Column
    ) -> Iterator[Check]:
        """Yield what must be asked of a column whose type changes."""
        value = self.cast_or_name(fate, before, after)
        cast = after.name in fate.change.casts
        moves = fate.change.renamed_values.get(after.name, {})
        if not cast:
            gone = removed_values(before, after, self.read, moves)
            if gone:
                yield self.removed(fate, before, value, gone)
        if admits_fewer(before, after, self.read, cast=cast):
            yield self.strangers(fate, before, after)
        if moves and before.type.endswith("[]"):
            return
        value = self.moved_value(self.text(value), moves) if moves else value
        if before.type == after.type or (before.enum and after.enum):
            return
        new = self.read(after.type)
        if cast:
            if new.length is not None:
                yield self.too_long(fate, before, self.text(value), new.length)
            return
        narrow = narrowed(self.read(before.type), new)
        if narrow is None or (narrow.kind == "length" and after.members):
            return
        if narrow.kind == "length":
            text = self.new_text(value, before, after)
            yield self.too_long(fate, before, text, new.length or 0)
            return
        bad = self.misfit(narrow, value, before, after)
        if bad is None:
            return
        problem = (
            f"with {narrow.what} in column {before.name}, which is to be {after.type}"
        )
        yield self.row_check(fate, "values", before, bad, problem, CONVERT)

    def removed(
        self, fate: TableFate, before: Column, value: str, gone: tuple[str, ...]
    ) -> Check:
        words = ", ".join(map(repr, gone))
        return self.row_check(
            fate,
            "removed value",
            before,
            self.is_one_of(value, before, gone),
            f"with {words} in column {before.name}, which is to take it no longer",
        )

    def strangers(self, fate: TableFate, before: Column, after: Column) -> Check:
        members = ", ".join(map(self.literal, after.members))
        value = self.new_text(self.quote(before.name), before, after)
        words = ", ".join(map(repr, after.members))
        return self.row_check(
            fate,
            "values",
            before,
            f"{value} NOT IN ({members})",
            f"with values in column {before.name}, which is to take only {words}",
            CONVERT,
        )

    def too_long(self, fate: TableFate, before: Column, text: str, limit: int) -> Check:
        return self.row_check(
            fate,
            "values",
            before,
            f"{self.length(text)} > {limit}",
            f"with texts longer than {limit} in column {before.name}, which is to be "
            "shorter",
            CONVERT,
        )

    def row_check(
        self,
        fate: TableFate,
        kind: CheckKind,
        column: Column,
        bad: str,
        problem: str,
        fix: str | None = None,
    ) -> Check:
        """Return the question for the rows in which *bad* is true."""
        table = fate.before
        name = self.quote(column.name)
        own = kind != "nulls" and name not in self.keys(table)
        return Check(
            kind=kind,
            table=table.key,
            table_sql=self.table_sql(table),
            columns=(column.name,),
            select=(*self.keys(table), *((name,) if own else ())),
            shows=(*key_names(table), *((column.name,) if own else ())),
            source=f"FROM {self.table_sql(table)} WHERE {bad}",
            problem=problem,
            fix=fix,
        )

    def keys(self, table: Table) -> tuple[str, ...]:
        """Return what tells the rows of *table* apart, quoted."""
        return tuple(self.quote(name) for name in key_names(table))

    # What does not fit

    def misfit(
        self, narrow: Narrowing, value: str, before: Column, after: Column
    ) -> str | None:
        """Return the condition of rows that do not fit; None if it cannot be told."""
        old, new = self.read(before.type), self.read(after.type)
        if narrow.kind == "number":
            return self.bad_number(value, old, new)
        if narrow.kind == "truth":
            return f"{value} NOT IN (0, 1)"
        if narrow.kind == "time":
            return self.has_time(value)
        if narrow.kind == "choice":
            members = ", ".join(map(self.literal, new.values))
            return f"{self.text(value)} NOT IN ({members})"
        return self.unreadable(value, before, after)

    def bad_number(self, value: str, old: TypeText, new: TypeText) -> str | None:
        """Return the condition of numbers that overflow, or would be rounded."""
        parts = []
        scale = new.scale or 0
        exact = old.scale is not None or old.family == "decimal"
        if (old.scale is None or old.scale > scale) and (exact or scale == 0):
            parts.append(f"{value} <> {self.rounded(value, scale)}")
        if new.family == "integer":
            if old.family != "integer" or old.low < new.low:
                parts.append(f"{value} < {new.low}")
            if old.family != "integer" or old.high > new.high:
                parts.append(f"{value} > {new.high}")
        elif new.digits is not None:
            parts.append(f"abs({value}) >= {10**new.digits}")
        return " OR ".join(parts) or None

    def rounded(self, value: str, scale: int) -> str:
        return f"round({value}, {scale})" if scale else f"round({value})"

    def has_time(self, value: str) -> str:
        return f"CAST({value} AS DATE) <> {value}"

    def unreadable(self, value: str, before: Column, after: Column) -> str | None:
        """Return the condition of values that do not read as the new type."""
        return None

    def is_one_of(self, value: str, column: Column, names: tuple[str, ...]) -> str:
        return f"{value} IN ({', '.join(map(self.literal, names))})"

    # Values

    def cast_or_name(self, fate: TableFate, before: Column, after: Column) -> str:
        """Return what an existing column becomes, in the words of before."""
        cast = fate.change.casts.get(after.name)
        if cast is None:
            return self.quote(before.name)
        return f"({rename_identifiers(cast, fate.old_names, self.quote)})"

    def converted(self, value: str, before: Column, after: Column) -> str:
        """Return *value* of the old type as one of the new."""
        if after.collation is not None and after.collation != before.collation:
            return f"{value}{self.collated(after.collation)}"
        return value

    def collated(self, collation: str) -> str:
        return f" COLLATE {self.quote(collation)}"

    def typed(self, sql: str, column: Column) -> str:
        """Return a literal as a value of the column's type."""
        return sql

    def is_constant(self, sql: str) -> bool:
        """Whether *sql* is the same value in every row."""
        sql = sql.strip()
        while sql.startswith("(") and sql.endswith(")"):
            sql = sql[1:-1].strip()
        return _CONSTANT.fullmatch(_CAST.sub("", sql)) is not None

    def length(self, text: str) -> str:
        return f"char_length({text})"

    def new_text(self, value: str, before: Column, after: Column) -> str:
        """Return the text that *value* becomes in a column of text."""
        return self.text(value)

    def text(self, value: str) -> str:
        """Return *value* as text."""
        return value


def key_names(table: Table) -> tuple[str, ...]:
    """Return the columns that tell the rows of *table* apart, for people."""
    if table.primary_key is not None:
        return table.primary_key.columns
    return tuple(column.name for column in table.columns[:1])
