"""Arranging: changes become as few migrations as their order allows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.reading import migration, split
from whimbrel import models
from whimbrel.detect.changes import Change
from whimbrel.errors.history import NotAName, SeveralLeaves
from whimbrel.history.arrange import arrange, empty, find_needs, restricted
from whimbrel.history.history import History
from whimbrel.migrations import (
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    Operation,
    RemoveField,
    RenameModel,
    RunSQL,
)
from whimbrel.migrations.effects import Effects
from whimbrel.state.project import ProjectState

MOMENT = datetime.datetime(2025, 3, 4, 5, 6)
NOTHING = History.of([])
KEY = ("id", models.BigAutoField(primary_key=True))


def create(name: str, *targets: str) -> CreateModel:
    fields = [(t.partition(".")[2].lower(), link(t)) for t in targets]
    return CreateModel(name, [KEY, *fields])


def link(target: str) -> models.ForeignKey:
    return models.ForeignKey(target, on_delete=models.CASCADE)


def changes(
    *steps: tuple[str, Operation], state: ProjectState | None = None
) -> list[Change]:
    """Return operations, given in an order that works, with their effects."""
    before = ProjectState() if state is None else state
    found = []
    for app, operation in steps:
        after = before.clone()
        operation.state_forwards(app, after)
        found.append(Change(app, operation, operation.effects(app, before, after)))
        before = after
    return found


def shown(migrations: Sequence[Migration]) -> list[str]:
    """Return each migration with its dependencies, as text."""
    return [
        f"{m} < {' '.join('.'.join(key) for key in m.dependencies)}".removesuffix(" < ")
        for m in migrations
    ]


def state_of(*steps: tuple[str, Operation]) -> ProjectState:
    state = ProjectState()
    for app, operation in steps:
        operation.state_forwards(app, state)
    return state


def test_one_app_one_migration() -> None:
    """The first one is called initial."""
    found = changes(("a", create("Book")), ("a", create("Page", "a.Book")))

    (made,) = arrange(found, NOTHING)

    assert shown([made]) == ["a.0001_initial"]
    assert made.initial is True
    assert made.operations == [change.operation for change in found]


def test_an_app_comes_after_those_it_needs() -> None:
    """Whole migrations, in the order of need, not of the alphabet."""
    found = changes(("b", create("Author")), ("a", create("Book", "b.Author")))

    assert shown(arrange(found, NOTHING)) == [
        "b.0001_initial",
        "a.0001_initial < b.0001_initial",
    ]


def test_apps_that_need_each_other_are_cut() -> None:
    """Django's classic: a foreign key in both directions."""
    found = changes(
        ("a", create("Book")),
        ("b", create("Author")),
        ("b", AddField("Author", "best", link("a.Book"))),
        ("a", AddField("Book", "author", link("b.Author"))),
    )

    made = arrange(found, NOTHING)

    assert shown(made) == [
        "a.0001_initial",
        "b.0001_initial < a.0001_initial",
        "a.0002_initial < a.0001_initial b.0001_initial",
    ]
    assert [m.initial for m in made] == [True, True, True]


def test_only_the_app_that_is_waited_for_is_cut() -> None:
    """App `a` waits, too, but nobody waits for what it could do at once."""
    found = changes(
        ("a", create("Alone")),
        ("b", create("Author")),
        ("c", create("Shop", "b.Author")),
        ("b", AddField("Author", "shop", link("c.Shop"))),
        ("a", AddField("Alone", "author", link("b.Author"))),
        ("a", AddField("Alone", "shop", link("c.Shop"))),
    )

    assert shown(arrange(found, NOTHING)) == [
        "b.0001_initial",
        "c.0001_initial < b.0001_initial",
        "a.0001_initial < b.0001_initial c.0001_initial",
        "b.0002_initial < b.0001_initial c.0001_initial",
    ]


def test_deleting_a_circle_goes_the_other_way_round() -> None:
    """First let go, then delete."""
    before = state_of(
        ("a", create("Book")),
        ("b", create("Author", "a.Book")),
        ("a", AddField("Book", "author", link("b.Author"))),
    )
    history = History.of([migration("a.0001_initial"), migration("b.0001_initial")])
    found = changes(
        ("a", RemoveField("Book", "author")),
        ("b", DeleteModel("Author")),
        ("a", DeleteModel("Book")),
        state=before,
    )

    assert shown(arrange(found, history)) == [
        "a.0002_remove_book_author < a.0001_initial b.0001_initial",
        "b.0002_delete_author < a.0002_remove_book_author b.0001_initial",
        "a.0003_delete_book < a.0002_remove_book_author b.0002_delete_author",
    ]


def test_a_renamed_model_is_needed_under_its_new_name() -> None:
    """Who refers to the new name comes after the renaming."""
    before = state_of(("b", create("Author")))
    history = History.of([migration("b.0001_initial")], labels=["a"])
    found = changes(
        ("b", RenameModel("Author", "Writer")),
        ("a", create("Book", "b.Writer")),
        state=before,
    )

    assert shown(arrange(found, history)) == [
        "b.0002_rename_author_writer < b.0001_initial",
        "a.0001_initial < b.0002_rename_author_writer",
    ]


def test_what_exists_already_is_a_dependency() -> None:
    """On the last migration of the other app, or on its first if it has none."""
    before = state_of(("b", create("Author")), ("c", create("Shop")))
    history = History.of(
        [migration("b.0001_initial"), migration("b.0002_x", "b.0001_initial")],
        labels=["a", "c"],
    )
    found = changes(("a", create("Book", "b.Author", "c.Shop")), state=before)

    assert shown(arrange(found, history)) == [
        "a.0001_initial < b.0002_x c.__first__",
    ]


def test_the_first_new_migration_comes_after_the_last_old_one() -> None:
    """Numbers go on; a taken name is not used again."""
    before = state_of(("a", create("Book")))
    history = History.of(
        [
            migration("a.0001_squashed_0004_x", replaces=("a.0001_a", "a.0004_x")),
            migration("a.0007_delete_book", replaces=("a.0004_x",)),
        ][:1]
    )
    found = changes(("a", DeleteModel("Book")), state=before)

    assert shown(arrange(found, history)) == [
        "a.0005_delete_book < a.0001_squashed_0004_x",
    ]


def test_a_name_can_be_given() -> None:
    """It takes the place of the suggested one, the number stays."""
    found = changes(("b", create("Author")), ("a", create("Book", "b.Author")))

    made = arrange(found, NOTHING, name="start")

    assert shown(made) == ["b.0001_start", "a.0001_start < b.0001_start"]
    with pytest.raises(NotAName):
        arrange(found, NOTHING, name="not a name")


def test_the_time_comes_from_the_caller() -> None:
    """Names without words; nothing here looks at a clock."""
    history = History.of([migration("a.0001_initial")])
    found = [Change("a", RunSQL("SELECT 1"), Effects(opaque=True))]

    assert shown(arrange(found, history, moment=MOMENT)) == [
        "a.0002_auto_20250304_0506 < a.0001_initial",
    ]


def test_a_branched_history_cannot_go_on() -> None:
    """After which of the leaves?"""
    history = History.of([migration("a.0001_x"), migration("a.0001_y")])

    with pytest.raises(SeveralLeaves) as caught:
        arrange(changes(("a", create("Book"))), history)

    assert str(caught.value) == (
        "[HI118] the history branches: 0001_x, 0001_y in a\n"
        "fix: join the branches with `whimbrel makemigrations --merge`"
    )


def test_operations_can_be_made_fewer() -> None:
    """The optimizer is the caller's."""
    found = changes(("a", create("Book")), ("a", DeleteModel("Book")))

    (made,) = arrange(found, NOTHING, optimize=lambda app, operations: operations[:1])

    assert made.operations == [found[0].operation]


def test_labels_restrict_with_all_that_they_need() -> None:
    """A migration must not depend on a change that nobody wrote down."""
    found = changes(
        ("d", create("Alone")),
        ("c", create("Shop")),
        ("b", create("Author", "c.Shop")),
        ("a", create("Book", "b.Author")),
    )

    assert [c.app_label for c in restricted(found, ["b"])] == ["c", "b"]
    assert shown(arrange(found, NOTHING, labels=["b"])) == [
        "c.0001_initial",
        "b.0001_initial < c.0001_initial",
    ]


def test_an_empty_migration_is_numbered_and_named() -> None:
    """The user fills it in."""
    history = History.of([migration("a.0003_x")], labels=["b"])

    assert shown([empty(history, "a", moment=MOMENT)]) == [
        "a.0004_auto_20250304_0506 < a.0003_x"
    ]
    assert shown([empty(history, "b", moment=MOMENT)]) == ["b.0001_initial"]
    assert shown([empty(history, "a", name="data")]) == ["a.0004_data < a.0003_x"]


RESOURCES = [("model", app, name) for app in "abc" for name in "xyz"]


@st.composite
def sequences(draw: st.DrawFn) -> list[Change]:
    """Changes in an order that works: each resource is made before it is read."""
    found = []
    there: set[tuple[str, ...]] = set()
    for number in range(draw(st.integers(1, 12))):
        app = draw(st.sampled_from("abc"))
        reads = frozenset(
            draw(st.sets(st.sampled_from(sorted(there)), max_size=2)) if there else ()
        )
        new = [r for r in RESOURCES if r[1] == app and r not in there]
        makes = frozenset(
            draw(st.sets(st.sampled_from(new), max_size=1)) if new else ()
        )
        old = [r for r in there if r[1] == app and r not in reads]
        removes = frozenset(
            draw(st.sets(st.sampled_from(sorted(old)), max_size=1)) if old else ()
        )
        there = (there | makes) - removes
        effects = Effects(reads=reads, makes=makes, removes=removes)
        found.append(Change(app, RunSQL(f"SELECT {number}"), effects))
    return found


@given(sequences())
def test_any_changes_can_be_arranged(found: list[Change]) -> None:
    """All of them, each app's in order, each after what it needs."""
    made = arrange(found, NOTHING, moment=MOMENT)

    order = [(m.app_label, op) for m in made for op in m.operations]
    assert sorted(map(str, order)) == sorted(
        str((c.app_label, c.operation)) for c in found
    )
    place = {str(op): n for n, (_, op) in enumerate(order)}
    home = {str(op): m for m in made for op in m.operations}
    for change, needs in zip(found, find_needs(found), strict=True):
        for needed in needs:
            other = found[needed]
            assert place[str(other.operation)] < place[str(change.operation)]
            names = [
                n
                for a, n in home[str(change.operation)].dependencies
                if a == other.app_label
            ]
            assert names >= [home[str(other.operation)].name]
    History.of(made).graph.check_acyclic()
    for app in "abc":
        own = [op for a, op in order if a == app]
        assert own == [c.operation for c in found if c.app_label == app]


def test_a_long_run_of_changes_is_arranged_in_linear_time() -> None:
    """A first migration of a thousand models takes no time to speak of."""
    found = [
        Change(
            "a",
            RunSQL(f"SELECT {n}"),
            Effects(makes=frozenset({("model", "a", str(n))})),
        )
        for n in range(5000)
    ]

    (made,) = arrange(found, NOTHING)

    assert len(made.operations) == 5000
    assert split("a.1") == ("a", "1")


def test_an_altered_relation_depends_on_the_rename_of_its_target() -> None:
    """
    It needs the model before and after, but names it as it is called now. Without
    the dependency the rename could be taken back alone, and the name led nowhere.
    """
    state = ProjectState()
    for app, operation in (
        ("library", create("Author")),
        ("shop", create("Book", "library.Author")),
    ):
        operation.state_forwards(app, state)
    history = History.of(
        [
            migration("library.0001_initial"),
            migration("shop.0001_initial", "library.0001_initial"),
        ]
    )
    one = models.OneToOneField("library.Writer", on_delete=models.CASCADE)
    renamed, altered = arrange(
        changes(
            ("library", RenameModel("Author", "Writer")),
            ("shop", AlterField("Book", "author", one)),
            state=state,
        ),
        history,
    )
    assert renamed.key in altered.dependencies
