"""
The command `whimbrel`: finds the subcommand, and turns errors into exit codes.

Place: `cli`, below `entry`. A command's module is imported when the command runs:
starting `migrate` must not pay for what `init` needs. So this module imports
nothing of Whimbrel but the errors.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any, Unpack, cast

import click

from whimbrel import __version__
from whimbrel.cli.call import (
    Call,
    Options,
    common_options,
    from_here,
    say,
    start,
)
from whimbrel.cli.lazy import load
from whimbrel.errors.base import WhimbrelError, did_you_mean
from whimbrel.errors.cli import StatementRefused, UnexpectedError

COMMANDS = {
    "init": "Look at the project and write its configuration.",
    "makemigrations": "Write migrations for what changed in the models.",
    "migrate": "Apply migrations, or take them back.",
    "showmigrations": "List the migrations and whether they are applied.",
    "sqlmigrate": "Print the SQL of a migration.",
    "squashmigrations": "Write one migration that stands for several.",
    "optimizemigration": "Write a migration anew with fewer operations.",
    "graph": "Draw the migrations, or the tables.",
    "check": "Look for problems in the configuration, models and migrations.",
}
"""Command → its summary; the command is `whimbrel.cli.<name>.command`."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the signal's number, as shells have it."""


class CommandGroup(click.Group):
    """The group of all commands; imports none before it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return command *cmd_name*; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, load(f"cli.{cmd_name}").command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* name; name a neighbour of a wrong one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"{error.message} ({near})", ctx) from None

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands and their summaries, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.Abort, EOFError, KeyboardInterrupt):
            say("\nInterrupted; what was done before stays done.")
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            # Click knows them; a reader that has seen enough is no error of ours.
            raise
        except Exception as error:
            if ctx.ensure_object(Call).traceback:
                traceback.print_exception(error)
            ctx.exit(report(error))


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@common_options
@click.version_option(__version__, "--version", prog_name="whimbrel")
@click.pass_context
def whimbrel(ctx: click.Context, **options: Unpack[Options]) -> None:
    """Django's migration workflow for SQLAlchemy, SQLModel and Django-style models."""
    start(ctx, options)


def report(error: Exception) -> int:
    """Print *error* as its reader needs it; return the exit code."""
    known = error if isinstance(error, WhimbrelError) else unexpected(error)
    say(rendered(known))
    return known.exit_code


def unexpected(error: Exception) -> WhimbrelError:
    """Return our error for one that nobody foresaw, a driver's or a fault of ours."""
    # Asked through sys.modules, because importing SQLAlchemy here is dear.
    exceptions = sys.modules.get("sqlalchemy.exc")
    if exceptions is not None and isinstance(error, exceptions.DBAPIError):
        return StatementRefused(error)
    return UnexpectedError(error)


def rendered(error: WhimbrelError) -> str:
    """Return *error* as lines for the terminal: what, where, what to do."""
    head = click.style(f"error[{error.code}]", fg="red", bold=True)
    lines = [f"{head}: {error.what}"]
    for label, text in (("at", from_here(error.where)), ("fix", error.fix)):
        if text:
            lines.append(f"{click.style(label + ':', fg='cyan')} {text}")
    lines += getattr(error, "__notes__", [])
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends with `SystemExit`, as click does."""
    whimbrel.main(args=arguments, prog_name="whimbrel")
