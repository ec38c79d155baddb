"""
Random SQLAlchemy schemas.

Place: `testing.strategies`, above `specs`. What a database cannot do is not
drawn for it: the caller says so with its `Facts`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.palette import types_of
from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    ItemSpec,
    SchemaSpec,
    TableSpec,
    is_plain,
)

T = TypeVar("T")

TABLE_NAMES = ("book", "author", "order", "Shelf", "line item", "tag2")
COLUMN_NAMES = ("name", "price", "size", "group", "Flag", "a b", "note", "x1")
COMMENTS = (None, "what it's for", '100 % "quoted"')
MOODS = ("sad", "ok", "it's", "happy")


@dataclass(slots=True)
class Brush:
    """
    What the functions that draw need: Hypothesis' *draw*, and numbers.

    Args:
        database: SQLAlchemy's name of the dialect; chooses the palette.
    """

    draw: st.DrawFn
    database: str
    facts: Facts
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def choice(self, values: Iterable[T]) -> T:
        return self.draw(st.sampled_from(list(values)))

    def chance(self) -> bool:
        return self.draw(st.booleans())

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def uid(self) -> int:
        return next(self.numbers)

    def name(self, pool: Iterable[str], taken: Iterable[str]) -> str:
        """Return a name of *pool* that is not in *taken*, whatever the case."""
        used = {name.lower() for name in taken}
        free = [name for name in pool if name.lower() not in used]
        return self.choice(free) if free else f"extra{self.uid()}"

    def comment(self) -> str | None:
        return self.choice(COMMENTS) if self.facts.comments else None


@st.composite
def schemas(draw: st.DrawFn, database: str, facts: Facts) -> SchemaSpec:
    """Return schemas of one to four tables with relations among them."""
    return draw_schema(Brush(draw, database, facts))


def draw_schema(brush: Brush) -> SchemaSpec:
    """Draw a schema with relations among its tables."""
    tables: list[TableSpec] = []
    for _ in range(brush.number(1, 4)):
        tables.append(draw_table(brush, [table.name for table in tables]))
    schema = SchemaSpec(tuple(tables))
    for table in tables:
        for _ in range(brush.number(0, 2)):
            schema = with_foreign_key(brush, schema, table.uid)
    return settled(schema)


def draw_table(brush: Brush, taken: Iterable[str]) -> TableSpec:
    """Draw a table without foreign keys."""
    key = _draw_key(brush)
    columns = list(key)
    for _ in range(brush.number(0, 4)):
        columns.append(draw_column(brush, [column.name for column in columns]))
    table = TableSpec(
        uid=brush.uid(),
        name=brush.name(TABLE_NAMES, taken),
        columns=tuple(columns),
        key=tuple(column.uid for column in key),
        key_name=f"pk_{brush.uid()}" if brush.chance() else None,
        comment=brush.comment(),
        autoincrement=key[0].type == "integer" and len(key) == 1 and brush.chance(),
    )
    for _ in range(brush.number(0, 3)):
        item = draw_item(brush, table)
        if item is not None:
            table = replace(table, items=(*table.items, item))
    return _with_computed(brush, table)


def _draw_key(brush: Brush) -> list[ColumnSpec]:
    """Draw the columns of a primary key: mostly one number."""
    kind = brush.choice(["integer", "bigint", "identity", "string40", "uuid", "pair"])
    first = ColumnSpec(
        uid=brush.uid(),
        name="id",
        type="integer" if kind in {"identity", "pair"} else kind,
        nullable=False,
        identity=kind == "identity",
    )
    if kind != "pair":
        return [first]
    kind = brush.choice(["integer", "string10"])
    return [first, ColumnSpec(uid=brush.uid(), name="part", type=kind, nullable=False)]


def draw_column(brush: Brush, taken: Iterable[str]) -> ColumnSpec:
    """Draw a column that is no key, not computed and refers to nothing."""
    uid = brush.uid()
    type_name = brush.choice([*types_of(brush.database), "enum"])
    column = ColumnSpec(
        uid=uid,
        name=brush.name(COLUMN_NAMES, taken),
        type=type_name,
        enum=MOODS[: brush.number(2, 4)] if type_name == "enum" else (),
        nullable=brush.chance(),
        comment=brush.comment(),
    )
    return replace(column, default=draw_default(brush, column))


def draw_default(brush: Brush, column: ColumnSpec) -> int | None:
    """Draw which server default *column* has, if any."""
    count = len(column.column_type.defaults)
    return brush.choice([None, *range(count)]) if count else None


def _with_computed(brush: Brush, table: TableSpec) -> TableSpec:
    bases = [
        column.uid
        for column in table.columns
        if column.type in {"integer", "bigint"}
        and column.uid not in table.key
        and is_plain(column.name)
    ]
    if not bases or not brush.chance():
        return table
    computed = ColumnSpec(
        uid=brush.uid(),
        name=f"computed{len(table.columns)}",
        type="bigint",
        computed=brush.choice(bases),
    )
    return replace(table, columns=(*table.columns, computed))


def draw_item(brush: Brush, table: TableSpec) -> ItemSpec | None:
    """Draw a unique constraint, a check or an index; None if nothing fits."""
    kind = brush.choice(["index", "unique", "check"])
    usable = [column for column in table.columns if column.computed is None]
    if kind == "check":
        # MySQL refuses a check on an AUTO_INCREMENT column.
        usable = [c for c in usable if c.uid not in table.key]
        usable = [c for c in usable if c.column_type.family in {"integer", "text"}]
    else:
        usable = [c for c in usable if c.column_type.indexed]
    if not usable:
        return None
    first = brush.choice(usable)
    columns = [first.uid]
    if kind != "check" and len(usable) > 1 and brush.chance():
        columns.append(brush.choice(c.uid for c in usable if c.uid != first.uid))
    uid = brush.uid()
    item = ItemSpec(
        uid=uid,
        kind="index" if kind == "index" else "unique" if kind == "unique" else "check",
        columns=tuple(columns),
        name=f"{kind[:2]}_{uid}" if brush.chance() else None,
        bound=-brush.number(0, 2),
        deferrable=kind == "unique"
        and brush.facts.deferrable_constraints
        and brush.database != "sqlite"
        and brush.chance(),
    )
    return _index_options(brush, item, first) if kind == "index" else item


def _index_options(brush: Brush, item: ItemSpec, first: ColumnSpec) -> ItemSpec:
    text = first.column_type.family == "text"
    return replace(
        item,
        unique=brush.chance(),
        where=brush.facts.partial_indexes and brush.chance(),
        expression=text and brush.facts.expression_indexes and brush.chance(),
    )


def with_foreign_key(
    brush: Brush, schema: SchemaSpec, uid: int, *, nullable: bool | None = None
) -> SchemaSpec:
    """Give table *uid* new columns that reference a table's primary key."""
    table = schema.table(uid)
    targets = [t for t in schema.tables if not set(t.key) & t.referencing]
    if not targets:
        return schema
    target = brush.choice(targets)
    optional = brush.chance() if nullable is None else nullable
    columns: list[ColumnSpec] = []
    for number in range(len(target.key)):
        taken = [column.name for column in (*table.columns, *columns)]
        name = f"ref{len(table.columns) + number}"
        columns.append(
            ColumnSpec(
                uid=brush.uid(),
                name=brush.name([name], taken),
                type="integer",  # `settled` gives it the type of what it references
                nullable=optional,
            )
        )
    number = brush.uid()
    item = ItemSpec(
        uid=number,
        kind="foreign_key",
        columns=tuple(column.uid for column in columns),
        name=f"fk_{number}" if brush.chance() else None,
        target=target.uid,
        ondelete=draw_ondelete(brush, optional),
        deferrable=brush.facts.deferrable_constraints and brush.chance(),
    )
    changed = replace(
        table, columns=(*table.columns, *columns), items=(*table.items, item)
    )
    return with_table(schema, changed)


def draw_ondelete(brush: Brush, nullable: bool) -> str | None:
    """Draw what happens to a row when the row that it references goes."""
    return brush.choice([None, "CASCADE", "RESTRICT", *(["SET NULL"] * nullable)])


def with_table(schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    """Return *schema* with *table* in the place of the one of its number."""
    return SchemaSpec(tuple(table if t.uid == table.uid else t for t in schema.tables))


def settled(schema: SchemaSpec) -> SchemaSpec:
    """
    Return *schema* made consistent after any edit.

    What mentions a column or table that is gone goes too; a foreign key's columns
    have the types of what they reference; a foreign key to a later table has a name
    (SQLAlchemy breaks cycles at named ones only); no two items say the same.
    """
    for table in schema.tables:
        schema = with_table(schema, _with_valid_items(schema, table))
    for table in schema.tables:
        schema = with_table(schema, _with_types(schema, table))
    return schema


def _with_valid_items(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    columns = {column.uid: column for column in table.columns}
    order = list(schema.uids)
    items: list[ItemSpec] = []
    said: set[object] = set()
    for item in table.items:
        if not set(item.columns) <= set(columns):
            continue
        if item.kind == "foreign_key":
            if item.target not in order:
                continue
            if len(schema.table(item.target).key) != len(item.columns):
                continue
            later = order.index(item.target) > order.index(table.uid)
            item = replace(item, name=f"fk_{item.uid}") if later else item
            if item.ondelete == "SET NULL" and not columns[item.columns[0]].nullable:
                item = replace(item, ondelete=None)
        meaning = (item.kind, item.columns, item.bound * (item.kind == "check"))
        if meaning not in said:
            said.add(meaning)
            items.append(item)
    kept = tuple(
        column
        for column in table.columns
        if column.computed is None
        or (column.computed in columns and _computable(columns[column.computed]))
    )
    return replace(table, items=tuple(items), columns=kept)


def _computable(column: ColumnSpec) -> bool:
    return is_plain(column.name) and column.type in {"integer", "bigint", "smallint"}


def _with_types(schema: SchemaSpec, table: TableSpec) -> TableSpec:
    columns = {column.uid: column for column in table.columns}
    for item in table.foreign_keys:
        target = schema.table(item.target if item.target is not None else -1)
        for uid, other in zip(item.columns, target.key, strict=True):
            wanted = target.column(other).type
            columns[uid] = replace(columns[uid], type=wanted, default=None)
    return replace(table, columns=tuple(columns[c.uid] for c in table.columns))
