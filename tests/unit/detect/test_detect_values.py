"""Values of enumerations that go while others come."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from detect.building import asked, found, key, said, table
from whimbrel import models
from whimbrel.migrations import AlterField

from .building import model


def order(*values: str, label: str = "shop.order", field: str = "status") -> Any:
    return table(label, key(), sa.Column(field, sa.Enum(*values, name="order_status")))


ASKED = "rename-value:shop.order.status.draft>sketch"


def test_a_value_that_goes_while_another_comes_is_asked_about() -> None:
    detection = found([order("draft", "sent")], [order("sketch", "sent")])

    assert asked(detection) == [ASKED]
    assert detection.questions[0].text == (
        "Was the value 'draft' of shop.order.status renamed to 'sketch'? (If not, "
        "'draft' is a value no longer, which no row may have then, and 'sketch' is "
        "another one.)"
    )


def test_yes_renames_it() -> None:
    detection = found(
        [order("draft", "sent")], [order("sketch", "sent")], {ASKED: True}
    )

    assert asked(detection) == []
    [change] = detection.changes
    assert isinstance(change.operation, AlterField)
    assert change.operation.renamed_values == {"draft": "sketch"}


def test_no_removes_and_adds() -> None:
    detection = found(
        [order("draft", "sent")], [order("sketch", "sent")], {ASKED: False}
    )

    assert said(detection) == ["Alter field status on order"]


def test_the_likeliest_is_asked_first() -> None:
    detection = found([order("sent", "OPEN")], [order("mailed", "open")])

    assert asked(detection) == [
        "rename-value:shop.order.status.OPEN>open",
        "rename-value:shop.order.status.sent>mailed",
        "rename-value:shop.order.status.sent>open",
        "rename-value:shop.order.status.OPEN>mailed",
    ]


def test_a_yes_settles_what_contradicts_it() -> None:
    answers = {"rename-value:shop.order.status.OPEN>open": True}

    detection = found([order("sent", "OPEN")], [order("mailed", "open")], answers)

    assert asked(detection) == ["rename-value:shop.order.status.sent>mailed"]


def test_only_added_or_only_removed_values_are_not_asked_about() -> None:
    assert asked(found([order("a")], [order("a", "b")])) == []
    assert asked(found([order("a", "b")], [order("a")])) == []


def test_one_enumeration_of_several_fields_is_asked_about_once() -> None:
    def both(*values: str) -> list[Any]:
        return [order(*values), order(*values, label="shop.refund", field="state")]

    before, after = both("draft", "sent"), both("sketch", "sent")
    other = "rename-value:shop.refund.state.draft>sketch"
    wanted = [
        "Alter field status on order and rename its values draft to sketch",
        "Alter field state on refund and rename its values draft to sketch",
    ]

    assert asked(found(before, after)) == [ASKED]
    assert said(found(before, after, {ASKED: True})) == wanted
    assert said(found(before, after, {other: True})) == wanted


def test_a_field_that_is_renamed_too_goes_by_its_new_name() -> None:
    answers = {
        "rename-field:shop.order.status>state": True,
        "rename-value:shop.order.state.draft>sketch": True,
    }

    detection = found(
        [order("draft", "sent")], [order("sketch", "sent", field="state")], answers
    )

    assert said(detection) == [
        "Rename field status on order to state",
        "Alter field state on order and rename its values draft to sketch",
    ]


def test_values_in_an_array_are_asked_about() -> None:
    def tagged(*values: str) -> Any:
        type_ = sa.ARRAY(sa.Enum(*values, name="tag"))
        return table("shop.order", key(), sa.Column("tags", type_))

    detection = found([tagged("a", "b")], [tagged("a", "c")])

    assert asked(detection) == ["rename-value:shop.order.tags.b>c"]


def test_choices_have_no_database_side() -> None:
    def chosen(*values: str) -> Any:
        choices = [(value, value) for value in values]
        field = models.CharField(max_length=9, choices=choices)
        return model("shop.Order", status=field)

    assert asked(found([chosen("draft")], [chosen("sketch")])) == []
