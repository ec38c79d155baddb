"""
A constructor call as a value: how types and expressions live in the state.

Place: `state`, above `frozen`. SQLAlchemy's types and expressions have no
equality of their own, so the state keeps what would make them: an importable
path, arguments, and chained calls. `state.dissect` takes SQLAlchemy objects
apart into these values, `Construct.build` puts them together again, and
`history.writer` prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Argument: TypeAlias = object
"""None, bool, int, float, str, bytes, Decimal, date and time values, UUID, a
Construct, a class or function (by reference), or a tuple of such (a list in
the source becomes a tuple marked by `ListValue`)."""


class ListValue(tuple[Argument, ...]):
    """A tuple that is written and built as a list."""

    __slots__ = ()


class DictValue(tuple[tuple[Argument, Argument], ...]):
    """Key-value pairs, in order, that are written and built as a dict."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One chained method call: ``.with_variant(…)``, ``.desc()``, ``.op("->")(…)``."""

    name: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()


@dataclass(frozen=True, slots=True)
class Construct:
    """
    ``path(*args, **kwargs)`` and then each of *calls* on the result.

    Args:
        path: Importable: ``sqlalchemy.String``, ``sqlalchemy.func.now``,
            ``sqlalchemy.dialects.postgresql.JSONB``, ``shop.types.Money``.

        kwargs: In the order in which they are written.
    """

    path: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()
    calls: tuple[Call, ...] = ()

    def argument(self, name: str, default: Argument = None) -> Argument:
        """Return the keyword argument *name*, or *default*."""
        return next((value for key, value in self.kwargs if key == name), default)
