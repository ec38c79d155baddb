"""
What every command knows of its call: the options that all commands share.

Place: `cli`, beside `main`. Imports click and nothing of Whimbrel, so that
`--help` costs nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Options(TypedDict):
    """The shared options as click hands them over."""

    config: str | None
    traceback: bool
    verbose: int


@dataclass(frozen=True, slots=True)
class Call:
    """
    The options that stand before or behind a command's name.

    Args:
        config: The configuration's file, None to search for it.

        traceback: An error shows its traceback.

        verbosity: How many -v were given.
    """

    config: str | None = None
    traceback: bool = False
    verbosity: int = 0


def common_options(command: F) -> F:
    """Add the options that all commands share."""
    for option in (
        click.option("-v", "--verbose", count=True, help="Say more; -vv still more."),
        click.option(
            "--traceback", is_flag=True, help="Show the traceback of an error."
        ),
        click.option(
            "--config",
            metavar="FILE",
            type=click.Path(),
            help="The pyproject.toml or whimbrel.toml to use.",
        ),
    ):
        command = option(command)
    return command


def start(ctx: click.Context, options: Options) -> None:
    """Note the shared options that stand before the command's name."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    elif os.environ.get("FORCE_COLOR"):
        ctx.color = True
    ctx.obj = Call(options["config"], options["traceback"], options["verbose"])


def continued(ctx: click.Context, options: Options) -> Call:
    """Return the call, with the shared options that follow the command's name."""
    before: Call = ctx.ensure_object(Call)
    call = Call(
        options["config"] or before.config,
        options["traceback"] or before.traceback,
        options["verbose"] + before.verbosity,
    )
    # The group looks there when the command has failed.
    ctx.find_root().obj = call
    return call


def shared_options(options: dict[str, Any]) -> Options:
    """Take the options that all commands share out of *options*."""
    return Options(
        config=options.pop("config"),
        traceback=options.pop("traceback"),
        verbose=options.pop("verbose"),
    )


def formatted(command: F) -> F:
    """Add the choice between text for a person and JSON for a program."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="What to print the result as.",
    )(command)


def show_json(value: object) -> None:
    """Print *value* as JSON, to stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def from_here(place: str | None) -> str | None:
    """Return *place* with paths as a person at the working folder calls them."""
    return place and place.replace(f"{os.getcwd()}/", "")


def counted(number: int, noun: str) -> str:
    """Return "1 app", "2 apps"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def say(text: str = "", *, end: str = "\n") -> None:
    """Print talk: to stderr, so that it never mixes with a result."""
    click.echo(text, err=True, nl=end == "\n")


def asks() -> bool:
    """Return whether there is a person at a terminal to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()
