"""
A field as a value: options, how it was made, and its column's type.

Place: `models.fields`; every field class derives from `Field`. A field never
knows its name nor its model: the name is its key in the model.

Invariants: frozen once its constructor has returned; equal when made alike.
`renamed_from` is a hint and no part of either.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, ClassVar, TypedDict, TypeVar, Unpack

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption, FrozenValue, UnknownFieldOption
from whimbrel.models.choices import normalise_choices
from whimbrel.models.deconstruct import Deconstruction, freeze, public_path

F_ = TypeVar("F_", bound="Field")

_counter = itertools.count()


class NotProvided:
    """The absence of a default; None is a default like any other."""

    def __repr__(self) -> str:
        return "NOT_PROVIDED"

    def __bool__(self) -> bool:
        return False


NOT_PROVIDED = NotProvided()


class FieldOptions(TypedDict, total=False):
    """Options that every field takes, as Django knows them."""

    null: bool
    blank: bool
    default: Any
    db_default: Any
    unique: bool
    db_index: bool
    db_column: str | None
    db_comment: str | None
    db_tablespace: str | None
    primary_key: bool
    choices: Any
    validators: Iterable[Callable[..., Any]]
    help_text: str
    editable: bool
    error_messages: Mapping[str, str] | None
    serialize: bool
    auto_created: bool
    unique_for_date: str | None
    unique_for_month: str | None
    unique_for_year: str | None
    renamed_from: str | None


class FieldMeta(type):
    """Freezes a field once its constructor has returned."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        object.__setattr__(made, "_sealed", True)
        return made


class Field(metaclass=FieldMeta):
    """
    Base of all fields.

    A subclass for users overrides `sqlalchemy_type`, and `deconstruct` when its
    constructor takes other arguments than its parent's.

    Args:
        verbose_name: For people; no part of the database.

        renamed_from: The name that this field had before, a hint for detection.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "verbose_name": None,
        "null": False,
        "blank": False,
        "default": NOT_PROVIDED,
        "db_default": NOT_PROVIDED,
        "unique": False,
        "db_index": False,
        "db_column": None,
        "db_comment": None,
        "db_tablespace": None,
        "primary_key": False,
        "choices": None,
        "validators": (),
        "help_text": "",
        "editable": True,
        "error_messages": None,
        "serialize": True,
        "auto_created": False,
        "unique_for_date": None,
        "unique_for_month": None,
        "unique_for_year": None,
    }
    """Option → default. Subclasses list only what they add or default otherwise."""

    ALWAYS_WRITTEN: ClassVar[frozenset[str]] = frozenset()
    """Options that `deconstruct` gives even at their default."""

    is_relation: ClassVar[bool] = False
    many_to_many: ClassVar[bool] = False
    one_to_one: ClassVar[bool] = False
    concrete: ClassVar[bool] = True
    """It has a column in the model's own table."""
    generated: ClassVar[bool] = False
    auto_increment: ClassVar[bool] = False
    stores_text: ClassVar[bool] = True
    """The empty string is a value of it (Django's ``empty_strings_allowed``)."""
    empty: ClassVar[Any] = ""
    """The neutral value that fills existing rows when nothing better is known."""

    verbose_name: str | None
    null: bool
    blank: bool
    default: Any
    db_default: Any
    db_index: bool
    db_column: str | None
    db_comment: str | None
    db_tablespace: str | None
    primary_key: bool
    choices: Any
    help_text: str
    editable: bool
    serialize: bool
    auto_created: bool
    renamed_from: str | None
    _sealed: bool
    _unique: bool
    _identity: Hashable
    _known_options: ClassVar[dict[str, Any]]

    def __init__(
        self, verbose_name: str | None = None, **options: Unpack[FieldOptions]
    ) -> None:
        self._store({"verbose_name": verbose_name, **options})

    def _store(self, given: Mapping[str, Any]) -> None:
        """Set every option; the rest of the constructor may still change them."""
        known = self.known_options()
        self.renamed_from = given.get("renamed_from")
        self.creation = next(_counter)
        for name in given:
            if name not in known and name != "renamed_from":
                raise UnknownFieldOption(type(self).__name__, name, known)
        values = {name: given.get(name, default) for name, default in known.items()}
        values["_unique"] = values.pop("unique")
        # Not by setattr: thousands of fields are made at every start.
        self.__dict__.update(values)
        self.choices = normalise_choices(self.choices)
        self.validators = tuple(self.validators)
        self._check_options()

    def _check_options(self) -> None:
        if self.primary_key and self.null:
            raise BadFieldOption(
                type(self).__name__,
                "a primary key cannot be null",
                fix="remove null=True or primary_key=True",
            )

    @classmethod
    def known_options(cls) -> dict[str, Any]:
        """Return every option that this class takes, with its default."""
        known: dict[str, Any] | None = cls.__dict__.get("_known_options")
        if known is None:
            known = {}
            for base in reversed(cls.__mro__):
                known.update(base.__dict__.get("OPTIONS", {}))
            cls._known_options = known
        return known

    # The class annotates `unique` as a plain option; a key implies it.
    @property
    def unique(self) -> bool:
        """Whether two rows may never share a value; true for a primary key."""
        return self._unique or self.primary_key

    @unique.setter
    def unique(self, value: bool) -> None:
        self._unique = value

    validators: tuple[Callable[..., Any], ...]

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_sealed", False):
            raise FrozenValue(type(self).__name__, name)
        object.__setattr__(self, name, value)

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal field."""
        kwargs: dict[str, Any] = {}
        mine = self.__dict__
        for name, default in self.known_options().items():
            value = self._unique if name == "unique" else mine[name]
            if name in self.ALWAYS_WRITTEN or not _alike(value, default):
                kwargs[name] = _written(name, value)
        return public_path(type(self)), (), kwargs

    def identity(self) -> Hashable:
        """Return what equal fields have in common."""
        try:
            return self._identity
        except AttributeError:
            path, args, kwargs = self.deconstruct()
            frozen = (path, freeze(args), freeze(kwargs))
            object.__setattr__(self, "_identity", frozen)
            return frozen

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Field):
            return NotImplemented
        return self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash(self.identity())

    def __repr__(self) -> str:
        path, args, kwargs = self.deconstruct()
        parts = [*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())]
        return f"{path.rpartition('.')[2]}({', '.join(parts)})"

    def clone(self: F_, **changes: Any) -> F_:
        """Return a copy of this field in which *changes* replace options."""
        _, args, kwargs = self.deconstruct()
        kwargs = {"renamed_from": self.renamed_from, **kwargs, **changes}
        if kwargs["renamed_from"] is None:
            del kwargs["renamed_from"]
        return type(self)(*args, **kwargs)

    def attname(self, name: str) -> str:
        """Return the attribute that holds the column's value (``author_id``)."""
        return name

    def column_name(self, name: str) -> str:
        """Return the column of this field when its name is *name*."""
        return (self.db_column or self.attname(name)).strip('"')

    @property
    def has_default(self) -> bool:
        """Whether Python knows a default; a ``db_default`` does not count."""
        return self.default is not NOT_PROVIDED

    @property
    def has_db_default(self) -> bool:
        return self.db_default is not NOT_PROVIDED

    def get_default(self) -> Any:
        """
        Return the value of a new instance.

        Without a default: the empty string for text that must not be NULL, as in
        Django, else None.
        """
        if self.has_default:
            return self.default() if callable(self.default) else self.default
        if self.has_db_default or self.null or not self.stores_text:
            return None
        return self.empty

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        """Return the type of the column, with variants for each database."""
        raise NotImplementedError(f"{type(self).__name__} has no column type")

    def reference_type(self) -> TypeEngine[Any]:
        """Return the type of a column that refers to this one."""
        return self.sqlalchemy_type()

    @property
    def collation(self) -> str | None:
        """The collation of the column, or None for the database's default."""
        return getattr(self, "db_collation", None)

    def column_checks(
        self, column: sa.ColumnElement[Any]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        """Return the conditions that the type itself puts on every value."""
        return ()


def _alike(value: object, default: object) -> bool:
    return value is default or (
        type(value) is type(default) and freeze(value) == freeze(default)
    )


def _written(name: str, value: Any) -> Any:
    return list(value) if name == "validators" else value
