"""
Values for existing rows that only Python can give.

Place: `schema`, part of the compiler, above `spelling`. The SQL is made here;
`execute.rows` calls the function and binds what it returns.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from whimbrel.errors.schema import RowsAlike
from whimbrel.schema.objects import Column, Table
from whimbrel.schema.spelling import Spelling
from whimbrel.schema.statement import EachRow, PythonFill, Statement, Texts, Together
from whimbrel.schema.table_diff import TableDiff

HOLE = "\0"
"""Stands where something is bound: no SQL has it in a name or a text."""

PAGE = 5000
"""Rows that are read and written at once."""

EXACT = re.compile(
    r"(small|big|medium|tiny)?(int|serial)\b|integer|numeric|decimal"
    r"|(var)?char|character|text|uuid|(var)?binary|bytea",
    re.IGNORECASE,
)
"""Types whose values come back from Python as they went there. Not so fractions, bits,
and dates: Python has no 0000-00-00, and none that is infinite."""


class RowKey(NamedTuple):
    """
    A part of what tells rows apart.

    Args:
        shown: SQL of it in a SELECT.

        column: SQL of it in a condition.

        bound: SQL that turns what was shown into what is compared.
    """

    shown: str
    column: str
    bound: str = HOLE


class RowFillSQL(Spelling):
    """Standard SQL that gives each row a value of its own."""

    def fill_rows(self, diff: TableDiff, column: Column) -> list[Statement]:
        """Return what fills *column* where rows have nothing in it."""
        fill = diff.change.row_fills[column.name]
        update = self.update(diff.after, column, HOLE)
        lacking = self.lacking(diff, column)
        if fill.once:
            each = EachRow(fill=fill, write=texts(f"{update} WHERE {lacking}"))
        else:
            keys = self.row_keys(diff, column)
            write = f"{update} WHERE {equal(keys)}"
            each = self.each_row(diff, fill, keys, write, lacking)
            each = replace(each, together=together(update, keys))
        return [self.by_python(diff, column, each)]

    def lacking(self, diff: TableDiff, column: Column) -> str:
        """Return the condition that a row wants a value in *column*."""
        return f"{self.quote(column.name)} IS NULL"

    def each_row(
        self,
        diff: TableDiff,
        fill: PythonFill,
        keys: tuple[RowKey, ...],
        write: str,
        lacking: str,
    ) -> EachRow:
        """Return what reads the keys of rows in which *lacking* is true, and *write*
        for each of them."""
        shown = ", ".join(key.shown for key in keys)
        order = ", ".join(key.column for key in keys)
        rows = f"SELECT {shown} FROM {self.table_sql(diff.after)} WHERE {lacking}"
        page = f"ORDER BY {order} LIMIT {PAGE}"
        return EachRow(
            fill=fill,
            first=f"{rows} {page}",
            further=texts(f"{rows} AND {behind(keys)} {page}"),
            write=texts(write),
        )

    def by_python(self, diff: TableDiff, column: Column, each: EachRow) -> Statement:
        """Return the statement that says what Python does."""
        rows = "all rows" if each.first is None else "each row"
        does = f"fill {diff.after.name}.{column.name} of {rows} with {each.fill.words}"
        does = " ".join(does.split())
        return Statement(
            sql=f"-- Python: {does}", does=does, table=diff.after.key, each_row=each
        )

    def row_keys(self, diff: TableDiff, column: Column) -> tuple[RowKey, ...]:
        """
        Return what tells the rows of a table apart while *column* is filled.

        Raises:
            RowsAlike: SC108, nothing does.
        """
        keys = self.key_of_rows(diff)
        if not keys:
            words = diff.change.row_fills[column.name].words
            raise RowsAlike(diff.after.name, column.name, words)
        return keys

    def key_of_rows(self, diff: TableDiff) -> tuple[RowKey, ...]:
        """Return what tells the rows of a table apart; nothing, if nothing does."""
        return tuple(plain_key(self.quote(name)) for name in key_columns(diff))


def key_columns(diff: TableDiff) -> tuple[str, ...]:
    """
    Return the columns of a key that is there before and after, has no NULL, and
    whose values can be told apart in Python; the primary key, if it is one.
    """
    before, after = keys_of(diff.moved), keys_of(diff.after)
    return next((columns for columns in before if columns in after), ())


def keys_of(table: Table) -> list[tuple[str, ...]]:
    """Return the columns of each key that has exact values and no NULL."""
    primary = () if table.primary_key is None else (table.primary_key,)
    unique = (item for item in table.constraints if item.kind == "unique")
    sound = {c.name for c in table.columns if not c.nullable and EXACT.match(c.type)}
    return [i.columns for i in (*primary, *unique) if sound.issuperset(i.columns)]


def plain_key(column: str) -> RowKey:
    """Return a column, quoted, as a part of a key."""
    return RowKey(column, column)


def equal(keys: tuple[RowKey, ...]) -> str:
    """Return the condition that a row has a bound key."""
    return " AND ".join(f"{key.column} = {key.bound}" for key in keys)


def behind(keys: tuple[RowKey, ...]) -> str:
    """Return the condition that a row comes after a bound key."""
    columns = ", ".join(key.column for key in keys)
    bound = ", ".join(key.bound for key in keys)
    return f"{columns} > {bound}" if len(keys) == 1 else f"({columns}) > ({bound})"


def together(update: str, keys: tuple[RowKey, ...]) -> Together:
    """Return the UPDATE of several rows; *update* has a hole for the value."""
    head, tail = texts(update)
    return Together(
        head=f"{head}CASE",
        case=texts(f" WHEN {equal(keys)} THEN {HOLE}"),
        tail=f" END{tail} WHERE ",
        row=texts(f"({equal(keys)})"),
    )


def texts(sql: str) -> Texts:
    """Return *sql* in parts, cut where something is bound."""
    return tuple(sql.split(HOLE))
