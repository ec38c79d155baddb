"""
What says how it was made: fields, indexes, constraints, expressions, managers,
and anything else with `deconstruct`.

Place: `history.serialize`, above `names`.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from whimbrel.errors.history import CannotWrite
from whimbrel.history.serialize.plain import Say
from whimbrel.history.source.expression import (
    Attribute,
    Binary,
    Call,
    Expression,
    Reference,
    Unary,
)
from whimbrel.models import CombinedExpression, OrderBy, Q
from whimbrel.models.expressions import Combinable

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
"""Operators of expressions that Python has, too."""

CONNECTORS = {
    Q.AND: ("&", operator.and_),
    Q.OR: ("|", operator.or_),
    Q.XOR: ("^", operator.xor),
}


def reference(path: str) -> Reference:
    """
    Return the reference that the dotted *path* means.

    A submodule wins over an attribute of its name, as in `state.paths`.
    """
    head, *rest = path.split(".")
    found: Any = import_module(head)
    depth = 1
    for part in rest:
        if not isinstance(found, ModuleType):
            break
        module = f"{found.__name__}.{part}"
        if module not in sys.modules and hasattr(found, part):
            break
        try:
            found = import_module(module)
        except ImportError:
            break
        depth += 1
    parts = [head, *rest]
    return Reference(".".join(parts[:depth]), ".".join(parts[depth:]))


def deconstructed(value: Any, say: Say) -> Expression:
    """Return the call that `deconstruct` tells, keyword arguments by name."""
    path, args, kwargs = value.deconstruct()
    return Call(
        made_by(value, path),
        tuple(map(say, args)),
        tuple((name, say(kwargs[name])) for name in sorted(kwargs)),
    )


def made_by(value: Any, path: str) -> Reference:
    """Return the reference to what is called, after looking it up."""
    try:
        found = reference(path)
        thing: Any = import_module(found.module)
        for part in found.name.split("."):
            thing = getattr(thing, part)
    except (ImportError, AttributeError, ValueError):
        raise CannotWrite(
            value,
            f"its deconstruct() says {path!r}, which cannot be imported",
            "move its class to the top level of a module",
        ) from None
    return found


def condition(value: Q, say: Say) -> Expression:
    """Return a `Q` with operators, or by its connector where those would regroup it."""
    if value.negated:
        bare = Q(*value.children, _connector=value.connector)
        return Unary("~", condition(bare, say))
    if not value.children:
        return Call(made_by(value, value.deconstruct()[0]))
    if value.connector == Q.AND or len(value.children) == 1:
        simple = _lookups(value, say)
        if simple is not None:
            return simple
    sign, join = CONNECTORS[value.connector]
    parts = [c if isinstance(c, Q) else Q(c) for c in value.children]
    if len(parts) > 1 and functools.reduce(join, parts) == value:
        return Binary(sign, tuple(condition(part, say) for part in parts))
    return deconstructed(value, say)


def _lookups(value: Q, say: Say) -> Expression | None:
    """Return ``Q(a=1, b=2)``; None if there are other conditions, or another order."""
    pairs = [child for child in value.children if isinstance(child, tuple)]
    names = [name for name, _ in pairs]
    if len(pairs) < len(value.children) or sorted(set(names)) != names:
        return None
    if not all(name.isidentifier() for name in names):
        return None
    kwargs = tuple((name, say(item)) for name, item in pairs)
    return Call(made_by(value, value.deconstruct()[0]), (), kwargs)


def order(value: OrderBy, say: Say) -> Expression:
    """Return ``expression.desc()``, where that makes the same."""
    inner = value.expression
    nulls = {
        name: getattr(value, name)
        for name in ("nulls_first", "nulls_last")
        if getattr(value, name) is not None
    }
    method = "desc" if value.descending else "asc"
    if not isinstance(inner, Combinable) or getattr(inner, method)(**nulls) != value:
        return deconstructed(value, say)
    said = tuple((name, say(given)) for name, given in nulls.items())
    return Call(Attribute(say(inner), method), (), said)


def combination(value: CombinedExpression, say: Say) -> Expression:
    """Return ``left + right``, where that makes the same."""
    _, args, _ = value.deconstruct()
    join = OPERATORS.get(value.connector)
    if join is None or len(args) != 3 or not isinstance(args[0], Combinable):
        return deconstructed(value, say)
    left, _, right = args
    if join(left, right) != value:
        return deconstructed(value, say)
    return Binary(value.connector, (say(left), say(right)))


def manager(value: Any, say: Say) -> Expression:
    """Return a manager; one made by `from_queryset` is made so again."""
    kind = type(value)
    base = kind.__mro__[1]
    if kind.__name__ == f"{base.__name__}From{kind.queryset_class.__name__}":
        _, args, kwargs = value.deconstruct()
        maker = Call(Attribute(say(base), "from_queryset"), (say(kind.queryset_class),))
        named = tuple((name, say(kwargs[name])) for name in sorted(kwargs))
        return Call(maker, tuple(map(say, args)), named)
    return deconstructed(value, say)
