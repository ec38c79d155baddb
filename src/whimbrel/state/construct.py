"""
A constructor call as a value: how types and expressions live in the state.

Place: `state`, above `frozen`. SQLAlchemy's types and expressions have no
equality of their own, so the state keeps what would make them: an importable
path, arguments, and chained calls. `state.dissect` takes SQLAlchemy objects
apart into these values, `state.assemble.build` puts them together again, and
`history.writer` prints them.

Invariants: equality is strict about kinds, so that ``literal(1)`` differs from
``literal(True)`` and a list from a tuple. No class, function or enum member is
an argument by itself: a `Reference` names it, so that `repr` is the same in
every process.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeAlias

Argument: TypeAlias = object
"""None, bool, int, float, str, bytes, Decimal, date and time values, UUID, a
Construct, a Reference, or a tuple, `ListValue` or `DictValue` of such."""


class ListValue(tuple[Argument, ...]):
    """A tuple that is written and built as a list."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"ListValue({list(self)!r})"


class DictValue(tuple[tuple[Argument, Argument], ...]):
    """Key-value pairs, in order, that are written and built as a dict."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"DictValue({list(self)!r})"


@dataclass(frozen=True, slots=True)
class Reference:
    """An importable thing itself, not the result of calling it."""

    path: str


@dataclass(frozen=True, slots=True)
class Call:
    """
    One chained method call: ``.with_variant(…)``, ``.desc()``.

    ``__call__`` calls the result itself: ``.op("->")`` and then ``(…)``.
    """

    name: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Construct:
    """
    ``path(*args, **kwargs)`` and then each of *calls* on the result.

    Args:
        path: Importable: ``sqlalchemy.String``, ``sqlalchemy.func.now``,
            ``sqlalchemy.dialects.postgresql.JSONB``, ``shop.types.Money``;
            ``operator.gt`` and its like, and ``builtins.getattr``, for what
            Python writes without a name.

        kwargs: In the order in which they are written.
    """

    path: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()
    calls: tuple[Call, ...] = ()

    def argument(self, name: str, default: Argument = None) -> Argument:
        """Return the keyword argument *name*, or *default*."""
        return next((value for key, value in self.kwargs if key == name), default)

    def calling(self, name: str, *args: Argument, **kwargs: Argument) -> Construct:
        """Return this with one more chained call."""
        call = Call(name, args, tuple(kwargs.items()))
        return Construct(self.path, self.args, self.kwargs, (*self.calls, call))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Construct):
            return NotImplemented
        return self.path == other.path and _strict(self) == _strict(other)

    def __hash__(self) -> int:
        return hash((self.path, self.args, self.kwargs))


def _strict(value: Argument) -> Hashable:
    """Return what *value* is compared by: equal only to its own kind."""
    if isinstance(value, Construct):
        parts = (value.path, value.args, value.kwargs, value.calls)
        return tuple(_strict(part) for part in parts)
    if isinstance(value, Call):
        return (value.name, _strict(value.args), _strict(value.kwargs))
    if isinstance(value, tuple):
        return (type(value), *(_strict(item) for item in value))
    if value is None or isinstance(value, str | Reference):
        return value
    return (type(value), repr(value)) if isinstance(value, float) else _kind(value)


def _kind(value: Argument) -> Hashable:
    assert isinstance(value, Hashable)
    return (type(value), value)
