"""
Identifiers inside SQL text: find and rename them.

Place: `state`, lowest part; `schema` uses it too. No parser: string literals,
quoted identifiers, comments and words are told apart, and that is enough,
because a word that is a column's name and no column does not occur where a
column's name is allowed (functions are followed by a bracket).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

TOKEN = re.compile(
    r"""
    (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+" | `(?:[^`]|``)+` | \[[^\]\[,']+\])
    | (?P<cast>::\s*"?[A-Za-z_][\w ]*"?(?:\[\])?)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)
    | (?P<other>\s+|\d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of each token; the texts join to *sql*."""
    for match in TOKEN.finditer(sql):
        yield match.lastgroup or "other", match.group()


def identifier(kind: str, text: str) -> str | None:
    """Return the name that a token spells, or None if it is no identifier."""
    if kind == "word":
        return text
    if kind == "quoted":
        closing = text[-1]
        return text[1:-1].replace(closing * 2, closing)
    return None


def rename_identifiers(
    sql: str, renamed: Mapping[str, str], quote: Callable[[str], str] | None = None
) -> str:
    """
    Return *sql* with the identifiers of *renamed* exchanged, all at once.

    Args:
        quote: Spells a new name; without it a quoted name stays quoted as it
            was, and a bare one stays bare.
    """
    if not renamed:
        return sql
    parts = list(tokens(sql))
    result = []
    for place, (kind, text) in enumerate(parts):
        name = identifier(kind, text)
        if name is None or name not in renamed or calls(parts, place):
            result.append(text)
        elif quote is not None:
            result.append(quote(renamed[name]))
        elif kind == "quoted":
            result.append(f"{text[0]}{renamed[name]}{text[-1]}")
        else:
            result.append(renamed[name])
    return "".join(result)


def calls(parts: list[tuple[str, str]], place: int) -> bool:
    """Return whether the word at *place* is a function's name, before a bracket."""
    rest = (text for _, text in parts[place + 1 :] if not text.isspace())
    return parts[place][0] == "word" and next(rest, "") == "("


def identifiers_in(sql: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of *names* that *sql* mentions, in the order of appearance."""
    known = set(names)
    folded = {name.lower(): name for name in known}
    found: dict[str, None] = {}
    parts = list(tokens(sql))
    for place, (kind, text) in enumerate(parts):
        name = identifier(kind, text)
        if name is None or calls(parts, place):
            continue
        if name not in known and kind == "word":
            name = folded.get(name.lower(), name)
        if name in known:
            found.setdefault(name)
    return tuple(found)
