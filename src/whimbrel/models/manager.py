"""
Managers: where queries on a model begin.

Place: `models`, above `queryset`. A manager is a class attribute; reading it
from the class gives one bound to that class, which answers like a query.
"""

from __future__ import annotations

import itertools
from copy import copy
from typing import Any, ClassVar, Generic, Self, TypeVar

from whimbrel.errors.query import NotAllowed
from whimbrel.models.deconstruct import Deconstruction, freeze, public_path
from whimbrel.models.entity import entity_of
from whimbrel.models.queryset import QuerySet

M = TypeVar("M")

_counter = itertools.count()


class Manager(Generic[M]):
    """
    Base of managers. A subclass overrides `get_queryset` or adds methods.

    ``use_in_migrations = True`` gives it to historical models, and migration
    files name it; its constructor arguments must then be serialisable.
    """

    _whimbrel_manager: ClassVar[bool] = True
    use_in_migrations: bool = False
    queryset_class: ClassVar[type[QuerySet[Any]]] = QuerySet

    model: type[M]
    creation: int
    _arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = object.__new__(cls)
        self._arguments = (args, kwargs)
        self.creation = next(_counter)
        return self

    def __get__(self, instance: object | None, owner: type[M]) -> Self:
        if instance is not None:
            raise NotAllowed(
                "a manager belongs to the class, not to an instance",
                fix=f"use {owner.__name__}.objects",
            )
        bound = copy(self)
        bound.model = owner
        return bound

    def get_queryset(self) -> QuerySet[M]:
        """Return the query that everything else starts from."""
        entity_of(self.model)
        return self.queryset_class(self.model)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "model" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.get_queryset(), name)

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal manager."""
        args, kwargs = self._arguments
        return public_path(type(self)), args, dict(kwargs)

    @classmethod
    def from_queryset(cls, queryset_class: type[QuerySet[Any]]) -> type[Self]:
        """Return a manager class whose queries are of *queryset_class*."""
        name = f"{cls.__name__}From{queryset_class.__name__}"
        return type(name, (cls,), {"queryset_class": queryset_class})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Manager):
            return NotImplemented
        return freeze(self.deconstruct()) == freeze(other.deconstruct())

    def __hash__(self) -> int:
        return hash(freeze(self.deconstruct()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
