"""
What instances of every mapped class can do: be made, saved and deleted.

Place: `models`, above `entity`. `Model` inherits from `Saved`, historical classes
from `Persistent`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from whimbrel.errors.models import UnknownArguments
from whimbrel.models import session as sessions
from whimbrel.models.definition import ORDER
from whimbrel.models.entity import Entity


class Saved:
    """Base of all mapped classes: what their instances do in the session in use."""

    _entity: ClassVar[Entity]

    def save(self, update_fields: Any = None, force_insert: bool = False) -> None:
        """Insert or update the row.

        Args:
            update_fields: Kept for familiarity; only what changed is written.

            force_insert: Insert even if the key names a row.
        """
        session = sessions.current()
        state: Any = sa.inspect(self)
        if state.detached:
            session.merge(self)
        elif force_insert or not self._stands_for_a_row(session):
            session.add(self)
        session.flush()

    def _stands_for_a_row(self, session: Any) -> bool:
        """
        Let this new object stand for the row whose key it carries.

        Returns:
            Whether there is such a row. An object that stood for it until now is
            let go, its changes written.
        """
        state: Any = sa.inspect(self)
        known = self._of_row(session) if state.transient else None
        if known is None:
            return False
        mapper: Any = sa.inspect(type(self))
        session.flush()
        session.expunge(known)
        given = {p.key: vars(self)[p.key] for p in mapper.attrs if p.key in vars(self)}
        for name in given:
            if name not in type(self)._entity.keys:
                del vars(self)[name]
        make_transient_to_detached(self)
        session.add(self)
        for name, value in given.items():
            if name not in type(self)._entity.keys:
                setattr(self, name, value)
        return True

    def delete(self) -> None:
        """Delete the row; the database follows its ON DELETE clauses."""
        session = sessions.current()
        known = self if self in session else self._of_row(session)
        session.delete(self if known is None else known)
        session.flush()

    def refresh_from_db(self) -> None:
        """Read the row again."""
        session = sessions.current()
        known = self if self in session else self._of_row(session)
        session.refresh(self if known is None else known)
        if known is not None and known is not self:
            for attribute in set(type(self)._entity.attributes.values()):
                set_committed_value(self, attribute, getattr(known, attribute))

    def _of_row(self, session: Any) -> Any:
        """Return the object that stands for the row of this key, None if none is."""
        keys = tuple(getattr(self, key) for key in type(self)._entity.keys)
        if any(key is None for key in keys):
            return None
        return session.get(type(self), keys[0] if len(keys) == 1 else keys)


class Persistent(Saved):
    """Base of historical classes."""

    def __init__(self, **values: Any) -> None:
        entity = type(self)._entity
        unknown = [
            name
            for name in values
            if name not in entity.attributes and name not in entity.links
        ]
        if unknown:
            known = (*entity.attributes, *entity.links)
            raise UnknownArguments(entity.label, unknown, known)
        for attribute, default in entity.defaults.items():
            if attribute not in values:
                setattr(self, attribute, default())
        for name, value in values.items():
            setattr(self, attribute_for(entity, name, value), value)

    @property
    def pk(self) -> Any:
        """The primary key: one value, or a tuple for a composite one."""
        return type(self)._entity.key_of(self)

    @pk.setter
    def pk(self, value: Any) -> None:
        setattr(self, type(self)._entity.keys[0], value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pk!r}>"


def attribute_for(entity: Entity, name: str, value: Any) -> str:
    """Return the attribute that *value* is set on: an object, or a key's value."""
    if name == "pk":
        return entity.keys[0]
    link = entity.links.get(name)
    if link is not None and (value is None or isinstance(value, Saved)):
        return name
    return entity.attributes.get(name, name)


def fill(mapper: Mapper[Any], instance: Any, *, update: bool) -> None:
    """Set what is computed when a row is written (``auto_now``)."""
    for attribute, compute, on_update in type(instance)._entity.filled:
        if on_update or (not update and getattr(instance, attribute) is None):
            setattr(instance, attribute, compute())


def next_place(mapper: Mapper[Any], counted_by: str, value: Any) -> Any:
    """
    Return SQL for the place after the last of the rows with this *value*.

    Computed by the INSERT itself, as several rows may be written in one flush.
    """
    place, group = mapper.columns[ORDER], mapper.columns[counted_by]
    last = sa.select(sa.func.max(place).label("place")).where(group == value)
    if place.table is not group.table:
        last = last.select_from(mapper.persist_selectable)
    # MySQL reads the table that it inserts into only inside a derived table.
    rows = last.subquery()
    return sa.select(sa.func.coalesce(rows.c.place + 1, 0)).scalar_subquery()


@event.listens_for(Saved, "before_insert", propagate=True)
def before_insert(mapper: Mapper[Any], connection: Any, instance: Any) -> None:
    """Fill a row that is inserted."""
    fill(mapper, instance, update=False)
    counted_by = type(instance)._entity.counted_by
    if counted_by is not None and getattr(instance, ORDER) is None:
        value = getattr(instance, counted_by)
        setattr(instance, ORDER, next_place(mapper, counted_by, value))


@event.listens_for(Saved, "before_update", propagate=True)
def before_update(mapper: Mapper[Any], connection: Any, instance: Any) -> None:
    """Fill a row that is updated."""
    fill(mapper, instance, update=True)
