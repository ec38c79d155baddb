"""
What a change would lose, in words, without asking a database.

Place: `schema`, above `fates` and `type_text`. Shown by `migrate --plan` and
`sqlmigrate`; a loss is no error, for it was asked for. What depends on the rows
is said as what it is: they stop the migration (`checks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from whimbrel.schema.change import SchemaChange
from whimbrel.schema.fates import TableFate, fates
from whimbrel.schema.narrowing import narrowed
from whimbrel.schema.objects import Column, Table
from whimbrel.schema.type_text import TypeText

Read = Callable[[str], TypeText]

Kind = Literal[
    "table", "column", "values", "conversion", "nulls", "removed value", "empty"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """
    One thing that is lost, or that rows may stand in the way of.

    Args:
        table, column: Names that they have before the change.

        text: The whole of it in words.
    """

    kind: Kind
    table: str
    column: str | None = None
    text: str


def losses_of(change: SchemaChange, read: Read) -> tuple[Loss, ...]:
    """
    Return what *change* loses.

    Args:
        read: Takes a type of this database apart (`CheckSQL.read`).
    """
    found: list[Loss] = []
    for item in change.tables:
        if item.before is not None and item.after is None:
            found.append(_table_gone(item.before))
        elif item.after is not None and item.before is None and item.returning:
            text = f"table {item.after.name} comes back empty"
            found.append(Loss(kind="empty", table=item.after.name, text=text))
    for fate in fates(change):
        found += _of_table(fate, read)
    return tuple(found)


def _table_gone(table: Table) -> Loss:
    text = f"drops table {table.name} and all its rows"
    return Loss(kind="table", table=table.name, text=text)


def _of_table(fate: TableFate, read: Read) -> Iterator[Loss]:
    name = fate.before.name
    for column in fate.dropped:
        if column.computed is None:
            yield _loss("column", fate, column, "drops column {} and what is in it")
    for before, after in fate.kept:
        yield from _of_column(fate, before, after, read)
    for column in fate.added if fate.change.returning else ():
        if column.computed is not None or column.auto_increment is not None:
            continue
        text = f"column {name}.{column.name} comes back {_filled(fate, column)}"
        yield Loss(kind="empty", table=name, column=column.name, text=text)


def _filled(fate: TableFate, column: Column) -> str:
    """Return with what in it a column comes back."""
    fill = fill_words(fate, column) or column.default
    if fill is not None:
        return f"with {fill} in every row"
    return "empty" if column.nullable else "without a value; rows stop the run"


def _of_column(
    fate: TableFate, before: Column, after: Column, read: Read
) -> Iterator[Loss]:
    if before.computed is not None:
        return
    if after.computed is not None:
        text = "replaces what is in column {} by what is computed"
        yield _loss("column", fate, before, text)
        return
    yield from _of_type(fate, before, after, read)
    moves = fate.change.renamed_values.get(after.name, {})
    removed = removed_values(before, after, read, moves)
    if removed:
        values = ", ".join(map(repr, removed))
        text = f"column {{}} no longer takes {values}; rows that have it stop the run"
        yield _loss("removed value", fate, before, text)
    elif admits_fewer(before, after, read, cast=after.name in fate.change.casts):
        values = ", ".join(map(repr, after.members))
        text = f"column {{}} takes only {values}; rows with another value stop the run"
        yield _loss("values", fate, before, text)
    if before.nullable and not after.nullable and after.auto_increment is None:
        fill = fill_words(fate, after)
        does = "stops the run" if fill is None else f"becomes {fill}"
        yield _loss("nulls", fate, before, f"a NULL in column {{}} {does}")


def fill_words(fate: TableFate, column: Column) -> str | None:
    """Return what rows get that have nothing in *column*."""
    rows = fate.change.row_fills.get(column.name)
    return fate.change.fills.get(column.name) if rows is None else rows.words


def _of_type(
    fate: TableFate, before: Column, after: Column, read: Read
) -> Iterator[Loss]:
    if before.type == after.type or (before.enum and after.enum):
        return
    change = f"from {before.type} to {after.type}"
    cast = fate.change.casts.get(after.name)
    if cast is not None:
        text = f"converts column {{}} {change} by {cast}"
        yield _loss("conversion", fate, before, text)
        return
    narrow = narrowed(read(before.type), read(after.type))
    if narrow is None or (narrow.kind == "length" and after.members):
        return  # A member fits; that it is one is said by itself.
    text = f"column {{}} goes {change}; {narrow.what} stop the run"
    yield _loss("values", fate, before, text)


def removed_values(
    before: Column, after: Column, read: Read, moves: Mapping[str, str]
) -> tuple[str, ...]:
    """
    Return the members of an enumeration that *after* has no longer.

    Args:
        moves: Old → new text of those that are called otherwise.
    """
    new = members_of(after, read)
    if not new or (is_enforced(after, read) and not is_enforced(before, read)):
        # Whether a text is a member is then asked as a change of type.
        return ()
    old = members_of(before, read)
    return tuple(value for value in old if moves.get(value, value) not in new)


def members_of(column: Column, read: Read) -> tuple[str, ...]:
    """Return the values of the enumeration that *column* is; none for another."""
    if column.enum is not None:
        return column.enum.values
    return read(column.type).values or column.members


def is_enforced(column: Column, read: Read) -> bool:
    """Whether the type itself takes no other values than its members."""
    return column.enum is not None or bool(read(column.type).values)


def admits_fewer(before: Column, after: Column, read: Read, *, cast: bool) -> bool:
    """
    Whether *after* is an enumeration, and *before* a text that may be anything.

    Only where the database would not see it: else it follows from the type.
    """
    if cast or not after.members or is_enforced(after, read):
        return False
    return not members_of(before, read)


def _loss(kind: Kind, fate: TableFate, column: Column, text: str) -> Loss:
    table = fate.before.name
    return Loss(
        kind=kind,
        table=table,
        column=column.name,
        text=text.format(f"{table}.{column.name}"),
    )
