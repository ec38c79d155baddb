"""
Pairs of schemas, before and after, written as SQLAlchemy tables.

`create_all` can build both sides, so a compiled change is judged by what the
database itself then shows. `PAIRS` are for every database; tests of one
database add their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Table

Lower = Callable[[sa.Table], Table]
Build = Callable[[sa.MetaData], object]
Names = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """
    A change from *before* to *after*, and hints that these two cannot say.

    Args:
        tables: Old → new name of renamed tables.

        fresh: Names of tables that are new although an old one has the name.

        columns, replaced, fills, casts, values: New name of a table → as in
            `TableChange`.

        back_fills: Like *fills*, for the way back.

        rows: Statements that put rows into the tables of *before*.

        expected: Query on *after* → the rows that it returns.

        returned: Query after the way back → likewise.
    """

    before: Build
    after: Build
    tables: Names = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    columns: Mapping[str, Names] = field(default_factory=dict)
    replaced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fills: Mapping[str, Names] = field(default_factory=dict)
    casts: Mapping[str, Names] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Names]] = field(default_factory=dict)
    back_fills: Mapping[str, Names] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    expected: Mapping[str, list[tuple[object, ...]]] = field(default_factory=dict)
    returned: Mapping[str, list[tuple[object, ...]]] = field(default_factory=dict)

    def sides(self) -> tuple[sa.MetaData, sa.MetaData]:
        """Return both sides as SQLAlchemy tables."""
        before, after = sa.MetaData(), sa.MetaData()
        self.before(before)
        self.after(after)
        return before, after

    def change(self, lower: Lower) -> SchemaChange:
        """Return the change; *lower* turns tables into schema objects."""
        before, after = self.sides()
        wanted = {name: lower(table) for name, table in after.tables.items()}
        changes = []
        for old, table in before.tables.items():
            name = self.tables.get(old, old)
            goes = name == old and old in {*self.fresh, *self.tables.values()}
            new = None if goes else wanted.pop(name, None)
            changes.append(
                TableChange(
                    before=lower(table),
                    after=new,
                    renamed=self.columns.get(name, {}),
                    replaced=self.replaced.get(name, frozenset()),
                    fills=self.fills.get(name, {}),
                    casts=self.casts.get(name, {}),
                    renamed_values=self.values.get(name, {}),
                )
            )
        changes += [TableChange(before=None, after=new) for new in wanted.values()]
        return SchemaChange(tables=tuple(changes))

    def reversed(self) -> Pair:
        """Return the way back."""
        old = {new: name for name, new in self.tables.items()}
        return Pair(
            before=self.after,
            after=self.before,
            tables=old,
            fresh=self.fresh,
            columns={
                old.get(table, table): {new: name for name, new in names.items()}
                for table, names in self.columns.items()
            },
            replaced={old.get(t, t): names for t, names in self.replaced.items()},
            fills=self.back_fills,
            values={
                old.get(table, table): {
                    self._before(table, column): {n: o for o, n in names.items()}
                    for column, names in columns.items()
                }
                for table, columns in self.values.items()
            },
            expected=self.returned,
        )

    def _before(self, table: str, column: str) -> str:
        names = {new: old for old, new in self.columns.get(table, {}).items()}
        return names.get(column, column)


def table(name: str, *items: Callable[[], sa.SchemaItem], **options: object) -> Build:
    """Return a builder of one table; *items* make its columns, afresh each time."""

    def build(metadata: sa.MetaData) -> None:
        sa.Table(name, metadata, *(item() for item in items), **options)

    return build


def tables(*builds: Build) -> Build:
    """Return a builder of all of *builds*."""

    def build(metadata: sa.MetaData) -> None:
        for one in builds:
            one(metadata)

    return build


def col(name: str, type_: object = sa.Integer, *items: object, **options: object):  # type: ignore[no-untyped-def]
    """Return a maker of a column; items are made by being called."""
    return lambda: sa.Column(name, type_, *(i() for i in items), **options)


def key(name: str = "id") -> Callable[[], sa.SchemaItem]:
    return lambda: sa.Column(name, sa.Integer, primary_key=True)


def refers(target: str, **options: object) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.ForeignKey(target, **options)


def unique(
    *columns: str, name: str | None = None, initially: str | None = None
) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.UniqueConstraint(*columns, name=name, initially=initially)


def check(text: str, name: str | None = None) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.CheckConstraint(text, name=name)


def index(name: str, *columns: str, **options: object) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.Index(name, *columns, **options)


def foreign(
    columns: list[str], target: list[str], name: str | None = None
) -> Callable[[], sa.SchemaItem]:
    return lambda: sa.ForeignKeyConstraint(columns, target, name=name)


TEXT = sa.String(50)
AUTHOR = table("author", key(), col("name", TEXT, nullable=False))
AUTHORS = ("INSERT INTO author (id, name) VALUES (1, 'Ann'), (2, 'Bo')",)


def book(*items: Callable[[], sa.SchemaItem], **options: object) -> Build:
    """Return authors, and books with *items* besides their key and title."""
    return tables(AUTHOR, table("book", key(), col("title", TEXT), *items, **options))


BOOKS = (*AUTHORS, "INSERT INTO book (id, title) VALUES (1, 'one'), (5, 'five')")
TITLES: list[tuple[object, ...]] = [(1, "one"), (5, "five")]
KEPT: dict[str, list[tuple[object, ...]]] = {
    "SELECT id, title FROM book ORDER BY id": TITLES
}


def books(before: Build, after: Build, **more: object) -> Pair:
    """Return a pair in which books keep their rows, there and back."""
    settings = {"rows": BOOKS, "expected": KEPT, "returned": KEPT, **more}
    return Pair(before=before, after=after, **settings)  # type: ignore[arg-type]
