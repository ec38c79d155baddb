"""
Renames: what a table is like once its names are the new ones, and in which
order names can be exchanged.

Place: `schema.sqlite`, lowest. SQLite renames in place, and does so first; what
`carried` returns is then what the database holds, and the rest of the change
is the difference between that and the table wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import (
    Column,
    Constraint,
    ForeignKey,
    Index,
    Table,
    TableKey,
)
from whimbrel.schema.sql_text import rename_identifiers, tokens

Quote: TypeAlias = Callable[[str], str]
"""Gives a name the quotes of a database where it needs them."""

GONE = "_whimbrel_old_"
"""Before the name of a column that must make room for another one."""

ASIDE = "_whimbrel_tmp_"
"""Before the name of what steps aside while two names are exchanged."""


@dataclass(frozen=True, slots=True)
class Renames:
    """
    The names that a whole change exchanges.

    Args:
        tables: Old → new key of each table that stays and is renamed.

        columns: Old key of a table → its renamed columns.
    """

    tables: Mapping[TableKey, TableKey] = field(default_factory=dict)
    columns: Mapping[TableKey, Mapping[str, str]] = field(default_factory=dict)


def renames_of(change: SchemaChange) -> Renames:
    """Return all that *change* renames."""
    tables: dict[TableKey, TableKey] = {}
    columns: dict[TableKey, Mapping[str, str]] = {}
    for table in change.tables:
        if table.before is None or table.after is None:
            continue
        if table.before.key != table.after.key:
            tables[table.before.key] = table.after.key
        if table.renamed:
            columns[table.before.key] = table.renamed
    return Renames(tables, columns)


def new_names(change: TableChange) -> dict[str, str]:
    """
    Return old → new for every column of the old table whose name changes.

    A column that goes away while its name comes back (for a column that is
    renamed or added) counts as renamed to `GONE` and its old name.
    """
    assert change.before is not None
    taken = {*change.renamed.values(), *change.replaced}
    names = dict(change.renamed)
    for column in change.before.columns:
        if column.name in taken and column.name not in names:
            names[column.name] = GONE + column.name
    return names


def carried(change: TableChange, renames: Renames, quote: Quote) -> Table:
    """Return the old table under all new names, its own and those it refers to."""
    before, after = change.before, change.after
    assert before is not None
    assert after is not None
    names = new_names(change)
    if not names and not renames.tables and not renames.columns:
        return before
    return replace(
        before,
        name=after.name,
        schema=after.schema,
        columns=tuple(carried_column(c, names, quote) for c in before.columns),
        primary_key=before.primary_key
        and carried_constraint(before.primary_key, names, quote),
        constraints=tuple(
            carried_constraint(c, names, quote) for c in before.constraints
        ),
        foreign_keys=tuple(
            carried_foreign_key(key, names, renames) for key in before.foreign_keys
        ),
        indexes=tuple(carried_index(index, names, quote) for index in before.indexes),
    )


def carried_column(column: Column, names: Mapping[str, str], quote: Quote) -> Column:
    computed = column.computed
    if computed is not None:
        computed = replace(computed, sql=rename_identifiers(computed.sql, names, quote))
    return replace(column, name=names.get(column.name, column.name), computed=computed)


def carried_constraint(
    constraint: Constraint, names: Mapping[str, str], quote: Quote
) -> Constraint:
    return replace(
        constraint,
        sql=rename_identifiers(constraint.sql, names, quote),
        columns=mapped(constraint.columns, names),
    )


def carried_index(index: Index, names: Mapping[str, str], quote: Quote) -> Index:
    return replace(
        index,
        sql=rename_identifiers(index.sql, names, quote),
        columns=mapped(index.columns, names),
    )


def carried_foreign_key(
    key: ForeignKey, names: Mapping[str, str], renames: Renames
) -> ForeignKey:
    return replace(
        key,
        columns=mapped(key.columns, names),
        target=renames.tables.get(key.target, key.target),
        target_columns=mapped(key.target_columns, renames.columns.get(key.target, {})),
    )


def mapped(names: Iterable[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return *names* with those of *renamed* exchanged."""
    return tuple(renamed.get(name, name) for name in names)


def in_order(
    renamed: Mapping[str, str], occupied: Iterable[str]
) -> list[tuple[str, str]]:
    """
    Return renames one at a time, none onto a name in use.

    Where names are exchanged, one of them steps aside first. Case does not tell
    names apart in SQLite.

    Args:
        occupied: Every name in use before, those to be renamed included.
    """
    waiting = {old: new for old, new in renamed.items() if old != new}
    used = {name.lower() for name in occupied}
    steps: list[tuple[str, str]] = []
    while waiting:
        free = [old for old, new in waiting.items() if new.lower() not in used]
        old = free[0] if free else next(iter(waiting))
        new = waiting.pop(old)
        if not free:
            aside = ASIDE + old
            waiting[aside] = new
            new = aside
        steps.append((old, new))
        used.discard(old.lower())
        used.add(new.lower())
    return steps


def plain(sql: str) -> str:
    """Return *sql* without what does not matter: quotes of names, spacing."""
    words = (token.name or token.text for token in tokens(sql))
    return " ".join(word for word in words if not word.isspace())


def same_text(one: str | None, other: str | None) -> bool:
    """Return whether two SQL texts differ in quotes and spacing at most."""
    if one is None or other is None:
        return one is other
    return one == other or plain(one) == plain(other)
