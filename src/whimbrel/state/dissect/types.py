"""
SQLAlchemy types taken apart.

Place: `state.dissect`, above `signature` and `custom_types`. A type becomes the
constructor call that makes it, in the words that users import, with what the
database or the values depend on and nothing else: defaults are left out, and a
Python enumeration becomes the strings that it stores.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Boolean, Enum
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.sqltypes import NullType
from sqlalchemy.types import TypeEngine

from whimbrel.errors.state import ColumnWithoutType, TypeNotUnderstood
from whimbrel.state.construct import Argument, Call, Construct
from whimbrel.state.dissect.arguments import UNKNOWN, plain_argument, plain_text
from whimbrel.state.dissect.custom_types import dissect_custom
from whimbrel.state.dissect.signature import REQUIRED, constructor
from whimbrel.state.paths import class_path

Pairs = list[tuple[str, Argument]]
Recipe = Callable[[TypeEngine[Any]], Construct]

UNSAID = frozenset(
    {
        "_adapted_from",
        "_create_events",
        "_enums",
        "comparator",
        "convert_unicode",
        "inherit_schema",
        "metadata",
        "quote",
        "sort_key_function",
        "validate_strings",
        "values_callable",
    }
)
"""Arguments that neither the database nor the values depend on."""

POSITIONAL = frozenset({"display_width", "length", "precision", "scale", "item_type"})
"""Arguments written without their name, as long as none is left out before them."""

IMPLIED = {
    "astext_type": Construct("sqlalchemy.Text"),
    "text_type": Construct("sqlalchemy.Text"),
    "impl": Construct("sqlalchemy.LargeBinary"),
}
"""What an argument of SQLAlchemy's types is when it is not given."""

STRING_OPTIONS = (
    "charset",
    "collation",
    "collation_schema",
    "ascii",
    "binary",
    "unicode",
    "national",
)

_interned: dict[Construct, Construct] = {}
_recipes: dict[type, Recipe] = {}


def dissect_type(
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | Construct,
) -> Construct:
    """Return the constructor call that makes *type_*; equal types give one object.

    Raises:
        TypeNotUnderstood: ST120, its arguments cannot be found.

        ColumnWithoutType: ST121, it is `NullType`.
    """
    if isinstance(type_, Construct):
        return type_
    if isinstance(type_, type):
        type_ = type_()
    made = recipe(type(type_))(type_)
    if type_._variant_mapping:
        made = Construct(made.path, made.args, made.kwargs, variants(type_))
    return _interned.setdefault(made, made)


def variants(type_: TypeEngine[Any]) -> tuple[Call, ...]:
    """Return the ``with_variant`` calls: one for each type, by name of database."""
    databases: dict[Construct, list[str]] = {}
    for database, variant in sorted(type_._variant_mapping.items()):
        databases.setdefault(dissect_type(variant), []).append(database)
    return tuple(Call("with_variant", (t, *names)) for t, names in databases.items())


def recipe(cls: type) -> Recipe:
    """Return the function that takes instances of *cls* apart; found once."""
    found = _recipes.get(cls)
    if found is None:
        found = _recipes[cls] = _recipe(cls)
    return found


def _recipe(cls: type[TypeEngine[Any]]) -> Recipe:
    if issubclass(cls, NullType):
        raise ColumnWithoutType
    path = class_path(cls)
    if path is None:
        raise TypeNotUnderstood(cls.__qualname__, "it cannot be imported")
    own = constructor(cls)
    if issubclass(cls, Enum) and _is_sqlalchemy(own.owner):
        return partial(dissect_enum, path)
    if not _is_sqlalchemy(cls):
        return partial(dissect_custom, path, dissect_type)
    if issubclass(cls, Boolean):
        return partial(dissect_boolean, path)
    if hasattr(cls, "_storage_format"):
        return partial(dissect_stored_text, path)
    if getattr(cls, "__visit_name__", "") == "SET" and own.open_args:
        return partial(dissect_set, path)
    return partial(dissect_plain, path, named_parameters(cls))


def _is_sqlalchemy(cls: type) -> bool:
    return cls.__module__.startswith("sqlalchemy.")


def named_parameters(cls: type) -> tuple[tuple[str, object], ...]:
    """Return (name, default) of what SQLAlchemy's type *cls* takes and says."""
    return tuple(p for p in constructor(cls).parameters if p[0] not in UNSAID)


def dissect_plain(
    path: str, parameters: tuple[tuple[str, object], ...], type_: TypeEngine[Any]
) -> Construct:
    """Return a type whose attributes are its arguments."""
    said: Pairs = []
    for name, default in parameters:
        value = getattr(type_, name, default)
        if value is None or value == default or (default is None and value is False):
            continue
        argument = type_argument(type_, name, value)
        if default is None and argument == IMPLIED.get(name, UNKNOWN):
            continue
        if name == "pickler" and value is pickle:
            continue
        said.append((name, argument))
    return written(path, parameters, said)


def type_argument(type_: TypeEngine[Any], name: str, value: object) -> Argument:
    """Return an argument of a type of SQLAlchemy's."""
    if isinstance(value, TypeEngine):
        return dissect_type(value)
    if isinstance(value, TextClause):
        return plain_text(value.text)
    argument = plain_argument(value)
    if argument is UNKNOWN:
        raise TypeNotUnderstood(type(type_).__qualname__, f"its {name} is {value!r}")
    return argument


def written(
    path: str, parameters: tuple[tuple[str, object], ...], said: Pairs
) -> Construct:
    """Return the call, its leading arguments without names where that reads well."""
    args: list[Argument] = []
    for (name, default), (given, value) in zip(parameters, said, strict=False):
        if name != given or not (name in POSITIONAL or default is REQUIRED):
            break
        args.append(value)
    return Construct(path, tuple(args), tuple(said[len(args) :]))


def dissect_enum(path: str, type_: TypeEngine[Any]) -> Construct:
    """Return an Enum with the strings that the database stores."""
    assert isinstance(type_, Enum)
    dialect_type = type(type_).__visit_name__ == "ENUM"
    native = type_.native_enum
    said: Pairs = []
    if type_.name and (native or type_.create_constraint):
        said.append(("name", plain_text(type_.name)))
    if type_.schema:
        said.append(("schema", plain_text(type_.schema)))
    if not dialect_type:
        if not native:
            said.append(("native_enum", False))
        if type_.create_constraint:
            said.append(("create_constraint", True))
        if type_.length != max((len(value) for value in type_.enums), default=0):
            said.append(("length", type_.length))
    if vars(type_).get("create_type", True) is False:
        said.append(("create_type", False))
    for name in STRING_OPTIONS:
        if value := vars(type_).get(name):
            said.append((name, value))
    values = tuple(plain_text(str(value)) for value in type_.enums)
    return Construct(path, values, tuple(said))


def dissect_boolean(path: str, type_: TypeEngine[Any]) -> Construct:
    """Return a Boolean; its name matters only with a constraint."""
    assert isinstance(type_, Boolean)
    if not type_.create_constraint:
        return Construct(path)
    said: Pairs = [("create_constraint", True)]
    if type_.name:
        said.append(("name", plain_text(type_.name)))
    return Construct(path, (), tuple(said))


def dissect_set(path: str, type_: TypeEngine[Any]) -> Construct:
    """Return MySQL's SET."""
    values = tuple(plain_text(value) for value in type_.values)  # type: ignore[attr-defined]
    names = (*STRING_OPTIONS, "retrieve_as_bitwise")
    said = ((name, vars(type_).get(name)) for name in names)
    return Construct(path, values, tuple(pair for pair in said if pair[1]))


def dissect_stored_text(path: str, type_: TypeEngine[Any]) -> Construct:
    """Return SQLite's DATETIME, DATE or TIME, which store text of a given form."""
    said: Pairs = []
    attributes = vars(type_)
    if (form := attributes.get("_storage_format")) is not None:
        said.append(("storage_format", form))
    if (pattern := attributes.get("_reg")) is not None:
        said.append(("regexp", pattern.pattern))
    return Construct(path, (), tuple(said))
