"""
Types that are not SQLAlchemy's own, taken apart.

Place: `state.dissect`, below `types`, which hands in itself for the types inside.
Nothing says where such a type keeps its arguments, so they are looked for in
attributes of their names; then the type is made again from what was found, and
must compile to the same DDL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, cast

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator, TypeEngine

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.state import TypeNotUnderstood
from whimbrel.state.build import build
from whimbrel.state.construct import Argument, Construct
from whimbrel.state.dissect.arguments import UNKNOWN, Unknown, plain_argument
from whimbrel.state.dissect.compare import spelled_type
from whimbrel.state.dissect.signature import REQUIRED, Signature, constructor

Pair = tuple[str, Argument]
DissectType = Callable[[TypeEngine[Any]], Construct]

SECRET = re.compile(r"(^|_)(key|secret|password|passphrase|token|salt)s?($|_)", re.I)
"""Optional arguments of such names stay out of migration files: they are read by
everybody, and no column depends on them."""


def dissect_custom(
    path: str, dissect_type: DissectType, type_: TypeEngine[Any]
) -> Construct:
    """Return the call that makes *type_*, of a class that is not SQLAlchemy's.

    Raises:
        TypeNotUnderstood: ST120.
    """
    own = constructor(type(type_), TypeDecorator)
    if isinstance(type_, TypeDecorator) and own.owner is TypeDecorator:
        inner = passed_on(type_, dissect_type)
        return Construct(path, inner.args, inner.kwargs)
    made = found_arguments(path, own, dissect_type, type_)
    check_same(made, type_)
    return made


def passed_on(type_: TypeDecorator[Any], dissect_type: DissectType) -> Construct:
    """Return the type inside, whose arguments the decorator took for it."""
    if isinstance(type(type_).impl, TypeEngine):
        return Construct("")
    return dissect_type(cast(TypeEngine[Any], type_.impl))


def found_arguments(
    path: str, own: Signature, dissect_type: DissectType, type_: TypeEngine[Any]
) -> Construct:
    """Return the call with every argument that is not the default."""
    args: list[Argument] = []
    said: list[Pair] = []
    for name, default in own.parameters:
        value = found_argument(name, default, dissect_type, type_)
        if isinstance(value, Unknown):
            if default is REQUIRED:
                raise TypeNotUnderstood(
                    path, f"its argument {name!r} is not to be found"
                )
            continue
        if default is REQUIRED and name in own.positional and not said:
            args.append(value)
        else:
            said.append((name, value))
    if isinstance(type_, TypeDecorator) and (own.open_args or own.open_kwargs):
        inner = passed_on(type_, dissect_type)
        if own.open_args and not own.positional:
            args += inner.args
        elif own.open_kwargs:
            said += unsaid(own, positional_by_name(type_, inner))
        if own.open_kwargs:
            said += unsaid(own, inner.kwargs)
    return Construct(path, tuple(args), tuple(said))


def unsaid(own: Signature, pairs: Iterable[Pair]) -> list[Pair]:
    """Return those of *pairs* that are no arguments of the decorator's own."""
    names = {name for name, _ in own.parameters}
    return [pair for pair in pairs if pair[0] not in names]


def positional_by_name(type_: TypeDecorator[Any], inner: Construct) -> list[Pair]:
    """Return the nameless arguments of the type inside with their names."""
    names = (name for name, _ in constructor(type(type_.impl)).parameters)
    return list(zip(names, inner.args, strict=False))


def found_argument(
    name: str, default: object, dissect_type: DissectType, type_: TypeEngine[Any]
) -> Argument | Unknown:
    """Return argument *name* as the type keeps it; `UNKNOWN`: not, or default."""
    if default is not REQUIRED and SECRET.search(name):
        return UNKNOWN
    for attribute in (name, f"_{name}"):
        value = getattr(type_, attribute, UNKNOWN)
        if value is UNKNOWN or (callable(value) and hasattr(value, "__self__")):
            continue
        if default is not REQUIRED and (value is default or value == default):
            return UNKNOWN
        argument = as_argument(value, dissect_type)
        if isinstance(argument, Construct) and default is None:
            usual = getattr(type(type_), attribute, None)
            if usual is not None and argument == dissect_type(usual):
                return UNKNOWN
        if not isinstance(argument, Unknown):
            return argument
    return UNKNOWN


def as_argument(value: object, dissect_type: DissectType) -> Argument | Unknown:
    """Return a type or a plain value as an argument, or `UNKNOWN`."""
    if isinstance(value, TypeEngine):
        return dissect_type(value)
    return plain_argument(value)


def check_same(made: Construct, type_: TypeEngine[Any]) -> None:
    """Raise `TypeNotUnderstood` unless *made* builds a type like *type_*."""
    name = made.path
    try:
        rebuilt = build(made)
    except WhimbrelError:
        raise
    except (
        SQLAlchemyError,
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
    ) as error:
        raise TypeNotUnderstood(name, f"making it again fails: {error}") from error
    assert isinstance(rebuilt, TypeEngine)
    wanted, got = spelled_type(without_variants(type_)), spelled_type(rebuilt)
    if wanted != got:
        spellings = f"{got[0]} instead of {wanted[0]}"
        raise TypeNotUnderstood(name, f"made again, it is {spellings}")


def without_variants(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return *type_* as it is where no variant applies."""
    if not type_._variant_mapping:
        return type_
    bare = copy(type_)
    bare._variant_mapping = type(type_)._variant_mapping
    return bare
