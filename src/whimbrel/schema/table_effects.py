"""
What the statements of one table make, use and free.

Place: `schema`, part of the compiler, above `namespaces` and `comparison`. A
database overrides what it shares names in (`namespaces`), or what its
statements do beyond the standard's.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.migrations.effects import Effects, Resource
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.namespaces import (
    NONE,
    Namespaces,
    columns,
    freed,
    keys,
    table,
    used,
)
from whimbrel.schema.objects import (
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.units import Names

Item = Constraint | ForeignKey | Index


class TableEffects(Namespaces):
    """Effects of standard SQL on tables."""

    # What definitions speak of

    def named_types(self, comparison: Comparison, table: Table) -> Names:
        """Return the names of types and sequences that *table* (after) speaks of."""
        made = comparison.change.created_sequences
        found = (s.key for s in made if mentions(table, s.key))
        return NONE.union(*map(self.sequence_names, found))

    def types_in_use(self, comparison: Comparison, table: Table) -> Names:
        """Return the types and sequences that *table* (before) uses."""
        gone = comparison.change.dropped_sequences
        return frozenset(used(s.key) for s in gone if mentions(table, s.key))

    def target_names(self, key: ForeignKey) -> Names:
        """Return what the definition of *key*, as it is after, must find."""
        return frozenset({self.relation(key.target), columns(key.target)})

    # Before the renames

    def speaks_before(self, diff: TableDiff) -> Names:
        """Return what statements that call all things as they were let go of."""
        after = diff.after.key
        name = self.relation(diff.before.key)
        return frozenset({name, columns(after), table(after)})

    def lets_go(
        self, comparison: Comparison, items: Iterable[ForeignKey], owner: TableKey
    ) -> Names:
        """Return what foreign keys of *owner* (before) hold until they are dropped."""
        found: set[Resource] = {self.relation(owner)}
        for item in items:
            if item.target in comparison.gone:
                found.add(self.relation(item.target))
            else:
                target = comparison.renames.tables.get(item.target, item.target)
                found |= {table(target), columns(target), keys(target)}
        return frozenset(found)

    def drops_items(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects of dropping indexes and constraints, keys aside."""
        items: tuple[Item, ...] = (*diff.indexes.dropped, *diff.constraints.dropped)
        return Effects(
            releases=self.speaks_before(diff)
            | self.types_in_use(comparison, diff.before),
            changes=changed_keys(diff.after.key, items),
            removes=self.names_of(diff.after.key, items),
        )

    def drops_table(self, comparison: Comparison, dropped: Table) -> Effects:
        """Return the effects of DROP TABLE; keys that close a circle are gone."""
        circular = comparison.circular.get(dropped.key, ())
        held = [f for f in dropped.foreign_keys if f not in circular]
        return Effects(
            releases=self.lets_go(comparison, held, dropped.key)
            | self.types_in_use(comparison, dropped),
            removes=self.table_names(dropped.key)
            | self.names_of(dropped.key, every_item(dropped))
            | self.brought_names(dropped.key, dropped.columns),
            makes=frozenset({freed(dropped.key)}),
        )

    # After the renames

    def speaks_after(self, comparison: Comparison, owner: Table) -> Names:
        """Return what statements that call all things as they will be must find."""
        names = {self.relation(owner.key), columns(owner.key)}
        return self.named_types(comparison, owner) | names

    def creates_table(
        self, comparison: Comparison, created: Table, inline: Iterable[ForeignKey]
    ) -> Effects:
        """Return the effects of CREATE TABLE with the foreign keys *inline*."""
        foreign_keys = list(inline)
        items: list[Item] = [*created.constraints, *foreign_keys]
        if created.primary_key is not None:
            items.append(created.primary_key)
        return Effects(
            reads=self.named_types(comparison, created).union(
                *(
                    self.target_names(item)
                    for item in foreign_keys
                    if item.target != created.key
                )
            ),
            makes=self.table_names(created.key)
            | self.names_of(created.key, items)
            | self.brought_names(created.key, created.columns),
        )

    def changes_table(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects of all that changes inside a table that stays."""
        after = diff.after.key
        added: tuple[Item, ...] = (*diff.primary_key.added, *diff.constraints.added)
        gone: tuple[Item, ...] = (
            *diff.primary_key.gone,
            *diff.constraints.gone,
            *diff.foreign_keys.gone,
            *diff.indexes.gone,
        )
        old = {new: name for name, new in diff.renamed.items()}
        lost = [diff.before.column(old.get(c.name, c.name)) for c in diff.dropped]
        return Effects(
            reads=self.speaks_after(comparison, diff.after),
            releases=self.types_in_use(comparison, diff.before),
            changes=changed_keys(after, (*added, *gone)) | {table(after)},
            makes=self.names_of(after, added) | self.brought_names(after, diff.added),
            removes=self.names_of(after, gone)
            | self.brought_names((after[0], diff.before.name), lost),
        )

    def creates_indexes(
        self, comparison: Comparison, owner: Table, indexes: Iterable[Index]
    ) -> Effects:
        """Return the effects of CREATE INDEX for each of *indexes*."""
        made = tuple(indexes)
        return Effects(
            reads=self.speaks_after(comparison, owner) | {table(owner.key)},
            changes=changed_keys(owner.key, made),
            makes=self.names_of(owner.key, made),
        )

    def adds_foreign_keys(
        self, comparison: Comparison, owner: Table, items: Iterable[ForeignKey]
    ) -> Effects:
        """Return the effects of adding foreign keys to a table that is there."""
        reads = self.speaks_after(comparison, owner) | {table(owner.key)}
        made = tuple(items)
        for item in made:
            reads |= {table(item.target), keys(item.target)} | self.target_names(item)
        return Effects(reads=reads, makes=self.names_of(owner.key, made))


def mentions(owner: Table, sequence: TableKey) -> bool:
    """Whether a default of *owner* may call for *sequence*."""
    defaults = (c.default for c in owner.columns)
    return any(text is not None and sequence[1] in text for text in defaults)


def every_item(owner: Table) -> list[Item]:
    """Return all constraints and indexes of *owner*."""
    own = [] if owner.primary_key is None else [owner.primary_key]
    return [*own, *owner.constraints, *owner.foreign_keys, *owner.indexes]


def changed_keys(owner: TableKey, items: Iterable[Item]) -> Names:
    """Return that *items* come or go, if foreign keys may rely on one of them."""
    return frozenset({keys(owner)}) if any(map(is_key, items)) else NONE


def is_key(item: Item) -> bool:
    """Whether a foreign key may refer to the columns of *item*."""
    if isinstance(item, Index):
        return item.unique
    return isinstance(item, Constraint) and item.kind in ("primary_key", "unique")
