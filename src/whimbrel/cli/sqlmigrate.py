"""
`whimbrel sqlmigrate`: the SQL of one migration.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Unpack

import click
from rich.console import Console
from rich.syntax import Syntax

from whimbrel.cli.call import (
    Options,
    common_options,
    continued,
    formatted,
    say,
    show_json,
)
from whimbrel.project.config import DEFAULT, load_config
from whimbrel.project.sqlmigrate import sqlmigrate


@click.command("sqlmigrate")
@click.argument("app")
@click.argument("name", metavar="MIGRATION")
@click.option("--backwards", is_flag=True, help="The SQL that undoes it.")
@click.option("--database", default=DEFAULT, show_default=True, help="For which one.")
@click.option("--dialect", help="For another kind of database: postgresql, mysql, …")
@click.option(
    "--server-version",
    metavar="VERSION",
    help="Of that database: 15, 8.4.2, 10.11-MariaDB, …",
)
@formatted
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    app: str,
    name: str,
    backwards: bool,
    database: str,
    dialect: str | None,
    server_version: str | None,
    form: str,
    **options: Unpack[Options],
) -> None:
    """
    Print the SQL of a migration. No database is asked, nothing is run.

    MIGRATION is its name or the beginning of it.
    """
    call = continued(ctx, options)
    printed = sqlmigrate(
        load_config(call.config),
        app,
        name,
        backwards=backwards,
        database=database,
        dialect=dialect,
        server_version=server_version,
    )
    if form == "json":
        show_json(asdict(printed))
        return
    if not printed.steps:
        say(f"{printed.app}.{printed.name} has no operations.")
        return
    _print(printed.script(), coloured=ctx.color)


def _print(text: str, *, coloured: bool | None) -> None:
    if coloured is False or not (coloured or sys.stdout.isatty()):
        click.echo(text)
        return
    console = Console(force_terminal=True)
    console.print(Syntax(text, "sql", background_color="default", word_wrap=True))
