"""
What the text of a CREATE TABLE says, clause by clause.

Place: `schema.sqlite`, lowest. SQLite keeps the text of each table, and much of what
it says stands nowhere else. It makes no difference here whether a clause stands
in a column's definition or behind the columns, how it is spaced, quoted or
named, and what SQLite does anyway is no clause.
Source: https://www.sqlite.org/lang_createtable.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<space>\s+)
    | (?P<string>[xX]?'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*)
    | (?P<symbol>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLAUSES = frozenset(
    {"constraint", "primary", "not", "null", "unique", "check", "default"}
    | {"collate", "references", "generated", "as", "foreign"}
)
_OF_TABLE = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_USUAL = {"collation": "binary", "conflict": "abort", "default": "null"}
"""What the clause says that changes nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text, and where it stands; *value* has no quotes and no case."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One thing that a definition says. Two are equal that do the same.

    Args:
        kind: ``column``, ``not null``, ``default``, ``collation``, ``generated``,
            ``primary key``, ``autoincrement``, ``unique``, ``check``,
            ``foreign key``, ``action``, ``deferred``, ``conflict``, ``option``,
            ``virtual``, ``comment``.

        columns: Those that it is about, in lower case; of a check, none.

        detail: The rest of it, as words in lower case.

        text: As it is written.

        within: The column in whose definition it stands; it goes with that.
    """

    kind: str
    columns: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    text: str = field(default="", compare=False)
    within: str | None = field(default=None, compare=False)

    def mentions(self, column: str) -> bool:
        return column.casefold() in {*self.columns, *self.detail}

    def renamed(self, names: Mapping[str, str]) -> Clause:
        """Return it after a rename of columns; *names* in lower case."""
        columns = (names.get(name, name) for name in self.columns)
        detail = tuple(names.get(word, word) for word in self.detail)
        ordered = sorted(columns) if self.kind == "unique" else columns
        return replace(self, columns=tuple(ordered), detail=detail)


def clauses(sql: str) -> list[Clause]:
    """Return what *sql*, the text of a CREATE TABLE, says."""
    found = _Reader(sql).read()
    return [c for c in found if c.detail != (_USUAL.get(c.kind),)]


def unique_terms(sql: str) -> Clause | None:
    """Return what a unique index says whose text behind the table's name is *sql*;
    None where it does not hold for all rows, or not for columns alone."""
    reader = _Reader(sql)
    terms = reader.parts(reader.brackets())
    if reader.tokens[reader.at :] or any(len(term) != 1 for term in terms):
        return None
    return Clause("unique", tuple(sorted(term[0].value for term in terms)))


def index_words(sql: str) -> tuple[str, ...]:
    """Return what *sql*, the text of a CREATE INDEX, says: uniqueness, table, terms
    and condition, whatever the index is called and where."""
    tokens = _Reader(sql).tokens
    words = [token.value for token in tokens]
    unique = words[1:2] == ["unique"]
    start = words.index("on", 3 if unique else 2)
    return ("unique" if unique else "", *words[start:])


class _Reader:
    """Reads one text from its beginning to its end."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        every = [
            Token(str(m.lastgroup), _value(m), m.start(), m.end())
            for m in _TOKEN.finditer(sql)
        ]
        self.comments = [token for token in every if token.kind == "comment"]
        self.tokens = [t for t in every if t.kind not in ("space", "comment")]
        self.at = 0

    # Moving on

    def peek(self, *words: str) -> bool:
        return self.at < len(self.tokens) and self.is_word(self.tokens[self.at], *words)

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> bool:
        """Step over *words* if they come next, all of them."""
        ahead = self.tokens[self.at : self.at + len(words)]
        there = len(ahead) == len(words) and all(map(self.is_word, ahead, words))
        self.at += len(words) if there else 0
        return there

    @staticmethod
    def is_word(token: Token, *words: str) -> bool:
        return token.kind == "word" and token.value in words

    def brackets(self) -> list[Token]:
        """Step over ``( … )``, if it comes next, and return what is between."""
        start, depth = self.at, 0
        while self.at < len(self.tokens):
            symbol = self.tokens[self.at]
            depth += (symbol.value == "(") - (symbol.value == ")")
            if not depth and self.at == start:
                return []
            self.at += 1
            if not depth:
                break
        return self.tokens[start + 1 : self.at - 1]

    def parts(self, tokens: Sequence[Token]) -> list[list[Token]]:
        """Return *tokens* split at the commas that are in no brackets."""
        found: list[list[Token]] = [[]]
        depth = 0
        for token in tokens:
            depth += (token.value == "(") - (token.value == ")")
            if token.value == "," and not depth:
                found.append([])
            else:
                found[-1].append(token)
        return [part for part in found if part]

    # Reading

    def read(self) -> Iterator[Clause]:
        yield from (Clause("comment", text=self.text(c, c)) for c in self.comments)
        if self.accept("create", "virtual"):
            yield Clause("virtual", text=" ".join(self.sql.split()))
            return
        while self.at < len(self.tokens) and self.tokens[self.at].value != "(":
            self.at += 1
        body = self.parts(self.brackets())
        for words in self.parts(self.tokens[self.at :]):
            detail = tuple(word.value for word in words)
            yield Clause("option", (), detail, self.text(words[0], words[-1]))
        for part in body:
            self.tokens, self.at = part, 0
            if self.peek(*_OF_TABLE):
                yield from self.items(None)
            else:
                yield from self.column()

    def column(self) -> Iterator[Clause]:
        column = self.next()
        definition = self.text(column, self.tokens[-1])
        yield Clause("column", (column.value,), (), definition)
        while self.at < len(self.tokens) and not self.peek(*_CLAUSES):
            self.at += 1  # its type
        yield from self.items(column)

    def items(self, column: Token | None) -> Iterator[Clause]:
        """Yield what is said of *column*, or behind all columns."""
        while self.at < len(self.tokens):
            start = self.at
            for clause in self.item(column):
                text = self.text(self.tokens[start], self.tokens[self.at - 1])
                within = None if column is None else column.value
                yield replace(clause, text=text, within=within)
            if self.at == start:
                self.at += 1

    def item(self, column: Token | None) -> Iterator[Clause]:
        own = () if column is None else (column.value,)
        if self.accept("constraint"):
            self.next()
        if self.accept("primary", "key"):
            yield from self.key("primary key", own)
        elif self.accept("unique"):
            yield from self.key("unique", own)
        elif self.accept("check"):
            detail = _unwrapped(self.brackets())
            yield Clause("check", (), detail)
            yield from self.conflict("check", detail)
        elif self.accept("foreign", "key"):
            yield from self.reference(self.names())
        elif self.peek("references"):
            yield from self.reference(own)
        elif self.accept("not", "null"):
            yield Clause("not null", own)
            yield from self.conflict("not null", own)
        elif self.accept("default"):
            yield Clause("default", own, self.default())
        elif self.accept("collate"):
            yield Clause("collation", own, (self.next().value,))
        elif self.accept("generated", "always", "as") or self.accept("as"):
            yield Clause("generated", own, _unwrapped(self.brackets()))
            self.accept("stored")

    def default(self) -> tuple[str, ...]:
        inside = self.brackets()
        if inside:
            return _unwrapped(inside)
        first = self.next()
        signed = first.value in ("+", "-")
        return (first.value, self.next().value) if signed else (first.value,)

    def key(self, kind: str, own: tuple[str, ...]) -> Iterator[Clause]:
        terms = self.parts(self.brackets()) if not own else []
        columns = own or tuple(term[0].value for term in terms)
        numbered = any(self.is_word(term[-1], "autoincrement") for term in terms)
        collated = [w.value for t in terms for w in t[1:] if not self._orders(w)]
        if own and not self.accept("asc"):
            self.accept("desc")
        ordered = tuple(sorted(columns)) if kind == "unique" else columns
        yield Clause(kind, ordered, tuple(collated))
        yield from self.conflict(kind, ordered)
        if self.accept("autoincrement") or numbered:
            yield Clause("autoincrement", columns)

    def _orders(self, word: Token) -> bool:
        return self.is_word(word, "asc", "desc", "autoincrement")

    def conflict(self, kind: str, about: tuple[str, ...]) -> Iterator[Clause]:
        if self.accept("on", "conflict"):
            word = self.next().value
            if word != _USUAL["conflict"]:
                yield Clause("conflict", about, (kind, word))

    def names(self) -> tuple[str, ...]:
        return tuple(part[0].value for part in self.parts(self.brackets()))

    def reference(self, columns: tuple[str, ...]) -> Iterator[Clause]:
        self.accept("references")
        yield Clause("foreign key", columns, (self.next().value,))
        self.brackets()
        while True:
            if self.accept("on", "delete"):
                yield from self.action("delete", columns)
            elif self.accept("on", "update"):
                yield from self.action("update", columns)
            elif self.accept("match"):
                self.next()  # SQLite reads over it
            elif self.accept("initially", "deferred"):
                yield Clause("deferred", columns)
            elif not (
                self.accept("not", "deferrable")
                or self.accept("deferrable")
                or self.accept("initially", "immediate")
            ):
                return

    def action(self, event: str, columns: tuple[str, ...]) -> Iterator[Clause]:
        if self.accept("no", "action"):
            return
        words = ("set", self.next().value) if self.accept("set") else ()
        yield Clause("action", columns, (event, *(words or (self.next().value,))))

    def text(self, first: Token, last: Token) -> str:
        """Return what is written from *first* to *last*, on one line."""
        return " ".join(self.sql[first.start : last.end].split())


def _value(match: re.Match[str]) -> str:
    text = match.group()
    if match.lastgroup == "quoted":
        mark = "]" if text[0] == "[" else text[0]
        return text[1:-1].replace(mark * 2, mark).casefold()
    return text.casefold() if match.lastgroup == "word" else text


def _unwrapped(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the words of *tokens* without brackets around all of them."""
    words = [token.value for token in tokens]
    while _is_wrapped(words):
        words = words[1:-1]
    return tuple(words)


def _is_wrapped(words: Sequence[str]) -> bool:
    if len(words) < 2 or words[0] != "(":
        return False
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if not depth:
            return place == len(words) - 1
    return False
