"""
`whimbrel sqlmigrate`: the SQL of migrations.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TypedDict, Unpack

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
from whimbrel.project.printed import PrintedMigration, PrintedScript
from whimbrel.project.span import BETWEEN
from whimbrel.project.sqlmigrate import sqlmigrate, sqlmigrations


class Wanted(TypedDict):
    """The options that both kinds take."""

    backwards: bool
    record: bool
    database: str
    dialect: str | None
    server_version: str | None


@click.command("sqlmigrate")
@click.argument("app", required=False)
@click.argument("name", metavar="[MIGRATION | FROM:TO]", required=False)
@click.option("--backwards", is_flag=True, help="The SQL that undoes it.")
@click.option("--record", is_flag=True, help="With what records it as applied.")
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
    app: str | None,
    name: str | None,
    backwards: bool,
    record: bool,
    database: str,
    dialect: str | None,
    server_version: str | None,
    form: str,
    **options: Unpack[Options],
) -> None:
    """
    Print the SQL of migrations. No database is asked, nothing is run.

    MIGRATION is the name of one, or the beginning of it. FROM:TO is what leads a
    database that has FROM to TO; "zero:" is from nothing to the end. Without, it is
    all that APP has and needs; without APP, all of all apps.
    """
    call = continued(ctx, options)
    config = load_config(call.config)
    wanted: Wanted = {
        "backwards": backwards,
        "record": record,
        "database": database,
        "dialect": dialect,
        "server_version": server_version,
    }
    printed: PrintedMigration | PrintedScript
    if app is not None and name is not None and BETWEEN not in name:
        printed = sqlmigrate(config, app, name, **wanted)
        nothing = not printed.steps and not record
        why = f"{printed.app}.{printed.name} has no operations."
    else:
        printed = sqlmigrations(config, app, name, **wanted)
        nothing, why = not printed.migrations, "There is no migration between."
    if form == "json":
        show_json(asdict(printed))
    elif nothing:
        say(why)
    else:
        _print(printed.script(), coloured=ctx.color)


def _print(text: str, *, coloured: bool | None) -> None:
    if coloured is False or not (coloured or sys.stdout.isatty()):
        click.echo(text)
        return
    console = Console(force_terminal=True)
    console.print(Syntax(text, "sql", background_color="default", word_wrap=True))
