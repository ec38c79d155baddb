"""Answers from flags and files become the values that detection takes."""

from __future__ import annotations

import datetime
import decimal
import uuid
from pathlib import Path

import pytest

from whimbrel.errors.project import AnswerInvalid, AnswersNeeded, AnswersUnreadable
from whimbrel.project.answers import read_answers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("default:a.B.c='new'", "new", id="text"),
        pytest.param("default:a.B.c=a == 1", None, id="unknown name"),
        pytest.param("default:a.B.c=3", 3, id="number"),
        pytest.param("default:a.B.c=1 == 1", True, id="equals sign in the value"),
        pytest.param("default:a.B.c=uuid.uuid4", uuid.uuid4, id="callable"),
        pytest.param(
            "default:a.B.c=datetime.date(2020, 1, 2)",
            datetime.date(2020, 1, 2),
            id="date",
        ),
        pytest.param(
            "default:a.B.c=decimal.Decimal('1.5')", decimal.Decimal("1.5"), id="decimal"
        ),
        pytest.param("rename-field:a.B.c>d=true", True, id="rename, yes"),
        pytest.param("rename-model:a.B>C=No", False, id="rename, no"),
        pytest.param("rename-value:a.B.c.d>e=true", True, id="rename of a value"),
        pytest.param("rename-value:a.B.c.=>!==no", False, id="equals sign in a value"),
        pytest.param("merge:a=y", True, id="merge"),
    ],
)
def test_a_flag_is_parsed_by_the_kind_of_its_question(text: str, value: object) -> None:
    """An expression for a value, a claim for everything else."""
    if value is None:
        with pytest.raises(AnswerInvalid, match="NameError"):
            read_answers([text])
        return

    (answer,) = read_answers([text]).values()

    assert answer == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(
            "answers.json",
            '{"rename-field:a.B.c>d": true, "default:a.B.e": "\'x\'", '
            '"default:a.B.n": 0}',
            id="JSON",
        ),
        pytest.param(
            "answers.toml",
            '"rename-field:a.B.c>d" = true\n"default:a.B.e" = "\'x\'"\n'
            '"default:a.B.n" = 0\n',
            id="TOML",
        ),
    ],
)
def test_a_file_holds_identities_and_answers(
    tmp_path: Path, name: str, text: str
) -> None:
    """Texts are expressions, other values are themselves; a flag wins."""
    file = tmp_path / name
    file.write_text(text)

    answers = read_answers(["default:a.B.n=1"], file)

    assert answers == {
        "rename-field:a.B.c>d": True,
        "default:a.B.e": "x",
        "default:a.B.n": 1,
    }


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param(
            "default:a.B.c",
            "[PR114] the answer to 'default:a.B.c' has no value\n"
            "fix: write --answer 'default:shop.Order.status=\"new\"'",
            id="no value",
        ),
        pytest.param(
            "defualt:a.B.c=1",
            "[PR114] the answer to 'defualt:a.B.c' has no known kind of question\n"
            "fix: start it with one of rename-model, rename-field, rename-value, "
            "default, merge, as `whimbrel makemigrations --questions` prints it",
            id="unknown kind",
        ),
        pytest.param(
            "rename-model:a.B>C=perhaps",
            "[PR114] the answer to 'rename-model:a.B>C' must be true or false, "
            "not 'perhaps'\nfix: write true or false",
            id="no claim",
        ),
        pytest.param(
            "default:a.B.c=new",
            "[PR114] the answer to 'default:a.B.c' is no Python expression: "
            "NameError: name 'new' is not defined\n"
            "fix: write a text with quotes inside: "
            "'default:shop.Order.status=\"new\"'",
            id="a text without quotes",
        ),
    ],
)
def test_what_cannot_be_understood_says_how_to_write_it(given: str, text: str) -> None:
    """PR114."""
    with pytest.raises(AnswerInvalid) as caught:
        read_answers([given])

    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            "[1]", "the file holds no table of identities and answers", id="a list"
        ),
        pytest.param(
            "{",
            "Expecting property name enclosed in double quotes: line 1 column 2 "
            "(char 1)",
            id="broken",
        ),
        pytest.param(None, "No such file or directory", id="missing"),
    ],
)
def test_an_unreadable_file_is_named(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    """PR115."""
    file = tmp_path / "answers.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(AnswersUnreadable) as caught:
        read_answers(file=file)

    assert caught.value.what == f"the answers cannot be read: {problem}"
    assert caught.value.where == str(file)


def test_missing_answers_are_named_with_how_to_give_them() -> None:
    """PR113: the flags can be pasted into a shell."""
    error = AnswersNeeded(
        [("default:shop.Order.status", "Which value for the existing rows?", '"new"')]
    )

    assert error.exit_code == 3
    assert str(error) == (
        "[PR113] an answer is needed; nothing was written\n"
        "  default:shop.Order.status: Which value for the existing rows?\n"
        "fix: run this in a terminal, or answer with --answer or --answers:\n"
        "  --answer 'default:shop.Order.status=\"new\"'"
    )
