"""
`whimbrel squashmigrations`: one migration that stands for several.

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
    counted,
    formatted,
    say,
    shared_options,
    show_json,
)
from whimbrel.cli.colours import symbol
from whimbrel.project.config import load_config
from whimbrel.project.place import shown_path
from whimbrel.project.squash import (
    SquashedMigrations,
    SquashRequest,
    squashmigrations,
)


@click.command("squashmigrations")
@click.argument("app", metavar="APP")
@click.argument("names", metavar="[START] END", nargs=-1, required=True)
@click.option("--no-optimize", is_flag=True, help="Keep all operations as they are.")
@click.option("--squashed-name", help="Its name after the number.")
@click.option("--noinput", "--no-input", is_flag=True, help="Never ask; write.")
@click.option("--no-header", is_flag=True, help="No comment about who made the file.")
@formatted
@common_options
@click.pass_context
def command(ctx: click.Context, /, form: str, **options: Any) -> None:
    """
    Write one migration that stands for those from START to END.

    Without START from the app's first. The files stay until no database needs them.
    """
    call = continued(ctx, shared_options(options))
    names = options["names"]
    if len(names) > 2:
        raise click.UsageError("Give one or two migrations: [START] END.")
    request = SquashRequest(
        app=options["app"],
        end=names[-1],
        start=names[0] if len(names) == 2 else None,
        optimized=not options["no_optimize"],
        name=options["squashed_name"],
        header=not options["no_header"],
    )
    ask = asks() and not options["noinput"]
    config = load_config(call.config)
    made = squashmigrations(config, request, confirm=_confirm if ask else _agree)
    if form == "json":
        show_json({**asdict(made), "path": shown_path(made.path)})
    else:
        _print(made)


def _agree(members: tuple[str, ...]) -> bool:
    return True


def _confirm(members: tuple[str, ...]) -> bool:
    say("These migrations would be squashed:")
    for name in members:
        say(f"  {name}")
    return click.confirm("Write the squash?", default=False, err=True)


def _print(made: SquashedMigrations) -> None:
    if not made.written:
        say("Nothing was written.")
        return
    click.secho(f"Squash of {counted(len(made.replaces), 'migration')}:", bold=True)
    click.echo(f"  {click.style(shown_path(made.path), fg='green')}")
    for operation in made.operations:
        click.echo(f"    {symbol(operation.symbol)} {operation.text}")
    given = counted(made.given, "operation")
    click.echo(f"{given} became {len(made.operations)}.")
    if made.data_steps:
        click.secho("Data steps:", bold=True)
    for step in made.data_steps:
        click.echo(f"  {step.fate}: {step.text} ({step.migration}), as {step.why}")
    if made.functions:
        click.secho("Used from files that are squashed:", bold=True)
        for name in made.functions:
            click.echo(f"  {name}")
        say("Move them into the squash before you delete these files.")
