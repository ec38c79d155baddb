"""Hints of renamed values and of values for the way back: composed, turned round."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from whimbrel.migrations.hints import Hints

KEY = ("shop", "order", "status")


def values(moves: Mapping[str, str], **more: object) -> Hints:
    return Hints(values={KEY: moves}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "later", "both"),
    [
        pytest.param({"a": "b"}, {"b": "c"}, {"a": "c"}, id="renamed on"),
        pytest.param({"a": "b"}, {"x": "y"}, {"a": "b", "x": "y"}, id="two values"),
        pytest.param({"a": "b"}, {"b": "a"}, {}, id="there and back"),
        pytest.param(
            {"a": "b"}, {"a": "c"}, {"a": "b"}, id="a new value of the old name"
        ),
        pytest.param(
            {"a": "b", "b": "a"}, {"a": "c"}, {"b": "c", "a": "b"}, id="exchanged, on"
        ),
    ],
)
def test_renames_of_values_compose(
    first: dict[str, str], later: dict[str, str], both: dict[str, str]
) -> None:
    assert values(first).then(values(later)).values == {KEY: both}


def test_renames_of_values_follow_the_field_and_the_model() -> None:
    later = Hints(
        models={("shop", "order"): ("shop", "purchase")},
        fields={("shop", "purchase", "status"): "state"},
    )

    hints = values({"a": "b"}).then(later)

    assert hints.values == {("shop", "purchase", "state"): {"a": "b"}}
    assert hints.inverted().values == {KEY: {"b": "a"}}


def test_a_removed_field_takes_its_renames_along() -> None:
    later = Hints(gone_fields=frozenset({KEY}))

    assert values({"a": "b"}).then(later).values == {}


def test_a_new_field_has_no_values_to_give_back() -> None:
    hints = values({"a": "b"}, new_fields=frozenset({KEY}))

    assert hints.inverted().values == {}


def test_values_for_the_way_back_go_by_the_names_that_it_ends_with() -> None:
    first = Hints(fields={("shop", "order", "state"): "status"})
    later = Hints(
        models={("shop", "order"): ("shop", "purchase")},
        gone_fields=frozenset({("shop", "purchase", "status")}),
        back_fills={("shop", "purchase", "status"): 7},
    )

    hints = first.then(later)

    assert hints.back_fills == {("shop", "purchase", "state"): 7}
    assert hints.inverted().fills == {("shop", "order", "state"): 7}


def test_the_way_back_gives_the_value_of_the_later_operation() -> None:
    both = Hints(back_fills={KEY: 1}).then(Hints(back_fills={KEY: 2}))

    assert both.inverted().fills == {KEY: 2}


def test_what_the_same_run_adds_does_not_come_back() -> None:
    first = Hints(new_fields=frozenset({KEY}))
    later = Hints(gone_fields=frozenset({KEY}), back_fills={KEY: 1})

    assert first.then(later).back_fills == {}
