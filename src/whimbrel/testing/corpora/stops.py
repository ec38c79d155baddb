"""
The stops of a road from one release to the next, as judges of rows.

Place: `testing.corpora`, above `domains` and `releases`. A row of the old release
looks different at each stop: before the change, after it (renamed, with a value in
new columns), and after the way back (without what was dropped on the way). At each
stop the schema is that of `create_all`, and the server itself says whether it takes
the row. So what rows must satisfy is known from the servers, not from Whimbrel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.testing.corpora.domains import NoValue, bound
from whimbrel.testing.corpora.releases import Renames

Row: TypeAlias = dict[str, Any]
"""Column → value, as `Domain` gives it."""

QUOTES = '"`'

OMITTED = object()
"""In a row: the server gives the value (a default, a number)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why a stop does not take a row.

    Args:
        text: The server's words, or ours for a foreign key.

        constraint: Name of the constraint, if that is known.

        foreign_key: The one that leads nowhere.
    """

    stop: Stop
    table: sa.Table
    text: str
    constraint: str | None = None
    foreign_key: sa.ForeignKeyConstraint | None = None


class Kept:
    """
    Which tables and columns of the old release are there in the new one.

    Args:
        tables: Old name → new name.

        columns: (old table, old column) → new column.
    """

    def __init__(self, old: sa.MetaData, new: sa.MetaData, renames: Renames) -> None:
        renamed = dict(renames.tables)
        taken = set(renamed.values())
        self.tables: dict[str, str] = {}
        self.columns: dict[tuple[str, str], str] = {}
        for name, table in old.tables.items():
            to = renamed.get(name, name if name not in taken else None)
            if to is None or to not in new.tables:
                continue
            self.tables[name] = to
            self._add_columns(table, new.tables[to], renames)

    def _add_columns(self, old: sa.Table, new: sa.Table, renames: Renames) -> None:
        names = {a: b for t, a, b in renames.columns if t in {old.key, new.key}}
        taken = set(names.values())
        for column in old.columns:
            name = column.name
            to = names.get(name, name if name not in taken else None)
            if to is not None and to in new.c:
                self.columns[old.key, name] = to


@dataclass(eq=False)
class Stop:
    """
    One schema and the rows that are there.

    Args:
        connection: To an empty database with this schema, foreign keys not checked.

        tables: Table of the old release → its name here.

        columns: (table of the old release, column) → its name here.

        neutral: (table, column here) → the value for rows that have none, or what
            gives it for the number of a row.

        adaptable: Whether another neutral value may be chosen.

        after: The stop before this one, whose neutral values have stayed.
    """

    name: str
    connection: sa.Connection
    metadata: sa.MetaData
    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]
    neutral: dict[tuple[str, str], Any] = field(default_factory=dict)
    adaptable: bool = False
    after: Stop | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def dialect(self) -> sa.Dialect:
        return self.connection.dialect

    def table_for(self, old_table: str) -> sa.Table | None:
        """Return what a table of the old release is here; None if it is not."""
        name = self.tables.get(old_table)
        return None if name is None else self.metadata.tables[name]

    @cached_property
    def sources(self) -> dict[tuple[str, str], str]:
        """(table, column here) → column of the old release."""
        return {
            (self.tables[table], to): column
            for (table, column), to in self.columns.items()
            if table in self.tables
        }

    def image(self, old_table: str, row: Row, number: int) -> Row:
        """Return what *row*, the one with *number*, is here."""
        table = self.table_for(old_table)
        assert table is not None
        found: Row = {}
        for column in table.columns:
            if column.computed is not None:
                continue
            source = self.sources.get((table.key, column.name))
            value = None if source is None else row[source]
            if value is None and source is not None and self.after is not None:
                value = self.after.filled(old_table, source, number)
            if value is None and not column.nullable:
                value = self._given(table, column, number)
            found[column.name] = value
        return found

    def _given(self, table: sa.Table, column: sa.Column[Any], number: int) -> Any:
        if column.server_default is not None or column is table.autoincrement_column:
            return OMITTED
        value = self.neutral.get((table.key, column.name))
        return value(number) if callable(value) else value

    def filled(self, old_table: str, column: str, number: int) -> Any:
        """Return the value that a NULL in a column of the old release gets here."""
        table = self.table_for(old_table)
        name = self.columns.get((old_table, column))
        if table is None or name is None or table.c[name].nullable:
            return None
        return self._given(table, table.c[name], number)

    def takes(self, old_table: str, row: Row, number: int) -> Refusal | None:
        """Put a row in, unless a constraint refuses it."""
        table = self.table_for(old_table)
        assert table is not None
        image = self.image(old_table, row, number)
        refusal = self.dangling(table, image)
        if refusal is not None:
            return refusal
        try:
            with self.connection.begin_nested():
                insert(self.connection, table, image)
        except (sa.exc.SQLAlchemyError, NoValue) as error:
            return _refusal(self, table, error)
        self.rows.setdefault(table.key, []).append(image)
        return None

    def dangling(self, table: sa.Table, image: Row) -> Refusal | None:
        """Return the refusal of a row of *table* one of whose keys leads nowhere."""
        for key in sorted(
            table.foreign_key_constraints, key=lambda k: tuple(k.column_keys)
        ):
            if self._dangles(key, image):
                text = f"no row in {key.referred_table.key} for {_shown(key, image)}"
                return Refusal(self, table, text, foreign_key=key)
        return None

    def _dangles(self, key: sa.ForeignKeyConstraint, image: Row) -> bool:
        """Whether a key leads nowhere, or to where no row will be."""
        there = self.rows.get(key.referred_table.key)
        if there is None and self._will_have_rows(key.referred_table):
            return False
        rows = [*(there or ()), *([image] if key.referred_table is key.table else ())]
        wanted = [image.get(e.parent.name) for e in key.elements]
        if any(value is None or value is OMITTED for value in wanted):
            return False
        names = [e.column.name for e in key.elements]
        return not any(
            all(r.get(n) in (v, OMITTED) for n, v in zip(names, wanted, strict=True))
            for r in rows
        )

    def _will_have_rows(self, table: sa.Table) -> bool:
        """Whether rows may still come: tables are filled one after another."""
        return table.key in self.tables.values() and table.key not in self.rows


def _shown(key: sa.ForeignKeyConstraint, image: Row) -> str:
    values = (f"{e.parent.name}={image.get(e.parent.name)!r}" for e in key.elements)
    return f"{key.table.key}({', '.join(values)})"


def _refusal(stop: Stop, table: sa.Table, error: Exception) -> Refusal:
    text = str(getattr(error, "orig", None) or error).strip()
    found = [name for name in named_items(table, stop.dialect) if name in text]
    return Refusal(stop, table, text.splitlines()[0], max(found, key=len, default=None))


def named_items(
    table: sa.Table, dialect: sa.Dialect
) -> dict[str, sa.Constraint | sa.Index]:
    """Return constraints and indexes by name, cut to the length that is allowed."""
    preparer = dialect.identifier_preparer
    found: dict[str, sa.Constraint | sa.Index] = {}
    for constraint in table.constraints:
        if constraint.name:
            name = preparer.format_constraint(constraint)
            found[str(name).strip(QUOTES)] = constraint
    for index in table.indexes:
        if index.name:
            found[preparer.format_index(index).strip(QUOTES)] = index
    return found


def insert(connection: sa.Connection, table: sa.Table, row: Row) -> None:
    """Insert one row, as the column's types take it."""
    values = {
        name: bound(value, table.c[name].type, connection.dialect)
        for name, value in row.items()
        if value is not OMITTED
    }
    with _numbers_overridden(connection, table):
        connection.execute(sa.insert(table).values(values))


@contextmanager
def _numbers_overridden(connection: sa.Connection, table: sa.Table) -> Iterator[None]:
    """Let values be given for identity columns that are always generated."""
    always = any(c.identity is not None and c.identity.always for c in table.c)
    if not always or connection.dialect.name != "postgresql":
        yield
        return

    def override(
        _c: object, _u: object, text: str, given: Any, _x: object, _m: object
    ) -> Any:
        new = text.replace(") VALUES (", ") OVERRIDING SYSTEM VALUE VALUES (", 1)
        return new, given

    sa.event.listen(connection, "before_cursor_execute", override, retval=True)
    try:
        yield
    finally:
        sa.event.remove(connection, "before_cursor_execute", override)


def orphans(
    connection: sa.Connection, metadata: sa.MetaData, *, remove: bool = False
) -> list[str]:
    """
    Return the foreign keys that lead nowhere, as the server counts them.

    Args:
        remove: Delete the rows, too; others may lead nowhere then.
    """
    found = []
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints:
            other = key.referred_table.alias()
            matches = [other.c[e.column.name] == e.parent for e in key.elements]
            lost = (
                *(e.parent.is_not(None) for e in key.elements),
                ~sa.exists().select_from(other).where(*matches).correlate(table),
            )
            count = sa.select(sa.func.count()).select_from(table).where(*lost)
            if connection.scalar(count):
                found.append(f"{table.key}: {key.column_keys} lead nowhere")
                if remove:
                    connection.execute(sa.delete(table).where(*lost))
    return found
