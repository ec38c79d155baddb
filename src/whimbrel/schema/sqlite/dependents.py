"""
Views and triggers of SQLite that know a table or column that goes.

Place: `schema.sqlite`, below `compiler`. SQLite itself tells: for a moment, in a
savepoint, the column is called something else, and whoever knows it is rewritten by
that. It is asked only where a text has the name at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from whimbrel.schema.dependents import Dependent, Lost
from whimbrel.schema.statement import Ask
from whimbrel.state.sql_text import tokens

POINT = "whimbrel_looks"
PARKED = "whimbrel_gone"
_FAILED = re.compile(
    r"error in (?:view|trigger) (?P<name>.*?)(?P<since> after rename)?: "
)
LISTED = "('view', 'trigger')"


@dataclass(frozen=True, slots=True)
class Stored:
    """A view or trigger; *table* is what a trigger belongs to."""

    kind: str
    name: str
    table: str
    sql: str


def dependents(lost: Iterable[Lost], ask: Ask) -> list[Dependent]:
    """Return the views and triggers that know what is *lost*, and views on them."""
    found: dict[str, Dependent] = {}
    for item in lost:
        schema, table = item.table
        prefix = "" if schema is None else f"{quoted(schema)}."
        there = stored(ask, prefix)
        if not any(mentions(one.sql, item.column or table) for one in there):
            continue
        known = knowing(item, there, prefix, ask)
        direct = [one for one in known if mentions(one.sql, table)]
        for one in [*direct, *(one for one in known if one not in direct)]:
            uses = str(item)
            if one not in direct:
                names = (d.name for d in found.values() if mentions(one.sql, d.name))
                uses = f"view {next(names, table)}"
            found.setdefault(one.name, dependent(one, uses))
    return list(found.values())


def stored(ask: Ask, prefix: str) -> list[Stored]:
    """Return all views and triggers."""
    rows = ask(
        f"SELECT type, name, tbl_name, sql FROM {prefix}sqlite_master "
        f"WHERE type IN {LISTED} ORDER BY rowid"
    )
    return [Stored(*row) for row in rows]


def knowing(item: Lost, there: Sequence[Stored], prefix: str, ask: Ask) -> list[Stored]:
    """Return those of *there* that notice when *item* gets another name."""
    _, table = item.table
    rename = f"TO {PARKED}"
    if item.column is not None:
        rename = f"COLUMN {quoted(item.column)} TO {PARKED}"
    statement = f"ALTER TABLE {prefix}{quoted(table)} RENAME {rename}"
    ask(f"SAVEPOINT {POINT}")
    try:
        noticed, left = put_aside(statement, there, prefix, ask)
        after = {(one.kind, one.name): one.sql for one in stored(ask, prefix)}
    finally:
        ask(f"ROLLBACK TO {POINT}")
        ask(f"RELEASE {POINT}")
    own = table.casefold() if item.column is None else None
    rewritten = [one for one in left if after.get((one.kind, one.name)) != one.sql]
    return [one for one in [*rewritten, *noticed] if one.table.casefold() != own]


def put_aside(
    statement: str, there: Sequence[Stored], prefix: str, ask: Ask
) -> tuple[list[Stored], list[Stored]]:
    """
    Rename, dropping for the moment whatever it fails on.

    Returns:
        What it failed on because of the rename (views on views), and what is left;
        nothing where the rename cannot be done, so that nobody can tell.
    """
    noticed: list[Stored] = []
    left = list(there)
    while True:
        try:
            ask(statement)
            return noticed, left
        except DBAPIError as error:
            said = _FAILED.search(str(error.orig))
            one = next((o for o in left if said and o.name == said["name"]), None)
            if said is None or one is None:
                return [], []
            left.remove(one)
            if said["since"]:
                noticed.append(one)
            ask(f"DROP {one.kind.upper()} {prefix}{quoted(one.name)}")


def dependent(one: Stored, uses: str) -> Dependent:
    """Return *one* for people."""
    return Dependent(
        kind=one.kind,
        name=one.name,
        uses=uses,
        drop=f"DROP {one.kind.upper()} {quoted(one.name)}",
        make=one.sql,
    )


def mentions(sql: str, name: str) -> bool:
    """Whether *name* is a word of *sql*."""
    wanted = name.casefold()
    return any(token.text.strip('"`[]').casefold() == wanted for token in tokens(sql))


def quoted(name: str) -> str:
    """Return *name*, which the catalog gave, in quotes."""
    return '"' + name.replace('"', '""') + '"'
