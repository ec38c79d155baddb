"""Names that stay while what they mean moves: said in an answer, or not seen."""

from __future__ import annotations

from typing import Any

import pytest

from detect.building import CHAR, INTEGER, asked, found, model, said
from whimbrel import models
from whimbrel.detect.detect import detect
from whimbrel.state.project import ProjectState

BOOK, TOME = model("lib.Book", title=CHAR), model("lib.Tome", pages=INTEGER)
SWAPPED = [model("lib.Book", pages=INTEGER), model("lib.Tome", title=CHAR)]
MODELS = {"rename-model:lib.Book>Tome": True, "rename-model:lib.Tome>Book": True}
FIELDS = {"rename-field:lib.Book.a>b": True, "rename-field:lib.Book.b>a": True}


def book(**fields: Any) -> Any:
    return model("lib.Book", **fields)


def test_two_models_exchange_their_names() -> None:
    """One makes room first, so that each rename is one that every database takes."""
    assert said(found([BOOK, TOME], SWAPPED, MODELS)) == [
        "Rename model Book to Aside",
        "Rename model Tome to Book",
        "Rename model Aside to Tome",
    ]


def test_a_model_takes_the_name_of_one_that_goes() -> None:
    """The rows of the one that goes do not end up in the other's place."""
    detection = found([BOOK, TOME], [SWAPPED[0]], {"rename-model:lib.Tome>Book": True})

    assert said(detection) == [
        "Rename model Book to Aside",
        "Rename model Tome to Book",
        "Delete model Aside",
    ]


def test_two_fields_exchange_their_names() -> None:
    """As for models."""
    before, after = book(a=CHAR, b=INTEGER), book(a=INTEGER, b=CHAR)

    assert said(found([before], [after], FIELDS)) == [
        "Rename field a on Book to aside",
        "Rename field b on Book to a",
        "Rename field aside on Book to b",
    ]


def test_a_field_is_not_called_what_another_is_called() -> None:
    """The name that makes room is free in both states."""
    before = book(a=CHAR, b=INTEGER, aside=INTEGER)
    after = book(a=INTEGER, b=CHAR, aside=INTEGER)

    assert said(found([before], [after], FIELDS)) == [
        "Rename field a on Book to aside2",
        "Rename field b on Book to a",
        "Rename field aside2 on Book to b",
    ]


def test_a_field_takes_the_name_of_one_that_goes() -> None:
    """Not the column that goes keeps its values, but the one that stays."""
    yes = {"rename-field:lib.Book.a>b": True}

    assert said(found([book(a=CHAR, b=INTEGER)], [book(b=CHAR)], yes)) == [
        "Rename field b on Book to aside",
        "Rename field a on Book to b",
        "Remove field aside from Book",
    ]


def test_a_field_takes_the_name_of_one_that_goes_while_its_own_is_used_anew() -> None:
    """Links cannot be what a column was: that name is not kept."""
    links = models.ManyToManyField("lib.Book")
    yes = {"rename-field:lib.Book.a>b": True}

    assert said(found([book(a=CHAR, b=INTEGER)], [book(b=CHAR, a=links)], yes)) == [
        "Rename field b on Book to aside",
        "Rename field a on Book to b",
        "Remove field aside from Book",
        "Add field a to Book",
    ]


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        pytest.param({"b": CHAR}, {"rename-field:lib.Book.a>b": True}, id="done"),
        pytest.param(
            {"b": CHAR, "c": INTEGER},
            {"rename-field:lib.Book.a>b": True, "rename-field:lib.Book.b>c": True},
            id="a chain that is done",
        ),
        pytest.param(
            {"a": CHAR, "b": INTEGER},
            {"rename-field:lib.Book.a>b": True},
            id="both keep their names",
        ),
    ],
)
def test_what_was_said_once_takes_no_name_from_what_keeps_it(
    fields: dict[str, Any], answers: dict[str, object]
) -> None:
    """A file of answers may be left where it is."""
    detection = found([book(**fields)], [book(**fields, new=CHAR)], answers)

    assert said(detection) == ["Add field new to Book"]


def test_names_that_stay_are_not_asked_about() -> None:
    """That two fields only exchanged their definitions is what the models say."""
    before, after = book(a=CHAR, b=CHAR), book(a=INTEGER, b=CHAR)

    assert asked(found([before], [after])) == []


def test_a_parent_that_may_have_been_renamed_is_asked_about() -> None:
    """The child's parents seem to change, but only until that is answered."""
    link = models.OneToOneField(
        "lib.Book", models.CASCADE, parent_link=True, primary_key=True
    )
    before = [BOOK, model("lib.Atlas", bases=("lib.book",), key=False, book_ptr=link)]
    after = [
        model("lib.Work", title=CHAR),
        model(
            "lib.Atlas",
            bases=("lib.work",),
            key=False,
            work_ptr=link.clone(to="lib.Work"),
        ),
    ]

    open_yet = detect(ProjectState.of(before), ProjectState.of(after), {})
    assert asked(open_yet) == ["rename-model:lib.Book>Work"]
    assert said(found(before, after, {"rename-model:lib.Book>Work": True})) == [
        "Rename model Book to Work",
        "Rename field book_ptr on Atlas to work_ptr",
    ]
