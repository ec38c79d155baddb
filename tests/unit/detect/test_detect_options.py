"""Options, managers, bases, indexes and constraints of Django-style models."""

from __future__ import annotations

from typing import Any

import pytest

from detect.building import (
    CHAR,
    INTEGER,
    NULLABLE,
    asked,
    fk,
    found,
    model,
    operations,
    proxy,
    said,
)
from whimbrel import models
from whimbrel.errors.detect import BasesChanged
from whimbrel.migrations import AlterModelOptions, AlterUniqueTogether
from whimbrel.models import CASCADE, CheckConstraint, Index, Q, UniqueConstraint


class Mixin:
    """A base without fields."""


class Loud(models.Manager[Any]):
    """A manager of its own."""


def book(options: Any = None, /, **fields: Any) -> Any:
    return model("lib.Book", options, **{"a": INTEGER, "b": INTEGER, **fields})


def index(*fields: str, name: str = "ix") -> dict[str, Any]:
    return {"indexes": [Index(fields=list(fields), name=name)]}


def rule(constraint: Any) -> dict[str, Any]:
    return {"constraints": [constraint]}


def check(bound: int, **options: Any) -> dict[str, Any]:
    condition = Q(a__gt=bound)
    return rule(CheckConstraint(condition=condition, name="ck", **options))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, index("a"), ["Create index ix on a of Book"], id="index"),
        pytest.param(index("a"), {}, ["Remove index ix from Book"], id="no index"),
        pytest.param(
            index("a"),
            index("a", name="new"),
            ["Rename index ix of Book to new"],
            id="an index with another name",
        ),
        pytest.param(
            index("a", "b"),
            index("b", "a"),
            ["Remove index ix from Book", "Create index ix on b, a of Book"],
            id="an index in another order",
        ),
        pytest.param(
            {},
            rule(UniqueConstraint(fields=["a"], name="uq")),
            ["Create constraint uq on Book"],
            id="constraint",
        ),
        pytest.param(
            rule(UniqueConstraint(fields=["a"], name="uq")),
            {},
            ["Remove constraint uq from Book"],
            id="no constraint",
        ),
        pytest.param(
            check(0),
            check(1),
            ["Remove constraint ck from Book", "Create constraint ck on Book"],
            id="a constraint with another condition",
        ),
        pytest.param(
            check(0),
            check(0, violation_error_message="no"),
            ["Alter constraint ck on Book"],
            id="a constraint with another message",
        ),
        pytest.param(
            {},
            {"unique_together": [["a", "b"]]},
            ["Alter unique_together for Book (1 constraint(s))"],
            id="unique together",
        ),
        pytest.param(
            {"unique_together": ("a", "b")},
            {"unique_together": [["a", "b"]]},
            [],
            id="unique together in another form",
        ),
        pytest.param({"unique_together": []}, {}, [], id="no group is no option"),
        pytest.param(
            {"unique_together": [("a", "b")]},
            {"unique_together": [("b", "a"), ("a", "id")]},
            ["Alter unique_together for Book (2 constraint(s))"],
            id="one step where nothing is in between",
        ),
        pytest.param(
            {},
            {"db_table": "books"},
            ["Rename table for Book to books"],
            id="table",
        ),
        pytest.param(
            {"db_table": "books"},
            {},
            ["Rename table for Book to (default)"],
            id="no table",
        ),
        pytest.param(
            {},
            {"db_table_comment": "all"},
            ["Alter Book table comment"],
            id="comment",
        ),
        pytest.param(
            {"db_table_comment": "all"},
            {},
            ["Alter Book table comment"],
            id="no comment",
        ),
        pytest.param(
            {"ordering": ["a"]},
            {"ordering": ["b"]},
            ["Change options on Book"],
            id="options",
        ),
        pytest.param(
            {"db_tablespace": "fast"}, {}, ["Change options on Book"], id="table space"
        ),
        pytest.param({"managed": False}, {}, ["Change options on Book"], id="managed"),
    ],
)
def test_options_and_items(before: Any, after: Any, expected: list[str]) -> None:
    """One operation for each option and item that differs."""
    assert said(found([book(before)], [book(after)])) == expected


def test_options_are_written_in_full() -> None:
    """What is not written is removed, so all that stays has to be there."""
    after = {"ordering": ("a",), "verbose_name": "tome"}

    detection = found([book({"ordering": ["a"], "get_latest_by": "a"})], [book(after)])

    assert operations(detection) == [AlterModelOptions("Book", after)]


def test_managers() -> None:
    """Managers that historical models have are compared as values."""
    loud = model("lib.Book", managers=[("objects", Loud())])

    assert said(found([model("lib.Book")], [loud])) == ["Change managers on Book"]
    assert (
        said(found([loud], [model("lib.Book", managers=[("objects", Loud())])])) == []
    )


def test_groups_let_go_before_and_take_up_after_a_change() -> None:
    """Where a field of both changes, two steps with the field in between."""
    detection = found(
        [book({"unique_together": [("a", "b"), ("a", "id")]})],
        [book({"unique_together": [("b", "a"), ("a", "id")]}, a=CHAR)],
    )

    first, field, last = operations(detection)
    assert first == AlterUniqueTogether("Book", [("a", "id")])
    assert field.describe() == "Alter field a on Book"
    assert last == AlterUniqueTogether("Book", [("b", "a"), ("a", "id")])


def test_groups_around_what_is_computed() -> None:
    """The new group waits for a column that is computed from a changed one."""
    twice = models.GeneratedField(
        expression=models.F("a"), output_field=INTEGER, db_persist=True
    )

    detection = found(
        [book({"unique_together": [("a",)]})],
        [book({"unique_together": [("c",)]}, a=CHAR, c=twice)],
    )

    assert said(detection) == [
        "Alter unique_together for Book (0 constraint(s))",
        "Alter field a on Book",
        "Add field c to Book",
        "Alter unique_together for Book (1 constraint(s))",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            book({"unique_together": [("a", "b")]}),
            model("lib.Book", {"unique_together": [("a", "c")]}, a=INTEGER, c=NULLABLE),
            [
                "Add field c to Book",
                "Alter unique_together for Book (1 constraint(s))",
                "Remove field b from Book",
            ],
            id="a group over a new field instead of an old one",
        ),
        pytest.param(
            book(),
            book({"indexes": [Index(fields=["c"], name="ix")]}, c=fk("lib.New")),
            [
                "Create model New",
                "Add field c to Book",
                "Create index ix on c of Book",
            ],
            id="an index over a key to a new model",
        ),
        pytest.param(
            book(rule(UniqueConstraint(fields=["c"], name="uq")), c=INTEGER),
            book(),
            ["Remove constraint uq from Book", "Remove field c from Book"],
            id="a constraint goes before its field",
        ),
        pytest.param(
            book(index("a")),
            book(index("a", "b"), a=CHAR),
            [
                "Remove index ix from Book",
                "Alter field a on Book",
                "Create index ix on a, b of Book",
            ],
            id="an index around the change of its field",
        ),
        pytest.param(
            book(),
            book({"order_with_respect_to": "c", **index("_order")}, c=fk("lib.New")),
            [
                "Create model New",
                "Add field c to Book",
                "Set order_with_respect_to on Book to c",
                "Create index ix on _order of Book",
            ],
            id="order with respect to a new key, and an index over it",
        ),
        pytest.param(
            book({"order_with_respect_to": "c", **index("_order")}, c=fk("self")),
            book(),
            [
                "Remove index ix from Book",
                "Set order_with_respect_to on Book to None",
                "Remove field c from Book",
            ],
            id="and all of it removed",
        ),
    ],
)
def test_items_and_their_fields(before: Any, after: Any, expected: list[str]) -> None:
    """What hangs on a field goes before it and comes after it."""
    refusal = {"rename-field:lib.Book.b>c": False}
    new = [model("lib.New")] if "New" in expected[0] else []

    assert said(found([before], [after, *new], refusal)) == expected


def test_items_of_a_renamed_model_stay() -> None:
    """An index that is called after its model is renamed with it."""
    before = model("lib.Book", index("a", name="book_ix"), a=INTEGER)
    after = model("lib.Novel", index("a", name="novel_ix"), a=INTEGER)

    assert said(found([before], [after], {"rename-model:lib.Book>Novel": True})) == [
        "Rename model Book to Novel",
        "Rename index book_ix of Novel to novel_ix",
    ]


def test_mixins_are_an_operation_on_the_state() -> None:
    """Django forgets them; here the recorded bases are those of the models."""
    mixed = model("lib.Book", bases=(Mixin, models.Model))

    assert said(found([model("lib.Book")], [mixed])) == ["Change bases of Book"]


def test_a_proxy_may_change_its_base() -> None:
    """A proxy has no rows that would have to move."""
    others = [model("lib.A"), model("lib.B")]

    detection = found(
        [*others, proxy("lib.P", "lib.A")], [*others, proxy("lib.P", "lib.B")]
    )

    assert said(detection) == ["Change bases of P"]


def test_other_parents_are_refused() -> None:
    """No operation can move the rows; the text says what to do."""
    link = models.OneToOneField("lib.Book", CASCADE, parent_link=True, primary_key=True)
    child = model("lib.Atlas", bases=("lib.Book",), key=False, book_ptr=link)

    with pytest.raises(BasesChanged) as caught:
        found([book(), model("lib.Atlas")], [book(), child])

    assert str(caught.value) == (
        "[DE101] the parents of an existing model changed: none before, lib.book now\n"
        "at: lib.Atlas\n"
        "fix: no operation moves rows between tables: add a new model with these "
        "parents, copy the rows with RunPython, then delete the old one; or write "
        "AlterModelBases and the operations on fields by hand"
    )


def test_options_of_a_proxy() -> None:
    """A proxy has options of its own."""
    before = [book(), proxy("lib.P", "lib.Book")]
    after = [
        book(),
        model("lib.P", {"proxy": True, "ordering": ["a"]}, ("lib.Book",), key=False),
    ]

    detection = found(before, after)

    assert said(detection) == ["Change options on P"]
    assert asked(detection) == []
