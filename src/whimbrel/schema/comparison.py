"""
From a change to the differences of its tables.

Place: `schema`, above `table_diff`, below `compiler`. Decides what can stay and
what must be made again; what a database can do is asked of its `Abilities`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from whimbrel.facts import Facts
from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.schema.order import by_reference
from whimbrel.schema.renames import Renames, column_moves, dropped_names
from whimbrel.schema.table_diff import Item, ItemDiff, TableDiff, compare_items


class Abilities(Protocol):
    """What `compare` asks of a compiler."""

    facts: Facts

    def quote(self, name: str) -> str: ...
    def follow(self, change: SchemaChange, table: Table) -> Table: ...
    def replaces_column(
        self, diff: TableDiff, before: Column, after: Column
    ) -> bool: ...
    def type_breaks_references(self, before: Column, after: Column) -> bool: ...
    def remade_with_type(
        self, item: Constraint | Index, before: Column, after: Column
    ) -> bool: ...
    def goes_with_column(self, item: Constraint | ForeignKey | Index) -> bool: ...
    def kept_otherwise(self, diff: TableDiff) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    All tables of a change, sorted by what happens to them.

    Args:
        created, dropped: In an order in which it can be done, circles aside.

        renames: Of tables and columns.

        retyped: (table, column), new names, of columns whose type changes so
            that foreign keys cannot live through it.

        lost_keys: (table, columns), new names, of primary keys and unique
            constraints that are dropped, perhaps to be made again.

        circular: Key of a dropped table → its foreign keys to tables that are
            dropped before it.
    """

    change: SchemaChange
    created: tuple[Table, ...] = ()
    dropped: tuple[Table, ...] = ()
    diffs: tuple[TableDiff, ...] = ()
    renames: Renames
    retyped: frozenset[tuple[TableKey, str]] = frozenset()
    lost_keys: frozenset[tuple[TableKey, frozenset[str]]] = field(
        default_factory=frozenset
    )
    circular: Mapping[TableKey, tuple[ForeignKey, ...]] = field(default_factory=dict)

    @property
    def gone(self) -> Set[TableKey]:
        """The keys of the dropped tables."""
        return self.circular.keys()


def compare(change: SchemaChange, abilities: Abilities) -> Comparison:
    """Return how the tables of *change* differ."""
    renames = Renames.of(change, abilities.quote)
    created = tuple(t.after for t in change.tables if t.after and not t.before)
    dropped = tuple(t.before for t in change.tables if t.before and not t.after)
    diffs = []
    for item in change.tables:
        if item.before is not None and item.after is not None:
            moved = renames.follow(abilities.follow(change, item.before))
            diffs.append(_columns(item, item.before, moved, item.after, abilities))
    diffs = [_own_items(diff, abilities) for diff in diffs]
    lost = frozenset(key for diff in diffs for key in _lost_keys(diff))
    retyped = frozenset(key for diff in diffs for key in _retyped(diff, abilities))
    gone = frozenset(table.key for table in dropped)
    other = frozenset(d.after.key for d in diffs if abilities.kept_otherwise(d))
    diffs = [_foreign_keys(d, retyped, lost, gone, other, abilities) for d in diffs]
    going = by_reference(dropped)[::-1]
    return Comparison(
        change=change,
        created=tuple(by_reference(created)),
        dropped=tuple(going),
        diffs=tuple(_names_freed(diffs, created, change)),
        renames=renames,
        retyped=retyped,
        lost_keys=lost,
        circular=_circular(going),
    )


def _circular(dropped: Iterable[Table]) -> dict[TableKey, tuple[ForeignKey, ...]]:
    """Return the foreign keys of each table to those before it in *dropped*."""
    found: dict[TableKey, tuple[ForeignKey, ...]] = {}
    for table in dropped:
        found[table.key] = tuple(f for f in table.foreign_keys if f.target in found)
    return found


def _columns(
    change: TableChange,
    before: Table,
    moved: Table,
    after: Table,
    abilities: Abilities,
) -> TableDiff:
    moves = column_moves(change)
    going = {moves.get(name, name) for name in dropped_names(change)}
    dropped = [c for c in moved.columns if c.name in going]
    staying = {c.name: c for c in moved.columns if c.name not in going}
    kept = [(staying[c.name], c) for c in after.columns if c.name in staying]
    added = [c for c in after.columns if c.name not in staying]
    diff = TableDiff(
        change=change,
        before=before,
        moved=moved,
        after=after,
        renamed=moves,
        added=tuple(added),
        dropped=tuple(dropped),
        kept=tuple(kept),
    )
    replaced = {a.name for b, a in kept if abilities.replaces_column(diff, b, a)}
    if not replaced:
        return diff
    return replace(
        diff,
        added=(*added, *(a for _, a in kept if a.name in replaced)),
        dropped=(*dropped, *(b for b, _ in kept if b.name in replaced)),
        kept=tuple((b, a) for b, a in kept if a.name not in replaced),
    )


def _own_items(diff: TableDiff, abilities: Abilities) -> TableDiff:
    gone = diff.dropped_names
    altered = {after.name: (before, after) for before, after in diff.altered}

    values = diff.change.renamed_values.keys()

    def disturbed(_: Constraint | Index, item: Constraint | Index) -> bool:
        # Between old and new values rows may have a text that a check refuses.
        is_check = isinstance(item, Constraint) and item.kind == "check"
        taken = gone | values if is_check else gone
        return not taken.isdisjoint(item.columns) or any(
            abilities.remade_with_type(item, *altered[name])
            for name in item.columns
            if name in altered
        )

    def goes(_: Constraint | Index, item: Constraint | Index) -> bool:
        return not gone.isdisjoint(item.columns) and abilities.goes_with_column(item)

    facts = abilities.facts
    before, moved, after = diff.before, diff.moved, diff.after
    return replace(
        diff,
        primary_key=compare_items(
            _optional(before.primary_key),
            _optional(moved.primary_key),
            _optional(after.primary_key),
            disturbed=disturbed,
            goes=goes,
            renames=facts.renames_constraints,
        ),
        constraints=compare_items(
            before.constraints,
            moved.constraints,
            after.constraints,
            disturbed=disturbed,
            goes=goes,
            renames=facts.renames_constraints,
        ),
        indexes=compare_items(
            before.indexes,
            moved.indexes,
            after.indexes,
            disturbed=disturbed,
            goes=goes,
            renames=facts.renames_indexes,
        ),
    )


def _optional(item: Constraint | None) -> tuple[Constraint, ...]:
    return () if item is None else (item,)


def _lost_keys(diff: TableDiff) -> Iterable[tuple[TableKey, frozenset[str]]]:
    items = (diff.primary_key, diff.constraints)
    lost: list[Constraint | Index] = [i for d in items for i in (*d.dropped, *d.gone)]
    lost += [i for i in (*diff.indexes.dropped, *diff.indexes.gone) if i.unique]
    for item in lost:
        columns = frozenset(diff.renamed.get(c, c) for c in item.columns)
        yield diff.after.key, columns


def _retyped(diff: TableDiff, abilities: Abilities) -> Iterable[tuple[TableKey, str]]:
    for before, after in diff.altered:
        moves = diff.change.renamed_values.get(after.name)
        if moves or abilities.type_breaks_references(before, after):
            yield diff.after.key, after.name
    for column in diff.dropped:
        yield diff.after.key, column.name


def _foreign_keys(
    diff: TableDiff,
    retyped: frozenset[tuple[TableKey, str]],
    lost: frozenset[tuple[TableKey, frozenset[str]]],
    dropped: frozenset[TableKey],
    other: frozenset[TableKey],
    abilities: Abilities,
) -> TableDiff:
    gone, own = diff.dropped_names, diff.after.key

    def uprooted(before: ForeignKey, item: ForeignKey) -> bool:
        return (
            before.target in dropped
            # One of the two tables changes first.
            or (
                diff.after.key != item.target and {diff.after.key, item.target} <= other
            )
            or any((item.target, c) in retyped for c in item.target_columns)
            or (item.target, frozenset(item.target_columns)) in lost
        )

    def disturbed(before: ForeignKey, item: ForeignKey) -> bool:
        return uprooted(before, item) or any((own, c) in retyped for c in item.columns)

    def goes(before: ForeignKey, item: ForeignKey) -> bool:
        return (
            not gone.isdisjoint(item.columns)
            and abilities.goes_with_column(item)
            and not uprooted(before, item)
        )

    return replace(
        diff,
        foreign_keys=compare_items(
            diff.before.foreign_keys,
            diff.moved.foreign_keys,
            diff.after.foreign_keys,
            disturbed=disturbed,
            goes=goes,
            renames=abilities.facts.renames_constraints,
        ),
    )


def _names_freed(
    diffs: Iterable[TableDiff], created: Iterable[Table], change: SchemaChange
) -> Iterable[TableDiff]:
    """Drop by name, and early, what would go with a column but whose name is wanted."""
    items: tuple[ItemDiff[Any], ...]
    wanted: set[str | None] = {s.key[1] for s in change.created_sequences}
    for table in created:
        wanted.add(table.name)
        wanted.update(c.name for c in table.constraints)
        wanted.update(f.name for f in table.foreign_keys)
        wanted.update(i.name for i in table.indexes)
        wanted.add(table.primary_key.name if table.primary_key else None)
    for diff in diffs:
        if diff.before.key != diff.after.key:
            wanted.add(diff.after.name)
        items = (diff.primary_key, diff.constraints, diff.foreign_keys, diff.indexes)
        wanted.update(i.name for d in items for i in d.added)
        wanted.update(new.name for d in items for _, new in d.renamed)
    wanted.discard(None)
    for diff in diffs:
        yield replace(
            diff,
            constraints=_freed(diff.constraints, wanted),
            foreign_keys=_freed(diff.foreign_keys, wanted),
            indexes=_freed(diff.indexes, wanted),
        )


def _freed(items: ItemDiff[Item], wanted: Set[str | None]) -> ItemDiff[Item]:
    if not any(item.name in wanted for item in items.gone):
        return items
    early = tuple(item for item in items.gone if item.name in wanted)
    return ItemDiff(
        dropped=items.dropped + early,
        gone=tuple(item for item in items.gone if item.name not in wanted),
        added=items.added,
        renamed=items.renamed,
        kept=items.kept,
    )
