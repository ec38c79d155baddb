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
        return (
            self.path == other.path
            and _same(self.args, other.args)
            and _same(self.kwargs, other.kwargs)
            and _same(self.calls, other.calls)
        )

    def __hash__(self) -> int:
        return hash((self.path, self.args, self.kwargs))


def _same(one: Argument, other: Argument) -> bool:
    """Return whether two arguments are equal and of one kind, all the way down."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        assert isinstance(other, tuple)
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Call):
        assert isinstance(other, Call)
        said = _same(one.args, other.args) and _same(one.kwargs, other.kwargs)
        return one.name == other.name and said
    return bool(one == other)
