"""
`whimbrel showmigrations`: the migrations, and which are applied.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

from typing import Any, Unpack

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
from whimbrel.project.config import DEFAULT, load_config
from whimbrel.project.showmigrations import (
    ShownMigration,
    ShownMigrations,
    showmigrations,
)


@click.command("showmigrations")
@click.argument("labels", metavar="[APP]...", nargs=-1)
@click.option("-l", "--list", "as_list", is_flag=True, help="By app; the default.")
@click.option("-p", "--plan", "as_plan", is_flag=True, help="In order of application.")
@click.option("--database", default=DEFAULT, show_default=True, help="Which database.")
@formatted
@common_options
@click.pass_context
def command(
    ctx: click.Context,
    labels: tuple[str, ...],
    as_list: bool,
    as_plan: bool,
    database: str,
    form: str,
    **options: Unpack[Options],
) -> None:
    """
    List the migrations: [X] is applied, [ ] is not.

    [-] is a squash whose replaced migrations are all applied; the next migrate
    records it.
    """
    call = continued(ctx, options)
    if as_list and as_plan:
        raise click.UsageError("--list and --plan exclude each other.")
    shown = showmigrations(load_config(call.config), labels, database=database)
    if form == "json":
        show_json(_as_json(shown, as_plan))
    elif as_plan:
        _print_plan(shown, call.verbosity)
    else:
        _print_list(shown, call.verbosity)
    for app, name in shown.lost:
        mark = click.style("applied, but its file is gone", fg="yellow")
        say(f"{app}.{name}: {mark}")


def _print_list(shown: ShownMigrations, verbosity: int) -> None:
    if not shown.apps:
        say("No apps are configured.")
    for label, migrations in shown.apps.items():
        click.secho(label, bold=True)
        if not migrations:
            click.secho(" (no migrations)", dim=True)
        for migration in migrations:
            click.echo(f" {_line(migration, migration.name, verbosity)}")


def _print_plan(shown: ShownMigrations, verbosity: int) -> None:
    if not shown.plan:
        click.echo("(no migrations)")
    for migration in shown.plan:
        line = _line(migration, f"{migration.app}.{migration.name}", verbosity)
        if verbosity and migration.after:
            line += (
                f" after {', '.join(f'{app}.{name}' for app, name in migration.after)}"
            )
        click.echo(line)


def _line(migration: ShownMigration, name: str, verbosity: int) -> str:
    if migration.recorded:
        mark = click.style("[X]", fg="green")
    elif migration.applied:
        mark = click.style("[-]", fg="yellow")
    else:
        mark = "[ ]"
    line = f"{mark} {name}"
    if migration.replaces:
        line += f" ({counted(migration.replaces, 'squashed migration')})"
    if verbosity and migration.when:
        line += f" (applied {migration.when:%Y-%m-%d %H:%M:%S})"
    return line


def _as_json(shown: ShownMigrations, as_plan: bool) -> dict[str, Any]:
    migrations = (
        shown.plan
        if as_plan
        else [one for migrations in shown.apps.values() for one in migrations]
    )
    return {
        "database": shown.database,
        "migrations": [
            {
                "app": one.app,
                "name": one.name,
                "applied": one.applied,
                "recorded": one.recorded,
                "when": one.when.isoformat() if one.when else None,
                "replaces": one.replaces,
                "after": [f"{app}.{name}" for app, name in one.after],
            }
            for one in migrations
        ],
        "without_file": [f"{app}.{name}" for app, name in shown.lost],
    }
