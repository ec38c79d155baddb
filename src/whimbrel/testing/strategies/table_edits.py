"""
Edits of whole tables, their keys, and what stands beside tables.

Place: `testing.strategies`, above `easel`.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.easel import Easel, Edit
from whimbrel.testing.strategies.schema_settling import settled
from whimbrel.testing.strategies.schemas import (
    COLUMN_NAMES,
    OTHER_SCHEMA,
    TABLE_NAMES,
    draw_options,
    draw_sequence,
    draw_table,
    with_foreign_key,
    with_link,
    with_table,
)
from whimbrel.testing.strategies.specs import ColumnSpec, SchemaSpec, TableSpec


def add_table(easel: Easel) -> SchemaSpec:
    """Add a table, perhaps with a foreign key."""
    schema = draw_table(easel.brush, easel.schema, easel.table_names())
    return with_foreign_key(easel.brush, schema, schema.tables[-1].uid)


def add_link(easel: Easel) -> SchemaSpec:
    """Add a table between two others."""
    return with_link(easel.brush, easel.schema, easel.table_names())


def drop_table(easel: Easel) -> SchemaSpec | None:
    """Drop a table; foreign keys that point to it go, their columns stay."""
    table = easel.pick_table()
    if table is None or len(easel.schema.tables) == 1:
        return None
    tables = tuple(t for t in easel.schema.tables if t.uid != table.uid)
    return replace(easel.schema, tables=tables)


def rename_table(easel: Easel) -> SchemaSpec | None:
    """Rename a table."""
    table = easel.pick_table()
    if table is None:
        return None
    name = easel.brush.name(TABLE_NAMES, easel.table_names())
    return with_table(easel.schema, replace(table, name=name))


def swap_tables(easel: Easel) -> SchemaSpec | None:
    """Let two tables exchange their names."""
    schema = easel.schema
    if len(schema.tables) < 2:
        return None
    one = easel.brush.choice(schema.tables)
    other = easel.brush.choice(t for t in schema.tables if t.uid != one.uid)
    schema = with_table(schema, replace(one, name=other.name))
    return with_table(schema, replace(other, name=one.name))


def comment_table(easel: Easel) -> SchemaSpec | None:
    """Change a table's comment."""
    table = easel.pick_table()
    if table is None:
        return None
    return with_table(easel.schema, replace(table, comment=easel.brush.comment()))


def change_options(easel: Easel) -> SchemaSpec | None:
    """Change a table's options, AUTOINCREMENT among them."""
    table = easel.pick_table()
    if table is None:
        return None
    brush = easel.brush
    if brush.on("sqlite") and brush.chance():
        return with_table(
            easel.schema, replace(table, autoincrement=not table.autoincrement)
        )
    return with_table(easel.schema, replace(table, options=draw_options(brush)))


def move_table(easel: Easel) -> SchemaSpec | None:
    """Move a table to another schema."""
    table = easel.pick_table() if easel.brush.facts.schemas else None
    if table is None:
        return None
    schema = OTHER_SCHEMA if table.schema is None else None
    return with_table(easel.schema, replace(table, schema=schema))


def change_key(easel: Easel) -> SchemaSpec | None:
    """Add, change, move or remove a primary key."""
    table = easel.pick_table()
    if table is None:
        return None
    usable = [
        column
        for column in table.columns
        if column.column_type.key and not column.nullable and column.computed is None
    ]
    brush = easel.brush
    match brush.choice(["name", "remove", "move", "widen", "surrogate"]):
        case "remove":
            changed = replace(table, key=(), key_name=None)
        case "move" if usable:
            changed = replace(table, key=(brush.choice(usable).uid,))
        case "widen" if usable:
            added = brush.choice(usable).uid
            changed = replace(table, key=tuple(dict.fromkeys((*table.key, added))))
        case "surrogate":
            taken = [column.name for column in table.columns]
            column = ColumnSpec(
                uid=brush.uid(),
                name=brush.name(["number", "pk"], taken),
                type="integer",
                nullable=False,
            )
            changed = replace(
                table, columns=(*table.columns, column), key=(column.uid,)
            )
        case _:
            named = f"pk_{brush.uid()}" if brush.chance() else None
            changed = replace(table, key_name=named)
    return with_table(easel.schema, changed)


def split_table(easel: Easel) -> SchemaSpec | None:
    """Let columns leave for a new table that references the old one."""
    table = easel.pick_table(lambda table: bool(table.key) and bool(leaving(table)))
    if table is None:
        return None
    brush = easel.brush
    gone = leaving(table)[: brush.number(1, 2)]
    stays = tuple(c for c in table.columns if c.uid not in {g.uid for g in gone})
    moved = tuple(replace(c, uid=brush.uid()) for c in gone)
    part = TableSpec(
        uid=brush.uid(),
        name=brush.name([f"{table.name}_part"], easel.table_names()),
        columns=moved,
        key=(),
    )
    schema = with_table(easel.schema, replace(table, columns=stays))
    schema = settled(replace(schema, tables=(*schema.tables, part)))
    schema = with_foreign_key(brush, schema, part.uid, nullable=False, target=table.uid)
    part = schema.table(part.uid)
    keyed = replace(part, key=part.foreign_keys[0].columns)
    return with_table(schema, keyed)


def leaving(table: TableSpec) -> list[ColumnSpec]:
    """Return the columns that may leave for another table."""
    fixed = {*table.key, *table.referencing}
    return [c for c in table.columns if c.uid not in fixed and c.computed is None]


def merge_tables(easel: Easel) -> SchemaSpec | None:
    """Take the columns of a table into one that it references, and drop it."""
    pairs = [
        (table, easel.schema.table(item.target or -1))
        for table in easel.schema.tables
        for item in table.foreign_keys
        if item.target != table.uid
    ]
    if not pairs:
        return None
    brush = easel.brush
    source, target = brush.choice(pairs)
    columns = list(target.columns)
    for column in leaving(source):
        taken = [c.name for c in columns]
        name = brush.name([column.name, *COLUMN_NAMES], taken)
        # Elsewhere an identity is a number that rows must be given.
        identity = column.identity if brush.on("postgresql") else None
        columns.append(
            replace(
                column, uid=brush.uid(), name=name, nullable=True, identity=identity
            )
        )
    schema = with_table(easel.schema, replace(target, columns=tuple(columns)))
    rest = tuple(t for t in schema.tables if t.uid != source.uid)
    return replace(schema, tables=rest)


def change_convention(easel: Easel) -> SchemaSpec:
    """Give the MetaData a naming convention, or take it away."""
    return replace(easel.schema, convention=not easel.schema.convention)


def change_sequences(easel: Easel) -> SchemaSpec | None:
    """Add, drop, change or rename a sequence."""
    brush, schema = easel.brush, easel.schema
    if not brush.facts.sequences:
        return None
    if not schema.sequences or brush.rare():
        return replace(schema, sequences=(*schema.sequences, draw_sequence(brush)))
    one = brush.choice(schema.sequences)
    rest = [s for s in schema.sequences if s.uid != one.uid]
    match brush.choice(["options", "name", "drop"]):
        case "options":
            rest.append(replace(draw_sequence(brush), uid=one.uid, name=one.name))
        case "name":
            rest.append(replace(one, name=f"other_{brush.uid()}"))
    return replace(schema, sequences=tuple(rest))


TABLE_EDITS: tuple[Edit, ...] = (
    *(add_table, drop_table, rename_table, swap_tables, comment_table),
    *(change_options, move_table, change_key, split_table, merge_tables),
    *(add_link, change_convention, change_sequences),
)
