"""
From one release to the next with rows in the tables, back, and forwards again.

Place: `testing.corpora`, above `benches`, `rows` and `kept`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from whimbrel.schema.lower_table import is_key_alone
from whimbrel.testing.corpora.answers import APP, Fills, answering, edited
from whimbrel.testing.corpora.benches import (
    Benches,
    compare,
    created,
    emptied,
    nothing_left,
    state_of,
)
from whimbrel.testing.corpora.domains import Domain, NoValue, bound
from whimbrel.testing.corpora.kept import Columns, Rows, lost_rows, read_rows
from whimbrel.testing.corpora.outcomes import Different, Work
from whimbrel.testing.corpora.releases import Pair
from whimbrel.testing.corpora.rows import Domains, Filled, Filler
from whimbrel.testing.corpora.stops import (
    Kept,
    Stop,
    insert,
    orphans,
)
from whimbrel.testing.databases import Scratch
from whimbrel.testing.journey import Journey
from whimbrel.testing.strategies.rows import check_foreign_keys


@dataclass(frozen=True, slots=True)
class Ends:
    """Both releases' tables, and what is kept between them."""

    old: sa.MetaData
    new: sa.MetaData
    kept: Kept

    @classmethod
    def of(cls, pair: Pair) -> Ends:
        old, new = pair.before.metadata(), pair.after.metadata()
        return cls(old, new, Kept(old, new, pair.renames))

    @property
    def forwards(self) -> Columns:
        return {
            (table, column): (self.kept.tables[table], to)
            for (table, column), to in self.kept.columns.items()
        }

    @property
    def backwards(self) -> Columns:
        return {to: place for place, to in self.forwards.items()}

    def required(self, metadata: sa.MetaData) -> set[tuple[str, str]]:
        """Return the columns of a release that take no NULL."""
        return {
            (table.key, column.name)
            for table in metadata.tables.values()
            for column in table.columns
            if not column.nullable
        }


def there_and_back(pair: Pair, benches: Benches, work: Work) -> None:
    """Check *pair*; raise `Different` or what goes wrong."""
    before = created(pair.before, benches.returned)
    after = created(pair.after, benches.yardstick)
    emptied(benches.migrated)
    ends = Ends.of(pair)
    engine = benches.migrated.engine
    journey = Journey((APP,), work.folder)
    work.stage = "makemigrations of the first"
    journey.make(state_of(pair.before))
    leaves = journey.leaves()
    with engine.connect() as connection:
        work.stage = "migrate to the first"
        journey.migrate(connection)
    work.stage = "rows"
    filled, fills, back_fills = chosen_rows(ends, benches)
    _tell(filled, work)
    first = fill(benches.migrated, ends.old, filled)
    work.stage = "makemigrations"
    state = state_of(pair.after)
    asked: set[str] = set()
    known = passed_on(ends.kept, ends.new)
    made = journey.make(state, answering(pair.renames, fills, asked), known)
    journey.add(edited(made, back_fills, ends.kept.tables))
    _hold(_unasked(ends, asked))
    work.stage = "migrate"
    with engine.connect() as connection:
        journey.migrate(connection)
    work.stage = "compare"
    compare(benches.migrated, after)
    there = read(benches.migrated, ends.new)
    _hold(lost_rows(first, there, ends.forwards, ends.required(ends.new)))
    work.stage = "makemigrations again"
    nothing_left(journey, state)
    there = _without_one_way(benches.migrated, ends, filled, there)
    work.stage = "back"
    with engine.connect() as connection:
        journey.migrate_back(connection, leaves)
    work.stage = "compare back"
    compare(benches.migrated, before)
    back = read(benches.migrated, ends.old)
    _hold(lost_rows(there, back, ends.backwards, ends.required(ends.old)))
    _hold(changed_from_first(first, back, ends, filled))
    work.stage = "forwards again"
    with engine.connect() as connection:
        journey.migrate(connection)
    work.stage = "compare again"
    compare(benches.migrated, after)
    again = read(benches.migrated, ends.new)
    kept = {place: place for place in ends.backwards}
    _hold(lost_rows(there, again, kept, ends.required(ends.new)))


def _unasked(ends: Ends, asked: set[str]) -> list[str]:
    """Return the true renames about which no question came: they would lose data."""
    wanted = [
        f"rename-model:{APP}.{old}>{new}"
        for old, new in ends.kept.tables.items()
        if old != new and old not in ends.new.tables
    ]
    wanted += [
        f"rename-field:{APP}.{ends.kept.tables[table]}.{old}>{new}"
        for (table, old), new in ends.kept.columns.items()
        if old != new
    ]
    return [f"{one}: was not asked" for one in wanted if one not in asked]


def passed_on(kept: Kept, new: sa.MetaData) -> dict[str, object]:
    """Return the answers that nobody asks for: the old name is another table's now."""
    return {
        f"rename-model:{APP}.{old}>{to}": True
        for old, to in kept.tables.items()
        if old != to and old in new.tables
    }


def chosen_rows(ends: Ends, benches: Benches) -> tuple[Filled, Fills, Fills]:
    """
    Return rows that fit at every stop, values for new columns, and for returning ones.

    The migrated database has the old release's schema, the others what their names
    say; none of them has rows afterwards.
    """
    scratches = (benches.migrated, benches.yardstick, benches.returned)
    with (
        trial(scratches[0]) as one,
        trial(scratches[1]) as two,
        trial(scratches[2]) as three,
    ):
        domains = Domains((ends.old, ends.new), ends.kept, one.dialect)
        stops = stops_of(ends, (one, two, three), domains)
        filled = Filler(stops, domains).fill()
        return filled, _fills(stops[1]), _back_fills(stops[2])


def stops_of(
    ends: Ends,
    connections: tuple[sa.Connection, sa.Connection, sa.Connection],
    domains: Domains,
) -> tuple[Stop, Stop, Stop]:
    """Return the old release, the new one, and the old one after the way back."""
    kept = ends.kept
    dialect = connections[0].dialect
    olds = [column for table in ends.old.tables.values() for column in table.columns]
    news = [column for table in ends.new.tables.values() for column in table.columns]
    same = {(c.table.key, c.name): c.name for c in olds}
    # A key alone would take a value of its own for each row.
    neutral = {
        (c.table.key, c.name): domains[c].value(0)
        if c.foreign_keys
        else Domain([c.type], dialect).neutral()
        for c in olds
        if c.foreign_keys or not is_key_alone(c)
    }
    new = Stop(
        "new", connections[1], ends.new, kept.tables, kept.columns, adaptable=True
    )
    new.neutral = {
        (c.table.key, c.name): domains[c].value(0)
        if _refers(c, new, ends)
        else domains[c].neutral()
        for c in news
    }
    every = {table: table for table in ends.old.tables}
    return (
        Stop("old", connections[0], ends.old, every, same),
        new,
        Stop(
            "returned",
            connections[2],
            ends.old,
            {table: table for table in kept.tables},
            {place: place[1] for place in kept.columns},
            neutral=neutral,
            after=new,
        ),
    )


def _refers(column: sa.Column[Any], new: Stop, ends: Ends) -> bool:
    """Whether a column can only have the values of another, now or on the way back."""
    place = (column.table.key, column.name)
    source = new.sources.get(place)
    if column.foreign_keys or source is None:
        return bool(column.foreign_keys)
    former = next(old for old, to in ends.kept.tables.items() if to == place[0])
    return bool(ends.old.tables[former].c[source].foreign_keys)


def _fills(stop: Stop) -> Fills:
    """Return the answers for columns that rows have no value for."""
    fills: dict[tuple[str, str], object] = {}
    for (table, column), value in stop.neutral.items():
        type_ = stop.metadata.tables[table].c[column].type
        with suppress(NoValue):
            made = uuid.uuid4 if callable(value) else bound(value, type_, stop.dialect)
            fills[table, column] = made
    return fills


def _back_fills(stop: Stop) -> Fills:
    """Return what references that come back are filled with: no value is neutral."""
    columns = {
        place: stop.metadata.tables[place[0]].c[place[1]] for place in stop.neutral
    }
    return {
        place: value
        for place, value in _fills(stop).items()
        if columns[place].foreign_keys and not columns[place].nullable
    }


@contextmanager
def trial(scratch: Scratch) -> Iterator[sa.Connection]:
    """Yield a connection on which rows go in for a trial and come out at the end."""
    with scratch.engine.connect() as connection:
        check_foreign_keys(connection, on=False)
        if scratch.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()
            check_foreign_keys(connection, on=True)
            connection.rollback()


def fill(scratch: Scratch, metadata: sa.MetaData, filled: Filled) -> Rows:
    """Put the rows in and return them as they are read."""
    with scratch.engine.connect() as connection:
        check_foreign_keys(connection, on=False)
        for name, rows in filled.rows.items():
            for _, row in rows:
                insert(connection, metadata.tables[name], row)
        check_foreign_keys(connection, on=True)
        found = orphans(connection, metadata)
        if found:
            raise AssertionError(f"rows that refer to nothing were made: {found}")
        connection.commit()
    return read(scratch, metadata)


def read(scratch: Scratch, metadata: sa.MetaData) -> Rows:
    """Return all rows of the tables of *metadata*."""
    with scratch.engine.connect() as connection:
        return read_rows(connection, metadata)


def _hold(found: list[str]) -> None:
    if found:
        raise Different(found)


def _tell(filled: Filled, work: Work) -> None:
    """Note how much was filled, and why the rest was not."""
    work.tables = len(filled.rows)
    work.filled = filled.count
    work.rows = sum(map(len, filled.rows.values()))
    for table, refusal in filled.refused.items():
        if refusal.stop.name == "old":
            work.notes.append(f"{table} has no rows: {refusal.text}")
        else:
            work.needs.append(f"{table}: {refusal.text}")
    for table, refusal in filled.one_way.items():
        work.needs.append(f"{table}, on the way back: {refusal.text}")


def _without_one_way(scratch: Scratch, ends: Ends, filled: Filled, there: Rows) -> Rows:
    if not filled.one_way:
        return there
    with scratch.engine.connect() as connection:
        remove_one_way(connection, ends, filled)
    return read(scratch, ends.new)


def remove_one_way(connection: sa.Connection, ends: Ends, filled: Filled) -> None:
    """Take out the rows that cannot come back, and what refers to them."""
    check_foreign_keys(connection, on=False)
    for table in filled.one_way:
        if table in ends.kept.tables:
            name = ends.kept.tables[table]
            connection.execute(sa.delete(ends.new.tables[name]))
    while orphans(connection, ends.new, remove=True):
        pass
    connection.commit()
    check_foreign_keys(connection, on=True)
    connection.commit()


def changed_from_first(
    first: Rows, back: Rows, ends: Ends, filled: Filled
) -> list[str]:
    """Compare with the rows as they were in the beginning, where none was taken out."""
    new = ends.required(ends.new)
    may = {place for place, to in ends.forwards.items() if to in new}
    whole = {t for t in first if len(first[t]) == len(back.get(t, ()))}
    columns = {place: place for place in ends.forwards if place[0] in whole}
    if not filled.one_way:
        columns = {place: place for place in ends.forwards}
    return lost_rows(first, back, columns, may)
