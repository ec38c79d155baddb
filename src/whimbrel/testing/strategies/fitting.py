"""
What rows in the tables would forbid, on either way between two schemas.

Place: `testing.strategies`, above `settling`. No tool can help where the rows
themselves are in the way, so a pair is drawn without it:

- a column that is new, on either way, is never alone in what must be unique,
  unless the database numbers it;
- a foreign key that is new, on either way, may be NULL;
- a table that comes back is empty, and nothing refers to its rows.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.schema_settling import settled, with_table
from whimbrel.testing.strategies.specs import (
    ItemSpec,
    SchemaSpec,
    TableSpec,
)


def fitted(before: SchemaSpec, after: SchemaSpec) -> tuple[SchemaSpec, SchemaSpec]:
    """Return both schemas without what rows would forbid."""
    while True:
        new = settled(_fit(before, after))
        next_ = settled(_fit(with_old_families(after, new), new))
        if (new, next_) == (before, after):
            return new, next_
        before, after = new, next_


def with_old_families(schema: SchemaSpec, before: SchemaSpec) -> SchemaSpec:
    """
    Return *schema* without references that gave a column an unrelated type.

    They reference a key that was replaced by another one: the column stays as it
    was.
    """
    old = {column.uid: column for table in before.tables for column in table.columns}
    for table in schema.tables:
        strange = {
            column.uid: old[column.uid]
            for column in table.columns
            if column.uid in old
            and column.column_type.family != old[column.uid].column_type.family
        }
        columns = tuple(
            replace(
                column,
                type=strange[column.uid].type,
                enum=strange[column.uid].enum,
                collation=strange[column.uid].collation,
            )
            if column.uid in strange
            else column
            for column in table.columns
        )
        items = tuple(i for i in table.items if not strange.keys() & i.mentioned)
        schema = with_table(schema, replace(table, columns=columns, items=items))
    return schema


def _fit(schema: SchemaSpec, other: SchemaSpec) -> SchemaSpec:
    kept = {table.uid: table for table in other.tables}
    for table in schema.tables:
        if table.uid in kept:
            fitting = _fit_table(table, kept[table.uid], schema, other)
            schema = with_table(schema, fitting)
    return schema


def _fit_table(
    table: TableSpec, there: TableSpec, schema: SchemaSpec, other: SchemaSpec
) -> TableSpec:
    here = there.uids
    columns = tuple(
        replace(column, nullable=True, default=None)
        if column.uid not in here
        and column.uid in table.referencing
        and column.uid not in table.key
        else column
        for column in table.columns
    )
    key = table.key if _tells_apart(table, table.key, here) else there.key
    if not set(key) <= table.uids:
        key = ()
    table = replace(table, columns=columns, key=key)
    items = tuple(i for i in table.items if _fits(table, i, here, schema, other))
    return replace(table, items=items)


def _tells_apart(table: TableSpec, key: tuple[int, ...], here: frozenset[int]) -> bool:
    """Tell whether the columns of *key* differ in rows that were there before."""
    new = [uid for uid in key if uid not in here]
    if not key or not new:
        return True
    if len(key) == 1:
        # The database numbers it.
        column = table.column(key[0])
        plain = column.uid not in table.referencing
        has_rowid = table.option("sqlite_with_rowid") is None
        return column.type == "integer" and plain and has_rowid
    return not set(new) & table.referencing and len(new) < len(key)


def _fits(
    table: TableSpec,
    item: ItemSpec,
    here: frozenset[int],
    schema: SchemaSpec,
    other: SchemaSpec,
) -> bool:
    """Tell whether rows that were there before can satisfy *item*."""
    if item.kind == "foreign_key":
        old = here.intersection(item.columns)
        if not old:
            return not set(item.columns) & set(table.key)
        if len(old) < len(item.columns) or item.target not in set(other.uids):
            return False
        return other.table(item.target or -1).uids.issuperset(schema.referred(item))
    if not item.demands_unique:
        return True
    return any(
        uid in here and table.column(uid).column_type.distinct for uid in item.columns
    )
