"""
What a schema looks like once its tables and columns have been renamed.

Place: `schema`, above `change`. A database follows renames by
itself: into foreign keys, checks, indexes and computed columns. The compiler
therefore compares a table with what its former self has become by renames
alone (`Renames.follow`), and only the rest needs statements.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.state.sql_text import rename_identifiers

Quote = Callable[[str], str]

ASIDE = "whimbrel_old_"
"""Prefix of a name that something carries until it is dropped or renamed on."""


def aside(name: str) -> str:
    """Return what something called *name* is called on its way."""
    return f"{ASIDE}{name}"[:60]


def dropped_names(change: TableChange) -> frozenset[str]:
    """Return the (old) names of the columns that go."""
    if change.before is None or change.after is None:
        return frozenset()
    stay = {c.name for c in change.after.columns} - set(change.renamed.values())
    return frozenset(
        c.name
        for c in change.before.columns
        if c.name not in change.renamed
        and (c.name not in stay or c.name in change.replaced)
    )


def column_moves(change: TableChange) -> dict[str, str]:
    """
    Return old → new name of every column that is renamed, also of those that go
    but stand in the way of another's new name.
    """
    moves = dict(change.renamed)
    for name in sorted(dropped_names(change).intersection(change.renamed.values())):
        moves[name] = aside(name)
    return moves


@dataclass(frozen=True)
class Renames:
    """
    All renames of one change.

    Args:
        tables: Old → new key.

        columns: Old key of a table → old → new name of its columns.
    """

    quote: Quote
    tables: Mapping[TableKey, TableKey] = field(default_factory=dict)
    columns: Mapping[TableKey, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, change: SchemaChange, quote: Quote) -> Renames:
        """Return the renames that *change* asks for."""
        tables: dict[TableKey, TableKey] = {}
        columns: dict[TableKey, Mapping[str, str]] = {}
        for item in change.tables:
            if item.before is None or item.after is None:
                continue
            if item.before.key != item.after.key:
                tables[item.before.key] = item.after.key
            moves = column_moves(item)
            if moves:
                columns[item.before.key] = moves
        return cls(quote, tables, columns)

    def follow(self, table: Table) -> Table:
        """Return *table* as the database shows it after the renames."""
        moves = self.columns.get(table.key, {})
        schema, name = self.tables.get(table.key, table.key)
        foreign_keys = tuple(self._foreign_key(f, moves) for f in table.foreign_keys)
        if not moves:
            if (schema, name) == table.key and foreign_keys == table.foreign_keys:
                return table
            return replace(table, name=name, schema=schema, foreign_keys=foreign_keys)
        key = table.primary_key
        return replace(
            table,
            name=name,
            schema=schema,
            columns=tuple(self._column(c, moves) for c in table.columns),
            primary_key=key and self._constraint(key, moves),
            constraints=tuple(self._constraint(c, moves) for c in table.constraints),
            foreign_keys=foreign_keys,
            indexes=tuple(self._index(i, moves) for i in table.indexes),
        )

    def _column(self, column: Column, moves: Mapping[str, str]) -> Column:
        computed = column.computed
        if computed is not None:
            sql = rename_identifiers(computed.sql, moves, self.quote)
            computed = replace(computed, sql=sql)
        name = moves.get(column.name, column.name)
        return replace(column, name=name, computed=computed)

    def _constraint(self, item: Constraint, moves: Mapping[str, str]) -> Constraint:
        return replace(
            item,
            sql=rename_identifiers(item.sql, moves, self.quote),
            columns=moved(item.columns, moves),
        )

    def _index(self, item: Index, moves: Mapping[str, str]) -> Index:
        return replace(
            item,
            sql=rename_identifiers(item.sql, moves, self.quote),
            columns=moved(item.columns, moves),
        )

    def _foreign_key(self, item: ForeignKey, moves: Mapping[str, str]) -> ForeignKey:
        theirs = self.columns.get(item.target, {})
        target = self.tables.get(item.target, item.target)
        if not moves and not theirs and target == item.target:
            return item
        return replace(
            item,
            columns=moved(item.columns, moves),
            target=target,
            target_columns=moved(item.target_columns, theirs),
        )


def moved(names: Iterable[str], moves: Mapping[str, str]) -> tuple[str, ...]:
    """Return *names* with those in *moves* replaced."""
    return tuple(moves.get(name, name) for name in names)


Name = tuple[Hashable, str]
"""A name and the space in which it is unique (for a table: its schema)."""


def rename_steps(
    moves: Mapping[Name, Name], existing: Iterable[Name] = ()
) -> list[tuple[Name, Name]]:
    """
    Return *moves* in an order in which no name is taken when it is needed.

    A name in the way moves first; a circle is opened with a name aside.

    Args:
        existing: Names that are taken and stay.
    """
    waiting = {old: new for old, new in moves.items() if old != new}
    steps: list[tuple[Name, Name]] = []
    while waiting:
        free = [old for old, new in waiting.items() if new not in waiting]
        if free:
            steps += [(old, waiting.pop(old)) for old in free]
            continue
        old, new = next(iter(waiting.items()))
        parked = (old[0], _unused(old, {*waiting, *waiting.values(), *existing}))
        steps.append((old, parked))
        del waiting[old]
        waiting[parked] = new
    return steps


def _unused(name: Name, taken: Iterable[Name]) -> str:
    names = {text for _, text in taken}
    candidate = aside(name[1])
    while candidate in names:
        candidate = f"{candidate[:57]}_2"
    return candidate
