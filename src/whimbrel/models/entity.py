"""
What the query layer knows of a mapped class: its columns and its links.

Place: `models`, below `queryset` and `mapping`. Every mapped class, live or
historical, of either vocabulary, carries one as ``_entity``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa

from whimbrel.errors.query import UnknownName

Join = Callable[[Any, Any], sa.ColumnElement[bool]]
"""(owner, target) → condition that links their rows. The owner is a class, an
alias, or an instance; the target a class or an alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """
    The table between two classes.

    Args:
        own, far: The columns that hold the owner and the target.

        symmetrical: Whether each row has one in the other direction.

        model: The class mapped on the table; None for an automatic table.
    """

    table: sa.Table
    own: str
    far: str
    symmetrical: bool = False
    model: Callable[[], type] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    A way from one class to another.

    Args:
        attribute: For a foreign key of the owner: the attribute that holds its
            value; None for links whose key is elsewhere.

        target_attribute: The attribute of the target that this value is of.

        many: Whether it leads to more than one row.

        through: For a many-to-many link: the table between.

        back: For a link whose key is on the other side: the relation there.
    """

    name: str
    target: Callable[[], type]
    join: Join
    many: bool
    attribute: str | None = None
    target_attribute: str | None = None
    through: Through | None = None
    back: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """
    Args:
        attributes: Field name, attribute name and column name → attribute name.

        keys: The attributes of the primary key, in order.

        links: Name in queries → link; filled on demand, because the classes on
            the other side may not be mapped yet.

        filled: Attributes and what computes their value when a row is written:
            (attribute, function, also on update).

        counted_by: The attribute whose rows of one value ``_order`` counts; None
            where there is no such count.
    """

    label: str
    attributes: Mapping[str, str]
    keys: tuple[str, ...]
    links: dict[str, Link]
    defaults: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    filled: tuple[tuple[str, Callable[[], Any], bool], ...] = ()
    ordering: tuple[Any, ...] = ()
    counted_by: str | None = None

    def attribute(self, owner: Any, name: str) -> sa.ColumnElement[Any]:
        """Return the mapped attribute of *owner* (a class or alias) called *name*."""
        if name == "pk":
            name = self.keys[0]
        if name not in self.attributes:
            raise UnknownName(self.label, name, (*self.attributes, *self.links))
        return cast("sa.ColumnElement[Any]", getattr(owner, self.attributes[name]))

    def key_of(self, instance: Any) -> Any:
        """Return the primary key of *instance*: one value, or a tuple of them."""
        values = tuple(getattr(instance, key) for key in self.keys)
        return values[0] if len(values) == 1 else values


def entity_of(owner: Any) -> Entity:
    """Return the entity of a class, an alias or an instance."""
    target = sa.inspect(owner)
    mapper = getattr(target, "mapper", target)
    return cast("Entity", mapper.class_._entity)
