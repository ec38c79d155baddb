"""
What is written by its name: classes, functions, methods, enumerations.

Place: `history.serialize`. The name is looked up before it is written: a file
must never hold a name that gives something else, or nothing.
"""

from __future__ import annotations

import functools
import sys
from enum import Enum, Flag
from importlib import import_module
from types import GenericAlias, MethodType, ModuleType, NoneType
from typing import Any

from whimbrel.errors.history import CannotWrite
from whimbrel.history.serialize.plain import Say, integer, text
from whimbrel.history.source.expression import (
    Binary,
    Call,
    Display,
    Expression,
    Reference,
    Subscript,
)

OURS = ("whimbrel.models", "whimbrel.migrations")
"""Packages that users import; what they export is named by them."""


def module(value: ModuleType) -> Expression:
    """Return a module by its name."""
    return Reference(value.__name__, "")


def cls(value: type) -> Expression:
    """Return a class by the name under which it can be imported."""
    if value is NoneType:
        return Reference("types", "NoneType")
    return _found(value, value.__module__, value.__qualname__)


def alias(value: GenericAlias, say: Say) -> Expression:
    """Return ``list[int]``."""
    args = tuple(map(say, value.__args__))
    key = args[0] if len(args) == 1 else Display("tuple", args)
    return Subscript(say(value.__origin__), key)


def function(value: Any) -> Expression:
    """Return a function, or anything else that knows its module and name."""
    name = value.__qualname__
    if name == "<lambda>" or name.endswith(".<lambda>"):
        raise CannotWrite(
            value, "a lambda has no name", "define a function in a module and use it"
        )
    if "<locals>" in name:
        raise CannotWrite(
            value,
            "it is defined inside a function",
            "move it to the top level of its module",
        )
    if value.__module__ is None:
        return _builtin_method(value)
    return _found(value, value.__module__, name)


def method(value: MethodType) -> Expression:
    """Return a class method; a method of an instance has no name."""
    owner = value.__self__
    if isinstance(owner, type):
        return _member(cls(owner), owner, value)
    raise CannotWrite(
        value,
        "it is a method of an instance",
        "use a function, or a static or class method",
    )


def _builtin_method(value: Any) -> Expression:
    """Return a method in C of a class, or one that its module offers as a function."""
    owner = getattr(value, "__self__", None)
    if isinstance(owner, type):
        return _member(cls(owner), owner, value)
    offered = type(owner).__module__
    if getattr(sys.modules.get(offered), value.__name__, None) == value:
        return Reference(offered, value.__name__)
    raise CannotWrite(
        value, "it is a method of an instance", "use a function of a module"
    )


def _member(named: Expression, owner: type, value: Any) -> Expression:
    assert isinstance(named, Reference)
    if getattr(owner, value.__name__, None) != value:
        raise CannotWrite(
            value,
            f"{owner.__qualname__} has no {value.__name__!r}",
            "give it the name by which it can be reached",
        )
    return Reference(named.module, f"{named.name}.{value.__name__}")


def member(value: Enum, say: Say) -> Expression:
    """Return a member by its name: values may change, names are what code uses."""
    if getattr(value, "_whimbrel_choices", False):
        return say(value.value)
    named = say(type(value))
    if value.name in type(value).__members__:
        return Subscript(named, text(value.name))
    assert isinstance(value, Flag)
    members = [m for m in type(value) if m in value and m.value]
    known = functools.reduce(lambda a, b: a | b.value, members, 0)
    if not members or known != value.value:
        return Call(named, (integer(value.value),))
    each = tuple(Subscript(named, text(m.name or "")) for m in members)
    return each[0] if len(each) == 1 else Binary("|", each)


def _found(value: Any, module_name: str, name: str) -> Reference:
    """Return the reference, after looking it up."""
    place = public_module(module_name, name, value)
    try:
        found: Any = import_module(place)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        raise CannotWrite(
            value,
            f"there is no {name!r} in module {module_name!r}",
            "move it to the top level of a module that can be imported",
        ) from None
    if not _alike(found, value):
        raise CannotWrite(
            value,
            f"{module_name}.{name} is something else",
            "give it the name by which it can be reached",
        )
    return Reference(place, name)


def public_module(module_name: str, name: str, value: object) -> str:
    """Return the module from which users import *name*."""
    for package in OURS:
        if module_name.startswith(f"{package}."):
            first = name.partition(".")[0]
            inner = getattr(sys.modules.get(module_name), first, value)
            if getattr(sys.modules.get(package), first, None) is inner:
                return package
    return module_name


def _alike(found: Any, value: Any) -> bool:
    """Tell whether the two are one thing, or one of them is it before a reload."""
    if found is value or found == value:
        return True
    if isinstance(found, type) or isinstance(value, type):
        return isinstance(found, type) and isinstance(value, type)
    code = getattr(value, "__code__", None)
    return code is not None and getattr(found, "__code__", None) == code
