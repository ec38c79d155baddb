"""
What only the text of a CREATE statement says in SQLite.

Place: `testing.catalog`, below `sqlite`. SQLite keeps the text of each CREATE
TABLE and edits it in place on ALTER TABLE; names of constraints, checks,
collations and generated expressions stand nowhere else. The text is cut into
tokens and read into clauses, so that one table compares equal however it came
to be: column constraints and table constraints are the same thing here.

Source: https://www.sqlite.org/lang_createtable.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from whimbrel.testing.catalog.objects import Item, Value, make_item

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<string>[xX]?'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<symbol>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_STARTS_CONSTRAINT = {
    *("constraint", "primary", "not", "null", "unique", "check", "default"),
    *("collate", "references", "generated", "as", "deferrable"),
}
_STARTS_TABLE_CONSTRAINT = {"constraint", "primary", "unique", "check", "foreign"}


@dataclass(frozen=True, slots=True)
class Token:
    """*text* as written; *value* without quotes, in lower case for words."""

    kind: str
    text: str

    @property
    def value(self) -> str:
        match self.kind, self.text[:1]:
            case "quoted", "[":
                return self.text[1:-1]
            case "quoted", quote:
                return self.text[1:-1].replace(quote * 2, quote)
            case "word", _:
                return self.text.lower()
        return self.text

    @property
    def normal(self) -> str:
        """Names lose their quotes and their case where SQLite ignores both."""
        if self.kind == "quoted":
            lower = self.value.lower()
            return lower if _PLAIN.match(lower) else f'"{lower}"'
        return self.value

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.value in words


def tokens_of(sql: str) -> list[Token]:
    """Cut *sql* into tokens, without white space and comments."""
    return [
        Token(match.lastgroup or "symbol", match.group())
        for match in _TOKEN.finditer(sql)
        if match.lastgroup != "space"
    ]


def normal_sql(tokens: Sequence[Token]) -> str:
    """Return *tokens* as text that does not depend on spacing, case and quotes."""
    inner = list(tokens)
    while _is_wrapped(inner):
        inner = inner[1:-1]
    return " ".join(token.normal for token in inner)


def _is_wrapped(tokens: list[Token]) -> bool:
    """Tell whether the first parenthesis is closed by the last token."""
    if len(tokens) < 2 or tokens[0].text != "(" or tokens[-1].text != ")":
        return False
    depth = 0
    for position, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return position == len(tokens) - 1
    return False


def split_list(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at the commas outside parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "symbol":
            depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


@dataclass(slots=True)
class Cursor:
    """A place in a list of tokens."""

    tokens: Sequence[Token]
    at: int = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self, *words: str) -> bool:
        return not self.done and self.tokens[self.at].is_word(*words)

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> bool:
        """Step over *words* if they all come next."""
        ahead = self.tokens[self.at : self.at + len(words)]
        if len(ahead) == len(words) and all(
            token.is_word(word) for token, word in zip(ahead, words, strict=True)
        ):
            self.at += len(words)
            return True
        return False

    def parenthesised(self) -> list[Token]:
        """Step over ``( … )`` and return what is between; nothing if there is none."""
        if self.done or self.tokens[self.at].text != "(":
            return []
        depth, start = 0, self.at
        while not self.done:
            token = self.next()
            if token.kind == "symbol":
                depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                break
        return list(self.tokens[start + 1 : self.at - 1])


@dataclass(slots=True)
class TableText:
    """
    What the text of one CREATE TABLE says.

    Args:
        columns: Name → facts that PRAGMA table_xinfo lacks.

        constraints: Keys, checks and foreign keys, in the order of the text.

        options: ``without rowid``, ``strict``.
    """

    columns: dict[str, dict[str, Value]] = field(default_factory=dict)
    constraints: list[Item] = field(default_factory=list)
    options: tuple[str, ...] = ()


def read_table(sql: str) -> TableText:
    """Read the text of a CREATE TABLE statement."""
    cursor = Cursor(tokens_of(sql))
    while not cursor.done and cursor.tokens[cursor.at].text != "(":
        cursor.next()
    text = TableText()
    for part in split_list(cursor.parenthesised()):
        if part[0].is_word(*_STARTS_TABLE_CONSTRAINT):
            text.constraints += _table_constraints(Cursor(part))
        else:
            _read_column(text, Cursor(part))
    text.options = tuple(
        sorted(normal_sql(part) for part in split_list(cursor.tokens[cursor.at :]))
    )
    return text


def _table_constraints(cursor: Cursor) -> Iterator[Item]:
    name = None
    while not cursor.done:
        if cursor.accept("constraint"):
            name = cursor.next().value
        elif cursor.accept("primary", "key"):
            yield _key("primary_key", name, cursor.parenthesised(), cursor)
        elif cursor.accept("unique"):
            yield _key("unique", name, cursor.parenthesised(), cursor)
        elif cursor.accept("check"):
            yield _check(name, cursor)
        elif cursor.accept("foreign", "key"):
            yield _foreign_key(name, _names(cursor.parenthesised()), cursor)
        else:
            cursor.next()


def _read_column(text: TableText, cursor: Cursor) -> None:
    name = cursor.next()
    while not cursor.done and not cursor.peek(*_STARTS_CONSTRAINT):
        cursor.next()  # the type: PRAGMA table_xinfo has it
    facts: dict[str, Value] = {}
    text.columns[name.value] = facts
    constraint: str | None = None
    while not cursor.done:
        if cursor.accept("constraint"):
            constraint = cursor.next().value
            continue
        item = _column_constraint(name, constraint, facts, cursor)
        if item is not None:
            text.constraints.append(item)
        constraint = None


def _column_constraint(
    column: Token, name: str | None, facts: dict[str, Value], cursor: Cursor
) -> Item | None:
    """Read one clause of a column: into *facts*, or as a constraint of the table."""
    if cursor.accept("primary", "key"):
        return _key("primary_key", name, [column, *_direction(cursor)], cursor)
    if cursor.accept("unique"):
        return _key("unique", name, [column], cursor)
    if cursor.accept("check"):
        return _check(name, cursor)
    if cursor.peek("references"):
        return _foreign_key(name, (column.value,), cursor)
    if cursor.accept("not", "null"):
        facts["not_null_conflict"] = _conflict(cursor)
    elif cursor.accept("collate"):
        facts["collation"] = cursor.next().value.lower()
    elif cursor.accept("default"):
        facts["default"] = _default(cursor)
    elif cursor.accept("generated", "always") or cursor.peek("as"):
        cursor.accept("as")
        facts["generated"] = normal_sql(cursor.parenthesised())
        facts["stored"] = cursor.accept("stored")
        cursor.accept("virtual")
    else:
        cursor.next()
    return None


def _default(cursor: Cursor) -> str:
    expression = cursor.parenthesised()
    if expression:
        return normal_sql(expression)
    first = cursor.next()
    if first.text in "+-":
        return f"{first.text} {cursor.next().text}"
    return first.normal


def _direction(cursor: Cursor) -> list[Token]:
    return [cursor.next()] if cursor.peek("asc", "desc") else []


def _conflict(cursor: Cursor) -> str | None:
    return cursor.next().value if cursor.accept("on", "conflict") else None


def _key(kind: str, name: str | None, columns: list[Token], cursor: Cursor) -> Item:
    conflict = _conflict(cursor)
    inside = columns[-1].is_word("autoincrement") if len(columns) > 1 else False
    facts: dict[str, Value] = {
        "columns": tuple(
            normal_sql(part) for part in split_list(columns[:-1] if inside else columns)
        ),
        "conflict": conflict,
        "autoincrement": cursor.accept("autoincrement") or inside,
    }
    return make_item(kind, name, facts)


def _check(name: str | None, cursor: Cursor) -> Item:
    facts: dict[str, Value] = {"sql": normal_sql(cursor.parenthesised())}
    facts["conflict"] = _conflict(cursor)
    return make_item("check", name, facts)


def _foreign_key(name: str | None, columns: tuple[str, ...], cursor: Cursor) -> Item:
    cursor.accept("references")
    facts: dict[str, Value] = {
        "columns": columns,
        "target": cursor.next().value,
        "target_columns": _names(cursor.parenthesised()),
    }
    while not cursor.done:
        if cursor.accept("on", "delete"):
            facts["on_delete"] = _action(cursor)
        elif cursor.accept("on", "update"):
            facts["on_update"] = _action(cursor)
        elif cursor.accept("match"):
            facts["match"] = cursor.next().value
        elif cursor.accept("not", "deferrable"):
            pass
        elif cursor.accept("deferrable"):
            facts["deferrable"] = True
        elif cursor.accept("initially"):
            facts["deferred"] = cursor.next().value == "deferred"
        else:
            break
    return make_item("foreign_key", name, facts)


def _action(cursor: Cursor) -> str | None:
    if cursor.accept("no", "action"):
        return None  # what SQLite does without a clause
    return "set " + cursor.next().value if cursor.accept("set") else cursor.next().value


def _names(tokens: list[Token]) -> tuple[str, ...]:
    return tuple(part[0].value for part in split_list(tokens))


def read_index(sql: str) -> tuple[tuple[str, ...], str | None]:
    """Return the expressions and the condition of a CREATE INDEX statement."""
    cursor = Cursor(tokens_of(sql))
    while not cursor.done and cursor.tokens[cursor.at].text != "(":
        cursor.next()
    terms = tuple(normal_sql(part) for part in split_list(cursor.parenthesised()))
    where = normal_sql(cursor.tokens[cursor.at :]) if cursor.accept("where") else None
    return terms, where
