"""
Conditions on fields: `Q`.

Place: `models`, above `expressions`; used by constraints, indexes and queries.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.errors.models import BadExpression, UnknownField
from whimbrel.models.conditions import apply_path
from whimbrel.models.deconstruct import Deconstruction, freeze, public_path
from whimbrel.models.expressions import Column, Columns

Child: TypeAlias = Any
"""A Q, a boolean expression, or a pair (``field__lookup``, value)."""

AND, OR, XOR = "AND", "OR", "XOR"


class Q:
    """
    A condition: lookups that must all be true; combined by ``&``, ``|``, ``^``, ``~``.

    Args:
        args: Conditions, boolean expressions or (lookup, value) pairs.

        kwargs: Lookups, ``price__gte=0``.
    """

    AND, OR, XOR = AND, OR, XOR
    conditional = True

    __slots__ = ("children", "connector", "negated")

    children: tuple[Child, ...]
    connector: str
    negated: bool

    def __init__(
        self,
        *args: Child,
        _connector: str | None = None,
        _negated: bool = False,
        **kwargs: Any,
    ) -> None:
        connector = _connector or AND
        if connector not in (AND, OR, XOR):
            raise BadExpression(
                "Q", f"there is no connector {connector!r}", fix="use Q.AND, OR or XOR"
            )
        children = (*map(_child, args), *sorted(kwargs.items()))
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "connector", connector)
        object.__setattr__(self, "negated", _negated)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Q is a value: {name!r} cannot be set")

    def _combine(self, other: Any, connector: str) -> Q:
        if not getattr(other, "conditional", False):
            raise BadExpression(
                "Q", f"{other!r} is no condition", fix="combine it with another Q"
            )
        if not self:
            return other if isinstance(other, Q) else Q(other)
        if isinstance(other, Q) and not other:
            return self
        parts = (*self._parts(connector), *_parts_of(other, connector))
        return Q(*parts, _connector=connector)

    def _parts(self, connector: str) -> Sequence[Child]:
        """Return what this contributes to a combination by *connector*."""
        flat = self.connector == connector or len(self.children) == 1
        return self.children if flat and not self.negated else (self,)

    def __and__(self, other: Any) -> Q:
        return self._combine(other, AND)

    def __or__(self, other: Any) -> Q:
        return self._combine(other, OR)

    def __xor__(self, other: Any) -> Q:
        return self._combine(other, XOR)

    def __invert__(self) -> Q:
        if self.negated:
            return Q(*self.children, _connector=self.connector)
        return Q(*self.children, _connector=self.connector, _negated=True)

    def __bool__(self) -> bool:
        return bool(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal condition."""
        kwargs: dict[str, Any] = {}
        if self.connector != AND:
            kwargs["_connector"] = self.connector
        if self.negated:
            kwargs["_negated"] = True
        return public_path(type(self)), self.children, kwargs

    def identity(self) -> Hashable:
        """Return what two equal conditions have in common."""
        connector = self.connector if len(self.children) > 1 else AND
        return (connector, self.negated, freeze(self.children))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Q):
            return NotImplemented
        return self is other or self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash(self.identity())

    def __repr__(self) -> str:
        inner = ", ".join(map(repr, self.children))
        return f"{'~' if self.negated else ''}Q({self.connector}: {inner})"

    def resolve(self, columns: Columns) -> sa.ColumnElement[bool]:
        """Return this condition in SQLAlchemy's words."""
        # A query has its own: its paths cross relations.
        condition_in_query = getattr(columns, "condition", None)
        if condition_in_query is not None:
            return condition_in_query(self)  # type: ignore[no-any-return]
        parts = [_resolve_child(child, columns) for child in self.children]
        if not parts:
            condition: sa.ColumnElement[bool] = sa.true()
        elif self.connector == OR:
            condition = sa.or_(*parts)
        elif self.connector == XOR and len(parts) > 1:
            condition = exactly_odd(parts)
        else:
            condition = sa.and_(*parts)
        return negated(condition) if self.negated else condition

    def with_renamed_field(self, old: str, new: str) -> Q:
        """Return this condition after the field *old* was renamed."""
        children = [_renamed_child(child, old, new) for child in self.children]
        return Q(*children, _connector=self.connector, _negated=self.negated)

    @property
    def fields_named(self) -> tuple[str, ...]:
        """The fields that this condition mentions, in order, without repetition."""
        return tuple(dict.fromkeys(_names(self.children)))


def _parts_of(other: Any, connector: str) -> Sequence[Child]:
    return other._parts(connector) if isinstance(other, Q) else (other,)


def _child(arg: Child) -> Child:
    if isinstance(arg, (tuple, list)) and len(arg) == 2 and isinstance(arg[0], str):
        return (arg[0], arg[1])
    if hasattr(arg, "resolve"):
        return arg
    raise BadExpression(
        "Q", f"{arg!r} is no condition", fix="give lookups: Q(price__gte=0)"
    )


def negated(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return NOT (*condition*), literally: SQLAlchemy would turn operators round."""
    return sa.not_(sa.sql.elements.Grouping(condition))


def exactly_odd(parts: Sequence[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """Return the condition that an odd number of *parts* is true."""
    total: Column = sa.case((parts[0], 1), else_=0)
    for part in parts[1:]:
        total = total + sa.case((part, 1), else_=0)
    if len(parts) == 2:
        return sa.and_(sa.or_(*parts), total == 1)
    return sa.and_(sa.or_(*parts), total % 2 == 1)


def _resolve_child(child: Child, columns: Columns) -> sa.ColumnElement[bool]:
    if not isinstance(child, tuple):
        return child.resolve(columns)  # type: ignore[no-any-return]
    key, value = child
    column, path = _column_of(key, columns)
    return apply_path(column, path, _operand(value, columns))


def _operand(value: Any, columns: Columns) -> Any:
    if hasattr(value, "resolve"):
        # A plain Value takes the column's type, as any plain value does.
        if hasattr(value, "value") and value.output_field is None:
            return value.value
        return value.resolve(columns)
    if hasattr(value, "_meta") and hasattr(value, "pk"):
        return value.pk
    if isinstance(value, (list, tuple)):
        return [_operand(item, columns) for item in value]
    return value


def _column_of(key: str, columns: Columns) -> tuple[Column, list[str]]:
    """Return the column that *key* starts with, and the lookups after it."""
    parts = key.split("__")
    for end in range(len(parts), 0, -1):
        try:
            return columns("__".join(parts[:end])), parts[end:]
        except UnknownField as error:
            unknown = error
    raise unknown


def _renamed_child(child: Child, old: str, new: str) -> Child:
    if not isinstance(child, tuple):
        rename = getattr(child, "with_renamed_field", None)
        return rename(old, new) if rename else child
    key, value = child
    head, separator, rest = key.partition("__")
    rename = getattr(value, "with_renamed_field", None)
    return (
        f"{new}{separator}{rest}" if head == old else key,
        rename(old, new) if rename else value,
    )


def _names(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, tuple):
            yield child[0].partition("__")[0]
            child = child[1]
        yield from getattr(child, "fields_named", ())
