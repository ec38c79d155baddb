"""Classes and functions that the tests of this folder refer to."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

from whimbrel import models
from whimbrel.models.deconstruct import deconstructible


class Color(enum.Enum):
    """An enumeration."""

    RED = "r"
    GREEN = "g"
    ALSO_RED = "r"  # noqa: PIE796  # an alias is what is tested


class Size(enum.IntEnum):
    """One of integers."""

    SMALL = 1


class Access(enum.Flag):
    """Flags."""

    READ = 1
    WRITE = 2
    ADMIN = 4


class Kept(enum.IntFlag, boundary=enum.KEEP):
    """Flags that keep bits without a name."""

    ONE = 1


class Status(models.TextChoices):
    """Choices, which are written as their values."""

    DRAFT = "d", "Draft"


def now() -> int:
    """A default."""
    return 1


def doubling(function: Callable[[], int]) -> Callable[[], int]:
    """A decorator that says what it wraps."""

    @functools.wraps(function)
    def doubled() -> int:
        return 2 * function()

    return doubled


@doubling
def twice() -> int:
    """A decorated function."""
    return 1


hidden = doubling(now)
"""Says that it is `now`, and is not."""


@functools.lru_cache
def cached() -> int:
    """A function behind a cache."""
    return 1


def local() -> Callable[[], int]:
    """Return a function that has no name of its own."""

    def inside() -> int:
        return 1

    return inside


class Outer:
    """A class with everything in it."""

    class Inner:
        """A class inside a class."""

        @staticmethod
        def make() -> int:
            return 1

    class Mode(enum.Enum):
        """An enumeration inside a class."""

        ON = 1

    @classmethod
    def build(cls) -> int:
        return 1

    def use(self) -> int:
        return 1


class Derived(Outer):
    """A class that inherits a class method."""


@deconstructible
class Between:
    """A validator."""

    def __init__(self, low: int, high: int, *, message: str = "") -> None:
        self.low, self.high, self.message = low, high, message

    def __call__(self, value: Any) -> None: ...

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Between) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.low, self.high))


class Opaque:
    """Says nothing about how it was made."""

    def __repr__(self) -> str:
        return "<opaque>"


class BookQuerySet(models.QuerySet[Any]):
    """Queries of one's own."""


class BookManager(models.Manager[Any]):
    """A manager of one's own."""

    use_in_migrations = True

    def __init__(self, shelf: str = "") -> None:
        super().__init__()
        self.shelf = shelf


class Money(models.DecimalField):
    """A field of one's own."""
