"""
Values of named enumerations that are called otherwise.

Place: `schema.postgresql`, below `enums`.

``ALTER TYPE … RENAME VALUE`` renames a value for all columns at once, and what
the database keeps about it (defaults, checks, indexes, computed columns)
follows. Where only some columns of a type take part, or a type is replaced by a
text, the rows are converted instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Column, Constraint, EnumType, Index, Table, TableKey
from whimbrel.schema.renames import ASIDE

Moves = Mapping[str, str]
Item = TypeVar("Item", Constraint, Index)


def split_moves(change: SchemaChange) -> SchemaChange:
    """
    Return *change* with what types rename in `SchemaChange.renamed_values`, and
    only what is left in `TableChange.renamed_values`.
    """
    if not any(table.renamed_values for table in change.tables):
        return change
    types = {b.key: type_moves(change, b, a) for b, a in change.altered_enums}
    types = {key: moves for key, moves in types.items() if moves}
    tables = tuple(_left(table, types) for table in change.tables)
    return replace(change, tables=tables, renamed_values=types)


def type_moves(change: SchemaChange, before: EnumType, after: EnumType) -> Moves:
    """Return the values of *before* that the type itself renames."""
    said: dict[str, set[str]] = {}
    agreed: dict[str, int] = {}
    users = 0
    for table in change.tables:
        for old, new in table.kept_columns():
            if old.enum != before or new.enum != after:
                continue
            users += 1
            for value, text in table.renamed_values.get(new.name, {}).items():
                said.setdefault(value, set()).add(text)
                agreed[value] = agreed.get(value, 0) + 1
    clear = {value: min(texts) for value, texts in said.items() if len(texts) == 1}
    wanted = {*clear.values()}
    moves = {
        value: text
        for value, text in clear.items()
        if value in before.values
        and (text in after.values or text.startswith(ASIDE))
        and (value not in after.values or value in wanted or agreed[value] == users)
    }
    return _without_clashes(moves, before)


def _without_clashes(moves: dict[str, str], before: EnumType) -> Moves:
    """Leave out what would give two values of the type one text."""
    while True:
        texts = [*moves.values()]
        staying = {value for value in before.values if value not in moves}
        clashing = [
            value
            for value, text in moves.items()
            if text in staying or texts.count(text) > 1
        ]
        if not clashing:
            return moves
        for value in clashing:
            del moves[value]


def moved_type(before: EnumType, moves: Moves) -> EnumType:
    """Return *before* as it is after the renames of its values."""
    return replace(before, values=tuple(moves.get(v, v) for v in before.values))


def _left(table: TableChange, types: Mapping[TableKey, Moves]) -> TableChange:
    if not table.renamed_values:
        return table
    left = dict(table.renamed_values)
    for old, new in table.kept_columns():
        if old.enum is None or new.enum is None or new.name not in left:
            continue
        done = types.get(old.enum.key, {})
        rest = {v: t for v, t in left[new.name].items() if done.get(v) != t}
        left[new.name] = rest
        if not rest:
            del left[new.name]
    return replace(table, renamed_values=left)


def followed_texts(table: Table, names: set[str], moves: Moves) -> Table:
    """
    Return *table* (before) with what mentions a value of its columns *names*.

    A default that is the value itself follows for certain. What else mentions one
    is marked, so that it is made again: whether a text inside an expression is a
    value or just a text cannot be told.
    """
    return replace(
        table,
        columns=tuple(_column(c, names, moves) for c in table.columns),
        constraints=tuple(_item(c, names, moves) for c in table.constraints),
        indexes=tuple(_item(i, names, moves) for i in table.indexes),
    )


def _column(column: Column, names: set[str], moves: Moves) -> Column:
    computed, default = column.computed, column.default
    if computed is not None and _mentions(computed.sql, moves):
        column = replace(column, computed=replace(computed, sql=_marked(computed.sql)))
    if default is None or column.name not in names or not _mentions(default, moves):
        return column
    texts = {_quoted(old): _quoted(new) for old, new in moves.items()}
    return replace(column, default=texts.get(default, _marked(default)))


def _item(item: Item, names: set[str], moves: Moves) -> Item:
    if names.isdisjoint(item.columns) or not _mentions(item.sql, moves):
        return item
    return replace(item, sql=_marked(item.sql))


def _mentions(sql: str, moves: Moves) -> bool:
    return "'" in sql and any(text in sql for text in {*moves, *moves.values()})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _marked(sql: str) -> str:
    return f"{sql} /* {ASIDE} */"
