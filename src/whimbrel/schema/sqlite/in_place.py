"""
Whether SQLite can change a table where it stands.

Place: `schema.sqlite`, above `facts`. ALTER TABLE renames, adds and drops a
column under conditions, and since 3.53 knows NOT NULL and checks; what
is here decides if that is all that is asked for. If not, the table is rebuilt.
Source: https://www.sqlite.org/lang_altertable.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from whimbrel.schema.objects import Column, Constraint, ForeignKey, Index
from whimbrel.schema.sqlite.facts import SqliteFacts
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.values import in_key
from whimbrel.state.sql_text import identifiers_in

Part = TypeVar("Part", Constraint, ForeignKey, Index)

CONSTANT = re.compile(
    r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?|'(?:[^']|'')*'|[xX]'[0-9a-fA-F]*'"
    r"|true|false|null",
    re.IGNORECASE,
)


def is_constant(sql: str) -> bool:
    """Return whether *sql* is a default that ADD COLUMN takes."""
    sql = sql.strip()
    while sql.startswith("(") and sql.endswith(")"):
        sql = sql[1:-1].strip()
    return CONSTANT.fullmatch(sql) is not None


def is_null(sql: str | None) -> bool:
    """Return whether a default is the same as none."""
    return sql is None or sql.strip("() ").upper() == "NULL"


def lacking(wanted: Iterable[Part], present: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts of *wanted* that *present* lacks, as often as it does."""
    return tuple((Counter(wanted) - Counter(present)).elements())


@dataclass(frozen=True, slots=True)
class InPlace:
    """What ALTER TABLE does of *diff*, if it can do all of it."""

    diff: TableDiff
    facts: SqliteFacts

    @property
    def new_checks(self) -> tuple[Constraint, ...]:
        return lacking(self.diff.after.constraints, self.diff.moved.constraints)

    @property
    def lost_checks(self) -> tuple[Constraint, ...]:
        return lacking(self.diff.moved.constraints, self.diff.after.constraints)

    @property
    def new_foreign_keys(self) -> tuple[ForeignKey, ...]:
        return lacking(self.diff.after.foreign_keys, self.diff.moved.foreign_keys)

    @property
    def lost_foreign_keys(self) -> tuple[ForeignKey, ...]:
        return lacking(self.diff.moved.foreign_keys, self.diff.after.foreign_keys)

    def possible(self) -> bool:
        """Whether no rebuild is needed."""
        before, after = self.diff.moved, self.diff.after
        return (
            bool(self.diff.kept)
            and before.options == after.options
            and before.primary_key == after.primary_key
            and not self.lost_foreign_keys
            and all(self._alters(old, new) for old, new in self.diff.kept)
            and all(self._adds(column) for column in self.diff.added)
            and all(self._drops(column) for column in self.diff.dropped)
            and all(self.inline(key) for key in self.new_foreign_keys)
            and all(self.inline(c) or self._attaches(c) for c in self.new_checks)
            and all(self._detaches(c) for c in self.lost_checks)
        )

    def parts_of(self, column: Column) -> list[Constraint | ForeignKey]:
        """Return the constraints that come with the added *column*."""
        parts: list[Constraint | ForeignKey] = [*self.new_checks]
        parts += self.new_foreign_keys
        return [p for p in parts if p.columns == (column.name,) and self.inline(p)]

    def inline(self, part: Constraint | ForeignKey) -> bool:
        """Whether *part* can stand in an added column's definition."""
        if isinstance(part, Constraint) and (
            part.kind != "check" or not self.facts.tests_added_columns
        ):
            return False
        return any(part.columns == (column.name,) for column in self.diff.added)

    def _attaches(self, constraint: Constraint) -> bool:
        return constraint.kind == "check" and self.facts.adds_checks

    def _detaches(self, constraint: Constraint) -> bool:
        is_named = constraint.name is not None
        return constraint.kind == "check" and is_named and self.facts.drops_checks

    def _alters(self, old: Column, new: Column) -> bool:
        if new.name in self.diff.change.row_fills and old.nullable != new.nullable:
            return False
        if new.name in self.diff.change.renamed_values and self._minds(new):
            return False
        if self.facts.alters_nullability:
            old = replace(old, nullable=new.nullable)
        return old == new

    def _minds(self, column: Column) -> bool:
        """Whether a key or a check may refuse values that are on their way."""
        checked = any(column.name in c.columns for c in self.diff.after.constraints)
        return checked or in_key(self.diff, column)

    def _adds(self, column: Column) -> bool:
        if column.computed is not None:
            return not column.computed.persisted
        if column.name in self.diff.change.row_fills:
            return False  # an UPDATE would fire triggers
        key = self.diff.after.primary_key
        if key is not None and column.name in key.columns:
            return False
        if column.default is not None and not is_constant(column.default):
            return False
        return column.nullable or not is_null(column.default)

    def _drops(self, column: Column) -> bool:
        """Whether nothing that stays in the table mentions *column*."""
        table = self.diff.moved
        kept_indexes = [old for old, _ in self.diff.indexes.kept]
        parts: list[Constraint | ForeignKey | Index] = [
            *([table.primary_key] if table.primary_key else ()),
            *table.constraints,
            *table.foreign_keys,
            *kept_indexes,
        ]
        texts = [c.computed.sql for c in table.columns if c.computed is not None]
        texts += [part.sql for part in parts if not isinstance(part, ForeignKey)]
        return (
            self.facts.drops_columns
            and not any(column.name in part.columns for part in parts)
            and not any(identifiers_in(text, [column.name]) for text in texts)
        )
