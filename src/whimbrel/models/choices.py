"""
Enumerations of choices, and choices as they are kept.

Place: a lower part of `models`. Members of `TextChoices` and `IntegerChoices`
are written into migration files as their plain value, so that a file does not
depend on the enumeration.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from whimbrel.errors.models import BadChoices

ChoiceList: TypeAlias = list[tuple[Any, Any]]


class ChoicesType(enum.EnumMeta):
    """Metaclass of `Choices`: labels, values and choices as attributes."""

    def __new__(
        metacls, name: str, bases: tuple[type, ...], namespace: Any, **kwargs: Any
    ) -> Any:
        labels = []
        for member in namespace._member_names:
            value = namespace[member]
            label = member.replace("_", " ").title()
            if (
                isinstance(value, (list, tuple))
                and len(value) > 1
                and isinstance(value[-1], str)
            ):
                *rest, label = value
                value = rest[0] if len(rest) == 1 else tuple(rest)
                dict.__setitem__(namespace, member, value)
            labels.append(label)
        cls = super().__new__(metacls, name, bases, namespace, **kwargs)
        for member, label in zip(cls.__members__.values(), labels, strict=False):
            member._label_ = label
        return enum.unique(cls)  # type: ignore[type-var]

    @property
    def choices(cls) -> ChoiceList:
        """The (value, label) pairs."""
        return [(member.value, member.label) for member in cls]  # type: ignore[var-annotated]

    @property
    def labels(cls) -> list[str]:
        return [label for _, label in cls.choices]

    @property
    def values(cls) -> list[Any]:
        return [value for value, _ in cls.choices]

    @property
    def names(cls) -> list[str]:
        return [member.name for member in cls]  # type: ignore[var-annotated]


class Choices(enum.Enum, metaclass=ChoicesType):
    """Base of enumerations whose members are (value, label)."""

    _label_: str

    @property
    def _whimbrel_choices(self) -> bool:
        return True

    @property
    def label(self) -> str:
        """The text for people."""
        return self._label_

    def __str__(self) -> str:
        return str(self.value)


class IntegerChoices(int, Choices):
    """Choices that are integers."""


class TextChoices(str, Choices):
    """Choices that are text; ``DRAFT = "d"`` or ``DRAFT = "d", "Draft"``."""

    @staticmethod
    def _generate_next_value_(
        name: str, start: int, count: int, last_values: list[Any]
    ) -> str:
        return name


def normalise_choices(given: Any) -> ChoiceList | Callable[[], Any] | None:
    """
    Return choices as a list of (value, label) pairs, groups as nested lists.

    A function is kept: it is called when the choices are wanted, never here.
    """
    if given is None:
        return None
    if isinstance(given, type) and issubclass(given, enum.Enum):
        if isinstance(given, ChoicesType):
            return given.choices
        return [(member.value, member.name) for member in given]
    if callable(given):
        return given  # type: ignore[no-any-return]
    if isinstance(given, Mapping):
        given = given.items()
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise BadChoices(repr(given))
    return [_pair(item) for item in given]


def _pair(item: Any) -> tuple[Any, Any]:
    if isinstance(item, str) or not isinstance(item, Iterable):
        raise BadChoices(f"a list with the item {item!r}")
    pair = tuple(item)
    if len(pair) != 2:
        raise BadChoices(f"a list with the item {item!r}")
    value, label = pair
    if isinstance(label, (list, tuple, Mapping)):
        label = normalise_choices(label)
    return value, label
