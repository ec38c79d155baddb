"""
Numbers, text, and the built-in collections.

Place: `history.serialize`. *say* turns what is inside a value into source.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import PurePath, PurePosixPath
from re import NOFLAG, UNICODE, Pattern, RegexFlag
from typing import Any, TypeAlias
from uuid import UUID

from whimbrel.history.source.expression import (
    Attribute,
    Binary,
    Call,
    DictDisplay,
    Display,
    Expression,
    Reference,
    Text,
)
from whimbrel.history.source.literals import bytes_literal, string_literal

Say: TypeAlias = Callable[[object], Expression]


def text(value: str) -> Text:
    """Return the literal of a string."""
    return Text(string_literal(value))


def call(module: str, name: str, *args: Expression, **kwargs: Expression) -> Call:
    """Return ``module.name(*args, **kwargs)``."""
    return Call(Reference(module, name), args, tuple(kwargs.items()))


def constant(value: bool | None) -> Expression:
    """Return None, True or False."""
    return Text(repr(value))


def integer(value: int) -> Expression:
    """Return an integer, also of a subclass."""
    return Text(int.__repr__(value))


def real(value: float) -> Expression:
    """Return a float; infinities and NaN by their names."""
    if math.isfinite(value):
        return Text(float.__repr__(value).replace("e+", "e"))
    return call("builtins", "float", text(float.__repr__(value)))


def complex_number(value: complex) -> Expression:
    """Return a complex number by its two parts."""
    return call("builtins", "complex", real(value.real), real(value.imag))


def decimal(value: Decimal) -> Expression:
    """Return a decimal as it is written, not as it is rounded."""
    return call("decimal", "Decimal", text(str(value)))


def string(value: str) -> Expression:
    """Return a string, also of a subclass."""
    return text(value)


def octets(value: bytes) -> Expression:
    """Return bytes."""
    return Text(bytes_literal(value))


def mutable_octets(value: bytearray) -> Expression:
    """Return a bytearray."""
    return call("builtins", "bytearray", Text(bytes_literal(bytes(value))))


def uuid(value: UUID) -> Expression:
    """Return a UUID."""
    return call("uuid", "UUID", text(str(value)))


def span(value: range) -> Expression:
    """Return a range without the arguments it does not need."""
    numbers = [value.start, value.stop, value.step]
    if value.step == 1:
        del numbers[2]
        if value.start == 0:
            del numbers[0]
    return call("builtins", "range", *map(integer, numbers))


def sequence(value: list[object] | tuple[object, ...], say: Say) -> Expression:
    """Return the display of a list, or of any other tuple."""
    kind = "list" if isinstance(value, list) else "tuple"
    return Display(kind, tuple(map(say, value)))  # type: ignore[arg-type]


def listed(values: Iterable[object], say: Say) -> Display:
    """Return *values* as a list."""
    return Display("list", tuple(map(say, values)))


def named_tuple(value: Any, say: Say) -> Expression:
    """Return a named tuple, its items by name."""
    kwargs = tuple((name, say(getattr(value, name))) for name in value._fields)
    return Call(say(type(value)), (), kwargs)


def mapping(value: Mapping[Any, Any], say: Say) -> Expression:
    """Return a dict in its own order."""
    return DictDisplay(tuple((say(key), say(item)) for key, item in value.items()))


def ordered_mapping(value: OrderedDict[Any, Any], say: Say) -> Expression:
    """Return an OrderedDict."""
    return call("collections", "OrderedDict", mapping(value, say))


def unordered(value: set[Any] | frozenset[Any], say: Say) -> Expression:
    """Return a set, its items sorted by their source."""
    items = tuple(sorted(map(say, value), key=repr))
    if isinstance(value, frozenset):
        args = (Display("list", items),) if items else ()
        return call("builtins", "frozenset", *args)
    return Display("set", items) if items else call("builtins", "set")


def queue(value: deque[Any], say: Say) -> Expression:
    """Return a deque."""
    items = listed(value, say)
    if value.maxlen is None:
        return call("collections", "deque", items)
    return call("collections", "deque", items, maxlen=integer(value.maxlen))


def regex(value: Pattern[Any]) -> Expression:
    """Return a compiled regular expression."""
    pattern = value.pattern
    source = text(pattern) if isinstance(pattern, str) else octets(pattern)
    flags = RegexFlag(value.flags)
    if isinstance(pattern, str):
        flags &= ~UNICODE
    if flags == NOFLAG:
        return call("re", "compile", source)
    return call("re", "compile", source, flags=regex_flags(flags))


def regex_flags(flags: RegexFlag) -> Expression:
    """Return flags by their names."""
    names = [flag.name for flag in RegexFlag if flag in flags and flag.name]
    each = tuple(Reference("re", name) for name in names)
    return each[0] if len(each) == 1 else Binary("|", each)


def path(value: PurePath) -> Expression:
    """Return the pure form: a file must not depend on the system that wrote it."""
    kind = "PurePosixPath" if isinstance(value, PurePosixPath) else "PureWindowsPath"
    return call("pathlib", kind, text(str(value)))


def attribute(of: Expression, *names: str) -> Expression:
    """Return ``of.a.b``."""
    for name in names:
        of = Attribute(of, name)
    return of
