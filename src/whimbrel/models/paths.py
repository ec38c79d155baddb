"""
Paths of a query: ``author__name__icontains`` over columns and links.

Place: `models`, above `entity` and `conditions`, below `queryset`. A link is
crossed by a correlated subquery (EXISTS for conditions, a scalar for values), so
that no path multiplies rows, ``exclude`` is the exact opposite of ``filter``,
and UPDATE and DELETE can use every path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from whimbrel.errors.query import NotAllowed, UnknownName
from whimbrel.models.conditions import apply_lookup, transformed
from whimbrel.models.entity import Link, entity_of
from whimbrel.models.q import Q

Condition = sa.ColumnElement[bool]


def column_at(owner: Any, path: str) -> sa.ColumnElement[Any]:
    """Return the value at *path*: a column, or a scalar subquery behind a link.

    Args:
        owner: A mapped class or an alias of one.

    Raises:
        UnknownName: MO154.

        NotAllowed: MO155, the path leads to many rows.
    """
    head, _, rest = path.partition("__")
    entity = entity_of(owner)
    link = entity.links.get(head)
    if link is None:
        return transformed(
            entity.attribute(owner, head), rest.split("__") if rest else []
        )
    if link.attribute is not None and rest in ("", "pk"):
        return entity.attribute(owner, link.attribute)
    if link.many:
        raise NotAllowed(
            f"{path!r} of {entity.label} leads to many rows",
            fix="filter on it, or query the other model",
        )
    target: Any = aliased(link.target())
    value = column_at(target, rest or "pk")
    return (
        sa.select(value)
        .where(link.join(owner, target))
        .correlate(sa.inspect(owner).selectable)
        .scalar_subquery()
    )


def condition_at(owner: Any, path: str, value: Any) -> Condition:
    """Return the condition that ``path=value`` puts on rows of *owner*."""
    head, _, rest = path.partition("__")
    entity = entity_of(owner)
    link = entity.links.get(head)
    if link is None:
        column = entity.attribute(owner, head)
        return apply_lookup(column, rest or "exact", resolved(owner, value))
    if link.attribute is not None and is_lookup(link, rest):
        column = entity.attribute(owner, link.attribute)
        return apply_lookup(column, rest or "exact", resolved(owner, value))
    target: Any = aliased(link.target())
    if rest == "isnull":
        found = sa.exists().where(link.join(owner, target))
        found = found.correlate(sa.inspect(owner).selectable)
        return sa.not_(found) if value else found
    inside = condition_at(
        target, rest if names(target, rest) else f"pk__{rest or 'exact'}", value
    )
    return (
        sa.exists()
        .where(link.join(owner, target), inside)
        .correlate(sa.inspect(owner).selectable)
    )


def is_lookup(link: Link, rest: str) -> bool:
    """Return whether *rest* compares the key itself, not something behind it."""
    target = entity_of(link.target())
    head = rest.partition("__")[0]
    return not rest or (head not in target.attributes and head not in target.links)


def names(target: Any, rest: str) -> bool:
    """Return whether *rest* begins with something that the target has."""
    entity = entity_of(target)
    head = rest.partition("__")[0]
    return head == "pk" or head in entity.attributes or head in entity.links


def resolved(owner: Any, value: Any) -> Any:
    """Return *value* ready for SQL: instances as their key, expressions resolved."""
    if hasattr(value, "_entity") and not isinstance(value, type):
        return entity_of(value).key_of(value)
    if hasattr(value, "resolve"):
        return value.resolve(lambda name: column_at(owner, name))
    if hasattr(value, "as_select"):
        return value.as_select()
    if isinstance(value, list | tuple | set | frozenset):
        return [resolved(owner, part) for part in value]
    return value


def condition_of(
    owner: Any, parts: Iterable[Any], lookups: Mapping[str, Any]
) -> Condition:
    """Return the condition that all of *parts* (Q, expressions) and *lookups* hold."""
    conditions = [q_condition(owner, part) for part in parts]
    conditions += [condition_at(owner, path, v) for path, v in lookups.items()]
    return sa.and_(sa.true(), *conditions)


def q_condition(owner: Any, part: Any) -> Condition:
    """Return the condition of a `Q`, of a pair (path, value), or of an expression."""
    if isinstance(part, tuple):
        return condition_at(owner, *part)
    if not isinstance(part, Q):
        if hasattr(part, "resolve"):
            return part.resolve(lambda name: column_at(owner, name))  # type: ignore[no-any-return]
        if isinstance(part, sa.ColumnElement):
            return part
        raise UnknownName(entity_of(owner).label, repr(part), ())
    inner = [q_condition(owner, child) for child in part.children]
    if part.connector == "OR":
        joined: Condition = sa.or_(sa.false(), *inner)
    elif part.connector == "XOR":
        joined = sum((sa.case((c, 1), else_=0) for c in inner), sa.literal(0)) % 2 == 1
    else:
        joined = sa.and_(sa.true(), *inner)
    return negated(joined) if part.negated else joined


def negated(condition: Condition) -> Condition:
    """Return the opposite; a comparison with NULL counts as not fulfilled."""
    return sa.not_(sa.func.coalesce(condition, sa.false()))
