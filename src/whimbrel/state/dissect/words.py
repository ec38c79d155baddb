"""
How much an expression says about types, and plain values inside it.

Place: `state.dissect`, above `types`, below `expressions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.sql.elements import BindParameter, ClauseElement

from whimbrel.state.construct import Argument, Construct, ListValue
from whimbrel.state.dissect.arguments import PLAIN, plain_argument, plain_text
from whimbrel.state.dissect.types import dissect_type


class CannotExpress(Exception):
    """There are no words for a class of expressions; its name is the argument."""


@dataclass(frozen=True, slots=True)
class Words:
    """Whether columns and values say their types."""

    typed_columns: bool = False
    typed_values: bool = False


class Speaker(Protocol):
    """Says the parts of an expression."""

    words: Words

    def whole(self, clause: ClauseElement) -> Construct: ...

    def part(self, clause: ClauseElement) -> Argument: ...


def literal(value: Argument, type_: Construct | None = None) -> Construct:
    """Return *value* as an expression of its own."""
    args = (value,) if type_ is None else (value, type_)
    return Construct("sqlalchemy.literal", args)


def express_value(bind: BindParameter[Any], words: Words) -> Argument:
    """Return the value of a bound parameter: what the database stores for it."""
    value = bind.effective_value
    if bind.expanding and isinstance(value, list | tuple):
        return ListValue(stored_value(item, bind) for item in value)
    stored = stored_value(value, bind)
    if words.typed_values and not bind.type._isnull:
        return literal(stored, dissect_type(bind.type))
    return stored


def stored_value(value: object, bind: BindParameter[Any]) -> Argument:
    """Return *value* as the database stores it: an enumeration's as its string."""
    if isinstance(bind.type, sa.Enum) and value is not None:
        stored: str = bind.type._db_value_for_elem(value)  # type: ignore[no-untyped-call]
        return plain_text(stored)
    if value is None or isinstance(value, list | tuple | dict):
        return plain_argument(value)
    if type(value) in PLAIN or isinstance(value, str):
        return plain_argument(value)
    raise CannotExpress(f"{type(value).__qualname__} (a value)")
