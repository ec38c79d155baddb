"""The texts of the project's errors that no other test pins."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.cli import StatementRefused, UnexpectedError
from whimbrel.errors.project import (
    AnswersNeeded,
    ConfigurationExists,
    ConfigurationUnwritable,
    ModelWithoutApp,
    NoMigrations,
    NothingFound,
    OptionsClash,
    ReferenceNotFound,
    quoted,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(
            ConfigurationExists("/shop/whimbrel.toml"),
            "[PR104] there is a configuration already\n"
            "at: /shop/whimbrel.toml\n"
            "fix: edit it by hand, or remove it and run `whimbrel init` again",
            id="PR104",
        ),
        pytest.param(
            NoMigrations("shop"),
            "[PR118] app 'shop' has no migrations\n"
            "fix: run `whimbrel makemigrations shop`",
            id="PR118",
        ),
        pytest.param(
            NothingFound("/shop", ["shop.models"]),
            "[PR119] no models found (could not import shop.models)\n"
            "at: /shop\n"
            "fix: make a package with a models.py, or write [tool.whimbrel.apps] by "
            'hand: library = "library"',
            id="PR119",
        ),
        pytest.param(
            OptionsClash("one and two exclude each other", "leave one out"),
            "[PR120] one and two exclude each other\nfix: leave one out",
            id="PR120",
        ),
        pytest.param(
            ConfigurationUnwritable("/shop/whimbrel.toml", "Permission denied"),
            "[PR121] the file cannot be written: Permission denied\n"
            "at: /shop/whimbrel.toml\n"
            "fix: check the folder's permissions",
            id="PR121",
        ),
        pytest.param(
            ReferenceNotFound("book", "athor.id", "athor", ["author"]),
            "[PR122] a foreign key of table 'book' leads to 'athor.id', but there is "
            "no 'athor'\n"
            "at: table book\n"
            "fix: did you mean 'author'?",
            id="PR122",
        ),
        pytest.param(
            ModelWithoutApp("stock.Item", "shop.stock"),
            "[PR123] model 'stock.Item' belongs to the app 'stock', which is not "
            "configured\n"
            "at: shop.stock\n"
            "fix: add 'stock' under [tool.whimbrel.apps], or write app_label = … of a "
            "configured app into the model's Meta",
            id="PR123",
        ),
        pytest.param(
            UnexpectedError(ValueError("no")),
            "[CL101] unexpected ValueError: no\n"
            "fix: run the same with --traceback to see where; if it is a fault of "
            "Whimbrel, please report it",
            id="CL101",
        ),
        pytest.param(
            StatementRefused(OperationalError("SELECT 1", None, Exception("locked"))),
            "[CL102] the database refused: locked\n"
            "at: SELECT 1\n"
            "fix: run the same with --traceback to see where",
            id="CL102",
        ),
    ],
)
def test_an_error_says_what_where_and_what_to_do(
    error: WhimbrelError, text: str
) -> None:
    """The text is part of the contract: users act on it."""
    assert str(error) == text


def test_several_answers_are_all_named() -> None:
    """PR113, in the plural."""
    error = AnswersNeeded([("merge:a", "Join?", "true"), ("merge:b", "Join?", "true")])

    assert error.what == (
        "answers are needed; nothing was written\n  merge:a: Join?\n  merge:b: Join?"
    )


def test_a_quote_survives_the_shell() -> None:
    """What the message offers can be pasted."""
    assert quoted("a='b'") == "'a='\"'\"'b'\"'\"''"
