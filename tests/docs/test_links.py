"""Links between pages lead somewhere, and so do the names of files."""

from __future__ import annotations

import re

import pytest

from docs.pages import DOCS, ROOT, Page, pages

ARCHITECTURE = ROOT / "ARCHITECTURE.md"
SOURCE = ROOT / "src" / "whimbrel"


def named(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", pages(), ids=named)
def test_links_lead_to_files_and_headings(page: Page) -> None:
    """Links to other sites are not followed."""
    for link in page.links:
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), link
        if anchor:
            assert anchor in Page(target).anchors, link


def test_every_page_can_be_reached_from_the_index() -> None:
    """A page that nobody links to is read by nobody."""
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = Page(waiting.pop())
        if page.path in reached or page.path.suffix != ".md":
            continue
        reached.add(page.path)
        for link in page.links:
            file = link.partition("#")[0]
            if file and ":" not in file:
                waiting.append((page.path.parent / file).resolve())
    unreached = {p.path for p in pages() if DOCS in p.path.parents} - reached
    assert not unreached


def test_files_named_in_the_architecture_exist() -> None:
    """As ``layer/module.py``, ``layer/folder`` or a path from the root."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    paths = re.findall(r"`([\w./*<>-]+(?:\.py|/))`", text)
    assert len(paths) > 30
    for path in paths:
        pattern = re.sub(r"<\w+>", "*", path.rstrip("/"))
        found = [*SOURCE.glob(pattern), *ROOT.glob(pattern)]
        assert found, path


def test_names_in_the_architecture_are_defined_where_it_says() -> None:
    """``layer/module.py: name`` names a function or class of that module."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    pairs = re.findall(r"`([\w/]+\.py)`: ((?:`[\w.]+`(?:, )?)+)", text)
    assert len(pairs) > 15
    for path, names in pairs:
        source = (SOURCE / path).read_text(encoding="utf-8")
        for name in re.findall(r"`([\w.]+)`", names):
            last = name.rpartition(".")[2]
            defined = rf"(?:def|class) {last}\b|^\s*{last}\b.*="
            assert re.search(defined, source, flags=re.MULTILINE), f"{path}: {name}"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_files_of_the_repository_that_a_page_names_exist(page: Page) -> None:
    """As ``tests/…``, ``docs/…`` or ``src/…``, a placeholder aside."""
    for path in re.findall(r"`((?:tests|docs|src|demo)/[\w./-]+)`", page.prose):
        assert (ROOT / path).exists(), path
