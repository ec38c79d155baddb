"""
The SQL of a migration as data, and as a script.

Place: `project`, below `sqlmigrate`. What a script cannot do as `migrate` does it,
a comment in it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLookup:
    """A name that `migrate` looks up: what stands for it, and whose it is."""

    placeholder: str
    kind: str
    table: str
    columns: tuple[str, ...]
    expected: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedUnless:
    """A query that has a row where `migrate` leaves a statement out, and in words."""

    query: str
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFill:
    """
    Values that Python gives: what `migrate` does instead of a statement.

    Args:
        value: What rows get, in words.

        reads: The query for the rows that get one each; None: all get the same.

        writes: Gives a row its value; ``?`` stands for that, and for the row's key.
    """

    value: str
    reads: str | None
    writes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStatement:
    """
    One statement, without a closing semicolon.

    Args:
        does: What it does in a few words.

        table: The table that it changes, with its schema.

        transactional: May run inside a transaction.

        parameters: Bound by the driver.

        saves: A query whose rows are SQL that this statement would lose; `migrate`
            runs them after the next statement on the table that *restores*.

        unless: The case in which `migrate` leaves it out.

        finds_violations: A query; a row that it returns is an error.

        each_row: What Python does; *sql* is a comment then.
    """

    sql: str
    does: str
    table: str | None
    transactional: bool
    lookups: tuple[PrintedLookup, ...] = ()
    parameters: object = None
    saves: str | None = None
    restores: bool = False
    unless: PrintedUnless | None = None
    finds_violations: bool = False
    each_row: PrintedFill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStep:
    """
    Operations that are executed together.

    Args:
        operations: What they do, in words.

        transaction: It is a transaction of its own.

        notes: What cannot be said in SQL, and what is lost.

        checks: What is asked of the rows first; each row of an answer stands in
            the way.

        python: It runs Python code.
    """

    operations: tuple[str, ...]
    statements: tuple[PrintedStatement, ...]
    transaction: bool = False
    notes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    python: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedMigration:
    """
    The SQL of one migration.

    Args:
        version: Of the server that it is for; None: the oldest that is supported,
            or the loaded library.

        transaction: All of it runs in one.

        begin: How a transaction begins.

        before, after: Statements outside the transaction that set the connection up
            and put it back.

        ensures: What makes the history table, before all else.

        records: What records it there, or takes that back; in the transaction, if
            there is one.
    """

    app: str
    name: str
    backwards: bool
    dialect: str
    version: str | None
    transaction: bool
    begin: str
    before: tuple[str, ...]
    steps: tuple[PrintedStep, ...]
    after: tuple[str, ...]
    ensures: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What the migration is called among others."""
        what = "Undo migration" if self.backwards else "Migration"
        return f"{what} {self.app}.{self.name}"

    def script(self) -> str:
        """Return it as a script for the database's own client."""
        return "\n".join(self.lines())

    def lines(self, *heading: str) -> Iterator[str]:
        """Yield the lines of it, with *heading* before the migration itself."""
        yield from (f"{sql};" for sql in self.ensures)
        yield from comment(heading)
        yield from (f"{sql};" for sql in self.before)
        if self.transaction:
            yield f"{self.begin};"
        for step in self.steps:
            yield "--"
            yield from comment(step.operations)
            yield from comment(f"({note})" for note in step.notes)
            yield "--"
            if step.transaction:
                yield f"{self.begin};"
            for statement in step.statements:
                yield from comment(remarks(statement))
                if statement.each_row is None:
                    yield terminated(statement.sql)
                else:
                    yield statement.sql
                    yield from comment(by_python(statement.each_row))
            if step.transaction:
                yield "COMMIT;"
        yield from (f"{sql};" for sql in self.records)
        if self.transaction:
            yield "COMMIT;"
        yield from (f"{sql};" for sql in self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedScript:
    """The SQL of several migrations, in the order of executing them."""

    migrations: tuple[PrintedMigration, ...]

    def script(self) -> str:
        """Return it as a script for the database's own client."""
        return "\n\n".join("\n".join(m.lines(m.heading)) for m in self.migrations)


def comment(texts: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    """Yield *texts* as comments, line by line."""
    for text in texts:
        yield from (f"-- {line}".rstrip() for line in text.splitlines())


def remarks(statement: PrintedStatement) -> Iterator[str]:
    """Yield what `migrate` does with *statement* and a script does not."""
    if statement.parameters is not None:
        yield f"(parameters: {statement.parameters!r})"
    if statement.saves is not None and statement.restores:
        yield f"(migrate runs what this returns: {statement.saves})"
    elif statement.saves is not None:
        yield (
            "(migrate keeps what this returns now, and runs it once the table is "
            f"there again: {statement.saves})"
        )
    if statement.unless is not None:
        yield f"(migrate leaves this out if {statement.unless.case})"
    if statement.finds_violations:
        yield "(a row that this returns leads nowhere: roll back)"


def by_python(fill: PrintedFill) -> Iterator[str]:
    """Yield what `migrate` does for the rows that a script leaves as they are."""
    if fill.reads is not None:
        yield f"(migrate reads rows, so many at a time: {fill.reads})"
    yield f"(migrate writes: {fill.writes})"


def terminated(sql: str) -> str:
    """Return *sql* with a semicolon that no comment swallows."""
    last = sql.rstrip().rpartition("\n")[2]
    return f"{sql}\n;" if "--" in last or "#" in last else f"{sql};"
