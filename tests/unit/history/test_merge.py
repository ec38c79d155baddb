"""Joining branches."""

from __future__ import annotations

import datetime

import pytest

from history.reading import migration
from whimbrel.errors.history import NothingToMerge
from whimbrel.history.history import History
from whimbrel.history.merge import merge

MOMENT = datetime.datetime(2025, 3, 4, 5, 6)
BRANCHED = History.of(
    [
        migration("a.0001_initial"),
        migration("a.0002_x", "a.0001_initial"),
        migration("a.0002_y", "a.0001_initial"),
        migration("a.0003_z", "a.0002_y"),
    ]
)


def test_a_merge_comes_after_all_leaves() -> None:
    """Without operations; numbered after the greatest."""
    merged = merge(BRANCHED, "a")

    assert merged.name == "0004_merge_0002_x_0003_z"
    assert merged.dependencies == [("a", "0002_x"), ("a", "0003_z")]
    assert merged.operations == []
    assert BRANCHED.graph.conflicts() == {"a": ("0002_x", "0003_z")}
    joined = History.of([*BRANCHED.migrations.values(), merged])
    assert joined.graph.conflicts() == {}


def test_a_merge_can_be_named() -> None:
    """The number stays."""
    assert merge(BRANCHED, "a", name="together").name == "0004_together"


def test_long_names_give_way_to_the_time() -> None:
    """47 characters are enough."""
    long = History.of(
        [migration("a.0001_" + "x" * 30), migration("a.0002_" + "y" * 30)]
    )

    assert merge(long, "a", moment=MOMENT).name == "0003_merge_20250304_0506"


def test_one_leaf_is_nothing_to_merge() -> None:
    """Said, not done."""
    with pytest.raises(NothingToMerge) as caught:
        merge(History.of([migration("a.0001")]), "a")

    assert str(caught.value) == (
        "[HI119] the history of app 'a' does not branch\nfix: leave --merge out"
    )
