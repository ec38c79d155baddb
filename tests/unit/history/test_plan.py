"""Plans: forwards, backwards, to a name, to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.reading import migration, split
from whimbrel.errors.history import (
    AmbiguousName,
    AppliedWithoutFile,
    AppNotFound,
    MigrationNotFound,
    MixedDirections,
)
from whimbrel.history.history import History
from whimbrel.history.plan import Target, plan, target, viewed

FILES = (
    migration("a.1"),
    migration("a.2", "a.1"),
    migration("a.3", "a.2", "b.1"),
    migration("b.1"),
    migration("b.2", "b.1", "a.2"),
    migration("c.1", "b.2"),
)
WHOLE = History.of(FILES, labels=["empty"])
EVERYTHING = "a.1 a.2 a.3 b.1 b.2 c.1"


def steps(history: History, applied: str, *targets: str) -> str:
    """Return the plan as text; ``-`` means undone, ``a.`` an app's zero."""
    wanted: list[Target] | None = None
    if targets:
        wanted = [(app, name or None) for app, name in map(split, targets)]
    found = plan(history, map(split, applied.split()), wanted)
    return " ".join(f"{'-' if back else ''}{migration}" for migration, back in found)


@pytest.mark.parametrize(
    ("applied", "targets", "expected"),
    [
        ("", [], "a.1 a.2 b.1 a.3 b.2 c.1"),
        ("a.1 b.1", [], "a.2 a.3 b.2 c.1"),
        (EVERYTHING, [], ""),
        ("", ["a.2"], "a.1 a.2"),
        ("", ["c.1"], "a.1 a.2 b.1 b.2 c.1"),
        ("", ["a.1", "b.1"], "a.1 b.1"),
        (EVERYTHING, ["a.3"], ""),
        (EVERYTHING, ["a.2"], "-a.3"),
        (EVERYTHING, ["a.1"], "-a.3 -c.1 -b.2 -a.2"),
        (EVERYTHING, ["b.1"], "-c.1 -b.2"),
        (EVERYTHING, ["a."], "-a.3 -c.1 -b.2 -a.2 -a.1"),
        (EVERYTHING, ["c."], "-c.1"),
        ("a.1", ["a."], "-a.1"),
        ("", ["a."], ""),
        (EVERYTHING, ["empty."], ""),
        ("a.1 a.2", ["a.2"], ""),
        (EVERYTHING, ["a.1", "b.1"], "-a.3 -c.1 -b.2 -a.2"),
    ],
)
def test_plans(applied: str, targets: list[str], expected: str) -> None:
    """A target that is applied is kept; what other apps built on it stays as well."""
    assert steps(WHOLE, applied, *targets) == expected


def test_both_directions_at_once_are_refused() -> None:
    """Which first? The user knows."""
    with pytest.raises(MixedDirections) as caught:
        steps(WHOLE, "a.1 a.2", "a.1", "b.1")

    assert str(caught.value) == (
        "[HI116] the plan would apply b.1 and undo a.2\n"
        "fix: run two commands, one for each direction"
    )


def test_a_name_may_be_shortened() -> None:
    """The whole name wins over longer ones that begin with it."""
    history = History.of(
        [migration("a.0001"), migration("a.0001_x"), migration("a.0002_y")],
        labels=["empty"],
        applied=[("a", "0003_gone")],
    )

    assert target(history, "a", "0002") == ("a", "0002_y")
    assert target(history, "a", "0001") == ("a", "0001")
    assert target(history, "a", "zero") == ("a", None)
    assert target(history, "empty", "zero") == ("empty", None)
    with pytest.raises(AmbiguousName) as several:
        target(history, "a", "000")
    with pytest.raises(MigrationNotFound) as unknown:
        target(history, "a", "0002_z")
    with pytest.raises(AppNotFound) as no_app:
        target(history, "b", "zero")
    with pytest.raises(AppliedWithoutFile) as gone:
        target(history, "a", "0003")
    assert str(several.value) == (
        "[HI113] several migrations of 'a' begin with '000': 0001, 0001_x, 0002_y\n"
        "fix: write more of the name"
    )
    assert str(unknown.value) == (
        "[HI112] app 'a' has no migration '0002_z'\nfix: did you mean '0002_y'?"
    )
    assert str(no_app.value) == (
        "[HI114] there is no app 'b'\nfix: use one of: a, empty"
    )
    assert str(gone.value) == (
        "[HI117] a.0003_gone is applied, but there is no file of it here\n"
        "fix: check out the branch that has the file; if it is gone for good, remove "
        "the record with `whimbrel migrate a --prune`"
    )


SQUASHED = (
    migration("a.1"),
    migration("a.2", "a.1"),
    migration("a.12", replaces=("a.1", "a.2")),
    migration("a.3", "a.2"),
    migration("b.1"),
    migration("b.2", "b.1", "a.1"),
    migration("b.12", "a.12", replaces=("b.1", "b.2")),
)


@pytest.mark.parametrize(
    ("applied", "targets", "expected"),
    [
        ("", [], "a.12 a.3 b.12"),
        ("a.1", [], "a.2 a.3 b.12"),
        ("a.1 a.2 a.3", [], "b.12"),
        ("a.1 a.2 a.3", ["a.12"], "-a.3"),
        ("a.1 a.2 a.3", ["a."], "-a.3 -a.12"),
        ("a.1 a.2 a.3", ["a.1"], "-a.3 -a.2"),
        ("", ["a.2"], "a.1 a.2"),
        ("a.1", ["a.12"], "a.2"),
        ("a.1 a.2 b.1 b.2", ["a.1"], "-b.12 -a.2"),
    ],
)
def test_plans_with_squashes(applied: str, targets: list[str], expected: str) -> None:
    """A replaced migration can be named; only its own squash gives way."""
    assert steps(History.of(SQUASHED), applied, *targets) == expected


def test_the_history_that_a_plan_walks_can_be_had() -> None:
    """For the states between its steps."""
    seen = viewed(History.of(SQUASHED), [("a", "1"), ("a", "2")], [("a", "1")])

    assert ("a", "2") in seen.graph
    assert ("b", "12") in seen.graph


def test_a_replaced_migration_without_a_file_cannot_be_a_target() -> None:
    """The message says what stands for it."""
    history = History.of([migration("a.12", replaces=("a.1", "a.2"))])

    with pytest.raises(AppliedWithoutFile) as caught:
        steps(history, "a.1 a.2", "a.1")

    assert str(caught.value) == (
        "[HI117] a.1 is applied, but its file is gone, as a.12 replaces it\n"
        "fix: name '12' instead, or bring the file back"
    )


@given(st.data())
def test_carrying_out_a_plan_reaches_the_target(data: st.DataObject) -> None:
    """Forwards or backwards, from any consistent state; then nothing is left to do."""
    keys = sorted(WHOLE.migrations)
    applied = set(
        WHOLE.graph.forwards_plan(*data.draw(st.lists(st.sampled_from(keys))))
    )
    goal = data.draw(st.sampled_from(keys))

    for migration_, backwards in plan(WHOLE, applied, [goal]):
        if backwards:
            assert not set(WHOLE.graph.children[migration_.key]) & applied
            applied.remove(migration_.key)
        else:
            assert set(WHOLE.graph.parents[migration_.key]) <= applied
            applied.add(migration_.key)

    assert goal in applied
    assert plan(WHOLE, applied, [goal]) == []
