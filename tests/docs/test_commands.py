"""Every command has a page, and the page names its arguments, options and exits."""

from __future__ import annotations

import re

import click
import pytest

from docs.pages import page, pages
from whimbrel.cli.lazy import load
from whimbrel.cli.main import COMMANDS

SHARED = {"--config", "--traceback", "--verbose", "--help"}
"""Said once, on the index page."""


def command(name: str) -> click.Command:
    found = load(f"cli.{name}").command
    assert isinstance(found, click.Command)
    return found


def options(name: str) -> set[str]:
    """Return the spellings of the options of command *name*."""
    parameters = [p for p in command(name).params if isinstance(p, click.Option)]
    return {opt for p in parameters for opt in (*p.opts, *p.secondary_opts)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_lists_exactly_the_options_of_its_command(name: str) -> None:
    """No option is missing, and none is described that does not exist."""
    text = page(f"commands/{name}.md").text
    rows = re.findall(r"^\| (`-.*?) \|", text, flags=re.MULTILINE)
    listed = {o for row in rows for o in re.findall(r"(?<![\w-])--?[\w-]+", row)}
    wanted = {o for o in options(name) if o not in SHARED and o != "-v"}
    assert listed == wanted


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_names_the_arguments_of_its_command(name: str) -> None:
    """As the command's own usage line writes them."""
    text = page(f"commands/{name}.md").text
    found = command(name)
    usage = found.collect_usage_pieces(click.Context(found))
    assert f"whimbrel {name} {' '.join(usage)}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_says_what_its_exit_statuses_mean(name: str) -> None:
    """Scripts depend on them."""
    text = page(f"commands/{name}.md").text
    assert "## Exit status" in text
    assert re.search(r"^\| `0` \|", text, flags=re.MULTILINE)
    assert re.search(r"^\| `2` \|", text, flags=re.MULTILINE)


def test_the_index_lists_the_commands_and_the_shared_options() -> None:
    """Nothing that the main help shows is left out."""
    text = page("commands/index.md").text
    for name in COMMANDS:
        assert f"({name}.md)" in text
    for option in (*SHARED, "-v", "-h", "--version"):
        assert f"`{option}" in text


def test_no_page_describes_a_command_that_does_not_exist() -> None:
    """Pages of commands, and command lines on any page."""
    for found in pages():
        if found.path.parent.name == "commands" and found.path.stem != "index":
            assert found.path.stem in COMMANDS
        for line in re.findall(r"^\$ whimbrel (\w+)", found.text, flags=re.MULTILINE):
            assert line in COMMANDS, found.name
