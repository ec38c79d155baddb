"""
Pairs of schemas: the second is the first with random edits.

Place: `testing.strategies`, above `schemas`. An edit keeps to what every tool
can do with rows in the tables and true answers to its questions:

- a column that is new, on either way, is never alone in what must be unique;
- a foreign key that is new, on either way, may be NULL;
- what is renamed is not changed otherwise in the same pair, and takes no name
  that was there before (nothing but a person could tell that apart).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.palette import types_of
from whimbrel.testing.strategies.schemas import (
    COLUMN_NAMES,
    MOODS,
    TABLE_NAMES,
    Brush,
    draw_column,
    draw_default,
    draw_item,
    draw_ondelete,
    draw_schema,
    draw_table,
    settled,
    with_foreign_key,
    with_table,
)
from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    ItemSpec,
    SchemaSpec,
    TableSpec,
)


@dataclass(frozen=True, slots=True)
class SchemaPair:
    """
    Two schemas; what is the same in both has the same number.

    `renamed_tables` and `renamed_columns` are the true answers: names before →
    after; columns with the names of their table before and after.
    """

    before: SchemaSpec
    after: SchemaSpec

    @property
    def renamed_tables(self) -> dict[str, str]:
        return {a.name: b.name for a, b in self._tables() if a.name != b.name}

    @property
    def renamed_columns(self) -> dict[tuple[str, str, str], str]:
        return {
            (a.name, b.name, column.name): b.column(column.uid).name
            for a, b in self._tables()
            for column in a.columns
            if any(c.uid == column.uid and c.name != column.name for c in b.columns)
        }

    def _tables(self) -> list[tuple[TableSpec, TableSpec]]:
        kept = set(self.before.uids) & set(self.after.uids)
        return [(self.before.table(uid), self.after.table(uid)) for uid in kept]


@st.composite
def schema_pairs(
    draw: st.DrawFn, database: str, facts: Facts, max_edits: int = 4
) -> SchemaPair:
    """Return pairs (A, B) in which B is A with up to *max_edits* edits."""
    brush = Brush(draw, database, facts)
    easel = Easel(brush, draw_schema(brush))
    for _ in range(brush.number(1, max_edits)):
        edit = brush.choice(EDITS)
        easel.schema = settled(edit(easel) or easel.schema)
    return fitting(SchemaPair(easel.before, easel.schema))


@dataclass(slots=True)
class Easel:
    """The schema under edit, and what must not be edited any more."""

    brush: Brush
    before: SchemaSpec
    schema: SchemaSpec = field(init=False)
    locked: set[int] = field(default_factory=set)
    """Renamed tables and columns, whose other facts must stay."""

    touched: set[int] = field(default_factory=set)
    """Tables and columns that changed and so cannot be renamed any more."""

    def __post_init__(self) -> None:
        self.schema = self.before

    def open_tables(self) -> list[TableSpec]:
        return [table for table in self.schema.tables if table.uid not in self.locked]

    def pick_table(self) -> TableSpec | None:
        """Pick a table that may change, and note that it does."""
        tables = self.open_tables()
        if not tables:
            return None
        table = self.brush.choice(tables)
        self.touched.add(table.uid)
        return table

    def pick_column(
        self, allowed: Callable[[TableSpec, ColumnSpec], bool]
    ) -> tuple[TableSpec, ColumnSpec] | None:
        """Pick a column that may change and is *allowed*, and note that it does."""
        found = [
            (table, column)
            for table in self.open_tables()
            for column in table.columns
            if column.uid not in self.locked and allowed(table, column)
        ]
        if not found:
            return None
        table, column = self.brush.choice(found)
        self.touched |= {table.uid, column.uid}
        return table, column

    def names_of_columns(self, table: TableSpec) -> list[str]:
        """All names that the columns of a table have or had."""
        names = [column.name for column in table.columns]
        for old in self.before.tables:
            if old.uid == table.uid:
                names += [column.name for column in old.columns]
        return names

    def put(self, table: TableSpec, column: ColumnSpec) -> SchemaSpec:
        """Return the schema with *column* in the place of the one of its number."""
        columns = tuple(column if c.uid == column.uid else c for c in table.columns)
        return with_table(self.schema, replace(table, columns=columns))

    def put_item(self, table: TableSpec, item: ItemSpec) -> SchemaSpec:
        """Return the schema with *item* in the place of the one of its number."""
        items = tuple(item if i.uid == item.uid else i for i in table.items)
        return with_table(self.schema, replace(table, items=items))


def free(table: TableSpec, column: ColumnSpec) -> bool:
    """Tell whether nothing else depends on this column's type and presence."""
    return (
        column.uid not in table.key
        and column.uid not in table.referencing
        and column.computed is None
        and all(c.computed != column.uid for c in table.columns)
    )


def add_table(easel: Easel) -> SchemaSpec:
    """Add a table, perhaps with a foreign key."""
    taken = [t.name for s in (easel.before, easel.schema) for t in s.tables]
    table = draw_table(easel.brush, taken)
    schema = SchemaSpec((*easel.schema.tables, table))
    return with_foreign_key(easel.brush, schema, table.uid)


def drop_table(easel: Easel) -> SchemaSpec | None:
    """Drop a table; foreign keys that point to it go, their columns stay."""
    table = easel.pick_table()
    if table is None or len(easel.schema.tables) == 1:
        return None
    for other in easel.schema.tables:
        if any(item.target == table.uid for item in other.foreign_keys):
            if other.uid in easel.locked:
                return None
            easel.touched.add(other.uid)
    return SchemaSpec(tuple(t for t in easel.schema.tables if t.uid != table.uid))


def rename_table(easel: Easel) -> SchemaSpec | None:
    """Rename a table that nothing else changes."""
    tables = [t for t in easel.open_tables() if t.uid not in easel.touched]
    if not tables:
        return None
    table = easel.brush.choice(tables)
    easel.locked.add(table.uid)
    taken = [t.name for s in (easel.before, easel.schema) for t in s.tables]
    return with_table(
        easel.schema, replace(table, name=easel.brush.name(TABLE_NAMES, taken))
    )


def comment_table(easel: Easel) -> SchemaSpec | None:
    """Change a table's comment."""
    table = easel.pick_table()
    if table is None:
        return None
    return with_table(easel.schema, replace(table, comment=easel.brush.comment()))


def add_column(easel: Easel) -> SchemaSpec | None:
    """Add a column."""
    table = easel.pick_table()
    if table is None:
        return None
    column = draw_column(easel.brush, easel.names_of_columns(table))
    return with_table(easel.schema, replace(table, columns=(*table.columns, column)))


def drop_column(easel: Easel) -> SchemaSpec | None:
    """Drop a column with all that mentions it."""
    found = easel.pick_column(free)
    if found is None:
        return None
    table, column = found
    columns = tuple(c for c in table.columns if c.uid != column.uid)
    return with_table(easel.schema, replace(table, columns=columns))


def rename_column(easel: Easel) -> SchemaSpec | None:
    """Rename a column that nothing else changes."""
    easel_touched = set(easel.touched)
    found = easel.pick_column(
        lambda table, column: (
            column.uid not in easel_touched
            and column.computed is None
            and all(c.computed != column.uid for c in table.columns)
        )
    )
    if found is None:
        return None
    table, column = found
    easel.locked.add(column.uid)
    name = easel.brush.name(COLUMN_NAMES, easel.names_of_columns(table))
    return easel.put(table, replace(column, name=name))


def retype_column(easel: Easel) -> SchemaSpec | None:
    """Change a column's type within its family."""
    found = easel.pick_column(
        lambda table, column: free(table, column) and column.type != "enum"
    )
    if found is None:
        return None
    table, column = found
    family = [
        name
        for name, kind in types_of(easel.brush.database).items()
        if kind.family == column.column_type.family
        and (kind.indexed or not _is_indexed(table, column))
    ]
    changed = replace(column, type=easel.brush.choice(family), default=None)
    return easel.put(
        table, replace(changed, default=draw_default(easel.brush, changed))
    )


def _is_indexed(table: TableSpec, column: ColumnSpec) -> bool:
    return any(column.uid in item.columns for item in table.items)


def retype_key(easel: Easel) -> SchemaSpec | None:
    """Change a key's type; columns that reference it follow (`settled`)."""
    if easel.locked:
        return None
    found = easel.pick_column(
        lambda table, column: (
            column.uid in table.key
            and column.uid not in table.referencing
            and column.type in {"integer", "bigint", "string40", "string10"}
        )
    )
    if found is None:
        return None
    table, column = found
    for other in easel.schema.tables:
        if any(item.target == table.uid for item in other.foreign_keys):
            easel.touched |= {other.uid, *other.referencing}
    other_type = {
        "integer": "bigint",
        "bigint": "integer",
        "string40": "string10",
        "string10": "string40",
    }[column.type]
    schema = easel.put(table, replace(column, type=other_type))
    changed = schema.table(table.uid)
    return with_table(schema, replace(changed, autoincrement=False))


def change_values(easel: Easel) -> SchemaSpec | None:
    """Change the values of an enumeration beyond the two that rows use."""
    found = easel.pick_column(lambda table, column: column.type == "enum")
    if found is None:
        return None
    table, column = found
    values = MOODS[: easel.brush.number(2, 4)]
    if easel.brush.chance():
        values = (*values, "extra")
    return easel.put(table, replace(column, enum=values))


def change_nullability(easel: Easel) -> SchemaSpec | None:
    """Let a column take NULL, or take it away."""
    found = easel.pick_column(
        lambda table, column: column.uid not in table.key and column.computed is None
    )
    if found is None:
        return None
    table, column = found
    return easel.put(table, replace(column, nullable=not column.nullable))


def change_default(easel: Easel) -> SchemaSpec | None:
    """Change a column's server default."""
    found = easel.pick_column(
        lambda table, column: free(table, column) and bool(column.column_type.defaults)
    )
    if found is None:
        return None
    table, column = found
    return easel.put(table, replace(column, default=draw_default(easel.brush, column)))


def comment_column(easel: Easel) -> SchemaSpec | None:
    """Change a column's comment."""
    found = easel.pick_column(lambda table, column: column.computed is None)
    if found is None:
        return None
    table, column = found
    return easel.put(table, replace(column, comment=easel.brush.comment()))


def add_item(easel: Easel) -> SchemaSpec | None:
    """Add a unique constraint, a check or an index."""
    table = easel.pick_table()
    item = draw_item(easel.brush, table) if table is not None else None
    if table is None or item is None or set(item.columns) & easel.locked:
        return None
    easel.touched |= set(item.columns)
    return with_table(easel.schema, replace(table, items=(*table.items, item)))


def add_foreign_key(easel: Easel) -> SchemaSpec | None:
    """Add a foreign key with columns of its own."""
    table = easel.pick_table()
    if table is None:
        return None
    return with_foreign_key(easel.brush, easel.schema, table.uid, nullable=True)


def _pick_item(easel: Easel) -> tuple[TableSpec, ItemSpec] | None:
    found = [
        (table, item)
        for table in easel.open_tables()
        for item in table.items
        if not set(item.columns) & easel.locked
    ]
    if not found:
        return None
    table, item = easel.brush.choice(found)
    easel.touched |= {table.uid, *item.columns}
    return table, item


def drop_item(easel: Easel) -> SchemaSpec | None:
    """Drop a constraint or an index."""
    found = _pick_item(easel)
    if found is None:
        return None
    table, item = found
    items = tuple(i for i in table.items if i.uid != item.uid)
    return with_table(easel.schema, replace(table, items=items))


def change_item(easel: Easel) -> SchemaSpec | None:
    """Change what a constraint or an index says, or its name."""
    found = _pick_item(easel)
    if found is None:
        return None
    table, item = found
    brush = easel.brush
    if brush.chance():
        named = f"renamed_{brush.uid()}" if brush.chance() else None
        return easel.put_item(table, replace(item, name=named))
    match item.kind:
        case "check":
            changed = replace(item, bound=-3)
        case "foreign_key":
            nullable = table.column(item.columns[0]).nullable
            changed = replace(item, ondelete=draw_ondelete(brush, nullable))
        case "index":
            changed = replace(item, unique=not item.unique)
        case "unique":
            changed = replace(item, columns=item.columns[::-1])
    return easel.put_item(table, changed)


EDITS: tuple[Callable[[Easel], SchemaSpec | None], ...] = (
    *(add_column, drop_column, rename_column, retype_column),
    *(change_nullability, change_default, comment_column, change_values),
    *(add_item, drop_item, change_item, add_foreign_key),
    *(add_table, drop_table, rename_table, comment_table, retype_key),
)


def fitting(pair: SchemaPair) -> SchemaPair:
    """Return *pair* without what rows in the tables would forbid on either way."""
    before, after = pair.before, pair.after
    before = _fit(before, after)
    after = _fit(after, before)
    return SchemaPair(settled(before), settled(after))


def _fit(schema: SchemaSpec, other: SchemaSpec) -> SchemaSpec:
    kept = {table.uid: table for table in other.tables}
    for table in schema.tables:
        if table.uid in kept:
            fitted = _fit_table(table, kept[table.uid], frozenset(kept))
            schema = with_table(schema, fitted)
    return schema


def _fit_table(table: TableSpec, other: TableSpec, tables: frozenset[int]) -> TableSpec:
    here = {column.uid for column in other.columns}
    columns = []
    for column in table.columns:
        if column.uid not in here and column.uid in table.referencing:
            column = replace(column, nullable=True, default=None)
        columns.append(column)
    table = replace(table, columns=tuple(columns))
    return replace(
        table,
        items=tuple(i for i in table.items if _fits(table, i, here, tables)),
    )


def _fits(
    table: TableSpec, item: ItemSpec, here: set[int], tables: frozenset[int]
) -> bool:
    """Tell whether rows that were there before can satisfy *item*."""
    if item.kind == "foreign_key":
        # A table that comes back is empty: what referenced its rows dangles.
        return item.target in tables or not set(item.columns) & here
    if not item.demands_unique:
        return True
    return any(
        uid in here and table.column(uid).column_type.distinct for uid in item.columns
    )
