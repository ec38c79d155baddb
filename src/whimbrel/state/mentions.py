"""
Which fields an index, a constraint or a generated column mentions.

Place: `state`, above `tables` and `sql_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whimbrel.state.construct import Construct
from whimbrel.state.sql_text import identifiers_in
from whimbrel.state.tables import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    Index,
)


def mentioned_fields(item: Any, fields: Iterable[str]) -> tuple[str, ...]:
    """Return those of *fields* that *item* mentions, in order, without doubles.

    Args:
        item: An index or constraint of either vocabulary, or a column.
    """
    known = tuple(fields)
    if isinstance(item, Index):
        parts: tuple[Any, ...] = (*item.expressions, *(v for _, v in item.options))
    elif isinstance(item, CheckConstraint):
        return sql_mentions((item.sql,), known)
    elif isinstance(item, ExcludeConstraint):
        parts = (*(e for e, _ in item.elements), item.where)
    elif isinstance(item, Column):
        return sql_mentions((item.computed,), known)
    elif hasattr(item, "columns"):
        parts = item.columns
    else:
        parts = tuple(getattr(item, "fields_named", ()))
    plain = [part for part in parts if isinstance(part, str) and part in known]
    inside = [part for part in parts if not isinstance(part, str)]
    return tuple(dict.fromkeys((*plain, *sql_mentions(inside, known))))


def sql_mentions(parts: Iterable[Any], known: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of *known* that SQL texts or expressions mention, in order."""
    found = (name for text in texts(parts) for name in identifiers_in(text, known))
    return tuple(dict.fromkeys(found))


def texts(parts: Iterable[Any]) -> Iterator[str]:
    """Yield every SQL text and column name inside *parts*."""
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Construct):
            yield from texts(part.args)
            yield from texts(value for _, value in part.kwargs)
            for call in part.calls:
                yield from texts(call.args)
        elif isinstance(part, tuple):
            yield from texts(part)
