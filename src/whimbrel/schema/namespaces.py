"""
What statements make, use and free, as resources; which names share a space.

Place: `schema`, part of the compiler, above `spelling`. A *name* (``relation``,
``type``, …) is made by whoever takes it and removed by whoever frees it;
statements that speak of a thing by its old name release that name, by its new
name they read it. *What it stands for* is known by the key after the change
(``table``, ``columns``, ``keys``) or before it (``used``).
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.migrations.effects import Resource
from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, TableKey
from whimbrel.schema.spelling import Spelling
from whimbrel.schema.units import Names

NONE: Names = frozenset()


def table(key: TableKey) -> Resource:
    """Return what ALTER TABLE changes of the table that is called *key* after all."""
    return ("table", key[0] or "", key[1])


def columns(key: TableKey) -> Resource:
    """Return the names of the table's columns."""
    return ("columns", key[0] or "", key[1])


def keys(key: TableKey) -> Resource:
    """Return what foreign keys may refer to in the table."""
    return ("keys", key[0] or "", key[1])


def used(key: TableKey) -> Resource:
    """Return the type or sequence that is called *key* before the change."""
    return ("used", key[0] or "", key[1])


def freed(key: TableKey) -> Resource:
    """Return that no table from before is called *key* any more."""
    return ("freed", key[0] or "", key[1])


class Namespaces(Spelling):
    """Which names must differ; the fewest that any database asks for."""

    def fold(self, name: str) -> str:
        """Return *name* as the database compares it."""
        return name

    def relation(self, key: TableKey) -> Resource:
        """Return the name of a table, or of what shares its names, as a resource."""
        schema, name = key
        if schema == self.dialect.default_schema_name:
            schema = None
        return ("relation", schema or "", self.fold(name))

    def table_names(self, key: TableKey) -> Names:
        """Return the names that a table called *key* takes."""
        return frozenset({self.relation(key)})

    def sequence_names(self, key: TableKey) -> Names:
        """Return the names that a sequence called *key* takes."""
        return frozenset({self.relation(key)})

    def item_names(
        self, key: TableKey, item: Constraint | ForeignKey | Index, name: str | None
    ) -> Names:
        """Return what *item* of the table *key* takes if it is called *name*."""
        if name is None:
            return NONE
        kind = "index" if isinstance(item, Index) else "constraint"
        return frozenset({(kind, key[0] or "", key[1], name)})

    def names_of(
        self, key: TableKey, items: Iterable[Constraint | ForeignKey | Index]
    ) -> Names:
        """Return the names that *items* of the table *key* take."""
        return NONE.union(*(self.item_names(key, item, item.name) for item in items))

    def brought_names(self, key: TableKey, columns: Iterable[Column]) -> Names:
        """Return the names of what *columns* bring: sequences behind serials."""
        return NONE
