"""
What the SQL of a constraint or an index says: its elements and its condition.

Place: `schema`, lowest, beside `type_text`. Reads what SQLAlchemy renders; what
it cannot read is None, and nothing is said about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from whimbrel.state.sql_text import tokens

_ORDER = re.compile(r"\s+(?:ASC|DESC)?\s*(?:NULLS\s+(?:FIRST|LAST))?\s*$", re.I)
_CLASS = re.compile(r"\s+\w+_ops\s*$", re.I)
_NOT_DISTINCT = re.compile(r"\bNULLS\s+NOT\s+DISTINCT\b", re.I)
_WHERE = re.compile(r"\bWHERE\b\s*(?P<condition>.+)$", re.I | re.S)
_UNPROVEN = re.compile(r"\bNOT\s+(?:VALID|ENFORCED)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyText:
    """
    What must be different in all rows.

    Args:
        elements: Columns and expressions.

        condition: Of a partial index.

        nulls_distinct: Rows with a NULL among the elements do not count.
    """

    elements: tuple[str, ...]
    condition: str | None = None
    nulls_distinct: bool = True


def key_text(sql: str, *, backslash: bool = False) -> KeyText | None:
    """Return what ``UNIQUE (a, b)`` or an index's ``(a, lower(b)) WHERE c`` says."""
    found = bracketed(sql, backslash=backslash)
    if found is None:
        return None
    head, inside, tail = found
    where = _WHERE.search(tail)
    elements = [_bare(part) for part in divided(inside, backslash=backslash)]
    if not all(elements):
        return None
    return KeyText(
        elements=tuple(elements),
        condition=where and where["condition"],
        nulls_distinct=_NOT_DISTINCT.search(head + tail) is None,
    )


def condition_of(sql: str, *, backslash: bool = False) -> str | None:
    """Return what ``CHECK (…)`` asks; None where the rows are not looked at."""
    found = bracketed(sql, backslash=backslash)
    if found is None or _UNPROVEN.search(found[2]):
        return None
    return found[1]


def is_unproven(suffix: str) -> bool:
    """Whether a constraint is not held against the rows that are there."""
    return _UNPROVEN.search(suffix) is not None


def bracketed(sql: str, *, backslash: bool = False) -> tuple[str, str, str] | None:
    """Return what stands before, in and behind the first brackets."""
    depth, parts = 0, ["", "", ""]
    place = 0
    for token in tokens(sql, backslash=backslash):
        if token.text == ")":
            depth -= 1
            if depth == 0 and place == 1:
                place = 2
                continue
        opens = token.text == "("
        if opens and depth == 0 and place == 0:
            depth, place = 1, 1
            continue
        depth += opens
        parts[place] += token.text
    if place != 2:
        return None
    return parts[0], parts[1].strip(), parts[2]


def divided(sql: str, *, backslash: bool = False) -> list[str]:
    """Return *sql* cut at the commas outside of brackets."""
    depth, parts = 0, [""]
    for token in tokens(sql, backslash=backslash):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += token.text
    return [part.strip() for part in parts]


def _bare(element: str) -> str:
    """Return an element without its direction and operator class."""
    return _CLASS.sub("", _ORDER.sub("", f"{element} ").strip()).strip()
