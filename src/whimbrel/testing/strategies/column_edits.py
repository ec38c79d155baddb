"""
Edits of columns, and of the enumerations that are their types.

Place: `testing.strategies`, above `easel`.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.easel import Easel, Edit
from whimbrel.testing.strategies.palette import COLLATIONS, types_of
from whimbrel.testing.strategies.schema_settling import NUMBERS
from whimbrel.testing.strategies.schemas import (
    COLUMN_NAMES,
    OTHER_TEXTS,
    draw_column,
    draw_values,
    with_computed,
    with_source,
    with_table,
)
from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    EnumSpec,
    SchemaSpec,
    TableSpec,
)


def add_column(easel: Easel) -> SchemaSpec | None:
    """Add a column, perhaps one that is computed."""
    table = easel.pick_table()
    if table is None:
        return None
    names = easel.column_names(table)
    strict = bool(table.option("sqlite_strict"))
    column = draw_column(easel.brush, easel.schema, names, strict=strict)
    table = replace(table, columns=(*table.columns, column))
    if easel.brush.rare():
        table = with_computed(easel.brush, table)
    return with_table(easel.schema, table)


def drop_column(easel: Easel) -> SchemaSpec | None:
    """Drop a column with all that mentions it."""
    found = easel.pick_column(lambda table, column: column.uid not in table.key)
    if found is None or len(found[0].columns) == 1:
        return None
    table, column = found
    columns = tuple(c for c in table.columns if c.uid != column.uid)
    return with_table(easel.schema, replace(table, columns=columns))


def rename_column(easel: Easel) -> SchemaSpec | None:
    """Rename a column."""
    found = easel.pick_column(lambda table, column: True)
    if found is None:
        return None
    table, column = found
    name = easel.brush.name(COLUMN_NAMES, easel.column_names(table))
    return easel.put(table, replace(column, name=name))


def swap_columns(easel: Easel) -> SchemaSpec | None:
    """Let two columns of a table exchange their names."""
    table = easel.pick_table(lambda table: len(table.columns) > 1)
    if table is None:
        return None
    one = easel.brush.choice(table.columns)
    other = easel.brush.choice(c for c in table.columns if c.uid != one.uid)
    swapped = replace(one, name=other.name), replace(other, name=one.name)
    return easel.put(table, *swapped)


def retype_column(easel: Easel) -> SchemaSpec | None:
    """Change a column's type within its family; what refers to it follows."""
    found = easel.pick_column(
        lambda table, column: (
            column.uid not in table.referencing
            and column.enum is None
            and column.computed is None
        )
    )
    if found is None:
        return None
    table, column = found
    family = [
        name
        for name, kind in types_of(easel.brush.database).items()
        if kind.family == column.column_type.family
        and name != column.type
        and (kind.indexed or not _is_indexed(easel.schema, table, column))
        and (kind.key or column.uid not in table.key)
    ]
    if not family:
        return None
    changed = replace(column, type=easel.brush.choice(family))
    return easel.put(table, with_source(easel.brush, easel.schema, changed))


def _is_indexed(schema: SchemaSpec, table: TableSpec, column: ColumnSpec) -> bool:
    if column.uid in schema.pointed_at:
        return True
    return any(
        column.uid in item.mentioned
        for item in table.items
        if item.method is None and item.length is None and item.prefix is None
    )


def change_source(easel: Easel) -> SchemaSpec | None:
    """Change where a column's values come from: default, identity, sequence."""
    found = easel.pick_column(
        lambda table, column: (
            column.computed is None and column.uid not in table.referencing
        )
    )
    if found is None:
        return None
    table, column = found
    return easel.put(table, with_source(easel.brush, easel.schema, column))


def change_formula(easel: Easel) -> SchemaSpec | None:
    """Change a computed column, or make it a plain one."""
    found = easel.pick_column(lambda table, column: column.computed is not None)
    if found is None:
        return None
    table, column = found
    brush = easel.brush
    if brush.rare():
        return easel.put(table, replace(column, computed=None))
    persisted = brush.on("postgresql") or brush.chance()
    return easel.put(
        table, replace(column, formula=brush.number(0, 1), persisted=persisted)
    )


def change_collation(easel: Easel) -> SchemaSpec | None:
    """Change the collation of a text."""
    found = easel.pick_column(
        lambda table, column: (
            column.column_type.collated
            and column.computed is None
            and column.uid not in table.referencing
        )
    )
    if found is None:
        return None
    table, column = found
    collations = (None, *COLLATIONS[easel.brush.database])
    return easel.put(table, replace(column, collation=easel.brush.choice(collations)))


def change_nullability(easel: Easel) -> SchemaSpec | None:
    """Let a column take NULL, or take it away."""
    found = easel.pick_column(
        lambda table, column: column.uid not in table.key and column.computed is None
    )
    if found is None:
        return None
    table, column = found
    return easel.put(table, replace(column, nullable=not column.nullable))


def comment_column(easel: Easel) -> SchemaSpec | None:
    """Change a column's comment."""
    found = easel.pick_column(lambda table, column: True)
    if found is None:
        return None
    table, column = found
    return easel.put(table, replace(column, comment=easel.brush.comment()))


def change_enum(easel: Easel) -> SchemaSpec | None:
    """Change the values of an enumeration, its name, or how it is kept."""
    enums = list(easel.schema.enums.values())
    if not enums:
        return None
    enum, brush = easel.brush.choice(enums), easel.brush
    match brush.choice(["values", "texts", "name", "native"]):
        case "values":
            changed = replace(enum, values=draw_values(brush))
        case "texts":
            changed = with_other_text(easel, enum)
        case "name":
            changed = replace(enum, name=f"feeling_{brush.uid()}")
        case _:
            changed = replace(enum, native=not enum.native)
    return with_enum(easel.schema, changed)


def with_other_text(easel: Easel, enum: EnumSpec) -> EnumSpec:
    """Return *enum* with another text for one of its values."""
    value = easel.brush.choice(enum.values)
    text = easel.brush.name(OTHER_TEXTS, enum.texts)
    return replace(enum, words=tuple({**dict(enum.words), value: text}.items()))


def with_enum(schema: SchemaSpec, enum: EnumSpec) -> SchemaSpec:
    """Return *schema* with *enum* in the place of the one of its number."""
    for table in schema.tables:
        columns = tuple(
            replace(c, enum=enum)
            if c.enum is not None and c.enum.uid == enum.uid
            else c
            for c in table.columns
        )
        arrays = [c.enum for c in columns if c.type == "enums"]
        if not enum.native and enum in arrays:
            return schema
        schema = with_table(schema, replace(table, columns=columns))
    return schema


COLUMN_EDITS: tuple[Edit, ...] = (
    *(add_column, drop_column, rename_column, retype_column, swap_columns),
    *(change_nullability, change_source, change_formula, change_collation),
    *(comment_column, change_enum),
)

__all__ = ["COLUMN_EDITS", "NUMBERS"]
