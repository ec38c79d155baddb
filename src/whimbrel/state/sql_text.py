"""
Identifiers inside SQL text: find them, rename them, nothing more.

Place: `state`, lowest part; `schema` uses it too; knows no dialect. A database
follows the rename of a column into its checks, indexes and computed columns, so
the state does the same, and texts from before a rename are compared with those
after it through `rename_identifiers`.

This is a tokenizer, not a parser: string literals, comments and quoting are
respected; an unquoted word in front of ``(`` is a function, unless what
follows is the prefix length of an indexed column, ``title(10)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

_STRING = r"[eE]'(?:[^'\\]|\\.|'')*'|{plain}|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
_PLAIN = r"'(?:[^']|'')*'"
_PLAIN_BACKSLASH = r"'(?:[^'\\]|\\.|'')*'"

_PATTERN = r"""
    (?P<string>{string})
  | (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<space>\s+)
  | (?P<other>.)
"""


def _compiled(plain: str) -> re.Pattern[str]:
    string = _STRING.format(plain=plain)
    return re.compile(
        _PATTERN.replace("{string}", string), re.VERBOSE | re.DOTALL | re.UNICODE
    )


_STANDARD = _compiled(_PLAIN)
_BACKSLASH = _compiled(_PLAIN_BACKSLASH)
_WORD = re.compile(r"[^\W\d][\w$]*")
_PREFIX_LENGTH = re.compile(r"\s*\(\s*\d+\s*\)")


class Token(NamedTuple):
    """A piece of SQL; *name* is the identifier it may stand for, else None."""

    text: str
    name: str | None
    quoted: bool


def tokens(sql: str, *, backslash: bool = False) -> Iterator[Token]:
    """
    Split *sql*; the texts of the tokens joined give it back.

    Args:
        backslash: A backslash escapes inside ordinary string literals (MySQL).
    """
    pattern = _BACKSLASH if backslash else _STANDARD
    for match in pattern.finditer(sql):
        text = match.group()
        if match.lastgroup == "quoted":
            mark = text[0]
            if not sql.startswith(".", match.end()):
                name = text[1:-1].replace(mark * 2, mark)
                yield Token(text, name, quoted=True)
                continue
        elif match.lastgroup == "word" and _stands_for_column(sql, match.end()):
            yield Token(text, text, quoted=False)
            continue
        yield Token(text, None, quoted=False)


def _stands_for_column(sql: str, end: int) -> bool:
    rest = sql[end:].lstrip()
    if rest.startswith("."):
        return False
    return not rest.startswith("(") or bool(_PREFIX_LENGTH.match(sql, end))


def _same(token: Token, name: str) -> bool:
    if token.name is None:
        return False
    if token.quoted:
        return token.name == name
    return token.name.casefold() == name.casefold()


def identifiers_in(
    sql: str, names: Iterable[str], *, backslash: bool = False
) -> tuple[str, ...]:
    """Return those of *names* that occur as identifiers in *sql*, in its order."""
    wanted = list(names)
    found: dict[str, None] = {}
    for token in tokens(sql, backslash=backslash):
        for name in wanted:
            if _same(token, name):
                found[name] = None
    return tuple(found)


def rename_identifiers(
    sql: str, mapping: Mapping[str, str], quote: Callable[[str], str] | None = None
) -> str:
    """
    Return *sql* with each identifier in *mapping* replaced, all at once.

    Args:
        mapping: Old → new plain name; a swap of two names is fine.

        quote: Gives a name the dialect's quotes where it needs them; without it
            a name stays in the quotes that it had, and one that no dialect takes
            without gets the standard's.
    """
    if not mapping:
        return sql
    backslash = quote is not None and quote("a b").startswith("`")
    parts: list[str] = []
    for token in tokens(sql, backslash=backslash):
        new = next((n for old, n in mapping.items() if _same(token, old)), None)
        if new is None:
            parts.append(token.text)
        elif quote is not None:
            parts.append(quote(new))
        else:
            mark = token.text[0] if token.quoted else ""
            mark = mark or ("" if _WORD.fullmatch(new) else '"')
            parts.append(f"{mark}{new}{mark}")
    return "".join(parts)


GRAMMAR = frozenset(
    {"all", "and", "any", "array", "as", "at", "between", "by", "case", "cast"}
    | {"collate", "distinct", "else", "end", "escape", "exists", "false", "for"}
    | {"from", "ilike", "in", "interval", "is", "like", "not", "null", "or", "over"}
    | {"row", "select", "similar", "some", "then", "time", "to", "true", "using"}
    | {"when", "where", "with", "zone"}
)
"""Words that stand in expressions for themselves, whatever columns are called."""


def quote_identifiers(
    sql: str, names: Iterable[str], quote: Callable[[str], str]
) -> str:
    """
    Return *sql* with those of *names* in quotes that the dialect cannot do without.

    SQL that people wrote may have followed the rename of a column to a name that it
    would have to quote, and no text says for which dialect it was written: such a
    name may also be in the standard's quotes where the dialect has others.
    """
    spelled = {name: quote(name) for name in names}
    bare = {n: q for n, q in spelled.items() if n != q and n not in GRAMMAR}
    if not any(name in sql for name in bare):
        return sql
    backslash = quote("a b").startswith("`")
    return "".join(
        token.text if token.name is None else bare.get(token.name, token.text)
        for token in tokens(sql, backslash=backslash)
    )
