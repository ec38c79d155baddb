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
from whimbrel.models.entity import Link, Through, entity_of
from whimbrel.models.queryset import QuerySet, called


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

    def create(
        self, *, through_defaults: dict[str, Any] | None = None, **values: Any
    ) -> Any:
        """Make a row on the other side that belongs to this one."""
        if self.link.through is not None:
            made: Any = QuerySet(self.model).create(**values)
            self.add(made, through_defaults=through_defaults)
            return made
        return QuerySet(self.model).create(**values, **{self._foreign(): self.instance})

    def add(self, *others: Any, through_defaults: dict[str, Any] | None = None) -> None:
        """
        Let rows (or, many-to-many, their keys) belong to this one.

        Args:
            through_defaults: Values of a model between, for the rows it gets.
        """
        session = sessions.current()
        session.flush()
        if self.link.through is None:
            for other in others:
                setattr(other, self._foreign(), self.instance)
                session.add(other)
            session.flush()
            return
        between = self.link.through
        keys = [key_of(other) for other in others]
        wanted = [(self.instance.pk, key) for key in keys]
        if between.symmetrical:
            wanted += [(far, own) for own, far in wanted]
        present = set(self._between(keys))
        rows = [
            {between.own: own, between.far: far}
            for own, far in dict.fromkeys(wanted)
            if (own, far) not in present
        ]
        if not rows:
            return
        if between.model is None:
            session.execute(sa.insert(between.table), rows)
            return
        model: Any = between.model()
        names = entity_of(model).attributes
        values = called(through_defaults)
        QuerySet(model).bulk_create(
            model(**{names[column]: key for column, key in row.items()}, **values)
            for row in rows
        )

    def remove(self, *others: Any) -> None:
        """Let rows no longer belong to this one."""
        session = sessions.current()
        if self.link.through is None:
            for other in others:
                setattr(other, self._foreign(), None)
            session.flush()
            return
        self._unlink([key_of(other) for other in others])

    def clear(self) -> None:
        """Let no row belong to this one."""
        if self.link.through is None:
            self.remove(*self.get_queryset())
            return
        self._unlink(None)

    def set(
        self, others: Iterable[Any], *, through_defaults: dict[str, Any] | None = None
    ) -> None:
        """Let exactly these rows belong to this one; those that do stay as they are."""
        wanted = list(others)
        kept = {key_of(other) for other in wanted}
        self.remove(*(o for o in self.get_queryset() if key_of(o) not in kept))
        self.add(*wanted, through_defaults=through_defaults)

    def _between(self, keys: list[Any]) -> Iterable[tuple[Any, Any]]:
        """Return which pairs there are of this one and those of *keys*."""
        between = self._through()
        table = between.table
        found = sa.select(table.c[between.own], table.c[between.far])
        rows = sessions.current().execute(found.where(self._rows(keys)))
        return ((own, far) for own, far in rows)

    def _unlink(self, keys: list[Any] | None) -> None:
        """Delete the rows between this one and those of *keys* (None: all)."""
        session, between = sessions.current(), self._through()
        session.flush()
        session.execute(sa.delete(between.table).where(self._rows(keys)))
        if between.model is not None:
            # Objects of these rows may be in the session.
            session.expire_all()

    def _rows(self, keys: list[Any] | None) -> sa.ColumnElement[bool]:
        """Return the condition for the rows of the table between."""
        between = self._through()
        own, far = between.table.c[between.own], between.table.c[between.far]

        def beside(
            this: sa.ColumnElement[Any], other: sa.ColumnElement[Any]
        ) -> sa.ColumnElement[bool]:
            mine: sa.ColumnElement[bool] = this == self.instance.pk
            return mine if keys is None else mine & other.in_(keys)

        if between.symmetrical:
            return beside(own, far) | beside(far, own)
        return beside(own, far)

    def _through(self) -> Through:
        if self.link.through is None:
            raise NotAllowed(f"{self.link.name!r} is no many-to-many relation")
        return self.link.through

    def _foreign(self) -> str:
        """Return the attribute of the other side that refers to this one."""
        if self.link.back is None:
            raise NotAllowed(f"{self.link.name!r} cannot be changed from this side")
        return self.link.back


def key_of(other: Any) -> Any:
    """Return the key of an instance; a key is itself."""
    return entity_of(other).key_of(other) if hasattr(other, "_entity") else other
