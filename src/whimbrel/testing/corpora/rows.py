"""
Rows for any schema, such as every stop of the road takes.

Place: `testing.corpora`, above `stops`. A first proposal for row *i* has the
*i*-th value of each column's domain; columns that reference each other share a
domain. What a server refuses is mended at what it names (a check, a key, a
reference, a length), until it is taken or no more can be tried.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from whimbrel.testing.corpora.domains import Domain
from whimbrel.testing.corpora.stops import (
    OMITTED,
    Kept,
    Refusal,
    Row,
    Stop,
    named_items,
)

ROWS = 3
"""Rows for each table, where the constraints let it have so many."""

NULL_ROW = 1
"""This row has NULL wherever that is allowed."""

TRIES = 400
"""How often one row is mended before it is given up."""

DEPTH = 12
"""How many things may be wrong with one proposal."""

MOST = 6
"""How many columns of one constraint are changed."""


@dataclass(frozen=True, slots=True)
class Filled:
    """
    What to put into the tables of the old release.

    Args:
        rows: Table → its rows with their numbers; a table without any is there, too.

        refused: Table without rows → why the last try failed.

        one_way: Table whose rows go forwards, but cannot come back → why.
    """

    rows: dict[str, list[tuple[int, Row]]] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    one_way: dict[str, Refusal] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many tables have rows."""
        return sum(1 for rows in self.rows.values() if rows)


class Domains:
    """The domain of each column, of the old and of the new release."""

    def __init__(self, sides: Sequence[sa.MetaData], kept: Kept, dialect: sa.Dialect):
        self._parents: dict[sa.Column[Any], sa.Column[Any]] = {}
        for metadata in sides:
            for table in metadata.tables.values():
                for key in table.foreign_keys:
                    self._join(key.parent, key.column)
        old, new = sides[0], sides[-1]
        for (table_name, name), to in kept.columns.items():
            other = new.tables[kept.tables[table_name]].c[to]
            self._join(old.tables[table_name].c[name], other)
        types: dict[sa.Column[Any], list[Any]] = {}
        columns = [c for m in sides for t in m.tables.values() for c in t.columns]
        for column in columns:
            types.setdefault(self._root(column), []).append(column.type)
        made = {root: Domain(found, dialect) for root, found in types.items()}
        self._domains = {column: made[self._root(column)] for column in columns}

    def _root(self, column: sa.Column[Any]) -> sa.Column[Any]:
        while (parent := self._parents.get(column)) is not None:
            column = parent
        return column

    def _join(self, one: sa.Column[Any], other: sa.Column[Any]) -> None:
        a, b = self._root(one), self._root(other)
        if a is not b:
            self._parents[a] = b

    def __getitem__(self, column: sa.Column[Any]) -> Domain:
        return self._domains[column]


@dataclass(slots=True)
class Filler:
    """
    Finds rows that all *stops* take.

    Args:
        stops: The old release, the new one, and the old one after the way back.
    """

    stops: Sequence[Stop]
    domains: Domains
    found: Filled = field(default_factory=Filled, init=False)
    _judges: Sequence[Stop] = field(default=(), init=False)
    _tries: int = field(default=0, init=False)
    _furthest: Refusal | None = field(default=None, init=False)
    _reached: tuple[int, int] = field(default=(0, 0), init=False)

    def fill(self) -> Filled:
        """Return rows for all tables of the old release."""
        for table in _parents_first(*self.stops[:2]):
            self._fill(table)
            for stop in self.stops:
                here = stop.table_for(table.key)
                if here is not None:
                    stop.rows.setdefault(here.key, [])
        self._drop_dangling()
        return self.found

    def _fill(self, table: sa.Table) -> None:
        """Fill one table; where no row can come back, with rows that cannot."""
        refusal: Refusal | None = None
        for judges in (self.stops, self.stops[:-1]):
            self._judges = judges
            rows = []
            for number in range(ROWS):
                found = self._find(table, number)
                if isinstance(found, Refusal):
                    refusal = refusal or found
                else:
                    rows.append((number, found))
            self.found.rows[table.key] = rows
            if rows:
                break
        if refusal is not None and not rows:
            self.found.refused[table.key] = refusal
        elif refusal is not None and judges is not self.stops:
            self.found.one_way[table.key] = refusal

    def _find(self, table: sa.Table, number: int) -> Row | Refusal:
        self._tries, self._furthest = TRIES, None
        for proposal in self._proposals(table, number):
            found = self._mended(table, proposal, number, DEPTH)
            if not isinstance(found, Refusal):
                return found
        assert self._furthest is not None
        return self._furthest

    def _note(self, refusal: Refusal, depth: int) -> None:
        """Remember the refusal of the row that came furthest, mended most."""
        stops = [stop.name for stop in self.stops]
        reached = stops.index(refusal.stop.name), -depth
        if self._furthest is None or reached > self._reached:
            self._furthest, self._reached = refusal, reached

    def _proposals(self, table: sa.Table, number: int) -> tuple[Row, ...]:
        full = {
            c.name: self.domains[c].value(number)
            for c in table.columns
            if c.computed is None
        }
        empty = {c.name: None for c in table.columns if may_be_null(c)}
        sparse = {**full, **{name: None for name in empty if name in full}}
        return (sparse, full) if number == NULL_ROW else (full, sparse)

    def _mended(
        self, table: sa.Table, row: Row, number: int, depth: int
    ) -> Row | Refusal:
        """Return *row*, mended so that all take it, or why not."""
        refusal = self._offer(table, row, number)
        if refusal is None:
            return row
        self._note(refusal, depth)
        for values in self._changes(table, number, refusal):
            if self._tries <= 0 or depth == 0:
                break
            self._tries -= 1
            stop = refusal.stop
            neutral = dict(stop.neutral)
            mended = _changed(refusal, row, values)
            if mended is None or (mended == row and stop.neutral == neutral):
                continue
            found = self._mended(table, mended, number, depth - 1)
            if not isinstance(found, Refusal):
                return found
            stop.neutral = neutral
        return refusal

    def _offer(self, table: sa.Table, row: Row, number: int) -> Refusal | None:
        """Put a row in at every stop, or at none."""
        taken: list[tuple[Stop, sa.NestedTransaction]] = []
        for stop in self._judges:
            if stop.table_for(table.key) is None:
                continue
            savepoint = stop.connection.begin_nested()
            refusal = stop.takes(table.key, row, number)
            taken.append((stop, savepoint))
            if refusal is not None:
                for other, made in taken:
                    made.rollback()
                    if other is not stop:
                        here = other.table_for(table.key)
                        assert here is not None
                        other.rows[here.key].pop()
                return refusal
        for _, savepoint in taken:
            savepoint.commit()
        return None

    def _changes(
        self, table: sa.Table, number: int, refusal: Refusal
    ) -> Iterator[dict[sa.Column[Any], Any]]:
        """Yield values at the refusing stop that may help."""
        places = _places(refusal)
        key = refusal.foreign_key
        if key is not None:
            for place in places:
                if place.nullable:
                    yield {place: None}
            for other in refusal.stop.rows.get(key.referred_table.key, ()):
                yield {e.parent: other.get(e.column.name) for e in key.elements}
            return
        options = [self._options(number, refusal, place) for place in places]
        for values in itertools.product(*options):
            yield dict(zip(places, values, strict=True))

    def _options(
        self, number: int, refusal: Refusal, place: sa.Column[Any]
    ) -> list[Any]:
        """Return values to try in a column, most likely first."""
        domain = self.domains[place]
        item = _item(refusal)
        found: list[Any] = [domain.value(number), *domain.members]
        if isinstance(item, sa.CheckConstraint):
            found += _literals(str(item.sqltext), domain)
        if may_be_null(place):
            found.append(None)
        found += [domain.value(n) for n in range(ROWS * 3)]
        distinct: list[Any] = []
        for value in found:
            if value not in distinct:
                distinct.append(value)
        return distinct

    def _drop_dangling(self) -> None:
        """Take rows out whose references turned out to lead nowhere."""
        gone = True
        while gone:
            gone = False
            for stop in self.stops:
                self._note_rows(stop)
            for table, rows in self.found.rows.items():
                for number, row in list(rows):
                    refusal = self._dangling(table, row, number)
                    if refusal is not None:
                        rows.remove((number, row))
                        gone = True
                        if not rows:
                            self.found.refused[table] = refusal
                            self.found.one_way.pop(table, None)

    def _note_rows(self, stop: Stop) -> None:
        stop.rows = {}
        for table, rows in self.found.rows.items():
            here = stop.table_for(table)
            if here is not None:
                stop.rows[here.key] = [stop.image(table, row, n) for n, row in rows]

    def _dangling(self, table: str, row: Row, number: int) -> Refusal | None:
        one_way = table in self.found.one_way
        for stop in self.stops[:-1] if one_way else self.stops:
            here = stop.table_for(table)
            if here is not None:
                refusal = stop.dangling(here, stop.image(table, row, number))
                if refusal is not None:
                    return refusal
        return None


def _parents_first(old: Stop, new: Stop) -> list[sa.Table]:
    """
    Return the old release's tables, each after those that it refers to.

    What it refers to in the new release counts as well; cycles are cut somewhere.
    """
    former = {new.tables[name]: name for name in old.tables if name in new.tables}
    parents: dict[str, list[str]] = {}
    for name, table in old.metadata.tables.items():
        here = new.table_for(name)
        after = () if here is None else _referred(here)
        then = [former[parent] for parent in after if parent in former]
        parents[name] = [*_referred(table), *then]
    order: dict[str, None] = {}
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name not in seen:
            seen.add(name)
            for parent in parents[name]:
                visit(parent)
            order[name] = None

    for name in parents:
        visit(name)
    return [old.metadata.tables[name] for name in order]


def _referred(table: sa.Table) -> list[str]:
    return [k.referred_table.key for k in _ordered(table.foreign_key_constraints)]


def _ordered(
    keys: Iterable[sa.ForeignKeyConstraint],
) -> list[sa.ForeignKeyConstraint]:
    """Return a set of keys in an order that is the same in every process."""
    return sorted(keys, key=lambda key: tuple(key.column_keys))


def may_be_null(column: sa.Column[Any]) -> bool:
    """Whether the column takes NULL; a key's column does not, whatever it says."""
    return bool(column.nullable) and not column.primary_key


def _changed(
    refusal: Refusal, row: Row, values: Mapping[sa.Column[Any], Any]
) -> Row | None:
    """Return *row* with *values*, which may be neutral ones of the stop, or None."""
    stop = refusal.stop
    mended = dict(row)
    for column, value in values.items():
        if value is OMITTED:
            continue
        place = (refusal.table.key, column.name)
        source = stop.sources.get(place)
        if source is not None:
            mended[source] = value
        elif stop.adaptable and not stop.rows.get(refusal.table.key):
            stop.neutral = {**stop.neutral, place: value}
        elif stop.neutral.get(place) != value:
            return None
    return mended


def _item(refusal: Refusal) -> sa.Constraint | sa.Index | None:
    named = named_items(refusal.table, refusal.stop.dialect)
    return named.get(refusal.constraint or "")


def _places(refusal: Refusal) -> list[sa.Column[Any]]:
    """Return the columns that the refusal is about, as far as it says so."""
    table, item = refusal.table, _item(refusal)
    if refusal.foreign_key is not None:
        return list(refusal.foreign_key.columns)
    if isinstance(item, sa.CheckConstraint):
        text = str(item.sqltext)
    elif isinstance(item, sa.Index):
        text = " ".join(map(str, item.expressions))
    elif isinstance(item, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
        return list(item.columns)
    else:
        text = refusal.text
        if "PRIMARY" in text.upper():
            return list(table.primary_key.columns)
    found = [c for c in table.columns if c.computed is None]
    return [c for c in found if _mentions(text, c.name)][:MOST]


def _mentions(text: str, name: str) -> bool:
    return (
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
    )


def _literals(text: str, domain: Domain) -> list[Any]:
    """Return the values that a check names: its texts, its numbers, texts so long."""
    numbers = [int(digits) for digits in re.findall(r"\b\d{1,4}\b", text)]
    if domain.kind == "integer":
        return numbers
    if domain.kind != "text":
        return []
    return [*re.findall(r"'([^']*)'", text), *("x" * number for number in numbers)]
