"""
Constructs back into what they describe: `build`.

Place: `state`, above `construct`. What cannot change and knows no table is
built once and shared; the rest is made anew each time, because a SQLAlchemy
Enum, for example, remembers the first MetaData that it meets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlalchemy.types import (
    ARRAY,
    SchemaType,
    TypeDecorator,
    TypeEngine,
)

from whimbrel.state.construct import (
    Argument,
    Call,
    Construct,
    DictValue,
    ListValue,
    Reference,
)
from whimbrel.state.paths import resolve

_shared: dict[Construct, object] = {}


def build(value: Argument) -> object:
    """Return what *value* describes; a plain value is itself.

    Raises:
        NameNotFound: ST127, a path cannot be imported.
    """
    if isinstance(value, Construct):
        found = _shared.get(value)
        return build_new(value) if found is None else found
    if isinstance(value, Reference):
        return resolve(value.path)
    if isinstance(value, tuple):
        return _collection(value)
    return value


def build_new(construct: Construct) -> object:
    """Return what *construct* describes, made now; saves looking for a shared one."""
    made = _called(resolve(construct.path), construct)
    for call in construct.calls:
        made = _called(_method(made, call), call)
    if _shareable(made):
        _shared[construct] = made
    return made


def _method(made: object, call: Call) -> object:
    return made if call.name == "__call__" else getattr(made, call.name)


def _called(target: object, construct: Construct | Call) -> object:
    args = [build(arg) for arg in construct.args]
    kwargs = {key: build(value) for key, value in construct.kwargs}
    return cast(Callable[..., object], target)(*args, **kwargs)


def _collection(value: tuple[Argument, ...]) -> object:
    if isinstance(value, DictValue):
        return {build(key): build(item) for key, item in value}
    items = [build(item) for item in value]
    return items if isinstance(value, ListValue) else tuple(items)


def _shareable(made: object) -> bool:
    if not isinstance(made, TypeEngine):
        return False
    # A variant may be one of those that remember their table.
    every = (made, *made._variant_mapping.values())
    return not any(isinstance(t, SchemaType | TypeDecorator | ARRAY) for t in every)
