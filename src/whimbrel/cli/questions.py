"""
Questions put to the person at the terminal, one after another.

Place: `cli`, used by `makemigrations`. What to ask is detection's business; this
knows how to ask, and what to do with an answer that is none.
"""

from __future__ import annotations

import click

from whimbrel.cli.call import say
from whimbrel.detect.questions import Question
from whimbrel.errors.project import AnswerInvalid
from whimbrel.project.answers import VALUE_KIND, parsed

QUIT = "quit"
UNANSWERED = 3


def ask(question: Question) -> object:
    """Return the answer to *question*; leave with exit code 3 for "quit"."""
    if question.kind == VALUE_KIND:
        return _ask_value(question)
    return click.confirm(
        click.style(question.text, bold=True),
        default=question.default in ("true", "yes", "y"),
        err=True,
    )


def _ask_value(question: Question) -> object:
    say(click.style(question.text, bold=True))
    if question.type:
        say(f"  {place(question)} is a {question.type}")
    say(
        "  Write a Python expression: 'a text', 0, datetime.date(2024, 1, 1), "
        f"uuid.uuid4; or {QUIT}."
    )
    if question.choices:
        say(f"  Or one of: {', '.join(question.choices)}.")
    while True:
        text = click.prompt(
            "  Value", default=question.default, err=True, prompt_suffix=" > "
        ).strip()
        if text in (QUIT, "exit"):
            say("Nothing was written.")
            raise click.exceptions.Exit(UNANSWERED)
        if text in question.choices:
            return text
        try:
            return parsed(question.id, text)
        except AnswerInvalid as error:
            say(click.style(f"  That {error.problem}", fg="red"))


def place(question: Question) -> str:
    """Return app.Model.field, as far as the question has them."""
    return ".".join(
        part for part in (question.app, question.model, question.field) if part
    )
