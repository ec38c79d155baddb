"""Relations keep names of models, never classes."""

from __future__ import annotations

from typing import Any

import pytest

from whimbrel import models
from whimbrel.errors.models import ModelError


def test_a_name_without_an_app_means_the_same_app() -> None:
    field = models.ForeignKey("Author", models.CASCADE)

    assert field.to == "Author"
    assert field.resolved("shop").to == "shop.Author"
    assert field.target("shop", "Book") == ("shop", "author")
    assert models.ForeignKey("self", models.CASCADE).target("shop", "Book") == (
        "shop",
        "book",
    )


def test_equality_ignores_the_case_of_a_models_name() -> None:
    """Migration files hold it in lower case."""
    one = models.ForeignKey("shop.Author", models.CASCADE)

    assert one == models.ForeignKey("shop.author", models.CASCADE)
    assert one.to == "shop.Author"
    assert one.deconstruct()[2] == {"to": "shop.author", "on_delete": models.CASCADE}


def test_a_foreign_key_says_only_what_is_not_usual() -> None:
    field = models.ForeignKey(
        "A",
        models.SET_NULL,
        null=True,
        db_index=False,
        db_constraint=False,
        to_field="code",
        related_name="+",
        deferrable=models.Deferrable.DEFERRED,
    )

    assert set(field.deconstruct()[2]) == {
        "to",
        "on_delete",
        "null",
        "db_index",
        "db_constraint",
        "to_field",
        "related_name",
        "deferrable",
    }
    assert models.OneToOneField("A", models.CASCADE).deconstruct()[2] == {
        "to": "a",
        "on_delete": models.CASCADE,
    }
    assert models.OneToOneField("A", models.CASCADE).unique


def test_a_many_to_many_field_has_no_column() -> None:
    field = models.ManyToManyField("Tag", through="shop.Tagging")

    assert not field.concrete
    assert not field.automatic
    assert field.deconstruct()[2] == {"to": "tag", "through": "shop.tagging"}
    assert models.ManyToManyField("self").symmetrical
    assert not models.ManyToManyField("Tag").symmetrical


@pytest.mark.parametrize(
    ("field", "accessor"),
    [
        (models.ForeignKey("A", models.CASCADE), "book_set"),
        (models.OneToOneField("A", models.CASCADE), "book"),
        (models.ForeignKey("A", models.CASCADE, related_name="+"), None),
        (
            models.ForeignKey(
                "A", models.CASCADE, related_name="%(app_label)s_%(class)s"
            ),
            "shop_book",
        ),
        (models.ManyToManyField("self"), None),
    ],
)
def test_the_other_side_finds_back_by_an_accessor(
    field: Any, accessor: str | None
) -> None:
    assert field.accessor("shop", "Book") == accessor


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: models.SET(3),
            "[MO112] on_delete=SET(…) cannot be enforced by a database\n"
            "fix: use SET_DEFAULT with db_default=…, or SET_NULL",
        ),
        (
            lambda: models.ForeignKey("A", "CASCADE"),  # type: ignore[arg-type]
            "[MO111] ForeignKey: 'CASCADE' is no on_delete action\nfix: use one of: "
            "CASCADE, DO_NOTHING, PROTECT, RESTRICT, SET_DEFAULT, SET_NULL",
        ),
        (
            lambda: models.ForeignKey("A", models.SET_NULL),
            "[MO102] ForeignKey: on_delete=SET_NULL on a field that cannot be null\n"
            "fix: set null=True, or choose another on_delete",
        ),
        (
            lambda: models.ForeignKey("A", models.SET_DEFAULT),
            "[MO102] ForeignKey: on_delete=SET_DEFAULT without a default that the "
            "database knows\n"
            "fix: set db_default=…, or a default that is no function",
        ),
        (
            lambda: models.ForeignKey(3, models.CASCADE),
            "[MO120] ForeignKey: the target is 3\n"
            "fix: give a model class, 'app.Model', 'Model' or 'self'",
        ),
        (
            lambda: models.ManyToManyField("A", through="B", db_table="c"),
            "[MO120] ManyToManyField: db_table and through exclude each other\n"
            "fix: set db_table in the Meta of the through model",
        ),
    ],
)
def test_wrong_relations_are_refused_with_advice(make: Any, text: str) -> None:
    with pytest.raises(ModelError) as caught:
        make()

    assert str(caught.value) == text
