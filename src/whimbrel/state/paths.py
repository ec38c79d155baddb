"""
Dotted paths: what a class, function or enum member is called where it is imported.

Place: `state`, lowest part; serves `build` and `dissect`.
"""

from __future__ import annotations

import sys
from enum import Enum
from functools import lru_cache
from importlib import import_module
from types import ModuleType

from whimbrel.errors.state import NameNotFound


@lru_cache(maxsize=4096)
def resolve(path: str) -> object:
    """Return what the dotted *path* names, importing what it needs.

    Raises:
        NameNotFound: ST127.
    """
    head, *rest = path.split(".")
    try:
        found: object = import_module(head)
        for position, name in enumerate(rest, start=1):
            found = _member(found, name, last=position == len(rest))
    except (ImportError, AttributeError) as error:
        raise NameNotFound(path) from error
    return found


def _member(parent: object, name: str, *, last: bool) -> object:
    if not isinstance(parent, ModuleType):
        return getattr(parent, name)
    module = f"{parent.__name__}.{name}"
    # `postgresql.array` is a module and a class in it: on the way to something
    # the module is meant, at the end of the path what it holds.
    if not last and module in sys.modules:
        return sys.modules[module]
    if hasattr(parent, name):
        return getattr(parent, name)
    return import_module(module)


def class_path(cls: type) -> str | None:
    """Return the shortest path by which *cls* can be imported, or None."""
    return _class_path(cls)


@lru_cache(maxsize=4096)
def _class_path(cls: type) -> str | None:
    module, name = cls.__module__, cls.__qualname__
    if "<" in name:
        return None
    if module.startswith("sqlalchemy."):
        return _sqlalchemy_path(cls) or f"{module}.{name}"
    prefixes = module.split(".")
    for length in range(1, len(prefixes) + 1):
        prefix = ".".join(prefixes[:length])
        if _names(prefix, name, cls):
            return f"{prefix}.{name}"
    return None


def _sqlalchemy_path(cls: type) -> str | None:
    parts = cls.__module__.split(".")
    places = ["sqlalchemy", "sqlalchemy.types"]
    if parts[1] == "dialects":
        places.append(".".join(parts[:3]))
    return next(
        (f"{p}.{cls.__name__}" for p in places if _names(p, cls.__name__, cls)), None
    )


def _names(module: str, name: str, thing: object) -> bool:
    """Return whether the loaded *module* has *thing* under the dotted *name*."""
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is thing


def path_of(thing: object) -> str | None:
    """Return the path of a class, a function, a module or an enum member, or None."""
    if isinstance(thing, type):
        return class_path(thing)
    if isinstance(thing, Enum):
        path = class_path(type(thing))
        return f"{path}.{thing.name}" if path and thing.name else None
    if isinstance(thing, ModuleType):
        return thing.__name__
    name = getattr(thing, "__qualname__", None)
    module = getattr(thing, "__module__", None)
    if name and module and _names(module, name, thing):
        return f"{module}.{name}"
    return None
