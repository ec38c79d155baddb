"""
Edits of constraints, foreign keys and indexes.

Place: `testing.strategies`, above `easel`.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.easel import Easel, Edit
from whimbrel.testing.strategies.schemas import (
    draw_action,
    draw_item,
    draw_reference,
    endpoints,
    with_foreign_key,
    with_index_options,
    with_table,
    with_unique_options,
)
from whimbrel.testing.strategies.specs import ItemSpec, SchemaSpec, TableSpec


def add_item(easel: Easel) -> SchemaSpec | None:
    """Add a unique constraint, a check or an index."""
    table = easel.pick_table()
    item = draw_item(easel.brush, table) if table is not None else None
    if table is None or item is None:
        return None
    return with_table(easel.schema, replace(table, items=(*table.items, item)))


def drop_item(easel: Easel) -> SchemaSpec | None:
    """Drop a constraint or an index."""
    found = easel.pick_item()
    if found is None:
        return None
    table, item = found
    items = tuple(i for i in table.items if i.uid != item.uid)
    return with_table(easel.schema, replace(table, items=items))


def rename_item(easel: Easel) -> SchemaSpec | None:
    """Give a constraint or an index another name, or take it away."""
    found = easel.pick_item()
    if found is None:
        return None
    table, item = found
    brush = easel.brush
    named = f"renamed_{brush.uid()}" if brush.chance() else None
    return easel.put_item(table, replace(item, name=named))


def swap_items(easel: Easel) -> SchemaSpec | None:
    """Let two constraints or indexes of a table exchange their names."""
    pairs = [
        (table, one, other)
        for table in easel.schema.tables
        for one in table.items
        for other in table.items
        if one.uid < other.uid and one.name and other.name
    ]
    if not pairs:
        return None
    table, one, other = easel.brush.choice(pairs)
    swapped = replace(one, name=other.name), replace(other, name=one.name)
    return easel.put_item(table, *swapped)


def change_item(easel: Easel) -> SchemaSpec | None:
    """Change what a constraint or an index says."""
    found = easel.pick_item()
    if found is None:
        return None
    table, item = found
    return easel.put_item(table, changed_item(easel, table, item))


def changed_item(easel: Easel, table: TableSpec, item: ItemSpec) -> ItemSpec:
    """Return *item* with other options, or over other columns."""
    brush = easel.brush
    match item.kind:
        case "check":
            return replace(item, bound=-brush.number(0, 3), text=brush.number(0, 6))
        case "foreign_key":
            optional = all(table.column(uid).nullable for uid in item.columns)
            new = draw_reference(brush, item.columns, optional)
            return replace(
                new, uid=item.uid, name=item.name, target=item.target, to=item.to
            )
        case "index" if item.prefix is None and item.method != "gin":
            if item.length is not None:
                return replace(item, length=item.length + 3)
            return with_index_options(brush, table, item)
        case "unique" if len(item.columns) == 1 or brush.chance():
            return with_unique_options(brush, table, item)
        case "unique":
            return replace(item, columns=item.columns[::-1])
    return replace(item, name=f"other_{brush.uid()}")


def add_foreign_key(easel: Easel) -> SchemaSpec | None:
    """Add a foreign key with columns of its own."""
    table = easel.pick_table()
    if table is None:
        return None
    return with_foreign_key(easel.brush, easel.schema, table.uid, nullable=True)


def repoint(easel: Easel) -> SchemaSpec | None:
    """Point a foreign key at another table or other columns of the same types."""
    found = easel.pick_item(lambda item: item.kind == "foreign_key")
    if found is None:
        return None
    table, item = found
    schema = easel.schema
    families = [table.column(uid).column_type.family for uid in item.columns]
    ends = [
        (number, to)
        for number, to in endpoints(schema)
        if [
            schema.table(number).column(uid).column_type.family
            for uid in (to or schema.table(number).key)
        ]
        == families
    ]
    if not ends:
        return None
    number, to = easel.brush.choice(ends)
    return easel.put_item(table, replace(item, target=number, to=to))


def change_action(easel: Easel) -> SchemaSpec | None:
    """Change what a foreign key does when the row that it references goes."""
    found = easel.pick_item(lambda item: item.kind == "foreign_key")
    if found is None:
        return None
    table, item = found
    optional = all(table.column(uid).nullable for uid in item.columns)
    return easel.put_item(
        table, replace(item, ondelete=draw_action(easel.brush, optional))
    )


ITEM_EDITS: tuple[Edit, ...] = (
    *(add_item, drop_item, change_item, rename_item, swap_items),
    *(add_foreign_key, repoint, change_action),
)
