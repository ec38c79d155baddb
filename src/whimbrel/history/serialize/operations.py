"""
Operations, with their arguments by name.

Place: `history.serialize`, above `tables`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from inspect import Parameter
from typing import Any, TypeAlias

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

Arguments: TypeAlias = list[tuple[str, Any]]

LISTED_OPTIONS = ("indexes", "constraints", "ordering", "permissions")
"""Options that are tuples in the state and lists in a file, as people write them."""


def operation(value: Operation, say: Say) -> Expression:
    """Return the call of an operation, one argument per line."""
    args, kwargs = _ordered(value)
    said = [_argument(value, name, item, say) for name, item in args]
    named = tuple((n, _argument(value, n, item, say)) for n, item in kwargs)
    return exploded(Call(names.cls(type(value)), tuple(said), named))


def _ordered(value: Operation) -> tuple[Arguments, Arguments]:
    """Return the arguments without and with names, in the order of the signature."""
    given = dict(value.arguments())
    args: Arguments = []
    kwargs: Arguments = []
    for parameter in inspect.signature(type(value).__init__).parameters.values():
        if parameter.name not in given:
            continue
        item = given.pop(parameter.name)
        if parameter.kind is Parameter.VAR_POSITIONAL:
            # What stands before them cannot be named, either.
            args += kwargs + [(parameter.name, part) for part in item]
            kwargs = []
        elif parameter.kind is Parameter.VAR_KEYWORD:
            given.update(item)
        elif parameter.kind is Parameter.POSITIONAL_ONLY:
            args.append((parameter.name, item))
        else:
            kwargs.append((parameter.name, item))
    return args, [*kwargs, *given.items()]


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
