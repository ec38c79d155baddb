"""
Renames of tables, columns, constraints and indexes, in an order without clashes.

Place: `schema`, part of the compiler, above `table_sql`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whimbrel.schema.comparison import Comparison
from whimbrel.schema.objects import Constraint, ForeignKey, Index, Table, TableKey
from whimbrel.schema.renames import Name, rename_steps
from whimbrel.schema.statement import Statement
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.table_sql import TableSQL

Rename = Callable[[str, str], list[Statement]]


class RenamingSQL(TableSQL):
    """Standard SQL for renames."""

    # Overridden by the compiler
    def rebuilds(self, diff: TableDiff) -> bool:
        """Whether the table is made anew and its rows copied."""
        return False

    def rename_tables(self, comparison: Comparison) -> list[Statement]:
        tables = comparison.renames.tables
        moves: dict[Name, Name] = {old: tables[old] for old in tables}
        statements = []
        for old, new in rename_steps(moves):
            statements += self.rename_table(_key(old), _key(new))
        return statements

    def rename_columns(self, comparison: Comparison) -> list[Statement]:
        statements = []
        for diff in comparison.diffs:
            table = diff.after
            moves: dict[Name, Name] = {
                (None, old): (None, new) for old, new in diff.renamed.items()
            }
            existing: list[Name] = [(None, c.name) for c in diff.before.columns]
            for (_, old), (_, new) in rename_steps(moves, existing):
                statements += self.rename_column(table, old, new)
        return statements

    def rename_items(self, comparison: Comparison) -> list[Statement]:
        """Rename constraints and indexes that differ in their names only."""
        moves: dict[Name, Name] = {}
        actions: dict[Name, Rename] = {}
        for diff in comparison.diffs:
            if self.rebuilds(diff):
                continue
            pairs: list[tuple[Constraint | ForeignKey | Index, ...]] = [
                *diff.primary_key.renamed,
                *diff.constraints.renamed,
                *diff.foreign_keys.renamed,
                *diff.indexes.renamed,
            ]
            for before, after in pairs:
                assert before.name is not None
                assert after.name is not None
                space = self.name_space(diff.after, before)
                moves[space, before.name] = (space, after.name)
                actions[space, before.name] = self._rename(diff.after, before)
        statements = []
        for old, new in rename_steps(moves):
            action = actions.pop(old)
            statements += action(old[1], new[1])
            actions[new] = action
        return statements

    def _rename(self, table: Table, item: Constraint | ForeignKey | Index) -> Rename:
        if isinstance(item, Index):
            index = item
            return lambda old, new: self.rename_index(
                table, replace(index, name=old), replace(index, name=new)
            )
        constraint = item
        return lambda old, new: self.rename_constraint(
            table, replace(constraint, name=old), replace(constraint, name=new)
        )


def _key(name: Name) -> TableKey:
    schema, text = name
    assert schema is None or isinstance(schema, str)
    return schema, text
