"""
What is left to do on a table once names are the new ones.

Place: `schema.sqlite`, above `facts`. SQLite changes few things of a table where
it stands; `Difference.in_place` decides whether these are all that is asked for.
Source: https://www.sqlite.org/lang_altertable.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from whimbrel.schema.change import TableChange
from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index, Table
from whimbrel.schema.sql_text import identifiers_in
from whimbrel.schema.sqlite.facts import SqliteFacts
from whimbrel.schema.sqlite.renames import new_names, plain, same_text

Part = TypeVar("Part", Constraint, ForeignKey, Index)

CONSTANT = re.compile(
    r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?|'(?:[^']|'')*'|[xX]'[0-9a-fA-F]*'"
    r"|true|false|null",
    re.IGNORECASE,
)


def is_constant(sql: str) -> bool:
    """Return whether a default is one that ADD COLUMN takes."""
    sql = sql.strip()
    while sql.startswith("(") and sql.endswith(")"):
        sql = sql[1:-1].strip()
    return CONSTANT.fullmatch(sql) is not None


def is_null(sql: str | None) -> bool:
    return sql is None or sql.strip("() ").upper() == "NULL"


@dataclass(frozen=True)
class Difference:
    """
    One table, under its new names, against the table wanted.

    Args:
        now: The table as it is after all renames.

        change: Where the table, its fills and casts come from.
    """

    now: Table
    change: TableChange
    facts: SqliteFacts

    @property
    def before(self) -> Table:
        assert self.change.before is not None
        return self.change.before

    @property
    def after(self) -> Table:
        assert self.change.after is not None
        return self.change.after

    @property
    def moves(self) -> bool:
        """Whether the table goes to another database file."""
        return self.before.schema != self.after.schema

    @cached_property
    def added(self) -> tuple[Column, ...]:
        old = {column.name for column in self.now.columns}
        return tuple(c for c in self.after.columns if c.name not in old)

    @cached_property
    def dropped(self) -> tuple[Column, ...]:
        new = {column.name for column in self.after.columns}
        return tuple(c for c in self.now.columns if c.name not in new)

    @cached_property
    def kept(self) -> tuple[tuple[Column, Column], ...]:
        """The columns that stay, before and after."""
        old = {column.name: column for column in self.now.columns}
        return tuple(
            (old[new.name], new) for new in self.after.columns if new.name in old
        )

    @cached_property
    def room_made(self) -> dict[str, str]:
        """
        The renames before a rebuild: those asked for, and those of columns that
        go away but have the name that another one gets.
        """
        wanted = self.change.renamed
        return {
            old: new
            for old, new in new_names(self.change).items()
            if old in wanted or old in wanted.values()
        }

    @cached_property
    def new_constraints(self) -> tuple[Constraint, ...]:
        return missing(self.after.constraints, self.now.constraints, constraint_key)

    @cached_property
    def lost_constraints(self) -> tuple[Constraint, ...]:
        return missing(self.now.constraints, self.after.constraints, constraint_key)

    @cached_property
    def new_foreign_keys(self) -> tuple[ForeignKey, ...]:
        return missing(self.after.foreign_keys, self.now.foreign_keys, foreign_key_key)

    @cached_property
    def lost_foreign_keys(self) -> tuple[ForeignKey, ...]:
        return missing(self.now.foreign_keys, self.after.foreign_keys, foreign_key_key)

    @cached_property
    def new_indexes(self) -> tuple[Index, ...]:
        return missing(self.after.indexes, self.now.indexes, index_key)

    @cached_property
    def lost_indexes(self) -> tuple[Index, ...]:
        return missing(self.now.indexes, self.after.indexes, index_key)

    @cached_property
    def in_place(self) -> bool:
        """Whether ALTER TABLE can do it all, without a new table."""
        return (
            not self.moves
            and self.now.options == self.after.options
            and bool(self.kept)
            and self._same_primary_key()
            and not self.lost_foreign_keys
            and all(self._alterable(old, new) for old, new in self.kept)
            and all(self._addable(column) for column in self.added)
            and all(self._droppable(column) for column in self.dropped)
            and all(self._dissolvable(c) for c in self.lost_constraints)
            and all(
                self._inline(c) or self._attachable(c) for c in self.new_constraints
            )
            and all(self._inline(key) for key in self.new_foreign_keys)
        )

    def inline_parts(self, column: Column) -> list[Constraint | ForeignKey]:
        """Return the constraints that come with the added *column*."""
        parts: list[Constraint | ForeignKey] = [
            *self.new_constraints,
            *self.new_foreign_keys,
        ]
        return [
            part
            for part in parts
            if self._inline(part) and part.columns == (column.name,)
        ]

    def attached_checks(self) -> list[Constraint]:
        """Return the new checks that ALTER TABLE … ADD CONSTRAINT makes."""
        return [c for c in self.new_constraints if not self._inline(c)]

    def _inline(self, part: Constraint | ForeignKey) -> bool:
        """Whether *part* can stand in an added column's definition."""
        if isinstance(part, Constraint) and (
            part.kind != "check" or not self.facts.tests_added_columns
        ):
            return False
        return any(part.columns == (column.name,) for column in self.added)

    def _attachable(self, constraint: Constraint) -> bool:
        return constraint.kind == "check" and self.facts.alters_checks

    def _dissolvable(self, constraint: Constraint) -> bool:
        named = constraint.name is not None
        return constraint.kind == "check" and named and self.facts.alters_checks

    def _same_primary_key(self) -> bool:
        old, new = self.now.primary_key, self.after.primary_key
        if old is None or new is None:
            return old is new
        return constraint_key(old) == constraint_key(new)

    def _alterable(self, old: Column, new: Column) -> bool:
        if same_column(old, new):
            return True
        return self.facts.alters_nullability and same_column(
            replace(old, nullable=new.nullable), new
        )

    def _addable(self, column: Column) -> bool:
        if column.computed is not None:
            return not column.computed.persisted
        if column.auto_increment is not None or self._keyed(column):
            return False
        if column.default is not None and not is_constant(column.default):
            return False
        return column.nullable or not is_null(column.default)

    def _keyed(self, column: Column) -> bool:
        key = self.after.primary_key
        return key is not None and column.name in key.columns

    def _droppable(self, column: Column) -> bool:
        """Whether nothing that stays in the table's text mentions *column*."""
        if not self.facts.drops_columns:
            return False
        now = self.now
        lost = {id(index) for index in self.lost_indexes}
        texts = [c.computed.sql for c in now.columns if c.computed is not None]
        parts: list[Constraint | Index | ForeignKey] = [
            *([now.primary_key] if now.primary_key else ()),
            *now.constraints,
            *now.foreign_keys,
            *(index for index in now.indexes if id(index) not in lost),
        ]
        for part in parts:
            if column.name in part.columns:
                return False
            if not isinstance(part, ForeignKey):
                texts.append(part.sql)
        return not any(identifiers_in(text, [column.name]) for text in texts)

    @cached_property
    def touched_foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys that rows may break: new ones, those of changed columns."""
        same = {new.name for old, new in self.kept if old.type == new.type}
        moved = {*self.change.fills, *self.change.casts}
        new = {foreign_key_key(key) for key in self.new_foreign_keys}
        return tuple(
            key
            for key in self.after.foreign_keys
            if foreign_key_key(key) in new
            or any(name not in same or name in moved for name in key.columns)
        )


def same_column(old: Column, new: Column) -> bool:
    """Return whether SQLite's text of two columns is the same, up to spacing."""
    return (
        old.type == new.type
        and old.nullable == new.nullable
        and old.collation == new.collation
        and same_text(old.default, new.default)
        and old.auto_increment == new.auto_increment
        and same_computed(old, new)
    )


def same_computed(old: Column, new: Column) -> bool:
    one, other = old.computed, new.computed
    if one is None or other is None:
        return one is other
    return one.persisted == other.persisted and same_text(one.sql, other.sql)


def constraint_key(constraint: Constraint) -> tuple[object, ...]:
    return constraint.kind, constraint.name, plain(constraint.sql)


def foreign_key_key(key: ForeignKey) -> tuple[object, ...]:
    return key.name, key.columns, key.target, key.target_columns, plain(key.suffix)


def index_key(index: Index) -> tuple[object, ...]:
    return index.name, index.prefix, plain(index.sql)


def missing(
    wanted: Iterable[Part], present: Iterable[Part], key: Callable[[Part], Hashable]
) -> tuple[Part, ...]:
    """Return the parts of *wanted* that *present* lacks, as often as it does."""
    counts = Counter(key(part) for part in present)
    result = []
    for part in wanted:
        counts[key(part)] -= 1
        if counts[key(part)] < 0:
            result.append(part)
    return tuple(result)
