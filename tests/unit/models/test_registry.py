"""What a registry refuses, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from whimbrel import models
from whimbrel.errors.models import NotMappable, TableClash, UnknownModel
from whimbrel.models.registry import Apps


def test_an_unknown_model_is_named_with_its_likeliest_meaning() -> None:
    apps = Apps()
    made: Any = type(models.Model)
    options = type("Meta", (), {"apps": apps, "app_label": "shop"})
    made("Author", (models.Model,), {"Meta": options, "__module__": "shop.models"})

    with pytest.raises(UnknownModel) as caught:
        apps.get_model("shop", "Autor")

    assert str(caught.value) == (
        "[MO109] there is no model 'shop.Autor'\nfix: did you mean 'shop.Author'?"
    )


def test_the_table_of_a_many_to_many_field_is_its_own() -> None:
    apps = Apps()
    made: Any = type(models.Model)

    def make(name: str, table: str | None = None, **fields: models.Field) -> None:
        options = {"apps": apps, "app_label": "shop", "db_table": table}
        namespace = {"Meta": type("Meta", (), options), "__module__": "shop.models"}
        made(name, (models.Model,), {**namespace, **fields})

    make("Tag", "shop_book_tags")
    make("Book", tags=models.ManyToManyField("Tag"))

    with pytest.raises(TableClash) as caught:
        apps.check()

    assert str(caught.value).startswith(
        "[MO108] shop.Tag and shop.Book.tags use the same table 'shop_book_tags'"
    )


def test_without_a_mapper_nothing_is_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.apps, "mapper", None)
    made: Any = type(models.Model)
    options = type("Meta", (), {"apps": Apps(), "app_label": "shop"})
    book = made("Book", (models.Model,), {"Meta": options, "__module__": "shop"})

    with pytest.raises(NotMappable) as caught:
        book()

    assert str(caught.value) == (
        "[MO122] shop.Book cannot be mapped: its registry has no mapper\n"
        "fix: import whimbrel.models before using the class"
    )
