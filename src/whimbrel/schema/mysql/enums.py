"""
The inline enumerations of MySQL and MariaDB as texts.

Place: `schema.mysql`, lowest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENUM = re.compile(
    r"(?P<head>\s*ENUM\s*)\((?P<body>.*)\)(?P<rest>.*)", re.I | re.DOTALL
)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_LENGTH = re.compile(r"\((\d+)\)")


def literals_of(type_: str) -> tuple[str, ...] | None:
    """Return the literals of an ENUM type; None for another type."""
    found = _ENUM.fullmatch(type_)
    return None if found is None else tuple(_LITERAL.findall(found["body"]))


def carrier(before: str, after: str, texts: Iterable[str]) -> str:
    """
    Return a type that holds what *before* holds, what *after* does, and *texts*.

    New values stand behind the old ones, where they cost no copy of the table.

    Args:
        texts: Literals.
    """
    olds, news = literals_of(before), literals_of(after)
    if olds is not None and news is not None:
        values = [*dict.fromkeys((*olds, *news, *texts))]
        if len(values) == len(olds):
            return before
        found = _ENUM.fullmatch(after)
        assert found is not None
        return f"{found['head']}({','.join(values)}){found['rest']}"
    if olds is not None:
        return after
    length = _LENGTH.search(before)
    longest = max((len(text) - 2 for text in texts), default=0)
    if length is None or longest <= int(length[1]):
        return before
    return _LENGTH.sub(f"({longest})", before, count=1)
