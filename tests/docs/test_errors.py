"""Every error code has an entry on the page of errors."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import whimbrel.errors
import whimbrel.project.check
from docs.pages import page, pages
from whimbrel.errors.base import WhimbrelError


def subclasses(base: type[WhimbrelError]) -> Iterator[type[WhimbrelError]]:
    for sub in base.__subclasses__():
        if sub.__module__.startswith("whimbrel.errors"):
            yield sub
            yield from subclasses(sub)


def error_codes() -> dict[str, type[WhimbrelError]]:
    for module in pkgutil.iter_modules(whimbrel.errors.__path__):
        importlib.import_module(f"whimbrel.errors.{module.name}")
    return {sub.code: sub for sub in subclasses(WhimbrelError)}


def finding_codes() -> set[str]:
    """Codes of `check`'s own findings, which are no exceptions."""
    source = whimbrel.project.check.__file__
    assert source is not None
    with open(source, encoding="utf-8") as file:
        return set(re.findall(r'code="(CH\d{3})"', file.read()))


def is_raised(code: str) -> bool:
    """Bases of a layer are named for `except` and never shown."""
    return not code.endswith(("00", "50"))


def test_every_code_has_an_entry_and_no_other() -> None:
    """A code in a message leads to its entry."""
    known = {code for code in error_codes() if is_raised(code)} | finding_codes()
    listed = re.findall(r"^### ([A-Z]{2}\d{3})\b", page("errors.md").text, re.MULTILINE)
    assert sorted(listed) == sorted(known)


def test_an_entry_says_which_exit_status_it_leads_to() -> None:
    """All but the usual 2 are said."""
    entries = re.split(r"^### ", page("errors.md").text, flags=re.MULTILINE)[1:]
    said = {entry[:5]: re.search(r"Exit status (\d)", entry) for entry in entries}
    for code, sub in error_codes().items():
        if is_raised(code):
            found = said[code]
            assert (int(found[1]) if found else 2) == sub.exit_code, code


def test_codes_that_pages_mention_exist() -> None:
    """Also those in outputs that are shown."""
    known = {*error_codes(), *finding_codes()}
    for found in pages():
        if found.path.name == "errors.md":
            continue
        mentioned = re.findall(
            r"\b(?:MO|ST|MI|DE|SC|HI|RE|EX|PR|CL|CH)\d{3}\b", found.text
        )
        assert set(mentioned) <= known, found.name
