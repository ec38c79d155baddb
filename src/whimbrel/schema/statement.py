"""
The one stream: what is printed, judged and run.

Place: `schema`, beside `change`. Compilers return statements; `execute` runs
them and `sqlmigrate` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from whimbrel.schema.objects import TableKey

Kind = Literal[
    "primary_key", "foreign_key", "unique", "check", "exclude", "index", "collation"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """
    A name that only the database knows.

    The executor finds the one object of *kind* on *table* over exactly *columns*
    and puts its quoted name where the statement's template says `placeholder`.

    A *kind* ``collation`` is that of the database in which *table* is.

    Args:
        expected: The name that it should have. Of several that fit, it is the one
            of this name.

        target: For a foreign key, the referenced table.

        sql: For a check, its text, should *columns* have more than one: the same
            up to brackets, quotes and spacing.

        known: Names of other objects of *kind* on the table, which are not it.
    """

    kind: Kind
    table: TableKey
    columns: tuple[str, ...]
    target: TableKey | None = None
    sql: str | None = None
    known: tuple[str, ...] = ()
    expected: str | None = None

    @property
    def placeholder(self) -> str:
        """What stands for the name."""
        if self.expected is None:
            return "{name}"
        return f"{{{self.kind} {self.expected}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """
    When a statement is left out.

    Args:
        query: It is where this has a row, whose first value says why.

        case: The same in words, ``it belongs to another role``.
    """

    query: str
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFill:
    """
    What existing rows get in a column, where SQL has no words for it.

    Args:
        value: Called for each row anew; with *once*, the value of all rows.

        type: SQLAlchemy's type of the column, which binds the value.
    """

    value: Any
    type: Any
    once: bool = False

    @property
    def words(self) -> str:
        """The value as a person would say it, in one line."""
        if self.once:
            return " ".join(repr(self.value).split())
        module = getattr(self.value, "__module__", None)
        name = getattr(self.value, "__qualname__", None)
        if name is None:
            return f"what {type(self.value).__name__} gives"
        return f"what {module}.{name} gives" if module else f"what {name} gives"


Texts: TypeAlias = tuple[str, ...]
"""Parts of one SQL text; between each two of them stands a bound value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """
    One UPDATE for several rows: *head*, a *case* for each row, *tail*, and the *rows*
    joined by OR.

    Args:
        case: Binds the row's key, and its value.

        row: Binds the row's key.
    """

    head: str
    case: Texts
    tail: str
    row: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class EachRow:
    """
    Rows that get a value each, from Python: page by page, so that any number of
    rows needs little memory.

    Args:
        first: The query for the keys of the first rows; None: one *write* for all.

        further: The same for the rows behind one whose key is bound.

        write: Gives a row its value. Binds the value, and the row's key.

        together: The same for several rows, where that is faster.
    """

    fill: PythonFill
    first: str | None = None
    further: Texts = ()
    write: Texts
    together: Together | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One SQL statement, without a closing semicolon.

    Args:
        sql: The text, with the names that are expected; ``{name}`` stands for one
            of which nothing is known.

        lookups: The names that are looked up before it runs, and the *template* in
            which their placeholders stand.

        does: What it does in a few words, ``add column book.isbn``.

        table: The table that it changes, None where it changes none.

        transactional: May run inside a transaction.

        parameters: Bound by the driver; None runs the text as it is.

        saves: A query to run before this statement. Its rows are SQL texts that
            this statement would lose (a rebuilt table's triggers); they are run
            after the next statement on *table* that has *restores*.

        restores: What was saved for *table* is run after this statement.

        unless: The case in which it is left out.

        finds_violations: A query; each row that it returns is an error, unless it
            would have been one before the change (`Watching`).

        each_row: Done by Python for each row. The text is a comment then, which
            says so.
    """

    sql: str
    does: str = ""
    table: TableKey | None = None
    transactional: bool = True
    lookups: tuple[Lookup, ...] = ()
    template: str | None = None
    parameters: tuple[object, ...] | dict[str, object] | None = None
    saves: str | None = None
    restores: bool = False
    unless: Unless | None = None
    finds_violations: bool = False
    each_row: EachRow | None = None


Ask: TypeAlias = Callable[[str], Sequence[Sequence[Any]]]
"""Runs a query and returns its rows; DBAPIError where it fails."""


class Watching(Protocol):
    """
    Looks at foreign keys before and after a change.

    Args:
        schema: Whose tables it looks at.

        children: What it looks at afterwards: names of tables, once `before` ran.

        broken: Those of them, in lower case, that could not be looked at before.
    """

    schema: str | None
    children: list[str]
    broken: set[str]

    def before(self, ask: Ask) -> None: ...
    def check(self, table: str) -> Statement: ...
    def after(self, ask: Ask, table: str) -> Sequence[object]: ...
