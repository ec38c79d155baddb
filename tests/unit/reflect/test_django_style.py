"""Reading Django-style model classes."""

from __future__ import annotations

import types
from collections.abc import Iterator

import pytest

from whimbrel import models
from whimbrel.models.manager import Manager
from whimbrel.models.registry import apps
from whimbrel.reflect.django_style import read_models


class Recorded(Manager[models.Model]):
    use_in_migrations = True


@pytest.fixture(autouse=True)
def _forget_models() -> Iterator[None]:
    known = list(apps.get_models())
    yield
    for model in apps.get_models():
        if model not in known:
            apps.unregister(model)


def test_a_class_becomes_a_state() -> None:
    """Local fields, explicit options, bases."""

    class Book(models.Model):
        title = models.CharField(max_length=10, renamed_from="name")

        class Meta:
            app_label = "reading"
            ordering = ["title"]
            indexes = [models.Index(fields=["title"])]
            renamed_from = "Volume"

    read = read_models([Book], "reading")

    (book,) = read.models
    assert book.label == "reading.Book"
    assert list(book.fields) == ["id", "title"]
    assert book.options["ordering"] == ("title",)
    assert book.indexes[0].name
    assert book.bases == (models.Model,)
    assert read.renamed_models == {("reading", "book"): "Volume"}
    assert read.renamed_fields == {("reading", "book", "title"): "name"}


def test_a_module_stands_for_all_models_of_its_app() -> None:
    """Also those that it does not import itself; abstract ones are no models."""

    class Base(models.Model):
        class Meta:
            app_label = "reading"
            abstract = True

    class One(Base):
        class Meta:
            app_label = "reading"

    class Other(models.Model):
        class Meta:
            app_label = "elsewhere"

    read = read_models(types.ModuleType("reading.models"), "reading")

    assert [model.name for model in read.models] == ["One"]


def test_managers_for_migrations_are_kept() -> None:
    """The default one keeps its name and place beside them."""

    class Book(models.Model):
        things = Manager[models.Model]()
        recorded = Recorded()
        unseen = Manager[models.Model]()

        class Meta:
            app_label = "reading"

    (book,) = read_models([Book], "reading").models

    assert [(name, type(m)) for name, m in book.managers] == [
        ("things", Manager),
        ("recorded", Recorded),
    ]


def test_a_lone_manager_called_objects_is_not_said() -> None:
    """It is what every model has."""

    class Book(models.Model):
        objects = Manager[models.Model]()

        class Meta:
            app_label = "reading"

    (book,) = read_models([Book], "reading").models

    assert book.managers == ()
