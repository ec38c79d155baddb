"""
Renames that MySQL refuses: of a column that something is computed from.

Place: `schema.mysql`, beside `columns`. MariaDB follows a rename into checks and
generated columns; MySQL refuses it as long as one mentions the column. There a
change is made in two steps: what mentions it is dropped, then made again.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Table
from whimbrel.state.sql_text import identifiers_in


def without_dependents(change: SchemaChange) -> list[SchemaChange]:
    """Return *change*, preceded by one that drops what stands in its way."""
    freed = []
    tables = []
    for table in change.tables:
        bare = _bare(table)
        if bare is table.before:
            tables.append(table)
        else:
            freed.append(TableChange(before=table.before, after=bare))
            tables.append(replace(table, before=bare))
    if not freed:
        return [change]
    return [SchemaChange(tables=tuple(freed)), replace(change, tables=tuple(tables))]


def _bare(change: TableChange) -> Table | None:
    """Return the table before without what mentions a renamed column."""
    before = change.before
    if before is None or change.after is None or not change.renamed:
        return before
    names = set(change.renamed)
    computed = {
        column.name
        for column in before.columns
        if column.computed and identifiers_in(column.computed.sql, names)
    }
    functional = {i.name for i in before.indexes if _functional(i.sql, names)}
    bare = replace(
        before,
        columns=tuple(c for c in before.columns if c.name not in computed),
        constraints=tuple(
            c for c in before.constraints if not _mentions(c.columns, names | computed)
        ),
        indexes=tuple(
            i
            for i in before.indexes
            if i.name not in functional and not _mentions(i.columns, computed)
        ),
    )
    return before if bare == before else bare


def _mentions(columns: tuple[str, ...], names: Set[str]) -> bool:
    return not names.isdisjoint(columns)


def _functional(sql: str, names: Set[str]) -> bool:
    """Return whether an index has an expression, and it mentions one of *names*."""
    return "((" in sql.replace(" ", "") and bool(identifiers_in(sql, names))
