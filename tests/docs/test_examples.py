"""Everything that the pages show is true: commands are run, code is compiled."""

from __future__ import annotations

import json
import tomllib

import pytest

from docs.pages import Page, pages
from docs.running import results

WITH_PROJECT = [page for page in pages() if "<!-- project" in page.text]


def named(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", WITH_PROJECT, ids=named)
def test_commands_print_what_the_page_shows(page: Page) -> None:
    """`python tests/docs/fill.py PAGE` writes what they really print."""
    for block, command, said, happened in results(page.blocks):
        assert said == happened, f"{page.name}:{block.line}: {command}"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_code_blocks_are_well_formed(page: Page) -> None:
    """Python compiles, TOML and JSON are read."""
    for block in page.blocks:
        name = f"{page.name}:{block.line}"
        if block.kind == "python" or (block.file or "").endswith(".py"):
            compile(block.text, name, "exec", dont_inherit=True)
        elif block.kind == "toml":
            tomllib.loads(block.text)
        elif block.kind == "json":
            json.loads(block.text)


@pytest.mark.parametrize("page", WITH_PROJECT, ids=named)
def test_examples_that_need_a_project_have_one(page: Page) -> None:
    """A block before the first project would silently not be run."""
    kinds = [block.kind for block in page.blocks]
    before = page.blocks[: kinds.index("project")]
    ran = [b.line for b in before if b.kind in {"file", "run", "pycon"} or b.file]
    ran += [b.line for b in before if b.kind == "console" and b.info != "norun"]
    assert not ran
    assert not [b for p in pages() if p not in WITH_PROJECT for b in p.blocks if b.file]
