"""
Queries on a model: lazy, chained, run in the session in use.

Place: `models`, above `paths`, below `manager`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from itertools import islice
from typing import Any, Generic, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.orm import Session

from whimbrel.errors.query import DoesNotExist, MultipleObjectsReturned, NotAllowed
from whimbrel.models import session as sessions
from whimbrel.models.entity import entity_of
from whimbrel.models.expressions import OrderBy
from whimbrel.models.paths import Names, column_at, condition_of, negated
from whimbrel.models.writing import delete_rows, update_rows

M = TypeVar("M")

CHUNK = 1000
"""Rows that `iterator` and the bulk methods handle at a time."""


class QuerySet(Generic[M]):
    """
    Rows of one model. Nothing is read before it is iterated or asked for.

    Every method that narrows or orders returns a new query.
    """

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._where: tuple[sa.ColumnElement[bool], ...] = ()
        self._order: tuple[Any, ...] | None = None
        self._distinct = False
        self._slice: tuple[int, int | None] = (0, None)
        self._fields: tuple[str, ...] | None = None
        self._shape: str = "objects"
        self._empty = False
        self._rows: list[Any] | None = None

    # -- narrowing

    def all(self) -> QuerySet[M]:
        """Return a copy of this query."""
        return self._copy()

    def none(self) -> QuerySet[M]:
        """Return a query without rows."""
        return self._copy(_empty=True)

    def filter(self, *conditions: Any, **lookups: Any) -> QuerySet[M]:
        """Return the rows that fulfil all *conditions* (Q) and *lookups*."""
        self._unsliced("filter")
        found = condition_of(self.model, conditions, lookups)
        return self._copy(_where=(*self._where, found))

    def exclude(self, *conditions: Any, **lookups: Any) -> QuerySet[M]:
        """Return the rows that `filter` with the same arguments would not."""
        self._unsliced("exclude")
        found = negated(condition_of(self.model, conditions, lookups))
        return self._copy(_where=(*self._where, found))

    def order_by(self, *paths: Any) -> QuerySet[M]:
        """Return the rows ordered by *paths*; ``-path`` is descending."""
        self._unsliced("order_by")
        return self._copy(_order=paths)

    def reverse(self) -> QuerySet[M]:
        """Return the rows in the opposite order."""
        return self._copy(_order=tuple(reversed_path(p) for p in self._ordering()))

    def distinct(self) -> QuerySet[M]:
        """Return every different row once."""
        return self._copy(_distinct=True)

    def values(self, *paths: str) -> QuerySet[Any]:
        """Return dicts of *paths* (without any: of all columns)."""
        return self._copy(_fields=self._columns(paths), _shape="dicts")

    def values_list(self, *paths: str, flat: bool = False) -> QuerySet[Any]:
        """Return tuples of *paths*; with *flat* the values of one path."""
        shape = "flat" if flat else "tuples"
        return self._copy(_fields=self._columns(paths), _shape=shape)

    def _columns(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        entity = entity_of(self.model)
        return paths or tuple(dict.fromkeys(entity.attributes.values()))

    # -- reading

    def __iter__(self) -> Iterator[M]:
        if self._rows is None:
            self._rows = list(self._read())
        return iter(self._rows)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __bool__(self) -> bool:
        return any(True for _ in self)

    @overload
    def __getitem__(self, key: int) -> M: ...
    @overload
    def __getitem__(self, key: slice) -> QuerySet[M]: ...
    def __getitem__(self, key: int | slice) -> M | QuerySet[M]:
        if isinstance(key, int):
            if self._rows is not None:
                return self._rows[key]  # type: ignore[no-any-return]  # of the model
            found = list(self[key : key + 1])
            if not found:
                raise IndexError(key)
            return found[0]
        start, stop = key.start or 0, key.stop
        if key.step or start < 0 or (stop is not None and stop < 0):
            raise NotAllowed(f"a query cannot be cut by {key!r}", fix="use list(query)")
        first, last = self._slice
        end = last if stop is None else first + stop
        if last is not None and end is not None:
            end = min(end, last)
        return self._copy(_slice=(first + start, end))

    def iterator(self, chunk_size: int = CHUNK) -> Iterator[M]:
        """Yield the rows without keeping them, *chunk_size* at a time."""
        session = sessions.current()
        result = session.execute(
            self.as_statement().execution_options(yield_per=chunk_size)
        )
        for row in result:
            yield self._shaped(row)

    def get(self, *conditions: Any, **lookups: Any) -> M:
        """Return the one row that fulfils the conditions.

        Raises:
            DoesNotExist: MO152; also as ``Model.DoesNotExist``.

            MultipleObjectsReturned: MO153.
        """
        narrowed = (
            self.filter(*conditions, **lookups) if conditions or lookups else self
        )
        found = list(islice(narrowed[:2], 2))
        criteria = ", ".join(f"{path}={value!r}" for path, value in lookups.items())
        label = entity_of(self.model).label
        if not found:
            error = getattr(self.model, "DoesNotExist", DoesNotExist)
            raise error(label, criteria)
        if len(found) > 1:
            error = getattr(
                self.model, "MultipleObjectsReturned", MultipleObjectsReturned
            )
            raise error(label, criteria)
        return found[0]

    def first(self) -> M | None:
        """Return the first row (by primary key if nothing orders them), or None."""
        ordered = self if self._ordering() else self.order_by("pk")
        return next(iter(ordered[:1]), None)

    def last(self) -> M | None:
        """Return the last row, or None."""
        ordered = self if self._ordering() else self.order_by("pk")
        return ordered.reverse().first()

    def exists(self) -> bool:
        """Return whether there is any row."""
        if self._empty:
            return False
        inner = self._limited(sa.select(sa.literal(1)).select_from(self.model))
        return bool(sessions.current().scalar(sa.select(inner.exists())))

    def count(self) -> int:
        """Return the number of rows."""
        if self._empty:
            return 0
        inner = (
            self.as_select()
            if self._distinct
            else self._limited(sa.select(sa.literal(1)).select_from(self.model))
        )
        counted = sa.select(sa.func.count()).select_from(inner.subquery())
        return int(sessions.current().scalar(counted) or 0)

    def in_bulk(self, keys: Iterable[Any] | None = None) -> dict[Any, M]:
        """Return key → object for *keys* (without any: all rows)."""
        found = self if keys is None else self.filter(pk__in=list(keys))
        return {entity_of(o).key_of(o): o for o in found}

    # -- writing

    def create(self, **values: Any) -> M:
        """Insert one row and return its object."""
        made = self.model(**values)
        session = sessions.current()
        session.add(made)
        session.flush()
        return made

    def get_or_create(
        self, defaults: dict[str, Any] | None = None, **lookups: Any
    ) -> tuple[M, bool]:
        """Return the row that fulfils *lookups*, and whether it had to be made."""
        try:
            return self.get(**lookups), False
        except DoesNotExist:
            plain = {k: v for k, v in lookups.items() if "__" not in k}
            values = {**plain, **called(defaults)}
        try:
            with sessions.savepoint(sessions.current()):
                return self.create(**values), True
        except sa.exc.IntegrityError:
            # Perhaps another transaction made it in between.
            found = self.filter(**lookups).first()
            if found is None:
                raise
            return found, False

    def update_or_create(
        self, defaults: dict[str, Any] | None = None, **lookups: Any
    ) -> tuple[M, bool]:
        """Like `get_or_create`, and sets *defaults* on a row that was there."""
        found, made = self.get_or_create(defaults, **lookups)
        if not made:
            for name, value in called(defaults).items():
                setattr(found, name, value)
            sessions.current().flush()
        return found, made

    def bulk_create(
        self, objects: Iterable[M], batch_size: int | None = None
    ) -> list[M]:
        """Insert *objects* with few statements and return them."""
        session, made = sessions.current(), list(objects)
        for batch in batched(made, batch_size or CHUNK):
            session.add_all(batch)
            session.flush()
        return made

    def bulk_update(
        self, objects: Iterable[M], fields: Sequence[str], batch_size: int | None = None
    ) -> int:
        """Write *fields* of *objects* and return how many there were."""
        session, changed = sessions.current(), list(objects)
        for batch in batched(changed, batch_size or CHUNK):
            session.add_all(batch)
            session.flush()
        return len(changed)

    def update(self, **values: Any) -> int:
        """Set *values* (F and expressions allowed) and return how many rows changed."""
        if self._empty:
            return 0
        self._unsliced("update")
        changes = dict(self._written(*item) for item in values.items())
        with self._writing() as session:
            return update_rows(session, self.model, self._where, changes)

    def _written(self, name: str, value: Any) -> tuple[str, Any]:
        """Return the attribute that *name* means, and what it becomes."""
        entity = entity_of(self.model)
        link = entity.links.get(name)
        if link is not None and link.attribute:
            if hasattr(value, "_entity"):
                value = getattr(value, str(link.target_attribute))
            return link.attribute, value
        entity.attribute(self.model, name)
        return entity.attributes[entity.keys[0] if name == "pk" else name], value

    def delete(self) -> int:
        """Delete the rows and return how many; ON DELETE does the rest."""
        if self._empty:
            return 0
        self._unsliced("delete")
        with self._writing() as session:
            return delete_rows(session, self.model, self._where)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        session = sessions.current()
        session.flush()
        yield session
        session.expire_all()
        self._rows = None

    # -- SQL

    def as_statement(self) -> sa.Select[Any]:
        """Return the SELECT that this query runs."""
        if self._fields is None:
            selected = sa.select(self.model)
        else:
            columns = [column_at(self.model, p).label(p) for p in self._fields]
            selected = sa.select(*columns).select_from(self.model)
        ordered = [order_element(self.model, path) for path in self._ordering()]
        return self._limited(selected.order_by(*ordered))

    def as_select(self) -> sa.Select[Any]:
        """Return this query as the operand of ``__in``: its one column, or the key."""
        if self._fields is not None:
            return self.as_statement()
        return self._copy(_fields=("pk",), _shape="flat").as_statement()

    def _limited(self, selected: sa.Select[Any]) -> sa.Select[Any]:
        selected = selected.where(*self._where, *((sa.false(),) if self._empty else ()))
        if self._distinct:
            selected = selected.distinct()
        start, stop = self._slice
        if start:
            selected = selected.offset(start)
        if stop is not None:
            selected = selected.limit(max(stop - start, 0))
        return selected

    def _ordering(self) -> tuple[Any, ...]:
        return entity_of(self.model).ordering if self._order is None else self._order

    def _read(self) -> Iterator[Any]:
        if self._empty:
            return
        result = sessions.current().execute(self.as_statement())
        for row in result:
            yield self._shaped(row)

    def _shaped(self, row: Any) -> Any:
        if self._shape == "dicts":
            return dict(zip(self._fields or (), row, strict=True))
        return tuple(row) if self._shape == "tuples" else row[0]

    def _unsliced(self, method: str) -> None:
        if self._slice != (0, None):
            raise NotAllowed(
                f"{method}() after a slice", fix=f"call {method}() before cutting"
            )

    def _copy(self, **changes: Any) -> QuerySet[Any]:
        duplicate = copy(self)
        duplicate._rows = None
        for name, value in changes.items():
            setattr(duplicate, name, value)
        return duplicate

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {entity_of(self.model).label}>"


def order_element(owner: Any, path: Any) -> Any:
    """Return one element of ORDER BY: ``"-author__name"``, ``"?"``, an expression."""
    if isinstance(path, OrderBy) or hasattr(path, "resolve"):
        return path.resolve(Names(owner))
    if path == "?":
        return sa.func.random()
    name = path.lstrip("+-")
    column = column_at(owner, name)
    return column.desc() if path.startswith("-") else column.asc()


def reversed_path(path: Any) -> Any:
    """Return an element of an ordering in the opposite order."""
    if isinstance(path, str):
        return path[1:] if path.startswith("-") else f"-{path.lstrip('+')}"
    if isinstance(path, OrderBy):
        return OrderBy(
            path.expression,
            descending=not path.descending,
            nulls_first=path.nulls_last,
            nulls_last=path.nulls_first,
        )
    return path.desc()


def batched(objects: Sequence[M], size: int) -> Iterator[Sequence[M]]:
    """Yield *objects* in parts of at most *size*."""
    for start in range(0, len(objects), size):
        yield objects[start : start + size]


def called(values: dict[str, Any] | None) -> dict[str, Any]:
    """Return *values* with callables called."""
    return {k: v() if callable(v) else v for k, v in (values or {}).items()}
