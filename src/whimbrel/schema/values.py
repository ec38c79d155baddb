"""
The UPDATE that gives rows the new text of a renamed value.

Place: `schema`, part of the compiler, above `spelling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from whimbrel.schema.objects import Column, Table
from whimbrel.schema.renames import ASIDE, Name, rename_steps
from whimbrel.schema.spelling import Spelling
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff

_LENGTH = re.compile(r"\((\d+)\)")


class ValueSQL(Spelling):
    """Standard SQL for values that are called otherwise."""

    def value_moves(self, diff: TableDiff, column: Column) -> Mapping[str, str]:
        """Return old → new text of the values of *column*, empty for none."""
        return diff.change.renamed_values.get(column.name, {})

    def moved_value(self, value: str, moves: Mapping[str, str]) -> str:
        """Return SQL of *value*, a text, under its new name."""
        cases = " ".join(
            f"WHEN {self.literal(old)} THEN {self.literal(new)}"
            for old, new in moves.items()
        )
        return f"CASE {value} {cases} ELSE {value} END"

    def rename_values(self, diff: TableDiff, column: Column) -> list[Statement]:
        """
        Return the UPDATE of the rows that have a renamed value.

        One, unless a unique key might see two rows with one value in between.
        """
        statements = []
        for moves in rounds(
            self.value_moves(diff, column), unique=in_key(diff, column)
        ):
            words = ", ".join(f"{old} to {new}" for old, new in moves.items())
            statements.append(
                self.statement(
                    self.update_values(diff.after, column, moves),
                    f"rename value {words} of {diff.after.name}.{column.name}",
                    diff.after.key,
                )
            )
        return statements

    def update_values(
        self, table: Table, column: Column, moves: Mapping[str, str]
    ) -> str:
        """Return one UPDATE; *column* as it is when it runs."""
        name = self.quote(column.name)
        olds = ", ".join(map(self.literal, moves))
        [*pairs] = moves.values()
        value = self.moved_value(name, moves)
        # A text that is refused is refused with a row only: PostgreSQL looks at a
        # literal, be it used or not.
        if len(pairs) == 1 and not pairs[0].startswith(ASIDE):
            value = self.literal(pairs[0])
        where = f"{name} IN ({olds})" if len(pairs) > 1 else f"{name} = {olds}"
        return f"{self.update(table, column, value)} WHERE {where}"


def rounds(moves: Mapping[str, str], *, unique: bool) -> list[Mapping[str, str]]:
    """
    Return *moves* in the parts in which they are made.

    Args:
        unique: No two rows may have one value even for a moment. What stands in
            the way is then moved first, and a circle opened by a short text.
    """
    if not moves:
        return []
    if not unique or moves.keys().isdisjoint(moves.values()):
        return [moves]
    names: dict[Name, Name] = {(None, o): (None, n) for o, n in moves.items()}
    known = {*moves, *moves.values()}
    parts: list[Mapping[str, str]] = []
    for (_, old), (_, new) in rename_steps(names):
        parts.append({spare(old, known): spare(new, known)})
    return parts


def spare(text: str, known: Iterable[str]) -> str:
    """Return *text* if it is a value, or a short text that is none."""
    taken = {*known}
    if text in taken:
        return text
    return next(mark for mark in ("~", "^", "~~", "~^~") if mark not in taken)


def in_key(diff: TableDiff, column: Column) -> bool:
    """Whether *column* is part of a unique key, before or after."""
    keys: list[tuple[str, ...]] = []
    for table in (diff.moved, diff.after):
        keys += [c.columns for c in table.constraints if c.kind != "check"]
        keys += [i.columns for i in table.indexes if i.unique]
        keys += [table.primary_key.columns] if table.primary_key else []
    return any(column.name in key for key in keys)


def fits(moves: Mapping[str, str], type_: str) -> bool:
    """Whether the new texts fit into a column of *type_*."""
    length = _LENGTH.search(type_)
    return length is None or all(len(v) <= int(length[1]) for v in moves.values())
