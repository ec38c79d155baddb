"""The corpora runner: finding releases, answering questions, saying what came out."""

from __future__ import annotations

from pathlib import Path

import pytest

from whimbrel.detect.questions import Kind, Question
from whimbrel.migrations import Migration, RemoveField
from whimbrel.testing.corpora.answers import answering, edited, neutral_value
from whimbrel.testing.corpora.outcomes import Outcome
from whimbrel.testing.corpora.releases import Renames, pairs_of, releases_in
from whimbrel.testing.corpora.report import details, table, totals_text


def test_releases_are_ordered_by_version(tmp_path: Path) -> None:
    """10 comes after 9, and neighbours are pairs within one application only."""
    for name in ("app-1.10", "app-1.9", "app-1.9.1", "zoo-1", "notes"):
        (tmp_path / f"{name}.py").touch()

    found = releases_in(tmp_path)

    assert [r.name for r in found] == ["app-1.9", "app-1.9.1", "app-1.10", "zoo-1"]
    assert [pair.name for pair in pairs_of(found)] == [
        "app-1.9 > 1.9.1",
        "app-1.9.1 > 1.10",
    ]


def question(kind: Kind, identity: str) -> Question:
    return Question(id=identity, kind=kind, app="app", text="?", type="sa.Integer()")


@pytest.mark.parametrize(
    ("kind", "identity", "answer"),
    [
        pytest.param("rename-model", "rename-model:app.a>b", True, id="table"),
        pytest.param("rename-model", "rename-model:app.a>c", False, id="no table"),
        pytest.param("rename-field", "rename-field:app.b.x>y", True, id="column"),
        pytest.param("rename-field", "rename-field:app.b.x>z", False, id="no column"),
        pytest.param("default", "default:app.b.x", 0, id="value"),
    ],
)
def test_questions_are_answered_by_the_truth(
    kind: Kind, identity: str, answer: object
) -> None:
    renames = Renames(frozenset({("a", "b")}), frozenset({("b", "x", "y")}))

    assert answering(renames)(question(kind, identity)) == answer


def test_every_type_has_a_neutral_value() -> None:
    assert neutral_value("sa.BOOLEAN()") is False
    assert neutral_value("sa.String(10)") == ""


def test_the_answer_for_a_column_with_rows_is_what_they_need() -> None:
    asked = Question(
        id="default:app.b.x", kind="default", app="app", model="b", field="x", text="?"
    )

    assert answering(Renames(), {("b", "x"): 7})(asked) == 7


def test_the_author_says_what_comes_back() -> None:
    """By the old release's name of the table; other operations stay."""
    operations = [RemoveField("works", "shelf"), RemoveField("works", "note")]
    made = Migration.of("app", "0002_x", operations=operations)

    [written] = edited([made], {("book", "shelf"): 7}, {"book": "works"})

    assert written.key == made.key
    assert [operation.fill_back for operation in written.operations] == [
        7,
        operations[1].fill_back,
    ]


def test_the_report_says_what_is_wrong() -> None:
    outcomes = [
        Outcome("a-1", "sqlite", "exact"),
        Outcome("a-1 > 2", "sqlite", "different", "compare", ("x", "y", "z")),
        Outcome("a-2 > 3", "sqlite", "needs data", "", ("t: no",), 4, 3, 9),
        Outcome("a-1", "mysql", "impossible", "create_all", ("no",)),
    ]

    assert table(outcomes, ["sqlite", "mysql"]).splitlines() == [
        "         sqlite                    mysql",
        "a-1      exact                     not possible",
        "a-1 > 2  NOT EXACT (compare)       -",
        "a-2 > 3  exact, needs data         -",
    ]
    assert details(outcomes, 2).splitlines() == [
        "a-1 > 2 on sqlite: NOT EXACT, compare",
        "    x",
        "    y",
        "    … and 1 more",
        "a-2 > 3 on sqlite: exact, needs data",
        "    t: no",
        "a-1 on mysql: not possible, create_all",
        "    no",
    ]
    assert totals_text(outcomes).splitlines() == [
        "sqlite: 1 of 1 releases exact (100%), 0 not possible there",
        "sqlite: 1 of 2 pairs exact (50%) with 9 rows in 3 of 4 tables,"
        " 1 of them need data, 0 not possible there",
        "mysql: 0 of 0 releases exact (-), 1 not possible there",
    ]
