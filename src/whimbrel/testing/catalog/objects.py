"""
What a database's catalog says, as plain frozen data.

Place: `testing`, below everything else in `testing.catalog`. A catalog is a tree
of items: tables, sequences and types at the top, columns, constraints and
indexes inside their table. The same three classes serve all databases, so that
comparing needs no knowledge of any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | bool | tuple["Value", ...] | None
"""What a fact may hold: text as the catalog prints it, or tuples of such."""


@dataclass(frozen=True, slots=True)
class Item:
    """
    One object of the catalog.

    Args:
        kind: ``table``, ``column``, ``primary_key``, ``unique``, ``check``,
            ``foreign_key``, ``index``, ``sequence``, ``enum``, …

        name: As stored; None for an object without a name, and after
            normalising for one whose name the database chose by itself.

        facts: What is known of it, sorted by the fact's name.

        members: What belongs to it. Columns come first, in the table's order.
    """

    kind: str
    name: str | None
    facts: tuple[tuple[str, Value], ...] = ()
    members: tuple[Item, ...] = ()

    def fact(self, name: str) -> Value:
        """Return the fact *name*; None where it is not known."""
        return next((value for key, value in self.facts if key == name), None)

    def of_kind(self, *kinds: str) -> tuple[Item, ...]:
        """Return the members of these kinds, in order."""
        return tuple(member for member in self.members if member.kind in kinds)


@dataclass(frozen=True, slots=True)
class Catalog:
    """
    All user objects of one database.

    Args:
        database: SQLAlchemy's name of the dialect: ``sqlite``, ``postgresql``,
            ``mysql`` (MariaDB too).
    """

    database: str
    items: tuple[Item, ...] = ()

    def of_kind(self, *kinds: str) -> tuple[Item, ...]:
        """Return the items of these kinds, in order."""
        return tuple(item for item in self.items if item.kind in kinds)

    def table(self, name: str) -> Item:
        """Return the table called *name* (``schema.name`` outside the default)."""
        for item in self.of_kind("table"):
            if item.name == name:
                return item
        raise KeyError(name)


def make_item(
    kind: str,
    name: str | None,
    facts: Mapping[str, Value],
    members: Iterable[Item] = (),
) -> Item:
    """
    Return an item with its facts in order.

    Facts that are None, False or empty are left out: not having a comment and a
    database that cannot have one look the same.
    """
    known = sorted((key, value) for key, value in facts.items() if value or value == 0)
    return Item(
        kind,
        name,
        tuple((key, value) for key, value in known if value is not False),
        tuple(members),
    )
