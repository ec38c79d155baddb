"""Indexes and constraints are values with names."""

from __future__ import annotations

from typing import Any

import pytest
from shown import shown

from whimbrel import models
from whimbrel.errors.models import FrozenValue, ModelError
from whimbrel.models import (
    CheckConstraint,
    Deferrable,
    F,
    Index,
    Q,
    UniqueConstraint,
    functions,
    postgresql,
)

ITEMS: list[Any] = [
    Index(fields=["a", "-b"]),
    Index(fields=["a"], name="i", condition=Q(b__gt=1), include=["c"]),
    Index(functions.Lower("a").desc(), F("b") + 1, name="i"),
    Index(fields=["a"], name="i", opclasses=["text_pattern_ops"]),
    postgresql.GinIndex(fields=["a"], name="i", fastupdate=False),
    postgresql.BloomIndex(fields=["a", "b"], length=80, columns=[2, 4]),
    CheckConstraint(condition=Q(a__gte=F("b")), name="c"),
    UniqueConstraint(fields=["a", "b"], name="c", deferrable=Deferrable.DEFERRED),
    UniqueConstraint(functions.Lower("a"), name="c", condition=Q(b=1)),
    UniqueConstraint(fields=["a"], name="c", nulls_distinct=False),
    postgresql.ExclusionConstraint(
        name="c", expressions=[("a", "&&"), (F("b"), "=")], condition=Q(a=1)
    ),
]


@pytest.mark.parametrize("item", ITEMS, ids=shown)
def test_an_item_is_what_its_constructor_was_given(item: Any) -> None:
    path, args, kwargs = item.deconstruct()

    again = type(item)(*args, **kwargs)

    assert path.startswith("whimbrel.models.")
    assert again == item
    assert hash(again) == hash(item)
    assert item.clone() == item


@pytest.mark.parametrize("item", ITEMS, ids=shown)
def test_a_renamed_field_is_renamed_everywhere(item: Any) -> None:
    """Names, conditions, expressions, included fields."""
    renamed = item.with_renamed_field("a", "z")

    assert "z" in renamed.fields_named
    assert "a" not in renamed.fields_named
    assert renamed.with_renamed_field("z", "a") == item


@pytest.mark.parametrize("item", ITEMS, ids=shown)
def test_an_item_cannot_be_changed(item: Any) -> None:
    with pytest.raises(FrozenValue):
        item.name = "other"


def test_a_check_may_be_written_in_the_older_way() -> None:
    assert CheckConstraint(check=Q(a=1), name="c") == CheckConstraint(
        condition=Q(a=1), name="c"
    )


def test_a_name_may_hold_app_and_class() -> None:
    """An abstract model's constraint needs another name in each child."""
    check = CheckConstraint(condition=Q(a=1), name="%(app_label)s_%(class)s_a")

    assert check.interpolated("shop", "Book").name == "shop_book_a"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: Index(),
            "[MO114] Index: it names no field\nfix: set fields=[…] or give expressions",
        ),
        (
            lambda: Index(functions.Lower("a")),
            "[MO114] Index: it has expressions and no name\nfix: give it a name",
        ),
        (
            lambda: Index(fields=["a"], condition=Q(a=1)),
            "[MO114] Index: condition, include and opclasses need a name\n"
            "fix: give it a name",
        ),
        (
            lambda: Index(fields=["a"], name="x" * 31),
            f"[MO114] Index: the name {'x' * 31!r} is too long\n"
            "fix: use at most 30 characters",
        ),
        (
            lambda: UniqueConstraint(name="u"),
            "[MO115] UniqueConstraint 'u': it names no field\nfix: set fields=[…]",
        ),
        (
            lambda: UniqueConstraint(fields=["a"]),
            "[MO115] UniqueConstraint: it has no name\n"
            "fix: give it one: migrations refer to a constraint by its name",
        ),
        (
            lambda: CheckConstraint(condition="a > 1", name="c"),
            "[MO115] CheckConstraint 'c': the condition is 'a > 1'\n"
            "fix: give a Q: condition=models.Q(price__gte=0)",
        ),
    ],
)
def test_wrong_items_are_refused_with_advice(make: Any, text: str) -> None:
    with pytest.raises(ModelError) as caught:
        make()

    assert str(caught.value) == text


def test_the_package_exports_what_users_write() -> None:
    assert models.Index is Index
    assert all(hasattr(models, name) for name in models.__all__)
