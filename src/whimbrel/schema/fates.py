"""
What becomes of the columns of a table, and of the rows in them.

Place: `schema`, above `renames`. Read by what warns before a change: `losses` and
`checks`. Names on the side of *before* are those that the database has when
the change begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Column, Table
from whimbrel.schema.renames import dropped_names


@dataclass(frozen=True)
class TableFate:
    """
    A table that stays, column by column.

    Args:
        kept: (before, after) pairs of columns whose values stay or are converted.

        dropped: Columns whose values go.

        added: Columns in which no row has a value yet.
    """

    change: TableChange
    before: Table
    after: Table

    @cached_property
    def kept(self) -> tuple[tuple[Column, Column], ...]:
        gone = dropped_names(self.change)
        after = {column.name: column for column in self.after.columns}
        return tuple(
            (column, after[name])
            for column in self.before.columns
            if column.name not in gone
            and (name := self.change.renamed.get(column.name, column.name)) in after
        )

    @cached_property
    def dropped(self) -> tuple[Column, ...]:
        gone = dropped_names(self.change)
        return tuple(c for c in self.before.columns if c.name in gone)

    @cached_property
    def added(self) -> tuple[Column, ...]:
        stays = {after.name for _, after in self.kept}
        return tuple(c for c in self.after.columns if c.name not in stays)

    @cached_property
    def old_names(self) -> dict[str, str]:
        """New → old name of the columns whose names change."""
        return {a.name: b.name for b, a in self.kept if a.name != b.name}

    def predecessor(self, name: str) -> Column | None:
        """Return the column before of column *name* (after); None for a new one."""
        return next((b for b, a in self.kept if a.name == name), None)


def fates(change: SchemaChange) -> Iterator[TableFate]:
    """Yield the tables that stay."""
    for item in change.tables:
        if item.before is not None and item.after is not None:
            yield TableFate(item, item.before, item.after)
