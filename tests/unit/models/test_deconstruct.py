"""Values are equal when they were made alike."""

from __future__ import annotations

import datetime
import enum
import functools
import re
from decimal import Decimal
from typing import Any

import pytest

from whimbrel import models
from whimbrel.errors.models import NotImportable
from whimbrel.models.deconstruct import freeze, public_path


class Colour(enum.Enum):
    RED = "red"


class Size(models.TextChoices):
    SMALL = "s"


def later() -> datetime.date:
    return datetime.date(2030, 1, 1)


class Unhashable:
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


@models.deconstructible
class Between:
    def __init__(self, low: int, high: int = 9) -> None:
        self.low = low


@models.deconstructible(path="tests_alias.NotThere")
class Elsewhere:
    pass


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (Decimal("1.0"), Decimal("1.00")),
        ("1", 1),
        ([1], (1,)),
        (datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1)),
        (re.compile("a"), re.compile("a", re.IGNORECASE)),
        (Colour.RED, "red"),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (Unhashable(), Unhashable()),
    ],
)
def test_what_is_written_differently_is_not_alike(one: Any, other: Any) -> None:
    """`==` would call some of these equal; a migration file would not."""
    assert freeze(one) != freeze(other)


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"a": [1, {2, 3}], "b": None},
        lambda: float("nan"),
        lambda: re.compile("a", re.IGNORECASE),
        lambda: functools.partial(int, base=2),
        lambda: later,
        lambda: Colour.RED,
        lambda: Between(1),
        lambda: datetime.timedelta(days=1),
        lambda: models.Q(a=1) | ~models.Q(b__in=[1, 2]),
    ],
)
def test_what_is_made_alike_is_alike(make: Any) -> None:
    assert freeze(make()) == freeze(make())
    assert hash(freeze(make())) == hash(freeze(make()))


def test_a_choice_is_its_plain_value() -> None:
    """Migration files hold the value, so the two must be the same."""
    assert freeze(Size.SMALL) == freeze("s")


def test_public_paths_are_the_ones_users_import() -> None:
    assert public_path(models.CharField) == "whimbrel.models.CharField"
    assert public_path(models.functions.Lower) == "whimbrel.models.functions.Lower"
    assert public_path(Between).endswith("test_deconstruct.Between")


def test_a_deconstructible_class_remembers_its_arguments() -> None:
    path, args, kwargs = Between(1, high=3).deconstruct()  # type: ignore[attr-defined]

    assert path.endswith(".Between")
    assert (args, kwargs) == ((1,), {"high": 3})


def test_an_inner_class_cannot_be_written() -> None:
    """A migration file could not import it."""

    @models.deconstructible
    class Inner:
        pass

    with pytest.raises(NotImportable) as caught:
        Inner().deconstruct()  # type: ignore[attr-defined]

    assert caught.value.fix == (
        "move it to the top level of the module; migration files import it"
    )


def test_a_path_to_a_missing_module_is_an_import_error() -> None:
    with pytest.raises(ImportError):
        Elsewhere().deconstruct()  # type: ignore[attr-defined]
