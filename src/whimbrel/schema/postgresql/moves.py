"""
Names that live in a schema, and tables that move from one schema to another.

Place: `schema.postgresql`, part of its compiler, above `columns`.

Tables, sequences and indexes share one space of names, tables and types another
one: a table takes a name in both. A table takes its indexes and sequences along to
another schema. Where it, or they, get another name as well, both schemas may have
something of the one or the other name that no migration speaks of; so the way
leads over a name aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from whimbrel.migrations.effects import Effects, Resource
from whimbrel.schema.comparison import Comparison
from whimbrel.schema.namespaces import NONE
from whimbrel.schema.objects import Constraint, ForeignKey, Index, TableKey
from whimbrel.schema.postgresql.columns import PostgresqlColumns
from whimbrel.schema.postgresql.names import counter_name, numbers
from whimbrel.schema.postgresql.numbering import renamed_sequences
from whimbrel.schema.renames import aside
from whimbrel.schema.renaming import Part
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import ItemDiff, TableDiff
from whimbrel.schema.table_effects import Item, changed_keys
from whimbrel.schema.units import Names, Unit, unused


class MovingSQL(PostgresqlColumns):
    """Names in PostgreSQL's schemas."""

    # Names

    def type_name(self, key: TableKey) -> Resource:
        """Return the name of a type as a resource."""
        return ("type", *self.relation(key)[1:])

    def table_names(self, key: TableKey) -> Names:
        return frozenset({self.relation(key), self.type_name(key)})

    def item_names(
        self, key: TableKey, item: Constraint | ForeignKey | Index, name: str | None
    ) -> Names:
        """Return the name in the table, and the one of the index in the schema."""
        if name is None:
            return NONE
        names: set[Resource] = set()
        if not isinstance(item, Index):
            names.add(("constraint", key[0] or "", key[1], name))
        if has_index(item):
            names.add(self.relation((key[0], name)))
        return frozenset(names)

    # Tables

    def moves_table(self, diff: TableDiff, way: Sequence[TableKey]) -> Iterator[Unit]:
        """Yield the steps of a rename, of which one may lead to another schema."""
        before, after = way[0], way[-1]
        if before[0] == after[0]:
            yield from super().moves_table(diff, way)
            return
        if before[1] != after[1] or len(way) > 2:
            parked = way[1][1] if len(way) > 2 else aside(before[1])
            way = (before, (before[0], parked), (after[0], parked), after)
        units = super().moves_table(diff, way)
        for (old, new), unit in zip(pairwise(way), units, strict=True):
            yield unit if old[0] == new[0] else self.takes_along(diff, unit)

    def rename_table(self, before: TableKey, after: TableKey) -> list[Statement]:
        if before[0] == after[0]:
            return super().rename_table(before, after)
        return self.alter(
            before,
            [f"SET SCHEMA {self.schema_sql(after[0])}"],
            f"move table {after[1]} to schema {after[0] or 'public'}",
        )

    def schema_sql(self, schema: str | None) -> str:
        """Return the quoted name of a schema; None is the default one."""
        return self.quote(schema or self.dialect.default_schema_name or "public")

    # What belongs to a table that moves

    def takes_along(self, diff: TableDiff, move: Unit) -> Unit:
        """Return *move*, SET SCHEMA, with what it means for indexes and sequences."""

        def opening(taken: Names) -> list[Unit]:
            apart = {old: (old, part) for old, new, part in parts if old == new}
            names = partial(self.relation_names, diff.before.schema)
            ways = {old: unused(old, names, taken) for old in apart}
            units = [self.carries(diff, move, parts, ways)]
            for old, part in apart.values():
                units += self.renames_around(diff, part, (old, ways[old], old))
            return units

        parts = list(self.carried(diff))
        return replace(self.carries(diff, move, parts, {}), otherwise=opening)

    def carries(
        self,
        diff: TableDiff,
        move: Unit,
        parts: Iterable[tuple[str, str, Part]],
        ways: Mapping[str, str],
    ) -> Unit:
        """Return *move* with the names of what the table takes along."""
        reads: set[Resource] = set()
        removes: set[Resource] = set()
        makes: set[Resource] = set()
        for old, new, _ in parts:
            parked = ways.get(old, old) if old == new else aside(old)
            source = self.relation((diff.before.schema, parked))
            (removes if parked == old else reads).add(source)
            makes.add(self.relation((diff.after.schema, parked)))
        effects = replace(
            move.effects,
            reads=move.effects.reads | reads,
            removes=move.effects.removes | removes,
            makes=move.effects.makes | makes,
        )
        return replace(move, effects=effects)

    def carried(self, diff: TableDiff) -> Iterator[tuple[str, str, Part]]:
        """Yield the old and the new name of what a table takes along."""
        groups: tuple[ItemDiff[Constraint] | ItemDiff[Index], ...]
        groups = (diff.primary_key, diff.constraints, diff.indexes)
        staying: list[tuple[Item, Item]] = []
        for group in groups:
            staying += [*((i, i) for i in group.gone), *group.kept, *group.renamed]
        for before, after in staying:
            if before.name is not None and has_index(before):
                part = self.part_of(diff, before)
                yield before.name, after.name or before.name, part
        renamed = dict(renamed_sequences(diff))
        for column in filter(numbers, diff.before.columns):
            name = counter_name(diff.before.name, column)
            yield name, renamed.get(name, name), self.sequence_part(diff)

    # What goes with a table that moves

    def drop_primary_key(self, diff: TableDiff) -> Iterator[Unit]:
        if diff.before.schema == diff.after.schema:
            yield from super().drop_primary_key(diff)

    def drop_early(self, diff: TableDiff) -> list[Statement]:
        """Drop a key too, where the table would take its index along."""
        statements = super().drop_early(diff)
        if diff.before.schema != diff.after.schema:
            statements += self.drop_constraints(diff.before, diff.primary_key.dropped)
        return statements

    def drops_items(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects: the names of indexes are freed where the table was."""
        effects = super().drops_items(comparison, diff)
        source, target = diff.before.schema, diff.after.schema
        if source == target:
            return effects
        key = diff.primary_key.dropped
        items: tuple[Item, ...] = (
            *diff.indexes.dropped,
            *diff.constraints.dropped,
            *key,
        )
        names = [str(item.name) for item in items if has_index(item)]
        return replace(
            effects,
            changes=effects.changes | changed_keys(diff.after.key, key),
            removes=effects.removes
            - NONE.union(*(self.relation_names(target, name) for name in names))
            | NONE.union(*(self.relation_names(source, name) for name in names)),
        )

    def changes_table(self, comparison: Comparison, diff: TableDiff) -> Effects:
        """Return the effects; what goes with a column has to arrive before."""
        effects = super().changes_table(comparison, diff)
        target = diff.after.schema
        if diff.before.schema == target:
            return effects
        arrived = (self.relation_names(target, new) for _, new, _ in self.carried(diff))
        going = effects.removes & NONE.union(*arrived)
        return replace(
            effects, reads=effects.reads | going, removes=effects.removes - going
        )

    def renames_item(
        self, diff: TableDiff, before: Item, after: Item
    ) -> Iterator[Unit]:
        if diff.before.schema == diff.after.schema or not has_index(before):
            yield from super().renames_item(diff, before, after)
            return
        assert before.name is not None
        assert after.name is not None
        way = (before.name, aside(before.name), after.name)
        yield from self.renames_around(diff, self.part_of(diff, before), way)

    def renames_sequence(self, diff: TableDiff, old: str, new: str) -> Iterator[Unit]:
        if diff.before.schema == diff.after.schema:
            yield from super().renames_sequence(diff, old, new)
            return
        way = (old, aside(old), new)
        yield from self.renames_around(diff, self.sequence_part(diff), way)

    def relation_names(self, schema: str | None, name: str) -> Names:
        """Return the name of a relation in *schema*."""
        return frozenset({self.relation((schema, name))})


def has_index(item: Item) -> bool:
    """Whether *item* is an index, or a constraint that has one of its name."""
    if isinstance(item, ForeignKey):
        return False
    return isinstance(item, Index) or item.kind != "check"
