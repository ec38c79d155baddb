"""The sort that detection and the schema compiler share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whimbrel.migrations import ordering
from whimbrel.migrations.effects import Effects

resources = st.frozensets(st.sampled_from([("a",), ("b",), ("c",)]), max_size=2)
effects = st.builds(
    Effects,
    reads=resources,
    makes=resources,
    changes=resources,
    removes=resources,
    releases=resources,
)


@given(st.lists(effects, max_size=6))
def test_edges_by_resource_are_the_one_question(every: list[Effects]) -> None:
    """Who precedes whom is what `must_precede` says of each pair."""
    found = {
        pair
        for roles in ordering.by_resource(every).values()
        for pair in ordering.pairs(roles)
    }

    assert found == {
        (one, other)
        for one in range(len(every))
        for other in range(len(every))
        if one != other and every[one].must_precede(every[other])
    }


def test_what_nothing_orders_goes_by_its_key() -> None:
    assert ordering.sort(4, {2: {0}}, key=[1, 2, 3, 0].__getitem__) == [3, 1, 2, 0]


def test_circles_and_what_follows_them_are_left_out() -> None:
    edges = {0: {1}, 1: {2}, 2: {1, 3}}

    assert ordering.sort(4, edges, key=int) == [0]
    assert ordering.circles(edges, {1, 2, 3}) == [{1, 2}]


def test_two_circles_are_two() -> None:
    edges = {0: {1}, 1: {0, 2}, 2: {3}, 3: {4}, 4: {2}}

    assert sorted(map(sorted, ordering.circles(edges, range(5)))) == [[0, 1], [2, 3, 4]]


@given(st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7)), max_size=8))
def test_every_edge_leads_forwards(edges: dict[int, set[int]]) -> None:
    """All are in the order, or some of those left out are in a circle."""
    edges = {one: others - {one} for one, others in edges.items()}
    order = ordering.sort(8, edges, key=int)
    place = {number: place for place, number in enumerate(order)}

    for one, others in edges.items():
        for other in others & place.keys():
            assert place[one] < place[other]
    left = set(range(8)).difference(order)
    assert bool(left) == bool(ordering.circles(edges, left))
