"""
What `side_by_side.py` measured, as Markdown.

Works on what was measured alone, so that figures which are kept can be shown anew.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

NAMES = {
    "whimbrel": "Whimbrel",
    "alembic": "Alembic",
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mysql": "MariaDB",
}


@dataclass
class Went:
    """
    How one side went through one pair once.

    Args:
        side: Empty: `create_all` cannot make one of the releases here.

        rows: How many there were; `with_rows` is whether there should be any.

        failed: The step that raised, if one did; those after it were not made.

        left: How many differences a failed upgrade or downgrade left in the schema
            from before it.

        questions: How many the tool put to the author.

        differences: From the new release's `create_all`: kind of thing, and words.

        again: How many changes are found right afterwards.

        renames: True renames of tables and columns; `dropped_renames`: how many
            of them came out as dropping one thing and adding another.

        lost: Values in kept columns that are not what they were, in words.

        back_differences, back_lost: Likewise after the way back.
    """

    pair: str
    database: str
    side: str = ""
    with_rows: bool = False
    rows: int = 0
    failed: str = ""
    error: str = ""
    questions: int = 0
    left: int | None = None
    differences: Sequence[tuple[str, str]] | None = None
    again: int | None = None
    renames: int = 0
    dropped_renames: int = 0
    lost: Sequence[str] | None = None
    back_differences: Sequence[tuple[str, str]] | None = None
    back_lost: Sequence[str] | None = None

    @property
    def is_up(self) -> bool:
        return self.differences is not None

    @property
    def is_exact(self) -> bool:
        return self.is_up and not self.differences

    @property
    def is_exact_but_for_names(self) -> bool:
        found = names_apart(self.differences or ())
        return self.is_up and all(kind == NAME for kind, _ in found)

    @property
    def keeps(self) -> bool:
        return self.is_up and not self.lost

    @property
    def is_back(self) -> bool:
        return self.back_differences is not None

    @property
    def is_whole(self) -> bool:
        """Whether it went there and back and nothing was wrong."""
        back = self.is_back and not self.back_differences and not self.back_lost
        return self.is_exact and self.keeps and back


NAME = "only the name"

LONE = re.compile(
    r"(?P<table>(table \S+, )?)(?P<kind>\w+) (?P<name>\(unnamed\)|\S+)"
    r" (?P<facts>\(.*\)): only in the (?P<side>first|second)",
    re.DOTALL,
)


def names_apart(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return *found* with what differs by its name alone said once, as such."""
    pairs: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(
        lambda: {"first": [], "second": []}
    )
    for number, (_, text) in enumerate(found):
        match = LONE.fullmatch(text)
        if match is not None:
            facts = match["facts"].replace(match["name"], "")
            key = (match["table"], match["kind"], facts)
            pairs[key][match["side"]].append(number)
    renamed: set[int] = set()
    gone: set[int] = set()
    for sides in pairs.values():
        for one, other in zip(sides["first"], sides["second"], strict=False):
            renamed.add(one)
            gone.add(other)
    return [
        (NAME, text) if number in renamed else (kind, text)
        for number, (kind, text) in enumerate(found)
        if number not in gone
    ]


CAUSES = (
    (
        r"type \S+ (does not exist|already exists)",
        "an enum's type is not made, or twice",
    ),
    (r"default for column .* cannot be cast", "a server default of another type"),
    (r"cannot be cast", "a type is changed without saying how values are converted"),
    (
        r"contains null values|NOT NULL constraint failed|Cannot add a NOT NULL"
        r"|cannot be null|Data truncated for column",
        "a column that takes no NULL, and no value for the rows",
    ),
    (
        r"must have a name|it has no name|^AssertionError",
        "a constraint without a name is dropped",
    ),
    (
        r"other objects depend|needed in a foreign key|errno: 150|referenced by"
        r"|Cannot drop (table|index)|NoSuchTableError|no unique constraint matching"
        r"|Cannot delete or update a parent row",
        "what others depend on is dropped, or made, in the wrong order",
    ),
    (r"^KeyError: .*DESC", "an index over an expression that is written as text"),
    (r"= unknown", "the default of a JSON column is compared, which no operator can"),
    (r"in a primary key|multiple primary keys|PRIMARY", "a primary key is changed"),
    (
        r"Foreign key constraint|FOREIGN KEY|foreign key",
        "a foreign key that rows violate",
    ),
    (r"UNIQUE|unique constraint|Duplicate entry", "a unique key that rows violate"),
)
"""What a server or a library says → what is behind it, the first that fits."""


def cause_of(went: Went) -> str:
    """Return why a step failed, in words that several errors share."""
    for pattern, cause in CAUSES:
        if re.search(pattern, went.error):
            return cause
    return went.error[:100]


def report(found: Sequence[Went]) -> str:
    """Return all tables."""
    parts = (totals(found), applications(found), kinds(found), failures(found))
    return "\n\n".join([*parts, impossible(found)])


Count = Callable[[Mapping[str, list[Went]]], str]

LINES: tuple[tuple[str, bool, Callable[[Went], bool]], ...] = (
    ("the upgrade runs", False, lambda went: went.is_up),
    ("… and leaves the schema of `create_all`", False, lambda went: went.is_exact),
    (
        "… or differs only in names of constraints and indexes",
        False,
        lambda went: went.is_exact_but_for_names,
    ),
    ("… and finds nothing again", False, lambda w: w.is_up and w.again == 0),
    ("the downgrade runs", False, lambda went: went.is_back),
    (
        "… and leaves the schema of before",
        False,
        lambda went: went.is_back and not went.back_differences,
    ),
    ("with rows: the upgrade runs", True, lambda went: went.is_up),
    ("… and keeps all values", True, lambda went: went.keeps),
    ("… and leaves the schema of `create_all`", True, lambda went: went.is_exact),
    ("with rows: the downgrade runs", True, lambda went: went.is_back),
    (
        "… and leaves schema and values of before",
        True,
        lambda w: w.is_back and not w.back_differences and not w.back_lost,
    ),
    ("**all of it, with rows**", True, lambda went: went.is_whole),
)


def totals(found: Sequence[Went]) -> str:
    """Return how many pairs each side did what on, on each database."""
    columns = columns_of(found)
    grouped = by_column(found)
    lines = []
    pairs = [str(len({w.pair for w in grouped[column]})) for column in columns]
    lines.append(["pairs that `create_all` can make there", *pairs])
    for words, with_rows, holds in LINES:
        counts = [
            sum(holds(w) for w in grouped[column] if w.with_rows == with_rows)
            for column in columns
        ]
        lines.append([words, *map(str, counts)])
    renames = [[w for w in grouped[c] if not w.with_rows] for c in columns]
    told = [
        f"{sum(w.dropped_renames for w in all_)} of {sum(w.renames for w in all_)}"
        for all_ in renames
    ]
    lines.append(["renames that come out as drop and add", *told])
    questions = [str(sum(w.questions for w in all_)) for all_ in renames]
    lines.append(["questions put to the author", *questions])
    left = [
        str(sum(bool(w.left) for w in grouped[c] if w.failed == "upgrade"))
        for c in columns
    ]
    lines.append(["runs whose failed upgrade leaves a schema in between", *left])
    return as_table(["", *map(column_name, columns)], lines)


def applications(found: Sequence[Went]) -> str:
    """Return for each application how many pairs went through whole, with rows."""
    columns = columns_of(found)
    cells: dict[str, dict[tuple[str, str], list[Went]]] = defaultdict(dict)
    for went in found:
        if went.side and went.with_rows:
            name = went.pair.rpartition(" > ")[0].rpartition("-")[0]
            cells[name].setdefault((went.database, went.side), []).append(went)
    lines = []
    for name, by in cells.items():
        counts = [
            f"{sum(w.is_whole for w in by[c])} of {len(by[c])}" if c in by else "-"
            for c in columns
        ]
        lines.append([name, *counts])
    return as_table(["application", *map(column_name, columns)], lines)


def kinds(found: Sequence[Went]) -> str:
    """Return what differs after upgrades and downgrades that ran, without rows."""
    columns = columns_of(found)
    grouped = by_column(found)
    lines = []
    for way, name in (("differences", "there"), ("back_differences", "back")):
        counts = {
            column: Counter(
                kind
                for went in grouped[column]
                if not went.with_rows
                for kind, _ in names_apart(getattr(went, way) or ())
            )
            for column in columns
        }
        every = sum(counts.values(), Counter[str]())
        for kind, _ in every.most_common():
            cells = [str(counts[column][kind]) for column in columns]
            lines.append([f"{kind}, {name}", *cells])
    return as_table(["different objects", *map(column_name, columns)], lines)


def failures(found: Sequence[Went]) -> str:
    """Return why steps failed, with and without rows, by cause."""
    columns = columns_of(found)
    grouped = by_column(found)
    counts = {
        column: Counter(
            (w.failed, cause_of(w)) for w in grouped[column] if w.failed and w.with_rows
        )
        for column in columns
    }
    every = sum(counts.values(), Counter[tuple[str, str]]())
    lines = [
        [f"{step}: {cause}", *(str(counts[column][step, cause]) for column in columns)]
        for (step, cause), _ in every.most_common()
    ]
    return as_table(["failed with rows", *map(column_name, columns)], lines)


def impossible(found: Sequence[Went]) -> str:
    """Return the pairs that `create_all` cannot make, with its reasons."""
    lines = [[w.pair, NAMES[w.database], w.error] for w in found if not w.side]
    return as_table(["not possible", "on", "`create_all` says"], lines)


Column = tuple[str, str]
"""Database and side."""


def columns_of(found: Iterable[Went]) -> list[Column]:
    return list(dict.fromkeys((w.database, w.side) for w in found if w.side))


def by_column(found: Iterable[Went]) -> dict[Column, list[Went]]:
    grouped: dict[Column, list[Went]] = defaultdict(list)
    for went in found:
        if went.side:
            grouped[went.database, went.side].append(went)
    return grouped


def column_name(column: Column) -> str:
    return f"{NAMES[column[0]]}: {NAMES[column[1]]}"


def as_table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))
