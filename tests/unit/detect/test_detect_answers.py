"""Answers that cannot be used, and the last look at what was found."""

from __future__ import annotations

import pytest

from detect.building import CHAR, INTEGER, found, model
from whimbrel.detect.changes import Change
from whimbrel.detect.order import ordered
from whimbrel.detect.script import Draft
from whimbrel.detect.verify import check
from whimbrel.errors.detect import (
    ConflictingAnswers,
    Inexpressible,
    Unorderable,
    WrongAnswer,
)
from whimbrel.migrations import DeleteModel
from whimbrel.migrations.effects import Effects
from whimbrel.state.project import ProjectState

BOOK, NOVEL, TOME = (model(f"lib.{n}", title=CHAR) for n in ("Book", "Novel", "Tome"))


def test_a_rename_is_true_or_false() -> None:
    """A value in the place of a claim would be a silent yes or no."""
    with pytest.raises(WrongAnswer) as caught:
        found([BOOK], [NOVEL], {"rename-model:lib.Book>Novel": "Novel"})

    assert str(caught.value) == (
        "[DE103] the answer is 'Novel', neither true nor false\n"
        "at: rename-model:lib.Book>Novel\n"
        "fix: write --answer 'rename-model:lib.Book>Novel=true' or --answer "
        "'rename-model:lib.Book>Novel=false'"
    )


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        pytest.param([BOOK], [NOVEL, TOME], ("Book>Novel", "Book>Tome"), id="one old"),
        pytest.param([BOOK, TOME], [NOVEL], ("Book>Novel", "Tome>Novel"), id="one new"),
    ],
)
def test_renames_that_exclude_each_other(
    before: list[object], after: list[object], pairs: tuple[str, str]
) -> None:
    """One model cannot have become two, nor two one."""
    first, second = (f"rename-model:lib.{pair}" for pair in pairs)

    with pytest.raises(ConflictingAnswers) as caught:
        found(before, after, {first: True, second: True})  # type: ignore[arg-type]

    assert set(caught.value.identities) == {first, second}
    assert str(caught.value).startswith("[DE104] ")
    assert str(caught.value).endswith("fix: answer one of them with false")


def test_operations_that_all_wait_for_each_other() -> None:
    """No such change is known; should one come up, it is named."""
    one, two = ("model", "lib", "one"), ("model", "lib", "two")
    drafts = [
        Draft(Change("lib", DeleteModel("One"), effects), 1)
        for effects in (
            Effects(reads=frozenset({one}), makes=frozenset({two})),
            Effects(reads=frozenset({two}), makes=frozenset({one})),
        )
    ]

    with pytest.raises(Unorderable) as caught:
        ordered(drafts)

    assert str(caught.value) == (
        "[DE105] there is no order for these operations: Delete model One, Delete "
        "model One\n"
        "fix: make the change in two steps: run makemigrations after each"
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param([BOOK], [], "the model is missing or left over", id="model"),
        pytest.param([BOOK], [model("lib.Book")], "field title", id="field"),
        pytest.param(
            [BOOK],
            [model("lib.Book", {"index_together": [["title", "id"]]}, title=CHAR)],
            "option index_together",
            id="option",
        ),
        pytest.param(
            [BOOK], [model("lib.BOOK", title=CHAR)], "the name BOOK", id="name"
        ),
        pytest.param(
            [BOOK],
            [model("lib.Book", None, ("lib.X",), title=CHAR)],
            "bases",
            id="bases",
        ),
        pytest.param(
            [BOOK],
            [model("lib.Book", managers=[("m", INTEGER)], title=CHAR)],
            "managers",
            id="managers",
        ),
    ],
)
def test_operations_that_lead_elsewhere_are_not_written(
    before: list[object], after: list[object], said: str
) -> None:
    """The error names the first thing that would be different."""
    with pytest.raises(Inexpressible) as caught:
        check(ProjectState.of(before), ProjectState.of(after), [])  # type: ignore[arg-type]

    assert str(caught.value).splitlines()[0] == (
        f"[DE106] no operation expresses this change: {said}"
    )
