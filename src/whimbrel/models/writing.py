"""
UPDATE and DELETE of the rows of a query, whichever tables they are in.

Place: `models`, above `paths`, below `queryset`. A child model's row is in its
own table and in those of its parents. What is written then is found first: a
change of one table could hide rows from the statement for the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.sql import visitors

from whimbrel.models.entity import entity_of
from whimbrel.models.paths import resolved

CHUNK = 1000
"""Rows that one statement names by their keys."""

Where = tuple[sa.ColumnElement[bool], ...]


def update_rows(
    session: Session, model: type, where: Where, values: Mapping[str, Any]
) -> int:
    """Set attribute → value on the rows of *model*; return how many they are."""
    tables = tables_of(model)
    if len(tables) == 1:
        changes = {
            getattr(model, name): resolved(model, value)
            for name, value in values.items()
        }
        condition = readable(session, model, where)
        return _run(session, sa.update(model).where(*condition).values(changes))
    mapper = mapper_of(model)
    found = keys_of(session, model, where)
    by_table: dict[sa.Table, dict[sa.Column[Any], Any]] = {}
    for name, value in values.items():
        column: Any = mapper.columns[name]
        changed = across(mapper, column.table, resolved(model, value))
        by_table.setdefault(column.table, {})[column] = changed
    # A child's value that reads its parents has to find them as they were.
    for table in sorted(by_table, key=tables.index, reverse=True):
        for part in parts(found):
            chosen = key_in(mapper, table).in_(part)
            _run(session, sa.update(table).where(chosen).values(by_table[table]))
    return len(found)


def delete_rows(session: Session, model: type, where: Where) -> int:
    """Delete the rows of *model*, a child's also from its parents' tables."""
    tables = tables_of(model)
    if len(tables) == 1:
        condition = readable(session, model, where)
        return _run(session, sa.delete(model).where(*condition))
    found = keys_of(session, model, where)
    for table in reversed(tables):
        for part in parts(found):
            chosen = key_in(mapper_of(model), table).in_(part)
            _run(session, sa.delete(table).where(chosen))
    return len(found)


def mapper_of(model: type) -> Mapper[Any]:
    """Return what SQLAlchemy knows of *model*."""
    mapper: Mapper[Any] = sa.inspect(model)
    return mapper


def tables_of(model: type) -> list[Any]:
    """Return the tables that a row of *model* is in, the first parent's first."""
    mappers = reversed(list(mapper_of(model).iterate_to_root()))
    return list(dict.fromkeys(m.local_table for m in mappers))


def key_in(mapper: Mapper[Any], table: Any) -> sa.ColumnElement[Any]:
    """Return the column of *table* that holds the key of *mapper*'s rows."""
    own = next(m for m in mapper.iterate_to_root() if m.local_table is table)
    if own.inherits is None or own.inherit_condition is None:
        return own.columns[entity_of(mapper.class_).keys[0]]
    linked = visitors.iterate(own.inherit_condition)
    return next(e for e in linked if isinstance(e, sa.Column) and e.table is table)


def keys_of(session: Session, model: type, where: Where) -> Sequence[Any]:
    """Return the keys of the rows that fulfil *where*."""
    key = getattr(model, entity_of(model).keys[0])
    return session.scalars(sa.select(key).where(*where)).all()


def across(mapper: Mapper[Any], table: Any, value: Any) -> Any:
    """Return *value* for an UPDATE of *table*, if it reads other tables of a row."""
    if hasattr(value, "__clause_element__"):
        value = value.__clause_element__()
    if not isinstance(value, sa.ClauseElement):
        return value
    others = [t for t in tables_of(mapper.class_) if t is not table]
    read = {e.table for e in visitors.iterate(value) if isinstance(e, sa.Column)}
    if not any(other in read for other in others):
        return value
    joined = [m.inherit_condition for m in mapper.iterate_to_root() if m.inherits]
    read_value: Any = value
    return (
        sa.select(read_value)
        .select_from(*others)
        .where(*(condition for condition in joined if condition is not None))
        .correlate(table)
        .scalar_subquery()
    )


def readable(session: Session, model: type, where: Where) -> Where:
    """
    Return *where* for a statement that writes the table of *model*.

    MySQL does not write a table that a subquery reads, except from a derived
    table that it has to compute first, as for DISTINCT.
    """
    dialect = session.get_bind().dialect.name
    keys = entity_of(model).keys
    if dialect not in ("mysql", "mariadb") or len(keys) != 1:
        return where
    table = mapper_of(model).local_table
    subqueries = (e for w in where for e in visitors.iterate(w))
    read = (
        origin
        for e in subqueries
        if isinstance(e, sa.Select)
        for origin in e.get_final_froms()
    )
    if not any(origin.is_derived_from(table) for origin in read):
        return where
    key = getattr(model, keys[0])
    found = sa.select(key).where(*where).distinct().subquery()
    return (key.in_(sa.select(found.c[0])),)


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield *keys* in parts that one statement can name."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _run(session: Session, statement: Any) -> int:
    options = {"synchronize_session": False}
    result: Any = session.execute(statement, execution_options=options)
    return int(result.rowcount)
