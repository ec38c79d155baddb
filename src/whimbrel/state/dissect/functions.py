"""
SQL functions taken apart.

Place: `state.dissect`, above `words`, below `expressions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Any

from sqlalchemy.sql import functions
from sqlalchemy.sql.functions import Function, FunctionElement, GenericFunction

from whimbrel.state.construct import Argument, Construct
from whimbrel.state.dissect.arguments import plain_text
from whimbrel.state.dissect.sequences import dissect_sequence
from whimbrel.state.dissect.types import dissect_type
from whimbrel.state.dissect.words import CannotExpress, Speaker
from whimbrel.state.paths import class_path


def express_function(speaker: Speaker, clause: FunctionElement[Any]) -> Construct:
    """Return a call of `sqlalchemy.func`, or of a class that defines a function."""
    if isinstance(clause, functions.next_value):
        return dissect_sequence(clause.sequence).calling("next_value")
    args = tuple(speaker.part(arg) for arg in clause.clauses)
    if type(clause) is Function:
        return plain_function(clause, args)
    path = registered_path(clause) or class_path(type(clause))
    if path is None:
        raise CannotExpress(type(clause).__qualname__)
    return Construct(path, args)


def plain_function(clause: Function[Any], args: tuple[Argument, ...]) -> Construct:
    """Return a function that SQLAlchemy knows only by name."""
    kwargs: tuple[tuple[str, Argument], ...] = ()
    if not clause.type._isnull:
        kwargs = (("type_", dissect_type(clause.type)),)
    names = [*clause.packagenames, plain_text(clause.name)]
    if all(map(str.isidentifier, names)) and not names[-1].startswith("_"):
        parts = [f"{name}_" if iskeyword(name) else name for name in names]
        return Construct(".".join(["sqlalchemy.func", *parts]), args, kwargs)
    if clause.packagenames:
        kwargs += (("packagenames", tuple(clause.packagenames)),)
    return Construct("sqlalchemy.sql.functions.Function", (names[-1], *args), kwargs)


def registered_path(clause: FunctionElement[Any]) -> str | None:
    """Return the path under `sqlalchemy.func` that leads to the class of *clause*."""
    if not isinstance(clause, GenericFunction):
        return None
    name = getattr(clause, "identifier", clause.name)
    registry: Mapping[str, Mapping[str, object]] = functions._registry
    for package, known in registry.items():
        if known.get(name.lower()) is type(clause):
            prefix = "" if package == "_default" else f"{package}."
            return f"sqlalchemy.func.{prefix}{name}"
    return None
