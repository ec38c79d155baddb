"""A class statement collects; the rules of inheritance are Django's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from whimbrel import models
from whimbrel.errors.models import ModelError
from whimbrel.models.registry import Apps


@pytest.fixture
def registry() -> Apps:
    """A registry of the test's own, so that classes do not meet."""
    return Apps()


def meta(registry: Apps, **options: Any) -> type:
    """Return a class Meta in the app "shop"."""
    return type("Meta", (), {"apps": registry, "app_label": "shop", **options})


def test_a_model_gets_an_id_and_nothing_is_mapped(registry: Apps) -> None:
    """Mapping is slow, and migrations do not need it."""

    class Book(models.Model):
        Meta = meta(registry)
        tags = models.ManyToManyField("Tag")
        title = models.CharField(max_length=5)

    assert list(Book._meta.fields) == ["id", "title", "tags"]
    assert Book._meta.fields["id"] == models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    tags: Any = Book._meta.fields["tags"]
    assert tags.to == "shop.Tag"
    assert Book._meta.bases == (models.Model,)
    assert "__mapper__" not in vars(Book)
    assert registry.get_model("shop.BOOK") is Book


def test_the_registry_says_which_key_is_added(registry: Apps) -> None:
    registry.register_app("shop", "shop", "whimbrel.models.AutoField")

    class Book(models.Model):
        Meta = meta(registry)

    assert type(Book._meta.fields["id"]) is models.AutoField


def test_an_app_is_found_by_module(registry: Apps) -> None:
    registry.register_app("books", "library.books")

    assert registry.app_for_module("library.books.models") == "books"
    assert registry.app_for_module("library.other") is None


def test_abstract_models_give_fields_and_meta(registry: Apps) -> None:
    class Base(models.Model):
        name = models.CharField(max_length=5)
        gone = models.TextField()

        class Meta:
            apps = registry
            app_label = "shop"
            abstract = True
            ordering = ("name",)
            indexes = (models.Index(fields=["name"]),)
            constraints = (
                models.CheckConstraint(
                    condition=models.Q(name="x"), name="%(class)s_x"
                ),
            )

    class Child(Base):
        gone = None  # type: ignore[assignment]
        extra = models.IntegerField()

    assert list(Child._meta.fields) == ["id", "name", "extra"]
    assert Child._meta.bases == (models.Model,)
    assert not Child._meta.abstract
    assert Child._meta.options["ordering"] == ("name",)
    assert Child._meta.options["constraints"][0].name == "child_x"
    assert Child._meta.options["indexes"][0].name.startswith("shop_child_name_")
    assert registry.get_models() == [Child]


def test_a_concrete_parent_is_linked(registry: Apps) -> None:
    class Place(models.Model):
        Meta = meta(registry, ordering=["name"])
        name = models.CharField(max_length=5)

    class Bar(Place):
        Meta = meta(registry)
        beer = models.BooleanField()

    link = Bar._meta.fields["place_ptr"]
    assert list(Bar._meta.fields) == ["place_ptr", "beer"]
    assert link == models.OneToOneField(
        "shop.Place",
        models.CASCADE,
        parent_link=True,
        auto_created=True,
        primary_key=True,
        serialize=False,
    )
    assert Bar._meta.bases == ("shop.place",)
    assert Bar._meta.ordering == ("name",)
    assert "ordering" not in Bar._meta.options
    assert list(Bar._meta.all_fields) == ["id", "name", "place_ptr", "beer"]


def test_an_explicit_parent_link_becomes_the_key(registry: Apps) -> None:
    class Place(models.Model):
        Meta = meta(registry)

    class Bar(Place):
        Meta = meta(registry)
        where = models.OneToOneField(Place, models.CASCADE, parent_link=True)

    assert list(Bar._meta.fields) == ["where"]
    assert Bar._meta.pk_name == "where"


def test_a_proxy_has_its_parents_table(registry: Apps) -> None:
    class Book(models.Model):
        Meta = meta(registry)

    class Novel(Book):
        Meta = meta(registry, proxy=True)

    assert dict(Novel._meta.fields) == {}
    assert Novel._meta.concrete_model is Book
    assert Novel._meta.db_table == "shop_book"
    assert Novel._meta.pk_name == "id"
    assert Novel._meta.bases == ("shop.book",)


def test_mixins_are_kept_as_classes(registry: Apps) -> None:
    class Mixin:
        pass

    class Book(Mixin, models.Model):
        Meta = meta(registry)

    assert Book._meta.bases == (Mixin, models.Model)


def test_managers_are_found_in_order(registry: Apps) -> None:
    class Book(models.Model):
        Meta = meta(registry)
        second: models.Manager[Any] = models.Manager()

    class Plain(models.Model):
        Meta = meta(registry)

    assert [name for name, _ in Book._meta.managers] == ["second"]
    assert [name for name, _ in Plain._meta.managers] == ["objects"]


def test_options_are_normalised(registry: Apps) -> None:
    class Book(models.Model):
        Meta = meta(registry, unique_together=("a", "b"), verbose_name="tome")
        a = models.IntegerField()
        b = models.IntegerField()

    assert Book._meta.options == {
        "verbose_name": "tome",
        "unique_together": (("a", "b"),),
        "indexes": (),
        "constraints": (),
    }


def test_a_class_of_the_same_name_and_place_replaces_its_older_self(
    registry: Apps,
) -> None:
    """A module that is loaded again makes its classes again."""

    def make() -> type:
        class Book(models.Model):
            Meta = meta(registry)

        return Book

    make()
    again = make()

    assert registry.get_models() == [again]


def make_unknown_option(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps, ordring=["x"])


def make_name_clash(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)

    made: Any = type(Book)
    made("Book", (models.Model,), {"Meta": meta(apps), "__module__": "elsewhere"})


def make_table_clash(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)

    class Tome(models.Model):
        Meta = meta(apps, db_table="shop_book")


def make_column_clash(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)
        a = models.IntegerField()
        b = models.IntegerField(db_column="a")


def make_inherited_clash(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)
        a = models.IntegerField()

    class Novel(Book):
        Meta = meta(apps)
        a = models.TextField()  # type: ignore[assignment]


def make_reserved(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)
        a__b = models.IntegerField()


def make_two_keys(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)
        a = models.IntegerField(primary_key=True)
        b = models.IntegerField(primary_key=True)


def make_id_that_is_no_key(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)
        id = models.IntegerField()


def make_proxy_with_fields(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps)

    class Novel(Book):
        Meta = meta(apps, proxy=True)
        a = models.IntegerField()


def make_index_of_nothing(apps: Apps) -> Any:
    class Book(models.Model):
        Meta = meta(apps, indexes=[models.Index(fields=["titel"])])
        title = models.TextField()


def make_dangling(apps: Apps) -> Any:
    class Author(models.Model):
        Meta = meta(apps)

    class Book(models.Model):
        Meta = meta(apps)
        author = models.ForeignKey("Auhtor", models.CASCADE)

    apps.check()


def use_abstract(apps: Apps) -> Any:
    class Base(models.Model):
        Meta = meta(apps, abstract=True)

    Base()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            make_unknown_option,
            "[MO104] class Meta has an unknown option 'ordring'\nat: Book\n"
            "fix: did you mean 'ordering'?",
        ),
        (
            make_table_clash,
            "[MO108] shop.Book and shop.Tome use the same table 'shop_book'\n"
            "fix: give one of them another db_table, or set managed = False on it",
        ),
        (
            make_column_clash,
            "[MO105] field 'b' clashes with 'a': both use the column 'a'\n"
            "at: shop.Book\nfix: rename one of the two",
        ),
        (
            make_inherited_clash,
            "[MO105] field 'a' clashes with the field of shop.Book: it is inherited\n"
            "at: shop.Novel\nfix: rename one of the two",
        ),
        (
            make_reserved,
            "[MO106] 'a__b' cannot be the name of a field: '__' separates lookups\n"
            "at: shop.Book\n"
            "fix: choose another name; db_column keeps the column's name",
        ),
        (
            make_two_keys,
            "[MO110] there are 2 primary keys: a, b\nat: shop.Book\n"
            "fix: keep primary_key=True on one field",
        ),
        (
            make_id_that_is_no_key,
            "[MO110] the field 'id' is not the primary key\nat: shop.Book\n"
            "fix: set primary_key=True on it, or rename it",
        ),
        (
            make_proxy_with_fields,
            "[MO119] a proxy cannot have fields of its own: a\nat: shop.Novel\n"
            "fix: remove the fields or proxy = True",
        ),
        (
            make_index_of_nothing,
            "[MO113] there is no field 'titel'\nat: shop.Book.Meta\n"
            "fix: did you mean 'title'?",
        ),
        (
            make_dangling,
            "[MO109] there is no model 'shop.auhtor'\nat: shop.Book.author\n"
            "fix: did you mean 'shop.Author'?",
        ),
        (
            use_abstract,
            "[MO121] Base is abstract: it has no table and no instances\n"
            "fix: use a concrete model that inherits from it",
        ),
    ],
)
def test_wrong_models_are_refused_with_advice(
    registry: Apps, make: Any, text: str
) -> None:
    with pytest.raises(ModelError) as caught:
        make(registry)

    assert str(caught.value) == text


def test_two_classes_of_one_name_are_refused(registry: Apps) -> None:
    with pytest.raises(ModelError) as caught:
        make_name_clash(registry)

    assert str(caught.value).startswith("[MO107] two classes are called 'shop.Book': ")


def test_what_a_parent_took_over_is_not_taken_twice(registry: Apps) -> None:
    """The abstract model above a concrete parent gave its fields there."""

    class Base(models.Model):
        Meta = meta(registry, abstract=True)
        made = models.DateField()

    class Book(Base):
        Meta = meta(registry)

    class Novel(Book):
        Meta = meta(registry)

    assert list(Book._meta.fields) == ["id", "made"]
    assert list(Novel._meta.fields) == ["book_ptr"]


def test_a_mapped_parent_does_not_answer_for_its_child(registry: Apps) -> None:
    """`Novel.title` joins both tables, whichever class was used first."""

    class Book(models.Model):
        Meta = meta(registry)
        title = models.TextField()

    class Novel(Book):
        Meta = meta(registry)

    assert str(Book.title) == "Book.title"
    assert str(Novel.title) == "Novel.title"
    title: Any = Novel.title
    assert "JOIN shop_novel" in str(sa.select(title))


def test_introspection_maps_nothing(registry: Apps) -> None:
    """Tools ask classes for all kinds of attributes."""

    class Book(models.Model):
        Meta = meta(registry)

    assert not hasattr(Book, "__wrapped__")
    assert not hasattr(Book, "_nothing")
    assert "__mapper__" not in vars(Book)


def test_a_class_is_mapped_when_sqlalchemy_looks_at_it(registry: Apps) -> None:
    class Book(models.Model):
        Meta = meta(registry)

    mapper: Any = sa.inspect(Book)
    assert mapper.local_table.name == "shop_book"
