"""
The far side of relations on an instance: ``author.book_set``, ``book.tags``.

Place: `models`, above `manager`. Descriptors on mapped classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.query import DoesNotExist, NotAllowed
from whimbrel.models import session as sessions
from whimbrel.models.entity import Link, entity_of
from whimbrel.models.queryset import QuerySet


@dataclass(frozen=True, slots=True)
class ToMany:
    """Descriptor: the rows of another model that belong to this one."""

    link: Link

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else RelatedManager(self.link, instance)

    def __set__(self, instance: Any, value: Iterable[Any]) -> None:
        raise NotAllowed(
            f"{self.link.name!r} cannot be assigned",
            fix=f"use .{self.link.name}.set(…)",
        )


@dataclass(frozen=True, slots=True)
class ToOneBack:
    """Descriptor: the one row of another model that refers to this one."""

    link: Link

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        found = RelatedManager(self.link, instance).first()
        if found is None:
            raise DoesNotExist(
                entity_of(self.link.target()).label, f"{self.link.name} of {instance!r}"
            )
        return found


class RelatedManager:
    """A query of the rows on the other side of *link*, with ways to change them."""

    def __init__(self, link: Link, instance: Any) -> None:
        self.link = link
        self.instance = instance
        self.model = link.target()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows on the other side."""
        sessions.current().flush()
        query: QuerySet[Any] = QuerySet(self.model)
        return query._copy(_where=(self.link.join(self.instance, self.model),))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.get_queryset(), name)

    def __iter__(self) -> Any:
        return iter(self.get_queryset())

    def create(self, **values: Any) -> Any:
        """Make a row on the other side that belongs to this one."""
        if self.link.through is not None:
            made: Any = QuerySet(self.model).create(**values)
            self.add(made)
            return made
        return QuerySet(self.model).create(**values, **{self._foreign(): self.instance})

    def add(self, *others: Any) -> None:
        """Let rows (or, many-to-many, their keys) belong to this one."""
        session = sessions.current()
        session.flush()
        if self.link.through is None:
            for other in others:
                setattr(other, self._foreign(), self.instance)
                session.add(other)
            session.flush()
            return
        table, own, far = self.link.through
        present = set(session.scalars(sa.select(table.c[far]).where(self._own())))
        keys = [key_of(other) for other in others]
        rows = [
            {own: self.instance.pk, far: key}
            for key in dict.fromkeys(keys)
            if key not in present
        ]
        if rows:
            session.execute(sa.insert(table), rows)

    def remove(self, *others: Any) -> None:
        """Let rows no longer belong to this one."""
        session = sessions.current()
        if self.link.through is None:
            for other in others:
                setattr(other, self._foreign(), None)
            session.flush()
            return
        table, _, far = self.link.through
        keys = [key_of(other) for other in others]
        session.execute(sa.delete(table).where(self._own(), table.c[far].in_(keys)))

    def clear(self) -> None:
        """Let no row belong to this one."""
        if self.link.through is None:
            self.remove(*self.get_queryset())
            return
        table, _, _ = self.link.through
        sessions.current().execute(sa.delete(table).where(self._own()))

    def set(self, others: Iterable[Any]) -> None:
        """Let exactly these rows belong to this one."""
        wanted = list(others)
        if self.link.through is not None:
            self.clear()
        else:
            kept = {key_of(other) for other in wanted}
            self.remove(*(o for o in self.get_queryset() if key_of(o) not in kept))
        self.add(*wanted)

    def _own(self) -> sa.ColumnElement[bool]:
        if self.link.through is None:
            raise NotAllowed(f"{self.link.name!r} is no many-to-many relation")
        table, own, _ = self.link.through
        return table.c[own] == self.instance.pk  # type: ignore[no-any-return]  # a comparison

    def _foreign(self) -> str:
        """Return the attribute of the other side that refers to this one."""
        if self.link.back is None:
            raise NotAllowed(f"{self.link.name!r} cannot be changed from this side")
        return self.link.back


def key_of(other: Any) -> Any:
    """Return the key of an instance; a key is itself."""
    return entity_of(other).key_of(other) if hasattr(other, "_entity") else other
