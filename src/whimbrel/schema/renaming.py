"""
Renames of tables, columns, constraints and indexes.

Place: `schema`, part of the compiler, above `table_sql`. Names that change places
are a circle, which `units` opens by a name aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from whimbrel.migrations.effects import Effects
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.namespaces import NONE, columns, freed, table
from whimbrel.schema.objects import ForeignKey, Index, Table, TableKey
from whimbrel.schema.renames import Name, rename_steps
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.table_effects import Item, TableEffects, every_item
from whimbrel.schema.table_sql import TableSQL
from whimbrel.schema.units import Names, Phase, Unit, on_the_way, unused

Rename = Callable[[str, str], list[Statement]]


@dataclass(frozen=True, slots=True)
class Part:
    """
    Something with a name that belongs to a table.

    Args:
        names: From the table's key and a name to the names that it takes.

        before, after: How it is renamed before and after its table is.

        reads: What must be done before it can be looked up, if it is.
    """

    names: Callable[[TableKey, str], Names]
    before: Rename
    after: Rename
    reads: Names = NONE


class RenamingSQL(TableSQL, TableEffects):
    """Standard SQL for renames."""

    # Overridden by the compiler
    def rebuilds(self, diff: TableDiff) -> bool:
        """Whether the table is made anew and its rows copied."""
        return False

    # Tables

    def rename_tables(self, comparison: Comparison) -> Iterator[Unit]:
        for diff in comparison.diffs:
            if diff.before.key != diff.after.key:
                yield from self.renames_table(diff)

    def renames_table(self, diff: TableDiff) -> Iterator[Unit]:
        """Yield the rename of one table."""

        def opening(taken: Names) -> list[Unit]:
            schema, name = before

            def names(parked: str) -> Names:
                return self.table_names((schema, parked))

            way = (before, (schema, unused(name, names, taken)), after)
            return list(self.moves_table(diff, way))

        before, after = diff.before.key, diff.after.key
        units = self.moves_table(diff, (before, after))
        return (replace(unit, otherwise=opening) for unit in units)

    def moves_table(self, diff: TableDiff, way: Sequence[TableKey]) -> Iterator[Unit]:
        """Yield the steps of a rename by other names."""
        gone = Effects(makes=frozenset({freed(way[0])}))
        unit = Unit(phase=Phase.TABLE_NAMES, statements=(), effects=gone)
        return on_the_way(unit, way, self.table_names, self.rename_table)

    # Columns

    def rename_columns(self, comparison: Comparison) -> Iterator[Unit]:
        for diff in comparison.diffs:
            yield Unit(
                phase=Phase.COLUMN_NAMES,
                statements=tuple(self.renames_columns(diff)),
                effects=Effects(
                    reads=frozenset({self.relation(diff.after.key)}),
                    makes=frozenset({columns(diff.after.key)}),
                ),
            )

    def renames_columns(self, diff: TableDiff) -> list[Statement]:
        """Return the renames of one table's columns."""
        moves: dict[Name, Name] = {
            (None, old): (None, new) for old, new in diff.renamed.items()
        }
        existing: list[Name] = [(None, c.name) for c in diff.before.columns]
        statements = []
        for (_, old), (_, new) in rename_steps(moves, existing):
            statements += self.rename_column(diff.after, old, new)
        return statements

    # Constraints and indexes

    def rename_items(self, comparison: Comparison) -> Iterator[Unit]:
        """Yield the renames of constraints and indexes that differ in names only."""
        for diff in comparison.diffs:
            if self.rebuilds(diff):
                continue
            pairs: list[tuple[Item, Item]] = [
                *diff.primary_key.renamed,
                *diff.constraints.renamed,
                *diff.foreign_keys.renamed,
                *diff.indexes.renamed,
            ]
            for before, after in pairs:
                yield from self.renames_item(diff, before, after)

    def renames_item(
        self, diff: TableDiff, before: Item, after: Item
    ) -> Iterator[Unit]:
        """Yield the rename of one constraint or index."""
        assert before.name is not None
        assert after.name is not None
        part = self.part_of(diff, before)
        yield self.renames_part(diff, part, before.name, after.name)

    def part_of(self, diff: TableDiff, item: Item) -> Part:
        """Return how *item*, as it is in `moved`, is renamed before and after that."""
        reads = self.target_names(item) if isinstance(item, ForeignKey) else NONE
        return Part(
            names=lambda key, name: self.item_names(key, item, name),
            before=self.rename_of(
                diff.before, former(diff, item) if item.foreseen else item
            ),
            after=self.rename_of(diff.moved, item),
            reads=reads | {columns(diff.after.key)} if item.foreseen else NONE,
        )

    def renames_part(self, diff: TableDiff, part: Part, old: str, new: str) -> Unit:
        """Return the rename of something that belongs to a table, after its own."""
        key = diff.after.key

        def opening(taken: Names) -> list[Unit]:
            parked = unused(old, partial(part.names, key), taken)
            early, late = self.renames_around(diff, part, (old, parked, new))
            first = Unit(
                phase=Phase.ITEM_NAMES,
                statements=tuple(part.after(old, parked)),
                effects=Effects(
                    reads=part.reads | {self.relation(key)},
                    removes=part.names(key, old),
                    makes=part.names(key, parked),
                ),
                otherwise=lambda _: [early],
            )
            return [first, late]

        return Unit(
            phase=Phase.ITEM_NAMES,
            statements=tuple(part.after(old, new)),
            effects=Effects(
                reads=part.reads | {self.relation(key)},
                releases=frozenset({table(key)}),
                removes=part.names(key, old),
                makes=part.names(key, new),
            ),
            otherwise=opening,
        )

    def renames_around(
        self, diff: TableDiff, part: Part, way: tuple[str, str, str]
    ) -> tuple[Unit, Unit]:
        """Return a rename in two steps, before and after the table's."""
        old, parked, new = way
        before, after = diff.before.key, diff.after.key
        first = Unit(
            phase=Phase.TABLE_NAMES,
            statements=tuple(part.before(old, parked)),
            effects=Effects(
                releases=frozenset({self.relation(before), columns(after)}),
                removes=part.names(before, old),
                makes=part.names(before, parked),
            ),
        )
        second = Unit(
            phase=Phase.ITEM_NAMES,
            statements=tuple(part.after(parked, new)),
            effects=Effects(
                reads=part.names(after, parked) | {self.relation(after)},
                releases=frozenset({table(after)}),
                makes=part.names(after, new),
            ),
        )
        return first, second

    def rename_of(self, owner: Table, item: Item) -> Rename:
        """Return what renames *item* from one name to another."""

        def called(name: str) -> Item:
            foreseen = item.foreseen and name == item.name
            return replace(item, name=name, foreseen=foreseen)

        def rename(old: str, new: str) -> list[Statement]:
            before, after = called(old), called(new)
            if isinstance(before, Index) and isinstance(after, Index):
                return self.rename_index(owner, before, after)
            assert not isinstance(before, Index)
            assert not isinstance(after, Index)
            return self.rename_constraint(owner, before, after)

        return rename


def former(diff: TableDiff, item: Item) -> Item:
    """Return what *item* of `moved` was before all renames."""
    for old, moved in zip(every_item(diff.before), every_item(diff.moved), strict=True):
        if moved is item:
            return old
    return item
