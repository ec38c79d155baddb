"""
What a server makes by itself, or takes for the same: the change beside that.

Place: `schema.mysql`, below `compiler`. A setting of the server decides, which only
it can tell; without one the change stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import AutoIncrement, Column, Constraint, Table
from whimbrel.schema.statement import Ask

HIDDEN = "my_row_id"
"""The invisible key of a table without one (`sql_generate_invisible_primary_key`)."""

_HIDES = """
SELECT 1 FROM information_schema.columns
WHERE table_schema = {schema} AND table_name = {table}
AND column_name = 'my_row_id' AND column_key = 'PRI' AND extra LIKE '%INVISIBLE%'
"""


def with_hidden_keys(
    change: SchemaChange, ask: Ask, literal: Callable[[str], str]
) -> SchemaChange:
    """
    Return *change* with the invisible keys that go or come.

    A key takes the place of the invisible one; and where the server wants one in
    every table, a table that loses its key must get one with the same statement.
    """

    def whole(item: TableChange) -> TableChange:
        before, after = item.before, item.after
        if before is None or after is None:
            return item
        if before.primary_key is None and after.primary_key is not None:
            schema = "DATABASE()" if before.schema is None else literal(before.schema)
            query = _HIDES.format(schema=schema, table=literal(before.name))
            found = bool(ask(query.strip()))
            return replace(item, before=hiding(before)) if found else item
        if before.primary_key is not None and after.primary_key is None:
            (wanted,) = ask("SELECT @@sql_generate_invisible_primary_key")[0]
            return replace(item, after=hiding(after)) if wanted else item
        return item

    return replace(change, tables=tuple(map(whole, change.tables)))


def hiding(table: Table) -> Table:
    """Return *table* with an invisible key."""
    column = Column(
        name=HIDDEN,
        type="BIGINT UNSIGNED",
        nullable=False,
        auto_increment=AutoIncrement(kind="auto_increment", options="INVISIBLE"),
    )
    key = Constraint(
        kind="primary_key",
        name=None,
        sql=f"PRIMARY KEY ({HIDDEN})",
        columns=(HIDDEN,),
    )
    return replace(table, columns=(*table.columns, column), primary_key=key)


def with_folded_names(change: SchemaChange, ask: Ask) -> SchemaChange:
    """Return *change* without renames that the server takes for none."""
    names = {
        item.before.key: item.after.name
        for item in change.tables
        if item.before is not None and item.after is not None
        if item.before.schema == item.after.schema
        if item.before.name != item.after.name
        if item.before.name.lower() == item.after.name.lower()
    }
    if not names or not ask("SELECT 1 FROM dual WHERE @@lower_case_table_names <> 0"):
        return change

    def folded(item: TableChange) -> TableChange:
        before = item.before
        if before is None:
            return item
        keys = tuple(
            replace(k, target=(k.target[0], names.get(k.target, k.target[1])))
            for k in before.foreign_keys
        )
        name = names.get(before.key, before.name)
        return replace(item, before=replace(before, name=name, foreign_keys=keys))

    return replace(change, tables=tuple(map(folded, change.tables)))
