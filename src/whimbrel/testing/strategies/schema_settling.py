"""
A schema made consistent after any edit.

Place: `testing.strategies`, above `specs`. What mentions a column or table that
is gone goes too, and what an edit made impossible in any database is left out.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    ItemSpec,
    SchemaSpec,
    TableSpec,
)

NUMBERS = frozenset({"integer", "bigint", "smallint"})
STRICT_TYPES = frozenset({"integer", "text", "jsontext", "bit", "binary"})
"""The types whose names SQLite's STRICT tables take."""


def with_table(schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    """Return *schema* with *table* in the place of the one of its number."""
    tables = tuple(table if t.uid == table.uid else t for t in schema.tables)
    return replace(schema, tables=tables)


def settled(schema: SchemaSpec) -> SchemaSpec:
    """
    Return *schema* made consistent.

    A foreign key's columns have the types of what they reference; one to a later
    table has a name (SQLAlchemy breaks cycles at named ones only); no two items of
    a table say the same.
    """
    while True:
        after = schema
        for table in schema.tables:
            after = with_table(after, _with_valid_columns(after, table))
        for table in after.tables:
            after = with_table(after, _with_valid_items(after, table))
        for table in after.tables:
            after = with_table(after, _with_types(after, table))
        for table in after.tables:
            after = with_table(after, _with_valid_options(after, table))
        if after == schema:
            return after
        schema = after


def _with_valid_columns(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    key = tuple(
        uid
        for uid in table.key
        if uid in table.uids and table.column(uid).column_type.indexed
    )
    columns = []
    for column in table.columns:
        if column.computed is not None and not _is_computable(table, column):
            continue
        columns.append(_valid_column(schema, replace(table, key=key), column))
    return replace(table, key=key, columns=tuple(columns))


def _is_computable(table: TableSpec, column: ColumnSpec) -> bool:
    if column.computed not in table.uids or column.uid in table.referencing:
        return False
    base = table.column(column.computed)
    if base.computed is not None or base.uid in table.referencing:
        return False
    if column.type == "string40":
        return base.column_type.family == "text"
    return base.type in NUMBERS


def _valid_column(
    schema: SchemaSpec, table: TableSpec, column: ColumnSpec
) -> ColumnSpec:
    if column.uid in table.key:
        column = replace(column, nullable=False, computed=None)
    if column.computed is not None:
        return replace(
            column, default=None, collation=None, identity=None, sequence=None
        )
    if not column.column_type.collated:
        column = replace(column, collation=None)
    known = {sequence.uid for sequence in schema.sequences}
    if column.type not in NUMBERS or column.sequence not in known:
        column = replace(column, sequence=None)
    if column.type not in NUMBERS or column.uid in table.referencing:
        column = replace(column, identity=None, sequence=None)
    if column.identity is not None:
        column = replace(column, nullable=False, sequence=None)
    if column.identity is not None or column.sequence is not None:
        column = replace(column, default=None)
    return column


def _with_valid_items(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    items: list[ItemSpec] = []
    said: set[object] = set()
    for item in table.items:
        if not item.mentioned <= table.uids:
            continue
        if item.kind == "foreign_key":
            if not _is_referable(schema, table, item):
                continue
            item = _valid_foreign_key(schema, table, item)
        else:
            item = _valid_item(table, item)
        meaning = (item.kind, item.columns, _said_by(table, item))
        if meaning not in said and _has_fitting_types(table, item):
            said.add(meaning)
            items.append(item)
    return replace(table, items=tuple(items))


def _said_by(table: TableSpec, item: ItemSpec) -> object:
    """Return what two items over the same columns may differ in."""
    if item.kind != "check":
        return item.prefix
    numbers = [is_number(table.column(uid)) for uid in item.columns]
    return item.bound if any(numbers) else None, None if all(numbers) else item.text


def is_number(column: ColumnSpec) -> bool:
    """Tell whether a column holds numbers, and not their digits."""
    return column.column_type.family == "number" and column.type != "digits"


def _is_referable(schema: SchemaSpec, table: TableSpec, item: ItemSpec) -> bool:
    """Tell whether what the foreign key *item* references is there and unique."""
    if item.target not in set(schema.uids):
        return False
    target = schema.table(item.target)
    referred = item.to or target.key
    if not referred or len(referred) != len(item.columns):
        return False
    if not target.uids.issuperset(referred):
        return False
    if item.target == table.uid and set(referred) & set(item.columns):
        return False
    if any(table.column(uid).computed is not None for uid in item.columns):
        return False
    return not item.to or any(
        other.kind == "unique" and other.columns == item.to and not other.deferrable
        for other in target.items
    )


def _valid_foreign_key(
    schema: SchemaSpec, table: TableSpec, item: ItemSpec
) -> ItemSpec:
    order = list(schema.uids)
    later = order.index(item.target or -1) > order.index(table.uid)
    if later or item.use_alter:
        item = replace(item, name=item.name or f"fk_{item.uid}")
    optional = all(table.column(uid).nullable for uid in item.columns)
    if item.ondelete == "SET NULL" and not optional:
        item = replace(item, ondelete=None)
    target = schema.table(item.target or -1)
    referred = [target.column(uid) for uid in item.to or target.key]
    if not optional and any(column.nullable for column in referred):
        # MariaDB: NULL could not cascade into NOT NULL.
        item = replace(item, onupdate=None)
    if set(item.columns) & set(table.key) and item.onupdate == "SET NULL":
        item = replace(item, onupdate=None)
    return item


def _valid_item(table: TableSpec, item: ItemSpec) -> ItemSpec:
    first = table.column(item.columns[0])
    if first.column_type.family != "text":
        item = replace(item, expression=False, opclass=False)
    if first.computed is not None:
        item = replace(item, expression=False)
    if item.length is not None and first.type not in {"text", "mediumtext"}:
        item = replace(item, length=None)
    if item.unique:
        item = replace(item, length=None)
    return item


def _has_fitting_types(table: TableSpec, item: ItemSpec) -> bool:
    columns = [table.column(uid) for uid in item.columns]
    kinds = [column.column_type for column in columns]
    match item.kind:
        case "exclude":
            return kinds[0].family == "range"
        case "check":
            return all(
                (kind.family in {"number", "text"}) and column.uid not in table.key
                for kind, column in zip(kinds, columns, strict=True)
            )
        case "index" if item.method == "gin":
            return columns[0].type in {"jsonb", "array", "textarray", "tsvector"}
        case "index" if item.prefix is not None:
            return kinds[0].family == "text"
        case "index" if item.length is not None:
            return all(kind.indexed for kind in kinds[1:])
        case _:
            return all(kind.indexed for kind in kinds)


def _with_types(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    columns = {column.uid: column for column in table.columns}
    for item in table.foreign_keys:
        target = schema.table(item.target if item.target is not None else -1)
        for uid, other in zip(item.columns, schema.referred(item), strict=True):
            wanted = columns[other] if target.uid == table.uid else target.column(other)
            if columns[uid].type != wanted.type:
                columns[uid] = replace(columns[uid], default=None)
            columns[uid] = replace(
                columns[uid],
                type=wanted.type,
                enum=wanted.enum,
                collation=wanted.collation,
            )
    return replace(table, columns=tuple(columns[c.uid] for c in table.columns))


def _with_valid_options(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    options = dict(table.options)
    if not table.key:
        options.pop("sqlite_with_rowid", None)
    if any(column.type not in STRICT_TYPES for column in table.columns):
        options.pop("sqlite_strict", None)
    if _is_referenced_by_logged(schema, table):
        # PostgreSQL lets no such table refer to an unlogged one.
        options.pop("prefixes", None)
    if _has_text_references(schema, table):
        # Both ends of a foreign key must have one charset.
        options.pop("mysql_charset", None)
    numbered = len(table.key) == 1 and table.column(table.key[0]).type == "integer"
    numbered = numbered and not set(table.key) & table.referencing
    plain = "sqlite_with_rowid" not in options
    return replace(
        table,
        options=tuple(options.items()),
        autoincrement=table.autoincrement and numbered and plain,
    )


def _is_referenced_by_logged(schema: SchemaSpec, table: TableSpec) -> bool:
    return any(
        item.target == table.uid
        for other in schema.tables
        for item in other.foreign_keys
        if other.uid != table.uid and other.option("prefixes") is None
    )


def _has_text_references(schema: SchemaSpec, table: TableSpec) -> bool:
    ends = table.referencing | schema.pointed_at
    return any(c.uid in ends and c.column_type.collated for c in table.columns)
