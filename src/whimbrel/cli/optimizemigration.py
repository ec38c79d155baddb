"""
`whimbrel optimizemigration`: fewer operations that do the same.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Unpack

import click

from whimbrel.cli.call import (
    Options,
    common_options,
    continued,
    counted,
    formatted,
    say,
    show_json,
)
from whimbrel.cli.colours import symbol
from whimbrel.project.config import load_config
from whimbrel.project.optimize import OptimizedMigration, optimizemigration
from whimbrel.project.place import shown_path


@click.command("optimizemigration")
@click.argument("app", metavar="APP")
@click.argument("name", metavar="NAME")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if fewer operations do."
)
@formatted
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    app: str,
    name: str,
    check: bool,
    form: str,
    **options: Unpack[Options],
) -> None:
    """
    Write a migration anew with fewer operations that do the same.

    NAME may be how the migration's name begins. Only the list of operations in its
    file changes.
    """
    call = continued(ctx, options)
    done = optimizemigration(load_config(call.config), app, name, dry_run=check)
    if form == "json":
        shown = {**asdict(done), "path": shown_path(done.path)}
        show_json({**shown, "shorter": done.is_shorter})
    else:
        _print(done, verbosity=call.verbosity)
    if check and done.is_shorter:
        ctx.exit(1)


def _print(done: OptimizedMigration, *, verbosity: int) -> None:
    given = counted(done.given, "operation")
    if not done.is_shorter:
        click.echo(f"{done.app}.{done.name}: {given}, no fewer would do.")
        return
    click.secho(f"{done.app}.{done.name}:", bold=True)
    click.echo(f"  {click.style(shown_path(done.path), fg='green')}")
    for operation in done.operations:
        click.echo(f"    {symbol(operation.symbol)} {operation.text}")
    if not done.operations:
        click.secho("    (no operations)", dim=True)
    click.echo(f"{given} became {len(done.operations)}.")
    if not done.written:
        if verbosity:
            click.echo(f"\n{done.text}")
        say("Nothing was written.")
