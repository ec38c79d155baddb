"""
Operations, with their arguments by name.

Place: `history.serialize`, above `tables`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from whimbrel.errors.base import WhimbrelError
from whimbrel.history.serialize import names, tables
from whimbrel.history.serialize.plain import Say, text
from whimbrel.history.source.expression import (
    Call,
    DictDisplay,
    Display,
    Expression,
    exploded,
)
from whimbrel.migrations.operation import Operation
from whimbrel.state.tables import Column

LISTED_OPTIONS = ("indexes", "constraints", "ordering", "permissions")
"""Options that are tuples in the state and lists in a file, as people write them."""


def operation(value: Operation, say: Say) -> Expression:
    """Return the call of an operation, one argument per line."""
    said = tuple(
        (name, _argument(value, name, item, say)) for name, item in _ordered(value)
    )
    return Call(names.cls(type(value)), (), said, exploded=bool(said))


def _ordered(value: Operation) -> list[tuple[str, Any]]:
    """Return the arguments in the order of the signature, others at the end."""
    given = value.arguments()
    parameters = list(inspect.signature(type(value).__init__).parameters)
    known = [name for name in parameters if name in given]
    return [
        (name, given[name]) for name in (*known, *(n for n in given if n not in known))
    ]


def _argument(value: Operation, name: str, item: Any, say: Say) -> Expression:
    try:
        said = _said(value, name, item, say)
    except WhimbrelError as error:
        raise error.at(f"argument {name!r} of: {value.describe()}") from error
    if name not in value.serialization_expand_args:
        return said
    return exploded(said)


def _said(value: Operation, name: str, item: Any, say: Say) -> Expression:
    if isinstance(item, Column):
        return tables.column(item, say, getattr(value, "name", None))
    if name in value.serialization_expand_args and isinstance(item, tuple):
        return Display("list", tuple(_pair(part, say) for part in item))
    if name == "options" and isinstance(item, Mapping):
        return DictDisplay(
            tuple((text(k), _option(k, v, say)) for k, v in item.items())
        )
    return say(item)


def _pair(part: Any, say: Say) -> Expression:
    """Return one of several fields, managers or operations."""
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], Column):
        name, column = part
        return Display("tuple", (text(name), tables.column(column, say, name)))
    return say(part)


def _option(name: str, item: Any, say: Say) -> Expression:
    if name in LISTED_OPTIONS and isinstance(item, tuple):
        return Display("list", tuple(map(say, item)))
    return say(item)
