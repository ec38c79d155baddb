"""The graph: orders are complete, linear, and always the same."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.reading import split
from whimbrel.errors.history import CyclicDependencies, InconsistentHistory
from whimbrel.history.graph import Graph, Key


def graph(**parents: str) -> Graph:
    """Return the graph of ``a1="b1 c2"``: a1 comes after b1 and c2."""
    edges = [
        (key(child), key(parent))
        for child, names in parents.items()
        for parent in names.split()
    ]
    nodes = {key(name) for name in parents} | {parent for _, parent in edges}
    return Graph.of(nodes, edges)


def key(name: str) -> Key:
    return name[0], name[1:]


def names(keys: tuple[Key, ...]) -> str:
    return " ".join(app + name for app, name in keys)


DIAMOND = graph(a1="", a2="a1", a3="a2 b2", a4="a3", b1="", b2="b1 a1")


def test_a_forwards_plan_has_parents_first() -> None:
    """And the target last."""
    assert names(DIAMOND.forwards_plan(key("a1"))) == "a1"
    assert names(DIAMOND.forwards_plan(key("a4"))) == "a1 a2 b1 b2 a3 a4"
    assert names(DIAMOND.forwards_plan(key("b2"), key("a2"))) == "a1 b1 b2 a2"


def test_a_backwards_plan_has_children_first() -> None:
    """And the target last."""
    assert names(DIAMOND.backwards_plan(key("a4"))) == "a4"
    assert names(DIAMOND.backwards_plan(key("b1"))) == "a4 a3 b2 b1"
    assert names(DIAMOND.backwards_plan(key("a1"))) == "a4 a3 a2 b2 a1"


def test_an_unknown_target_is_an_error() -> None:
    """Names are resolved before plans are made."""
    with pytest.raises(KeyError):
        DIAMOND.forwards_plan(key("x1"))


def test_roots_and_leaves_ignore_other_apps() -> None:
    """An app's history has a beginning and an end of its own."""
    assert names(DIAMOND.roots()) == "a1 b1"
    assert names(DIAMOND.leaves()) == "a4 b2"
    assert names(DIAMOND.roots("b")) == "b1"
    assert names(DIAMOND.leaves("b")) == "b2"
    assert DIAMOND.leaves("x") == ()


def test_several_leaves_are_a_conflict() -> None:
    """Two people made a migration at the same time."""
    branched = graph(a1="", a2="a1", a3="a1", b1="a1")

    assert branched.conflicts() == {"a": ("2", "3")}
    assert DIAMOND.conflicts() == {}


@pytest.mark.parametrize(
    ("circular", "circle"),
    [
        (graph(a1="a1"), "a.1 -> a.1"),
        (graph(a1="a3", a2="a1", a3="a2", b1="a1"), "a.1 -> a.3 -> a.2 -> a.1"),
        (graph(a1="", a2="a1 b2", b1="", b2="b1 a2"), "a.2 -> b.2 -> a.2"),
    ],
    ids=["itself", "three", "two apps"],
)
def test_a_circle_is_named(circular: Graph, circle: str) -> None:
    """Only what takes part in it, in its order."""
    with pytest.raises(CyclicDependencies) as caught:
        circular.check_acyclic()

    assert str(caught.value) == (
        f"[HI111] migrations depend on each other: {circle}\n"
        "fix: take one of these dependencies away; where a squash takes part, squash "
        "fewer migrations at once"
    )


def test_no_circle_no_error() -> None:
    """Several ways to one node are fine."""
    DIAMOND.check_acyclic()


def test_an_applied_migration_needs_its_parents() -> None:
    """Otherwise somebody changed dependencies, or the table by hand."""
    DIAMOND.check_consistent({key("a1"), key("a2")})

    with pytest.raises(InconsistentHistory) as caught:
        DIAMOND.check_consistent({key("a1"), key("b2")}, "database 'default'")

    assert str(caught.value) == (
        "[HI115] b.2 is applied, but b.1, which comes before it, is not\n"
        "at: database 'default'\n"
        "fix: if its changes are in the database, record it with "
        "`whimbrel migrate b 1 --fake`; otherwise correct the dependencies"
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph without circles: parents have smaller numbers."""
    count = draw(st.integers(1, 20))
    apps = draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count))
    nodes = [(app, f"{n:04}") for n, app in enumerate(apps)]
    edges = [
        (nodes[child], nodes[parent])
        for child in range(count)
        for parent in draw(st.sets(st.integers(0, max(child - 1, 0)), max_size=3))
        if parent < child
    ]
    return Graph.of(nodes, edges)


@given(graphs(), st.randoms(use_true_random=False))
def test_plans_are_complete_and_in_order(whole: Graph, random: Random) -> None:
    """Each node once, all its parents before it, and nothing that it does not need."""
    targets = random.sample(list(whole.nodes), min(3, len(whole)))
    plan = whole.forwards_plan(*targets)

    assert len(set(plan)) == len(plan)
    for position, node in enumerate(plan):
        assert set(whole.parents[node]) <= set(plan[:position])
    for node in set(plan) - set(targets):
        assert set(whole.children[node]) & set(plan)


@given(graphs())
def test_backwards_is_forwards_turned_round(whole: Graph) -> None:
    """A node is undone after everything that needs it."""
    plan = whole.backwards_plan(*whole.roots())

    assert set(plan) == set(whole.nodes)
    for position, node in enumerate(plan):
        assert set(whole.children[node]) <= set(plan[:position])


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_loading_does_not_matter(whole: Graph, random: Random) -> None:
    """Files are found in any order."""
    nodes = list(whole.nodes)
    edges = [(c, p) for c, parents in whole.parents.items() for p in parents]
    random.shuffle(nodes)
    random.shuffle(edges)

    again = Graph.of(nodes, edges)

    assert again.full_plan() == whole.full_plan()
    assert again == whole


def test_five_thousand_migrations_take_milliseconds() -> None:
    """A long chain does not recurse, and nothing is quadratic."""
    nodes = [("a", f"{n:04}") for n in range(5000)]
    edges = [
        (nodes[n], nodes[m]) for n in range(1, 5000) for m in {n - 1, max(0, n - 50)}
    ]
    start = time.perf_counter()

    long = Graph.of(nodes, edges)
    long.check_acyclic()
    assert long.full_plan() == tuple(nodes)
    assert long.backwards_plan(nodes[0]) == tuple(reversed(nodes))
    long.check_consistent(set(nodes))

    assert time.perf_counter() - start < 1
    assert split("a.b") == ("a", "b")
