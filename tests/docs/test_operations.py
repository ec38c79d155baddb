"""Every operation has a page that names its arguments."""

from __future__ import annotations

import inspect
import re

import pytest

from docs.pages import DOCS, page
from whimbrel import migrations
from whimbrel.migrations import CreateExtension, Operation

NAMED = {
    name: getattr(migrations, name)
    for name in migrations.__all__
    if issubclass(getattr(migrations, name), Operation) and name != "Operation"
}
SHORTHANDS = {
    name: operation
    for name, operation in NAMED.items()
    if issubclass(operation, CreateExtension) and operation is not CreateExtension
}
OPERATIONS = sorted(NAMED.keys() - SHORTHANDS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_page_describes_every_argument_and_no_other(name: str) -> None:
    """The signature and the table follow the class."""
    text = page(f"operations/{name}.md").text
    wanted = list(inspect.signature(getattr(migrations, name)).parameters)
    rows = re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
    called = re.search(rf"^{name}\((.*)\)$", text, flags=re.MULTILINE)
    assert called is not None
    signature = re.findall(r"(?:^|, )(\w+)(?==|,|$)", called[1])
    assert sorted(rows) == sorted(wanted)
    assert signature == wanted


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_page_says_what_happens_to_state_and_database_and_back(name: str) -> None:
    """The three things that one needs to know, and an example that is run."""
    text = page(f"operations/{name}.md").text
    for heading in ("**State.**", "**Database.**", "**Backwards.**", "## Example"):
        assert heading in text
    assert f"migrations.{name}(" in text


@pytest.mark.parametrize("name", sorted(SHORTHANDS))
def test_a_shorthand_is_listed_with_what_it_stands_for(name: str) -> None:
    """They have no pages of their own: all of them are one operation."""
    text = page("operations/CreateExtension.md").text
    extension = SHORTHANDS[name]().name
    assert re.search(rf"^\| `{name}\(\)` \| `{extension}` \| ", text, re.MULTILINE)


def test_the_index_lists_every_operation_once() -> None:
    """And there is no page without an operation."""
    text = page("operations/index.md").text
    listed = re.findall(r"^- \[(\w+)\]\(\1\.md\)", text, flags=re.MULTILINE)
    files = {path.stem for path in (DOCS / "operations").glob("*.md")} - {"index"}
    assert sorted(listed) == OPERATIONS
    assert sorted(files) == OPERATIONS
