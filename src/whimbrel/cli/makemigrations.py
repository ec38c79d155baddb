"""
`whimbrel makemigrations`: write migrations for what changed in the models.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from whimbrel.cli.call import (
    asks,
    common_options,
    continued,
    formatted,
    say,
    shared_options,
    show_json,
)
from whimbrel.cli.colours import symbol
from whimbrel.cli.questions import ask
from whimbrel.detect.questions import Question
from whimbrel.errors.project import AnswersNeeded
from whimbrel.project.answers import read_answers
from whimbrel.project.config import load_config
from whimbrel.project.makemigrations import (
    MadeMigrations,
    MakeRequest,
    NewMigration,
    makemigrations,
    open_questions,
)
from whimbrel.project.place import shown_path

ANSWER = "Answer a question; --questions prints the IDs. May be given many times."


@click.command("makemigrations")
@click.argument("labels", metavar="[APP]...", nargs=-1)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be written; -v the text."
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if there is something."
)
@click.option("--merge", is_flag=True, help="Join the branches of a history.")
@click.option("--empty", is_flag=True, help="A migration to be filled in by hand.")
@click.option("-n", "--name", help="Its name after the number.")
@click.option(
    "--noinput", "--no-input", is_flag=True, help="Never ask; exit 3 instead."
)
@click.option("--no-header", is_flag=True, help="No comment about who made the file.")
@click.option(
    "--scriptable", is_flag=True, help="Print the files' paths to stdout alone."
)
@click.option("--answer", "given", metavar="ID=VALUE", multiple=True, help=ANSWER)
@click.option(
    "--answers",
    "file",
    metavar="FILE",
    type=click.Path(),
    help="Answers as JSON or TOML: identity → answer.",
)
@click.option("--no-rename", is_flag=True, help="Nothing was renamed.")
@click.option(
    "--questions", is_flag=True, help="Print the open questions; write nothing."
)
@formatted
@common_options
@click.pass_context
def command(ctx: click.Context, /, form: str, **options: Any) -> None:
    """
    Write migrations for what changed in the models.

    With APP, for these apps and what their changes need. Where the models do not
    say enough, questions are asked; --answer and --answers answer in advance.
    """
    call = continued(ctx, shared_options(options))
    config = load_config(call.config)
    request = _request(options)
    if options["questions"]:
        _print_questions(open_questions(config, request), form)
        return
    may_ask = asks() and not options["noinput"] and not options["check"]
    try:
        made = makemigrations(config, request, ask=ask if may_ask else None)
    except AnswersNeeded as lacking:
        if not options["check"]:
            raise
        say(f"Changes need answers: {', '.join(lacking.identities)}")
        ctx.exit(1)
    if form == "json":
        show_json(as_json(made))
    else:
        _print(made, options, verbosity=call.verbosity)
    if options["check"] and made.migrations:
        ctx.exit(1)


def _request(options: dict[str, Any]) -> MakeRequest:
    return MakeRequest(
        labels=options["labels"],
        answers=read_answers(options["given"], options["file"]),
        rename=not options["no_rename"],
        merge=options["merge"],
        empty=options["empty"],
        name=options["name"],
        header=not options["no_header"],
        dry_run=options["dry_run"] or options["check"],
    )


def _print(made: MadeMigrations, options: dict[str, Any], *, verbosity: int) -> None:
    scriptable = options["scriptable"]
    if not made.migrations:
        click.echo(_nothing(options), err=scriptable)
    app = None
    for migration in made.migrations:
        if migration.app != app:
            app = migration.app
            title = click.style(f"Migrations for {app}:", bold=True)
            click.echo(title, err=scriptable)
        _print_migration(migration, err=scriptable)
        if not made.written and verbosity:
            click.echo(f"\n{migration.text}", err=scriptable)
        if scriptable:
            click.echo(shown_path(migration.path))
    if made.migrations and not made.written:
        say("Nothing was written.")


def _print_migration(migration: NewMigration, *, err: bool) -> None:
    click.echo(f"  {click.style(shown_path(migration.path), fg='green')}", err=err)
    for operation in migration.operations:
        click.echo(f"    {symbol(operation.symbol)} {operation.text}", err=err)
    if not migration.operations:
        click.secho("    (no operations)", dim=True, err=err)


def _nothing(options: dict[str, Any]) -> str:
    if options["merge"]:
        return "No conflicts to merge."
    labels = ", ".join(options["labels"])
    return f"No changes detected in {labels}" if labels else "No changes detected"


def _print_questions(questions: tuple[Question, ...], form: str) -> None:
    if form == "json":
        show_json({"questions": [asdict(question) for question in questions]})
        return
    for question in questions:
        click.secho(question.id, bold=True)
        click.echo(f"  {question.text}")
    if not questions:
        click.echo("No questions.")


def as_json(made: MadeMigrations) -> dict[str, Any]:
    """Return the result for a program."""
    return {
        "written": made.written,
        "migrations": [
            {**asdict(migration), "path": shown_path(migration.path)}
            for migration in made.migrations
        ],
    }
