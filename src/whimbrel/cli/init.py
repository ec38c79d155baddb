"""
`whimbrel init`: look at the project and write its configuration.

Place: `cli`, one of the commands.
"""

from __future__ import annotations

from typing import Unpack

import click

from whimbrel.cli.call import Options, common_options, continued, counted, say
from whimbrel.project.init import Initialised, initialise
from whimbrel.project.place import shown_path


@click.command("init")
@click.option("--url", help="The database's URL, or env:NAME to read it from there.")
@click.option("--dry-run", is_flag=True, help="Show what would be written.")
@common_options
@click.pass_context
def command(
    ctx: click.Context, url: str | None, dry_run: bool, **options: Unpack[Options]
) -> None:
    """
    Look for models, and write the configuration that names them.

    Adds [tool.whimbrel] to the pyproject.toml of the working folder, or makes a
    whimbrel.toml where there is none. A configuration that exists is left alone.
    """
    continued(ctx, options)
    result = initialise(url=url, dry_run=dry_run)
    _say_found(result)
    file = shown_path(result.file)
    if result.written:
        verb = "Wrote" if result.created else "Added to"
        say(f"\n{verb} {click.style(file, bold=True)}:")
    else:
        say(f"\nWould write to {click.style(file, bold=True)}:")
    click.echo(result.text, nl=False)
    if result.written:
        say("\nNext: whimbrel makemigrations, then whimbrel migrate.")


def _say_found(result: Initialised) -> None:
    say(click.style("Found", bold=True))
    for app in result.apps:
        name = click.style(app.label, fg="green")
        noun = "model" if app.kind == "Django-style models" else "table"
        say(
            f"  {name}: {counted(app.count, noun)} ({app.kind}) in "
            f"{', '.join(app.models)}; migrations in {app.migrations}"
        )
    if result.url.startswith("env:"):
        variable = result.url.removeprefix("env:")
        say(f"  the database's URL in the environment variable {variable}")
    for module in result.failed:
        mark = click.style("could not import", fg="yellow")
        say(f"  {mark} {module.name}: {module.problem}")
        if module.where:
            say(f"    at {module.where}")
