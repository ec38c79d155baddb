"""Fields are values that say how they were made."""

from __future__ import annotations

import datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa

from whimbrel import models
from whimbrel.errors.models import (
    BadChoices,
    BadFieldOption,
    FrozenValue,
    UnknownFieldOption,
)
from whimbrel.models import F
from whimbrel.models.defaults import NO_DEFAULT, effective_default, empty_value


def noon() -> datetime.time:
    return datetime.time(12)


@pytest.mark.parametrize(
    ("field", "kwargs"),
    [
        (models.CharField(max_length=5), {"max_length": 5}),
        (models.CharField("a name"), {"verbose_name": "a name"}),
        (models.SlugField(), {}),
        (models.SlugField(db_index=False), {"db_index": False}),
        (models.EmailField(), {"max_length": 254}),
        (models.URLField(), {}),
        (models.FileField(upload_to="x"), {"upload_to": "x"}),
        (models.BigAutoField(primary_key=True), {"primary_key": True}),
        (models.DateTimeField(auto_now=True), {"auto_now": True}),
        (models.BinaryField(editable=True), {"editable": True}),
        (
            models.DecimalField(max_digits=5, decimal_places=2),
            {"max_digits": 5, "decimal_places": 2},
        ),
        (models.IntegerField(default=None, null=True), {"default": None, "null": True}),
        (models.TextField(unique=True), {"unique": True}),
        (models.JSONField(default=dict), {"default": dict}),
        (models.TimeField(default=noon), {"default": noon}),
        (models.IntegerField(db_default=5), {"db_default": 5}),
        (models.GenericIPAddressField(protocol="IPv4"), {"protocol": "IPv4"}),
        (
            models.IntegerField(choices={1: "one"}),
            {"choices": [(1, "one")]},
        ),
    ],
)
def test_deconstruct_gives_what_is_not_default(
    field: models.Field, kwargs: dict[str, Any]
) -> None:
    """What a migration file shows is what differs from the defaults."""
    path, args, given = field.deconstruct()

    assert path == f"whimbrel.models.{type(field).__name__}"
    assert args == ()
    assert given == kwargs
    assert type(field)(**given) == field
    assert hash(type(field)(**given)) == hash(field)


def test_a_field_cannot_be_changed() -> None:
    field = models.CharField(max_length=5)

    with pytest.raises(FrozenValue) as caught:
        field.max_length = 6

    assert str(caught.value) == (
        "[MO103] CharField is a value: its attribute 'max_length' cannot be set\n"
        "fix: make a changed copy: field.clone(max_length=…)"
    )


def test_a_clone_differs_in_what_was_asked() -> None:
    field = models.CharField(max_length=5, null=True, renamed_from="old")

    changed = field.clone(max_length=6)

    assert changed == models.CharField(max_length=6, null=True)
    assert changed.renamed_from == "old"
    assert field.max_length == 5


def test_a_rename_hint_is_no_part_of_the_field() -> None:
    assert models.TextField(renamed_from="body") == models.TextField()
    assert "renamed_from" not in models.TextField(renamed_from="b").deconstruct()[2]


def test_fields_of_different_classes_differ() -> None:
    assert models.CharField(max_length=200) != models.URLField()
    assert models.IntegerField() != models.BigIntegerField()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: models.CharField(max_len=5),  # type: ignore[call-arg]
            "[MO101] CharField has no option 'max_len'\n"
            "fix: did you mean 'max_length'?",
        ),
        (
            lambda: models.CharField(max_length=0),
            "[MO102] CharField: max_length is 0\nfix: max_length is a positive integer",
        ),
        (
            lambda: models.AutoField(),
            "[MO102] AutoField: it is not the primary key\n"
            "fix: set primary_key=True, or use an IntegerField",
        ),
        (
            lambda: models.IntegerField(primary_key=True, null=True),
            "[MO102] IntegerField: a primary key cannot be null\n"
            "fix: remove null=True or primary_key=True",
        ),
        (
            lambda: models.DecimalField(max_digits=5),
            "[MO102] DecimalField: one of max_digits and decimal_places is missing\n"
            "fix: give both, as in DecimalField(max_digits=8, decimal_places=2)",
        ),
        (
            lambda: models.DateField(auto_now=True, default=datetime.date.today),
            "[MO102] DateField: auto_now, auto_now_add and default exclude each other\n"
            "fix: keep one of them",
        ),
        (
            lambda: models.JSONField(default={}),
            "[MO102] JSONField: the default is one object shared by all instances\n"
            "fix: give a function: default=dict, default=list",
        ),
        (
            lambda: models.CharField(choices="ab"),
            "[MO124] choices cannot be 'ab'\n"
            "fix: give a list of (value, label) pairs, a mapping, a Choices class or "
            "a function that returns one of these",
        ),
        (
            lambda: models.GeneratedField(
                expression=F("a"),
                output_field=models.IntegerField(),
                db_persist=cast("bool", None),
            ),
            "[MO102] GeneratedField: db_persist is missing\n"
            "fix: set db_persist=True or False",
        ),
    ],
)
def test_wrong_options_are_refused_with_advice(make: Any, text: str) -> None:
    with pytest.raises((UnknownFieldOption, BadFieldOption, BadChoices)) as caught:
        make()

    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.IntegerField(default=3), 3),
        (models.TimeField(default=noon), datetime.time(12)),
        (models.CharField(max_length=5, blank=True), ""),
        (models.BinaryField(blank=True), b""),
        (models.CharField(max_length=5), NO_DEFAULT),
        (models.CharField(max_length=5, blank=True, null=True), NO_DEFAULT),
        (models.IntegerField(default=None, null=True), NO_DEFAULT),
        (models.DateField(blank=True), NO_DEFAULT),
        (models.ManyToManyField("Tag"), NO_DEFAULT),
        (
            models.GeneratedField(
                expression=F("a"), output_field=models.TextField(), db_persist=True
            ),
            NO_DEFAULT,
        ),
    ],
)
def test_existing_rows_get_the_effective_default(
    field: models.Field, expected: Any
) -> None:
    value = effective_default(field)

    assert value is expected if expected is NO_DEFAULT else value == expected


def test_existing_rows_get_the_current_time() -> None:
    """Of fields that stamp by themselves, in their own type."""
    assert isinstance(
        effective_default(models.DateTimeField(auto_now_add=True)), datetime.datetime
    )
    assert isinstance(effective_default(models.TimeField(auto_now=True)), datetime.time)


def test_new_instances_get_defaults_as_in_django() -> None:
    assert models.CharField(max_length=3).get_default() == ""
    assert models.CharField(max_length=3, null=True).get_default() is None
    assert models.IntegerField().get_default() is None
    assert models.JSONField(default=dict).get_default() == {}


def test_every_type_has_a_neutral_value_except_those_that_cannot() -> None:
    assert empty_value(models.IntegerField()) == 0
    assert empty_value(models.TextField()) == ""
    assert empty_value(models.JSONField()) == {}
    assert empty_value(models.AutoField(primary_key=True)) is NO_DEFAULT
    assert empty_value(models.ForeignKey("A", models.CASCADE)) is NO_DEFAULT


class MoneyField(models.DecimalField):
    """As a user would write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 12, 2
        super().__init__(*args, **kwargs)
        self.currency = "EUR"

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return path, args, kwargs


class PointField(models.Field):
    """A type that Whimbrel does not know."""

    def sqlalchemy_type(self) -> Any:
        return sa.String(40)


def test_a_field_of_ones_own_hides_options_and_chooses_its_type() -> None:
    field = MoneyField(null=True)

    assert field.deconstruct()[0].endswith("test_fields.MoneyField")
    assert field.deconstruct()[2] == {"null": True}
    assert field.clone(null=False) == MoneyField()
    assert field.currency == "EUR"
    assert str(PointField().sqlalchemy_type()) == "VARCHAR(40)"


def test_columns_are_named_after_fields_unless_told() -> None:
    assert models.TextField().column_name("body") == "body"
    assert models.TextField(db_column="b").column_name("body") == "b"
    assert models.ForeignKey("A", models.CASCADE).column_name("a") == "a_id"
