"""From declarations to the graph: dependencies, apps without files, squashes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from history.reading import migration, split
from whimbrel.errors.history import (
    CyclicDependencies,
    CyclicReplaces,
    DependencyNotFound,
    ReplacedPartly,
    ReplacedTwice,
)
from whimbrel.history.history import History
from whimbrel.migrations import Migration


def history(
    *migrations: Migration, applied: Iterable[str] = (), labels: Iterable[str] = ()
) -> History:
    return History.of(migrations, applied=map(split, applied), labels=labels)


def edges(seen: History) -> dict[str, str]:
    """Return child → parents, as text."""
    return {
        ".".join(child): " ".join(".".join(parent) for parent in parents)
        for child, parents in seen.graph.parents.items()
    }


def test_dependencies_become_edges() -> None:
    """Also across apps, and turned round by run_before."""
    found = history(
        migration("a.1"),
        migration("a.2", "a.1", "b.1"),
        migration("b.1", run_before=("c.1",)),
        migration("c.1"),
    )

    assert edges(found) == {"a.1": "", "a.2": "a.1 b.1", "b.1": "", "c.1": "b.1"}


def test_first_and_latest_are_looked_up() -> None:
    """Names that stay right when the other app grows."""
    found = history(
        migration("a.1", "b.__first__", "c.__latest__"),
        migration("b.1"),
        migration("b.2", "b.1"),
        migration("c.1"),
        migration("c.2", "c.1"),
    )

    assert edges(found)["a.1"] == "b.1 c.2"


def test_an_app_without_migrations_is_no_obstacle() -> None:
    """Its tables are there, or somebody else's business."""
    found = history(migration("a.1", "b.__first__", "a.__first__"), labels=["b"])

    assert edges(found) == {"a.1": ""}


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            migration("shop.0002", "shop.0001_initail"),
            "[HI107] dependencies of shop.0002: there is no migration "
            "shop.0001_initail\nfix: did you mean '0001_initial'?",
        ),
        (
            migration("shop.0002", "shp.0001_initial"),
            "[HI107] dependencies of shop.0002: app 'shp' is not part of the project\n"
            "fix: did you mean 'shop'?",
        ),
        (
            migration("shop.0002", "shp.__first__"),
            "[HI107] dependencies of shop.0002: app 'shp' is not part of the project\n"
            "fix: did you mean 'shop'?",
        ),
        (
            migration("shop.0002", "empty.0001_initial"),
            "[HI107] dependencies of shop.0002: there is no migration "
            "empty.0001_initial\nfix: app 'empty' has no migrations",
        ),
        (
            migration("shop.0002", run_before=("shop.9999",)),
            "[HI107] run_before of shop.0002: there is no migration shop.9999\n"
            "fix: use one of: 0001_initial, 0002",
        ),
    ],
    ids=["name", "app", "app of first", "app without files", "run_before"],
)
def test_a_dependency_that_is_not_there_is_named(
    declared: Migration, text: str
) -> None:
    """With what was probably meant."""
    with pytest.raises(DependencyNotFound) as caught:
        history(migration("shop.0001_initial"), declared, labels=["empty"])

    assert str(caught.value) == text


def test_the_file_of_a_wrong_dependency_is_named() -> None:
    """One of a thousand."""
    with pytest.raises(DependencyNotFound) as caught:
        History.of([migration("a.1", "a.0")], files={("a", "1"): "a/migrations/1.py"})

    assert caught.value.where == "a/migrations/1.py"


def test_circles_are_found_when_files_are_loaded() -> None:
    """Not when a plan first runs into one."""
    with pytest.raises(CyclicDependencies, match=r"a\.1 -> b\.1 -> a\.1"):
        history(migration("a.1", "b.1"), migration("b.1", "a.1"))


CHAIN = (
    migration("a.1", "x.1"),
    migration("a.2", "a.1"),
    migration("a.3", "a.2"),
    migration("a.12", "x.1", replaces=("a.1", "a.2")),
    migration("b.1", "a.2"),
    migration("x.1"),
)


@pytest.mark.parametrize(
    "applied", ["", "a.1 a.2", "a.12 a.1 a.2"], ids=["none", "all", "recorded too"]
)
def test_a_squash_is_used_when_all_or_nothing_is_applied(applied: str) -> None:
    """What came after a replaced migration comes after the squash."""
    found = history(*CHAIN, applied=applied.split())

    assert edges(found) == {
        "a.12": "x.1",
        "a.3": "a.12",
        "b.1": "a.12",
        "x.1": "",
    }
    assert (("a", "12") in found.applied) == bool(applied)


@pytest.mark.parametrize("applied", ["a.1", "a.1 a.12"])
def test_a_squash_applied_in_part_is_set_aside(applied: str) -> None:
    """The replaced migrations go on as if it were not there."""
    found = history(*CHAIN, applied=applied.split())

    assert edges(found) == {
        "a.1": "x.1",
        "a.2": "a.1",
        "a.3": "a.2",
        "b.1": "a.2",
        "x.1": "",
    }
    assert found.applied == {("a", "1")}


def test_a_recorded_squash_counts_when_the_old_rows_were_removed() -> None:
    """Somebody pruned the table before the attribute went."""
    found = history(*CHAIN, applied=["a.12", "x.1"])

    assert found.applied == {("a", "12"), ("x", "1")}


def test_who_depends_on_an_unused_squash_depends_on_what_it_stands_for() -> None:
    """On the last of them."""
    found = history(*CHAIN, migration("c.1", "a.12"), applied=["a.1"])

    assert edges(found)["c.1"] == "a.2"


def test_replaced_files_may_be_gone() -> None:
    """Names stay valid as long as the squash lists them."""
    squash = migration("a.12", replaces=("a.1", "a.2"))
    later = migration("a.3", "a.2")

    for applied in ([], ["a.1", "a.2"]):
        assert edges(history(squash, later, applied=applied)) == {
            "a.12": "",
            "a.3": "a.12",
        }


@pytest.mark.parametrize(
    ("files", "applied", "missing"),
    [
        ([migration("a.1")], ["a.1"], "a.2"),
        ([migration("a.2", "a.1")], ["a.1"], "a.1"),
    ],
    ids=["not applied", "applied, and another depends on it"],
)
def test_a_file_that_is_still_needed_is_named(
    files: list[Migration], applied: list[str], missing: str
) -> None:
    """The squash cannot be used, and what it replaces is gone."""
    squash = migration("a.12", replaces=("a.1", "a.2"))

    with pytest.raises(ReplacedPartly) as caught:
        history(squash, *files, applied=applied)

    assert str(caught.value) == (
        "[HI108] the database has some, not all, of the migrations that a.12 replaces, "
        f"and these files are gone: {missing}\n"
        "fix: bring the replaced files back and migrate once more; they may go when "
        "every database has all of them"
    )


NESTED = (
    migration("a.1"),
    migration("a.2", "a.1"),
    migration("a.3", "a.2"),
    migration("a.12", replaces=("a.1", "a.2")),
    migration("a.123", replaces=("a.12", "a.3")),
    migration("a.4", "a.3"),
)


@pytest.mark.parametrize(
    ("applied", "nodes"),
    [
        ("", "123 4"),
        ("a.1", "1 2 3 4"),
        ("a.1 a.2", "12 3 4"),
        ("a.1 a.2 a.3", "123 4"),
        ("a.12", "12 3 4"),
        ("a.123", "123 4"),
    ],
)
def test_squashes_of_squashes_go_by_what_they_stand_for(
    applied: str, nodes: str
) -> None:
    """Each stage of the road that a database may be at."""
    found = history(*NESTED, applied=applied.split())

    assert " ".join(name for _, name in found.graph.full_plan()) == nodes


def test_a_longer_squash_replaces_a_shorter_one() -> None:
    """Somebody squashed again from the start."""
    found = history(
        migration("a.12", replaces=("a.1", "a.2")),
        migration("a.123", replaces=("a.1", "a.2", "a.3")),
    )

    assert list(edges(found)) == ["a.123"]


def test_squashes_that_overlap_are_refused() -> None:
    """Which one stands for the shared migration?"""
    with pytest.raises(ReplacedTwice) as caught:
        history(
            migration("a.12", replaces=("a.1", "a.2")),
            migration("a.23", replaces=("a.2", "a.3")),
        )

    assert str(caught.value) == (
        "[HI109] a.2 is replaced by more than one squash: a.12, a.23\n"
        "fix: let one of them list the other in `replaces`, or take one away"
    )


def test_squashes_in_a_circle_are_refused() -> None:
    """Neither could ever be used."""
    with pytest.raises(CyclicReplaces) as caught:
        history(
            migration("a.1", replaces=("a.2",)), migration("a.2", replaces=("a.1",))
        )

    assert str(caught.value) == (
        "[HI110] `replaces` goes in a circle: a.1 -> a.2 -> a.1\n"
        "fix: let a squash list only migrations that are older than itself"
    )


def test_a_squash_has_the_parents_that_it_declares() -> None:
    """Not those of the replaced files: a circle can be cut by editing the squash."""
    found = history(
        migration("a.1"),
        migration("a.2", "a.1", "b.1"),
        migration("a.12", replaces=("a.1", "a.2")),
        migration("b.1", "a.1"),
    )

    assert edges(found) == {"a.12": "", "b.1": "a.12"}


def test_a_squash_that_closes_a_circle_is_named() -> None:
    """Both of its neighbours were fine before."""
    with pytest.raises(CyclicDependencies, match=r"a\.12 -> b\.1 -> a\.12"):
        history(
            migration("a.1"),
            migration("a.2", "a.1", "b.1"),
            migration("a.12", "b.1", replaces=("a.1", "a.2")),
            migration("b.1", "a.1"),
        )


def test_two_squashed_apps_that_depend_on_each_other() -> None:
    """One applied in part, the other not at all."""
    files = (
        migration("a.1"),
        migration("a.2", "a.1", "b.1"),
        migration("a.12", "b.12", replaces=("a.1", "a.2")),
        migration("b.1"),
        migration("b.2", "b.1"),
        migration("b.12", replaces=("b.1", "b.2")),
    )

    assert edges(history(*files)) == {"a.12": "b.12", "b.12": ""}
    assert edges(history(*files, applied=["a.1"])) == {
        "a.1": "",
        "a.2": "a.1 b.12",
        "b.12": "",
    }
    assert edges(history(*files, applied=["b.1"])) == {
        "a.12": "b.2",
        "b.1": "",
        "b.2": "b.1",
    }


def test_the_same_files_for_another_database() -> None:
    """Nothing is loaded again."""
    first = history(*CHAIN)
    second = first.seen_by([("a", "1")])

    assert ("a", "12") in first.graph
    assert ("a", "12") not in second.graph
    assert second.migrations is first.migrations
    assert second.seen_by([("a", "1")]) is second


def test_rows_without_files_are_listed() -> None:
    """Of known apps, and not what a squash replaces."""
    found = history(*CHAIN, applied=["a.1", "a.2", "a.99", "gone.1"])

    assert found.without_file() == (("a", "99"),)
