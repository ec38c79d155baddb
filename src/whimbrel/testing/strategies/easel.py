"""
A schema under edit.

Place: `testing.strategies`, above `schemas`; the edits are above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from whimbrel.testing.strategies.schemas import Brush, with_table
from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    ItemSpec,
    SchemaSpec,
    TableSpec,
)


@dataclass(slots=True)
class Easel:
    """The schema under edit; *before* is what it was."""

    brush: Brush
    before: SchemaSpec
    schema: SchemaSpec = field(init=False)

    def __post_init__(self) -> None:
        self.schema = self.before

    def pick_table(
        self, allowed: Callable[[TableSpec], bool] = lambda table: True
    ) -> TableSpec | None:
        """Pick a table that is *allowed*."""
        tables = [table for table in self.schema.tables if allowed(table)]
        return self.brush.choice(tables) if tables else None

    def pick_column(
        self, allowed: Callable[[TableSpec, ColumnSpec], bool]
    ) -> tuple[TableSpec, ColumnSpec] | None:
        """Pick a column that is *allowed*."""
        found = [
            (table, column)
            for table in self.schema.tables
            for column in table.columns
            if allowed(table, column)
        ]
        return self.brush.choice(found) if found else None

    def pick_item(
        self, allowed: Callable[[ItemSpec], bool] = lambda item: True
    ) -> tuple[TableSpec, ItemSpec] | None:
        """Pick a constraint or an index that is *allowed*."""
        found = [
            (table, item)
            for table in self.schema.tables
            for item in table.items
            if allowed(item)
        ]
        return self.brush.choice(found) if found else None

    def table_names(self) -> list[str]:
        """The names of tables now; at times those from before too."""
        names = [table.name for table in self.schema.tables]
        if not self.brush.rare():
            names += [table.name for table in self.before.tables]
        return names

    def column_names(self, table: TableSpec) -> list[str]:
        """The names of a table's columns now; at times those from before too."""
        names = [column.name for column in table.columns]
        if not self.brush.rare():
            for old in self.before.tables:
                if old.uid == table.uid:
                    names += [column.name for column in old.columns]
        return names

    def put(self, table: TableSpec, *columns: ColumnSpec) -> SchemaSpec:
        """Return the schema with *columns* in the places of those of their number."""
        new = {column.uid: column for column in columns}
        changed = tuple(new.get(c.uid, c) for c in table.columns)
        return with_table(self.schema, replace(table, columns=changed))

    def put_item(self, table: TableSpec, *items: ItemSpec) -> SchemaSpec:
        """Return the schema with *items* in the places of those of their number."""
        new = {item.uid: item for item in items}
        changed = tuple(new.get(i.uid, i) for i in table.items)
        return with_table(self.schema, replace(table, items=changed))


Edit: TypeAlias = Callable[[Easel], SchemaSpec | None]
"""Returns the schema after an edit; None where it finds nothing to edit."""
