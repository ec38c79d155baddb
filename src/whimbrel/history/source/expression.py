"""
The small part of Python that a migration file is made of, as values.

Place: `history`, below everything else in it. Serializers build these trees;
`layout` prints them; `imports` decides how a `Reference` is spelled. Nothing
here knows what a value means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """
    Source that is printed as it is: a literal.

    Args:
        imports: Whole import statements that the text needs (``import uuid``).
    """

    text: str
    imports: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something importable: the dotted *name* inside *module*."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """``of.name``"""

    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Subscript:
    """``of[key]``"""

    of: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """
    ``function(*args, **kwargs)``

    Args:
        kwargs: In the order of printing. Names that are no identifiers are
            printed as one ``**{…}`` at the end.

        exploded: One argument per line, however short the call is.
    """

    function: Expression
    args: tuple[Expression, ...] = ()
    kwargs: tuple[tuple[str, Expression], ...] = ()
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    """A list, tuple or set display; an empty set has no display."""

    kind: Literal["list", "tuple", "set"]
    items: tuple[Expression, ...]
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class DictDisplay:
    """A dict display, in the order of printing."""

    items: tuple[tuple[Expression, Expression], ...]
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class Unary:
    """``~operand`` or ``-operand``"""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """*operands* (two or more) joined by one operator."""

    operator: str
    operands: tuple[Expression, ...]


Expression: TypeAlias = (
    Text
    | Reference
    | Attribute
    | Subscript
    | Call
    | Display
    | DictDisplay
    | Unary
    | Binary
)


def exploded(expression: Expression) -> Expression:
    """Return *expression*, one element per line if it holds elements."""
    match expression:
        case Call(function, args, kwargs) if args or kwargs:
            return Call(function, args, kwargs, exploded=True)
        case Display(kind, items) if items:
            return Display(kind, items, exploded=True)
        case DictDisplay(items) if items:
            return DictDisplay(items, exploded=True)
        case _:
            return expression


def parts(expression: Expression) -> tuple[Expression, ...]:
    """Return what *expression* is directly made of, in the order of printing."""
    match expression:
        case Text() | Reference():
            return ()
        case Attribute(of):
            return (of,)
        case Subscript(of, key):
            return (of, key)
        case Call(function, args, kwargs):
            return (function, *args, *(value for _, value in kwargs))
        case Display(_, items):
            return items
        case DictDisplay(pairs):
            return tuple(part for pair in pairs for part in pair)
        case Unary(_, operand):
            return (operand,)
        case Binary(_, operands):
            return operands


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield *expression* and everything in it."""
    stack = [expression]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(parts(current)))
