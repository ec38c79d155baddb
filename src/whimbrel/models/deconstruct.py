"""
What a value was made of: equality, hashing and writing by construction.

Place: the lowest part of `models`. Fields, indexes, constraints and expressions
say how they were made (`deconstruct`), and are equal when that is equal. The
writer of migration files prints the same answer.

Invariants: `freeze` is total: every Python object has a frozen form, in the
worst case its identity. Frozen forms of equal definitions are equal, also
across a round trip through a migration file.
"""

from __future__ import annotations

import datetime
import enum
import functools
import inspect
import re
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from importlib import import_module
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Protocol, TypeAlias, TypeVar, overload, runtime_checkable

from whimbrel.errors.models import NotImportable

Deconstruction: TypeAlias = tuple[str, tuple[Any, ...], dict[str, Any]]
"""Importable path, positional and keyword arguments of a constructor call."""

T = TypeVar("T")

PACKAGE = "whimbrel.models"
PUBLIC_MODULES = ("functions", "postgresql")
"""Parts of the package whose names users import from them, not from `models`."""


@runtime_checkable
class Deconstructible(Protocol):
    """An object that can say how it was made."""

    def deconstruct(self) -> Deconstruction: ...


def public_path(cls: type) -> str:
    """Return the path by which users import *cls* (``whimbrel.models.CharField``)."""
    return _public_path(cls.__module__, cls.__qualname__)


@functools.cache
def _public_path(module: str, name: str) -> str:
    if module.startswith(f"{PACKAGE}."):
        part = module.removeprefix(f"{PACKAGE}.").split(".")[0]
        module = f"{PACKAGE}.{part}" if part in PUBLIC_MODULES else PACKAGE
    return f"{module}.{name}"


def freeze(value: object) -> Hashable:
    """
    Return a hashable that equals another one exactly when the values are alike.

    Unlike ``==`` it keeps ``1``, ``True`` and ``1.0`` apart, and decimals that are
    written differently.
    """
    if value is None or type(value) in (int, str, bytes):
        return value
    if isinstance(value, enum.Enum):
        return _freeze_enum(value)
    if isinstance(value, (list, tuple)):
        return ("list" if isinstance(value, list) else "tuple", *map(freeze, value))
    if isinstance(value, Mapping):
        return ("dict", frozenset((freeze(k), freeze(v)) for k, v in value.items()))
    if isinstance(value, (set, frozenset)):
        return ("set", frozenset(map(freeze, value)))
    return _freeze_scalar(value)


def _freeze_enum(value: enum.Enum) -> Hashable:
    # Members of Choices are written as their plain value, so they must equal it.
    if getattr(value, "_whimbrel_choices", False):
        return freeze(value.value)
    return ("enum", type(value).__module__, type(value).__qualname__, value.name)


def _freeze_scalar(value: object) -> Hashable:
    if isinstance(value, (bool, float, Decimal)):
        return (type(value).__name__, repr(value))
    if isinstance(value, (datetime.date, datetime.time)):
        return (type(value).__name__, str(value))
    if isinstance(value, (functools.partial, functools.partialmethod)):
        return (
            "partial",
            freeze(value.func),
            freeze(value.args),
            freeze(value.keywords),
        )
    if isinstance(value, re.Pattern):
        return ("regex", value.pattern, value.flags)
    if isinstance(value, (type, FunctionType, BuiltinFunctionType, MethodType)):
        return _freeze_reference(value)
    if isinstance(value, Deconstructible):
        path, args, kwargs = value.deconstruct()
        return ("made", path, freeze(args), freeze(kwargs))
    return _freeze_other(value)


def _freeze_reference(value: Any) -> Hashable:
    """Freeze a class or function by where it lives, so that a reload keeps it."""
    owner = getattr(value, "__self__", None)
    name = getattr(value, "__qualname__", "<unknown>")
    module = getattr(value, "__module__", None)
    if module is None and isinstance(owner, type):  # datetime.now and the like
        return ("method", name, freeze(owner))
    if "<" in name or module is None:
        return ("object", id(value), _Keep(value))
    if isinstance(value, MethodType):
        return ("method", module, name, freeze(owner))
    return ("reference", module, name)


def _freeze_other(value: object) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return ("object", id(value), _Keep(value))
    return (type(value).__name__, value)


class _Keep:
    """Holds an object alive, so that its id stays its own; equal by identity."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keep) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


class Constructed:
    """
    Base of values that remember their constructor's arguments.

    Subclasses need nothing more than an ``__init__``; equality, hash, `repr` and
    `deconstruct` follow from the arguments it was called with.
    """

    _arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__new__(cls)
        object.__setattr__(made, "_arguments", (args, kwargs))
        return made

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal value."""
        args, kwargs = self._arguments
        return public_path(type(self)), args, dict(kwargs)

    def identity(self) -> Hashable:
        """Return what two equal values have in common."""
        args, kwargs = self._arguments
        bound = _signature(type(self)).bind(*args, **kwargs)  # type: ignore[arg-type]
        return (public_path(type(self)), freeze(bound.arguments))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Constructed)
        return self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash(self.identity())

    def __repr__(self) -> str:
        _, args, kwargs = self.deconstruct()
        parts = [*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())]
        return f"{type(self).__name__}({', '.join(parts)})"


@functools.cache
def _signature(cls: type) -> inspect.Signature:
    parameters = list(inspect.signature(cls.__init__).parameters.values())  # type: ignore[misc]
    return inspect.Signature(parameters[1:])


@overload
def deconstructible(cls: type[T], /) -> type[T]: ...
@overload
def deconstructible(*, path: str | None = None) -> Callable[[type[T]], type[T]]: ...


def deconstructible(
    cls: type[T] | None = None, /, *, path: str | None = None
) -> type[T] | Callable[[type[T]], type[T]]:
    """
    Make a class writable into migration files: its arguments are remembered.

    Args:
        path: Importable name to write instead of the class's own; subclasses
            ignore it.

    Raises:
        NotImportable: MO118, by ``deconstruct()``, when the class is not at the
            top level of its module.
    """
    if cls is None:
        return lambda decorated: _remember_arguments(decorated, path)
    return _remember_arguments(cls, path)


def _remember_arguments(cls: type[T], path: str | None) -> type[T]:
    plain_new = cls.__new__

    def __new__(klass: type[T], *args: Any, **kwargs: Any) -> T:  # noqa: N807
        if plain_new is object.__new__:
            made = plain_new(klass)
        else:
            made = plain_new(klass, *args, **kwargs)
        object.__setattr__(made, "_arguments", (args, kwargs))
        return made

    def deconstruct(self: Any) -> Deconstruction:
        args, kwargs = self._arguments
        if path and type(self) is cls:
            module, _, name = path.rpartition(".")
        else:
            module, name = type(self).__module__, type(self).__qualname__
        if not hasattr(import_module(module), name):
            raise NotImportable(name, module)
        return f"{module}.{name}", args, dict(kwargs)

    cls.__new__ = __new__  # type: ignore[method-assign, assignment]
    cls.deconstruct = deconstruct  # type: ignore[attr-defined]
    return cls
