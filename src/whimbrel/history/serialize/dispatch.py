"""
The one entry: any value turned into source, or a clear refusal.

Place: `history.serialize`, above all its families. Which family a value belongs
to is decided by the first entry of a list that it is an instance of.
"""

from __future__ import annotations

import ast
import functools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from os import PathLike, fspath
from pathlib import PurePath
from re import Pattern
from types import GenericAlias, MethodType, ModuleType
from typing import Any, TypeAlias
from uuid import UUID

from whimbrel.errors.history import CannotWrite, SerializerOfWrongShape
from whimbrel.history.serialize import made, moments, names, operations, plain, tables
from whimbrel.history.source.expression import Call, Expression, Text
from whimbrel.migrations.operation import Operation
from whimbrel.models import CombinedExpression, Manager, OrderBy, Q
from whimbrel.models.on_delete import OnDelete
from whimbrel.state import construct
from whimbrel.state import tables as state_tables

Written: TypeAlias = Expression | tuple[str, Iterable[str]]
"""Source as a tree, or as text with the import statements that it needs."""

Serializer: TypeAlias = Callable[[Any], Written]

Family: TypeAlias = Callable[..., Expression]

_registered: dict[type, Serializer] = {}

DEEP: tuple[tuple[type | tuple[type, ...], Family], ...] = (
    (Operation, operations.operation),
    (Q, made.condition),
    (OrderBy, made.order),
    (CombinedExpression, made.combination),
    (Manager, made.manager),
    (construct.Construct, tables.made),
    (construct.ListValue, tables.list_value),
    (construct.DictValue, tables.dict_value),
    (state_tables.Column, tables.column),
    (state_tables.Index, tables.index),
    (state_tables.Sequence, tables.sequence),
    (state_tables.PrimaryKeyConstraint, tables.primary_key),
    (state_tables.UniqueConstraint, tables.unique),
    (state_tables.CheckConstraint, tables.check),
    (state_tables.ForeignKeyConstraint, tables.foreign_key),
    (state_tables.ExcludeConstraint, tables.exclude),
    (Enum, names.member),
    (GenericAlias, names.alias),
    ((set, frozenset), plain.unordered),
    (OrderedDict, plain.ordered_mapping),
    (Mapping, plain.mapping),
    (deque, plain.queue),
    ((list, tuple), plain.sequence),
)
"""Values with values inside: (value, say) → expression."""

FLAT: tuple[tuple[type | tuple[type, ...], Family], ...] = (
    ((bool, type(None)), plain.constant),
    (int, plain.integer),
    (str, plain.string),
    (float, plain.real),
    (complex, plain.complex_number),
    (bytes, plain.octets),
    (bytearray, plain.mutable_octets),
    (Decimal, plain.decimal),
    (UUID, plain.uuid),
    (range, plain.span),
    (datetime, moments.moment),
    (date, moments.day),
    (time, moments.clock),
    (timedelta, moments.duration),
    (Pattern, plain.regex),
    (PurePath, plain.path),
    (construct.Reference, tables.referred),
    (ModuleType, names.module),
    (MethodType, names.method),
)
"""Values that are one piece: value → expression."""


def serialize(value: object) -> Expression:
    """
    Return the source that gives *value* again.

    Raises:
        CannotWrite: HI130, no source would; it names the value and what to do.
    """
    for kind in type(value).__mro__:
        if kind in _registered:
            return _by_user(_registered[kind], value)
    if isinstance(value, type) and not isinstance(value, GenericAlias):
        return names.cls(value)
    if isinstance(value, OnDelete):
        return made.reference(value.reference_path)
    for kinds, family in DEEP:
        if isinstance(value, kinds):
            if hasattr(value, "_fields") and isinstance(value, tuple):
                return plain.named_tuple(value, serialize)
            return family(value, serialize)
    for kinds, family in FLAT:
        if isinstance(value, kinds):
            return family(value)
    return _other(value)


def _other(value: Any) -> Expression:
    if hasattr(value, "deconstruct"):
        return made.deconstructed(value, serialize)
    if isinstance(value, functools.partial | functools.partialmethod):
        kind = type(value).__name__
        kwargs = tuple((key, serialize(item)) for key, item in value.keywords.items())
        args = tuple(map(serialize, (value.func, *value.args)))
        return Call(serialize(getattr(functools, kind)), args, kwargs)
    if isinstance(value, tzinfo):
        zone = moments.zone(value)
        if zone is not None:
            return zone
    if callable(value) and hasattr(value, "__qualname__"):
        return names.function(value)
    if isinstance(value, PathLike):
        return serialize(fspath(value))
    if isinstance(value, Iterator | range) or type(value).__name__.startswith("dict_"):
        return plain.sequence(tuple(value), serialize)
    raise CannotWrite(
        value,
        "nothing is known about how it is made",
        "decorate its class with whimbrel.models.deconstructible, register "
        "a serializer, or use a function that makes the value",
    )


def register(kinds: type | Iterable[type], serializer: Serializer) -> None:
    """
    Let *serializer* write the instances of *kinds* and of their subclasses.

    Args:
        serializer: Gets a value and returns its source: an expression tree, or
            the text and the import statements that it needs.

    Raises:
        SerializerOfWrongShape: HI131, it cannot be called.
    """
    if not callable(serializer):
        raise SerializerOfWrongShape(serializer, "cannot be called")
    for kind in _each(kinds):
        _registered[kind] = serializer


def unregister(kinds: type | Iterable[type]) -> None:
    """Forget the serializers of *kinds*."""
    for kind in _each(kinds):
        _registered.pop(kind, None)


def _each(kinds: type | Iterable[type]) -> tuple[type, ...]:
    return (kinds,) if isinstance(kinds, type) else tuple(kinds)


def _by_user(serializer: Serializer, value: object) -> Expression:
    written = serializer(value)
    if not isinstance(written, tuple):
        return written
    text, imports = written
    try:
        ast.parse(text, mode="eval")
        ast.parse("\n".join(imports))
    except (SyntaxError, TypeError, ValueError) as error:
        problem = f"returned {written!r}, which is no source: {error}"
        raise SerializerOfWrongShape(serializer, problem) from error
    return Text(text, frozenset(imports))
