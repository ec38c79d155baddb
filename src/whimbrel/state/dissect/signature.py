"""
What a class's constructor takes, found once per class.

Place: `state.dissect`, lowest part. Serves types: SQLAlchemy's convention is
that an attribute of the same name holds each argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from inspect import Parameter, signature

REQUIRED = Parameter.empty
"""The default of a parameter that must be given."""


@dataclass(frozen=True, slots=True)
class Signature:
    """
    The named parameters of a constructor, with those of its base classes' that
    ``**kwargs`` lets through.

    Args:
        parameters: (name, default), in order.

        positional: Names that stand in the constructor's own list, in order.

        open_args: There is ``*args``; *open_kwargs*: ``**kwargs``, of the last
            constructor in the chain that was looked at.

        owner: The class whose ``__init__`` comes first.
    """

    parameters: tuple[tuple[str, object], ...]
    positional: tuple[str, ...]
    open_args: bool
    open_kwargs: bool
    owner: type


def constructor(cls: type, until: type | None = None) -> Signature:
    """Return what ``cls(…)`` takes; ``**kwargs`` is followed up to *until*."""
    return _constructor(cls, until)


@lru_cache(maxsize=1024)
def _constructor(cls: type, until: type | None) -> Signature:
    owners = [c for c in cls.__mro__ if "__init__" in vars(c) and c is not object]
    if not owners:
        return Signature((), (), False, False, cls)
    parameters: dict[str, object] = {}
    positional: tuple[str, ...] = ()
    open_args = open_kwargs = False
    for owner in owners:
        if owner is until:
            break
        own = _own(vars(owner)["__init__"])
        for parameter in own:
            if parameter.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
                parameters.setdefault(parameter.name, parameter.default)
        kinds = {parameter.kind for parameter in own}
        if owner is owners[0]:
            positional = tuple(
                p.name for p in own if p.kind is Parameter.POSITIONAL_OR_KEYWORD
            )
            open_args = Parameter.VAR_POSITIONAL in kinds
        open_kwargs = Parameter.VAR_KEYWORD in kinds
        if not open_kwargs:
            break
    return Signature(
        tuple(parameters.items()), positional, open_args, open_kwargs, owners[0]
    )


def _own(function: Callable[..., object]) -> list[Parameter]:
    return list(signature(function).parameters.values())[1:]
