"""
Views, triggers and indexes of SQLite that know a table or column that goes.

Place: `schema.sqlite`, below `compiler`. SQLite itself tells: for a moment, in a
savepoint, the column is called something else, and whoever knows it is rewritten by
that. It is asked only where a text has the name at all.

An index over the column itself goes with it; one that has it in an expression or a
condition could not be made again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from whimbrel.schema.dependents import Dependent, Lost
from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import Ask
from whimbrel.state.sql_text import tokens

POINT = "whimbrel_looks"
PARKED = "whimbrel_gone"
_FAILED = re.compile(
    r"error in (?:view|trigger|index) (?P<name>.*?)(?P<since> after rename)?: "
    r"(?P<reason>.*)"
)
_HEAD = re.compile(r"CREATE (?:UNIQUE INDEX|INDEX|VIEW|TRIGGER) ")
LISTED = "('view', 'trigger', 'index')"


@dataclass(frozen=True, slots=True)
class Stored:
    """A view, trigger or index; *table* is what the latter belong to."""

    kind: str
    name: str
    table: str
    sql: str

    def drop(self, prefix: str) -> str:
        return f"DROP {self.kind.upper()} {prefix}{quoted(self.name)}"

    def make(self, prefix: str) -> str:
        """Return its text; the catalog keeps it without the database's name."""
        match = _HEAD.match(self.sql)
        if not prefix or match is None:
            return self.sql
        return f"{match.group()}{prefix}{self.sql[match.end() :]}"


def dependents(
    lost: Iterable[Lost], known: Collection[str], ask: Ask
) -> list[Dependent]:
    """
    Return what knows what is *lost*, and views on such views.

    Args:
        known: Indexes that models have.
    """
    found: dict[str, Dependent] = {}
    for item in lost:
        schema, table = item.table
        prefix = qualifier(schema)
        there = [one for one in stored(ask, prefix) if one.name not in known]
        if not any(mentions(one.sql, item.column or table) for one in there):
            continue
        noticed = [
            one
            for one in knowing(item, there, prefix, ask)
            if one.kind != "index" or not indexes(one, item, ask)
        ]
        direct = [one for one in noticed if mentions(one.sql, table)]
        for one in [*direct, *(one for one in noticed if one not in direct)]:
            uses = str(item)
            if one not in direct:
                names = (d.name for d in found.values() if mentions(one.sql, d.name))
                uses = f"view {next(names, table)}"
            found.setdefault(one.name, dependent(one, prefix, uses))
    return list(found.values())


def broken(tables: Iterable[TableKey], ask: Ask) -> list[Dependent]:
    """
    Return the views and triggers that cannot be read, and therefore keep SQLite from
    renaming *tables* or their columns, and from dropping columns in place.
    """
    found: dict[str, Dependent] = {}
    for schema, table in {schema: (schema, table) for schema, table in tables}.values():
        prefix = qualifier(schema)
        there = stored(ask, prefix)
        if all(one.kind == "index" for one in there):
            continue
        statement = f"ALTER TABLE {prefix}{quoted(table)} RENAME TO {PARKED}"
        with aside(ask):
            renamed = put_aside(statement, there, prefix, ask)
        for one, reason in renamed.broken:
            uses = f"something that is not there ({reason})"
            found[one.name] = dependent(one, prefix, uses)
    return list(found.values())


def stored(ask: Ask, prefix: str) -> list[Stored]:
    """Return all views, triggers and indexes that somebody wrote."""
    rows = ask(
        f"SELECT type, name, tbl_name, sql FROM {prefix}sqlite_master "
        f"WHERE type IN {LISTED} AND sql IS NOT NULL ORDER BY rowid"
    )
    return [Stored(*row) for row in rows]


def indexes(one: Stored, item: Lost, ask: Ask) -> bool:
    """Whether the index *one* is over the column, and so goes with it."""
    arguments = literal(one.name)
    if item.table[0] is not None:
        arguments += f", {literal(item.table[0])}"
    rows = ask(f"SELECT name FROM pragma_index_info({arguments})")
    column = (item.column or "").casefold()
    return any(name is not None and name.casefold() == column for (name,) in rows)


def knowing(item: Lost, there: Sequence[Stored], prefix: str, ask: Ask) -> list[Stored]:
    """Return those of *there* that notice when *item* gets another name."""
    _, table = item.table
    rename = f"TO {PARKED}"
    if item.column is not None:
        rename = f"COLUMN {quoted(item.column)} TO {PARKED}"
    statement = f"ALTER TABLE {prefix}{quoted(table)} RENAME {rename}"
    with aside(ask):
        renamed = put_aside(statement, there, prefix, ask)
        after = {(one.kind, one.name): one.sql for one in stored(ask, prefix)}
    own = table.casefold() if item.column is None else None
    changed = [o for o in renamed.left if after.get((o.kind, o.name)) != o.sql]
    return [o for o in [*changed, *renamed.noticed] if o.table.casefold() != own]


@contextmanager
def aside(ask: Ask) -> Iterator[None]:
    """What is done meanwhile is taken back."""
    ask(f"SAVEPOINT {POINT}")
    try:
        yield
    finally:
        ask(f"ROLLBACK TO {POINT}")
        ask(f"RELEASE {POINT}")


@dataclass(slots=True)
class Renamed:
    """
    What a rename showed.

    Args:
        noticed: What it failed on because of the rename (views on views).

        broken: What it failed on anyway, and why.

        left: What is left; nothing where the rename cannot be done, so that nobody
            can tell.
    """

    noticed: list[Stored] = field(default_factory=list)
    broken: list[tuple[Stored, str]] = field(default_factory=list)
    left: list[Stored] = field(default_factory=list)


def put_aside(
    statement: str, there: Sequence[Stored], prefix: str, ask: Ask
) -> Renamed:
    """Rename, dropping for the moment whatever it fails on."""
    found = Renamed(left=list(there))
    while True:
        try:
            ask(statement)
            return found
        except DBAPIError as error:
            said = _FAILED.search(str(error.orig))
            one = next((o for o in found.left if said and o.name == said["name"]), None)
            if said is None or one is None:
                return Renamed()
            found.left.remove(one)
            if said["since"]:
                found.noticed.append(one)
            else:
                found.broken.append((one, said["reason"]))
            ask(one.drop(prefix))


def dependent(one: Stored, prefix: str, uses: str) -> Dependent:
    """Return *one* for people."""
    return Dependent(
        kind=one.kind,
        name=one.name,
        uses=uses,
        drop=one.drop(prefix),
        make=one.make(prefix),
    )


def qualifier(schema: str | None) -> str:
    """Return what stands before a name in that attached database."""
    return "" if schema is None else f"{quoted(schema)}."


def literal(text: str) -> str:
    """Return *text*, which the catalog gave, as a literal."""
    return "'" + text.replace("'", "''") + "'"


def mentions(sql: str, name: str) -> bool:
    """Whether *name* is a word of *sql*."""
    wanted = name.casefold()
    return any(token.text.strip('"`[]').casefold() == wanted for token in tokens(sql))


def quoted(name: str) -> str:
    """Return *name*, which the catalog gave, in quotes."""
    return '"' + name.replace('"', '""') + '"'
