"""
Rows that get a value each, from Python.

Place: `execute`, below `editor`. The statement brings the SQL; here the function is
called and what it returns is bound. A page of rows is read, given values, written,
and forgotten.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from whimbrel.errors.execute import RowsNotReached
from whimbrel.schema.fills import resolved
from whimbrel.schema.literals import unwrapped, uuid_for
from whimbrel.schema.statement import EachRow, Texts, Together

PATIENCE = 10.0
"""Seconds after which a person is told how far it is, and again after as many."""

TOGETHER = 100
"""Rows that one statement writes, where it may write several."""

UNKNOWN = -1
"""The number of rows that a driver does not know."""

Key: TypeAlias = Sequence[Any]
Row: TypeAlias = tuple[Key, Any]
"""The key of a row, and its value."""


@dataclass(frozen=True, slots=True)
class RowFill:
    """
    Fills the rows of one statement.

    Args:
        spell: Returns the SQL of an expression.

        notice: Told how far it is, if it takes long.
    """

    connection: Connection
    each: EachRow
    does: str
    spell: Callable[[sa.ClauseElement], str]
    notice: Callable[[str], None]

    def run(self) -> None:
        """
        Call the function for each row and write what it gives.

        Raises:
            RowsNotReached: EX110, a row could not be written, or two at once.
        """
        if self.each.first is None:
            self.write([((), self.bindable(self.each.fill.value))])
            return
        done, told = 0, monotonic()
        rows = self.read((self.each.first,), ())
        while rows:
            self.fill(rows)
            done += len(rows)
            if monotonic() - told > PATIENCE:
                told = monotonic()
                self.notice(f"{self.does}: {done} rows so far")
            rows = self.read(self.each.further, rows[-1])

    def read(self, texts: Texts, key: Key) -> Sequence[Key]:
        """Return the keys of the next rows, those behind the one with *key*."""
        names = numbered("key", key)
        query = sa.text(joined(texts, names))
        return self.connection.execute(query, names).fetchall()

    def fill(self, keys: Sequence[Key]) -> None:
        """Give the rows with *keys* a value each; one that gets None stays NULL."""
        function = self.each.fill.value
        made = [(key, self.bindable(function())) for key in keys]
        rows = [row for row in made if row[1] is not None]
        reached = self.write(rows)
        if reached not in (len(rows), UNKNOWN):
            raise RowsNotReached(self.does, len(rows), reached)

    def write(self, rows: Sequence[Row]) -> int:
        """Write values; return how many rows got one."""
        plain = [row for row in rows if not is_sql(row[1])]
        counts = []
        together = self.each.together
        if together is None and plain:
            counts.append(self.write_apart(plain))
        elif together is not None:
            for at in range(0, len(plain), TOGETHER):
                part = plain[at : at + TOGETHER]
                counts.append(self.write_together(together, part))
        for key, value in rows:
            if is_sql(value):
                counts.append(self.write_expression(key, self.spell(value)))
        return UNKNOWN if UNKNOWN in counts else sum(counts)

    def write_apart(self, rows: Sequence[Row]) -> int:
        """Write one row after another."""
        given = [{"value": value, **numbered("key", key)} for key, value in rows]
        sql = joined(self.each.write, given[0])
        return self.connection.execute(self.typed(sql, ["value"]), given).rowcount

    def write_together(self, together: Together, rows: Sequence[Row]) -> int:
        """Write several rows by one statement."""
        given: dict[str, Any] = {}
        values: dict[str, Any] = {}
        cases, conditions = [], []
        for place, (key, value) in enumerate(rows):
            names = numbered(f"key_{place}", key)
            given |= names
            values[f"value_{place}"] = value
            cases.append(joined(together.case, [*names, f"value_{place}"]))
            conditions.append(joined(together.row, names))
        parts = (escaped(together.head), *cases, escaped(together.tail))
        sql = "".join(parts) + " OR ".join(conditions)
        return self.connection.execute(
            self.typed(sql, values), {**given, **values}
        ).rowcount

    def write_expression(self, key: Key, sql: str) -> int:
        """Write a value that the database works out from the row."""
        head, tail, *rest = self.each.write
        names = numbered("key", key)
        write = sa.text(joined((f"{head}{sql}{tail}", *rest), names))
        return self.connection.execute(write, names).rowcount

    def typed(self, sql: str, values: Iterable[str]) -> sa.TextClause:
        """Return *sql*, in which the column's type binds *values*."""
        type_ = self.each.fill.type
        return sa.text(sql).bindparams(*(sa.bindparam(v, type_=type_) for v in values))

    def bindable(self, value: Any) -> Any:
        """Return *value* as the type's own processing takes it."""
        value = resolved(value)
        found = unwrapped(self.each.fill.type, self.connection.dialect)
        if isinstance(value, enum.Enum) and not isinstance(found, sa.Enum):
            return value.value
        return uuid_for(found, value) if isinstance(value, UUID) else value


def is_sql(value: object) -> bool:
    """Whether the database works *value* out."""
    return isinstance(value, sa.ClauseElement)


def numbered(name: str, values: Key) -> dict[str, Any]:
    """Return *values* under numbered names."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


def joined(texts: Texts, names: Iterable[str]) -> str:
    """Return *texts* with a bound *name* between each two, for `sa.text`."""
    first, *others = map(escaped, texts)
    pairs = zip(names, others, strict=True)
    return first + "".join(f":{name}{text}" for name, text in pairs)


def escaped(text: str) -> str:
    """Return *text* so that its colons bind nothing."""
    return text.replace(":", r"\:")
