"""
Random SQLAlchemy schemas.

Place: `testing.strategies`, above `settling`. What a database cannot do is not
drawn for it: the caller says so with its `Facts` and its name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.palette import COLLATIONS, types_of
from whimbrel.testing.strategies.schema_settling import NUMBERS, settled, with_table
from whimbrel.testing.strategies.specs import (
    USED_VALUES,
    ColumnSpec,
    EnumSpec,
    IdentitySpec,
    ItemSpec,
    Order,
    SchemaSpec,
    SequenceSpec,
    TableSpec,
    is_plain,
)

T = TypeVar("T")

TABLE_NAMES = ("book", "author", "order", "Shelf", "line item", "tag2", "loan")
COLUMN_NAMES = ("name", "price", "size", "group", "Flag", "a b", "note", "x1")
COMMENTS = (None, "what it's for", '100 % "quoted"', "back\\slash: x")
MOODS = ("it's", "happy", "100%")
"""The values of enumerations besides those that rows use."""

OTHER_TEXTS = ("glum", "so so", "O'K")
"""What values of enumerations are called in the end."""

OTHER_SCHEMA = "other"

ORDERS: tuple[Order, ...] = ("desc", "desc nulls last", "asc nulls first")


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

    def rare(self) -> bool:
        """Return True one time in six."""
        return self.draw(st.integers(0, 5)) == 5

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

    def on(self, *databases: str) -> bool:
        return self.database in databases


@st.composite
def schemas(draw: st.DrawFn, database: str, facts: Facts) -> SchemaSpec:
    """Return schemas of one to four tables with relations among them."""
    return draw_schema(Brush(draw, database, facts))


def draw_schema(brush: Brush) -> SchemaSpec:
    """Draw a schema with relations among its tables."""
    schema = SchemaSpec((), sequences=draw_sequences(brush), convention=brush.rare())
    for _ in range(brush.number(1, 4)):
        schema = draw_table(brush, schema, [table.name for table in schema.tables])
    for table in schema.tables:
        for _ in range(brush.number(0, 2)):
            schema = with_foreign_key(brush, schema, table.uid)
    if brush.rare():
        schema = with_link(brush, schema, [table.name for table in schema.tables])
    return settled(schema)


def draw_sequences(brush: Brush) -> tuple[SequenceSpec, ...]:
    """Draw the sequences of a schema: mostly none."""
    if not brush.facts.sequences or not brush.rare():
        return ()
    return tuple(draw_sequence(brush) for _ in range(brush.number(1, 2)))


def draw_sequence(brush: Brush) -> SequenceSpec:
    """Draw one sequence."""
    uid = brush.uid()
    return SequenceSpec(
        uid=uid,
        name=f"seq_{uid}",
        start=brush.choice([None, 1, 50]),
        increment=brush.choice([None, 1, 2]),
        cycle=brush.rare(),
    )


def draw_table(brush: Brush, schema: SchemaSpec, taken: Iterable[str]) -> SchemaSpec:
    """Return *schema* with one more table, without foreign keys."""
    key = draw_key(brush)
    table = TableSpec(
        uid=brush.uid(),
        name=brush.name(TABLE_NAMES, taken),
        columns=tuple(key),
        key=tuple(column.uid for column in key),
        key_name=f"pk_{brush.uid()}" if brush.chance() else None,
        comment=brush.comment(),
        autoincrement=brush.on("sqlite") and brush.chance(),
        schema=OTHER_SCHEMA if brush.facts.schemas and brush.rare() else None,
        options=draw_options(brush) if brush.rare() else (),
    )
    if brush.rare():
        table = replace(table, key=())
    schema = replace(schema, tables=(*schema.tables, table))
    strict = bool(table.option("sqlite_strict"))
    for _ in range(brush.number(0, 4)):
        names = [column.name for column in table.columns]
        column = draw_column(brush, schema, names, strict=strict)
        table = replace(table, columns=(*table.columns, column))
        schema = with_table(schema, table)
    for _ in range(brush.number(0, 3)):
        item = draw_item(brush, table)
        if item is not None:
            table = replace(table, items=(*table.items, item))
    return with_table(schema, with_computed(brush, table))


def draw_key(brush: Brush) -> list[ColumnSpec]:
    """Draw the columns of a primary key: mostly one number."""
    kind = brush.choice(
        ["integer", "integer", "bigint", "identity", "string40", "uuid", "pair"]
    )
    first = ColumnSpec(
        uid=brush.uid(),
        name="id",
        type="integer" if kind in {"identity", "pair"} else kind,
        nullable=False,
        identity=draw_identity(brush) if kind == "identity" else None,
        collation=draw_collation(brush, kind),
    )
    if kind != "pair":
        return [first]
    kind = brush.choice(["integer", "string10"])
    return [first, ColumnSpec(uid=brush.uid(), name="part", type=kind, nullable=False)]


def draw_identity(brush: Brush) -> IdentitySpec:
    """Draw the options of an identity: mostly none."""
    if not brush.chance():
        return IdentitySpec()
    return IdentitySpec(
        always=brush.chance(),
        start=brush.choice([None, 5]),
        increment=brush.choice([None, 3]),
    )


def draw_collation(brush: Brush, type_name: str) -> str | None:
    """Draw a collation for a type that takes one: mostly none."""
    kind = types_of(brush.database).get(type_name)
    if kind is None or not kind.collated or not brush.rare():
        return None
    return brush.choice(COLLATIONS[brush.database])


def draw_options(brush: Brush) -> tuple[tuple[str, object], ...]:
    """Draw the options of a table, those of its database."""
    match brush.database:
        case "postgresql":
            options: list[tuple[str, object]] = [
                ("postgresql_with", (("fillfactor", brush.choice([70, 90])),)),
                ("prefixes", ("UNLOGGED",)),
            ]
        case "sqlite":
            options = [("sqlite_with_rowid", False), ("sqlite_strict", True)]
        case _:
            options = [
                ("mysql_charset", brush.choice(["latin1", "utf8mb4"])),
                ("mysql_row_format", brush.choice(["COMPRESSED", "COMPACT"])),
            ]
    return tuple(option for option in options if brush.chance())


def draw_column(
    brush: Brush, schema: SchemaSpec, taken: Iterable[str], *, strict: bool = False
) -> ColumnSpec:
    """Draw a column that is no key, not computed and refers to nothing."""
    uid = brush.uid()
    types = [*types_of(brush.database), "enum"]
    if strict:
        types = ["integer", "text", "binary"]
    elif brush.on("postgresql"):
        types.append("enums")
    type_name = brush.choice(types)
    is_enum = type_name in {"enum", "enums"}
    enum = draw_enum(brush, schema, array=type_name == "enums") if is_enum else None
    column = ColumnSpec(
        uid=uid,
        name=brush.name(COLUMN_NAMES, taken),
        type=type_name,
        enum=enum,
        nullable=brush.chance(),
        comment=brush.comment(),
        collation=draw_collation(brush, type_name),
    )
    return with_source(brush, schema, column)


def draw_enum(brush: Brush, schema: SchemaSpec, *, array: bool = False) -> EnumSpec:
    """Draw an enumeration, or take one that the schema has already."""
    known = [enum for enum in schema.enums.values() if enum.native or not array]
    if known and brush.chance():
        return brush.choice(known)
    uid = brush.uid()
    return EnumSpec(
        uid=uid,
        name=f"mood_{uid}",
        values=draw_values(brush),
        native=array or not brush.rare(),
    )


def draw_values(brush: Brush) -> tuple[str, ...]:
    """Draw the values of an enumeration in any order; those in use are there."""
    values = list(USED_VALUES)
    for value in MOODS[: brush.number(0, len(MOODS))]:
        values.insert(brush.number(0, len(values)), value)
    return tuple(values)


def with_source(brush: Brush, schema: SchemaSpec, column: ColumnSpec) -> ColumnSpec:
    """Return *column* with another source of values, or none: a default and so on."""
    column = replace(column, default=None, identity=None, sequence=None)
    if column.type in NUMBERS and schema.sequences and brush.chance():
        return replace(column, sequence=brush.choice(schema.sequences).uid)
    if column.type in NUMBERS and brush.on("postgresql") and brush.rare():
        return replace(column, identity=draw_identity(brush), nullable=False)
    return replace(column, default=draw_default(brush, column))


def draw_default(brush: Brush, column: ColumnSpec) -> int | None:
    """Draw which server default *column* has, if any."""
    places = [
        place
        for place, default in enumerate(column.column_type.defaults)
        if not default.only or brush.database in default.only
    ]
    return brush.choice([None, *places]) if places else None


def with_computed(brush: Brush, table: TableSpec) -> TableSpec:
    """Return *table* with a computed column, if there is something to compute."""
    bases = [
        column
        for column in table.columns
        if (column.type in NUMBERS or column.column_type.family == "text")
        and column.computed is None
        and column.uid not in {*table.key, *table.referencing}
    ]
    if table.option("sqlite_strict") or not bases or not brush.chance():
        return table
    base = brush.choice(bases)
    computed = ColumnSpec(
        uid=brush.uid(),
        name=f"computed{len(table.columns)}",
        type="string40" if base.column_type.family == "text" else "bigint",
        computed=base.uid,
        formula=brush.number(0, 1),
        persisted=brush.on("postgresql") or brush.chance(),
    )
    return replace(table, columns=(*table.columns, computed))


def draw_item(brush: Brush, table: TableSpec) -> ItemSpec | None:
    """Draw a unique constraint, a check or an index; None if nothing fits."""
    kind = brush.choice(["index", "unique", "check"])
    plain = [column for column in table.columns if column.computed is None]
    if kind == "check":
        return _draw_check(brush, table, plain)
    special = _draw_special(brush, plain) if kind == "index" and brush.rare() else None
    usable = [c for c in plain if c.column_type.indexed]
    if special is not None or not usable:
        return special
    first = brush.choice(usable)
    columns = [first.uid]
    if len(usable) > 1 and brush.chance():
        columns.append(brush.choice(c.uid for c in usable if c.uid != first.uid))
    uid = brush.uid()
    item = ItemSpec(
        uid=uid,
        kind="index" if kind == "index" else "unique",
        columns=tuple(columns),
        name=f"{kind[:2]}_{uid}" if brush.chance() else None,
    )
    if kind == "index":
        return with_index_options(brush, table, item)
    return with_unique_options(brush, table, item)


def _draw_check(
    brush: Brush, table: TableSpec, plain: list[ColumnSpec]
) -> ItemSpec | None:
    # MySQL refuses a check on an AUTO_INCREMENT column, and on foreign keys' columns.
    fixed = {*table.key, *table.referencing}
    usable = [
        column
        for column in plain
        if column.uid not in fixed and column.column_type.family in {"number", "text"}
    ]
    if not usable:
        return None
    columns = [brush.choice(usable).uid]
    if len(usable) > 1 and brush.chance():
        columns.append(brush.choice(c.uid for c in usable if c.uid != columns[0]))
    uid = brush.uid()
    return ItemSpec(
        uid=uid,
        kind="check",
        columns=tuple(columns),
        name=f"ch_{uid}" if brush.chance() else None,
        bound=-brush.number(0, 2),
        text=brush.number(0, 6),
    )


def _draw_special(brush: Brush, plain: list[ColumnSpec]) -> ItemSpec | None:
    """Draw what only one database has: gin, exclusion, prefixes, FULLTEXT."""
    uid = brush.uid()
    for column in plain:
        columns = (column.uid,)
        if column.type in {"jsonb", "array", "textarray", "tsvector"}:
            name = f"gin_{uid}"
            return ItemSpec(
                uid=uid, kind="index", columns=columns, name=name, method="gin"
            )
        if column.column_type.family == "range":
            named = f"ex_{uid}" if brush.chance() else None
            return ItemSpec(uid=uid, kind="exclude", columns=columns, name=named)
        if brush.on("mysql") and column.type in {"text", "mediumtext", "string40"}:
            full = column.type == "string40" or brush.chance()
            return ItemSpec(
                uid=uid,
                kind="index",
                columns=columns,
                name=f"tx_{uid}",
                prefix="FULLTEXT" if full else None,
                length=None if full else brush.choice([8, 12]),
            )
    return None


def with_unique_options(brush: Brush, table: TableSpec, item: ItemSpec) -> ItemSpec:
    """Return a unique constraint with other options."""
    deferrable = (
        brush.facts.deferrable_constraints and not brush.on("sqlite") and brush.chance()
    )
    distinct = brush.facts.nulls_not_distinct and brush.rare()
    return replace(
        item,
        deferrable=deferrable,
        deferred=deferrable and brush.chance(),
        nulls_not_distinct=distinct,
        include=draw_include(brush, table, item),
    )


def with_index_options(brush: Brush, table: TableSpec, item: ItemSpec) -> ItemSpec:
    """Return an index with other options."""
    first = table.column(item.columns[0])
    text = first.column_type.family == "text"
    unique = brush.chance()
    item = replace(
        item,
        unique=unique,
        where=brush.facts.partial_indexes and brush.chance(),
        expression=text and brush.facts.expression_indexes and brush.chance(),
        nulls_not_distinct=unique and brush.facts.nulls_not_distinct and brush.rare(),
        include=draw_include(brush, table, item),
        order=None,
        method=None,
        opclass=False,
    )
    if not item.expression and brush.rare():
        nulls = brush.on("postgresql")
        item = replace(item, order=brush.choice(ORDERS[: 3 if nulls else 1]))
    elif brush.facts.pattern_indexes and text and brush.rare():
        item = replace(item, opclass=not item.expression)
    elif brush.on("postgresql") and len(item.columns) == 1 and brush.rare():
        method = brush.choice(["hash", "brin"])
        item = replace(
            item, method=method, unique=False, include=(), nulls_not_distinct=False
        )
    return item


def draw_include(brush: Brush, table: TableSpec, item: ItemSpec) -> tuple[int, ...]:
    """Draw a column that a covering index has besides: mostly none."""
    if not brush.facts.covering_indexes or not brush.rare():
        return ()
    others = [
        column.uid
        for column in table.columns
        if column.uid not in item.columns and column.column_type.indexed
    ]
    return (brush.choice(others),) if others else ()


def with_foreign_key(
    brush: Brush,
    schema: SchemaSpec,
    uid: int,
    *,
    nullable: bool | None = None,
    target: int | None = None,
) -> SchemaSpec:
    """Give table *uid* new columns that reference a key or a unique constraint."""
    table = schema.table(uid)
    ends = [end for end in endpoints(schema) if target in (None, end[0])]
    if not ends:
        return schema
    number, to = brush.choice(ends)
    referred = to or schema.table(number).key
    optional = brush.chance() if nullable is None else nullable
    columns: list[ColumnSpec] = []
    for place, other in enumerate(referred):
        taken = [column.name for column in (*table.columns, *columns)]
        name = f"ref{len(table.columns) + place}"
        columns.append(
            ColumnSpec(
                uid=brush.uid(),
                name=brush.name([name], taken),
                type=schema.table(number).column(other).type,
                enum=schema.table(number).column(other).enum,
                nullable=optional,
            )
        )
    item = draw_reference(brush, tuple(column.uid for column in columns), optional)
    item = replace(item, target=number, to=to)
    changed = replace(
        table, columns=(*table.columns, *columns), items=(*table.items, item)
    )
    return with_table(schema, changed)


def endpoints(schema: SchemaSpec) -> list[tuple[int, tuple[int, ...]]]:
    """Return what foreign keys may reference: (table, columns; none: its key)."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for table in schema.tables:
        if table.key:
            found.append((table.uid, ()))
    for table in schema.tables:
        for item in table.items:
            if item.kind == "unique" and not item.deferrable:
                found.append((table.uid, item.columns))
    return found


def draw_reference(brush: Brush, columns: tuple[int, ...], optional: bool) -> ItemSpec:
    """Draw a foreign key over *columns*, without its target."""
    uid = brush.uid()
    deferrable = brush.facts.deferrable_constraints and brush.chance()
    return ItemSpec(
        uid=uid,
        kind="foreign_key",
        columns=columns,
        name=f"fk_{uid}" if brush.chance() else None,
        ondelete=draw_action(brush, optional),
        onupdate=draw_action(brush, optional) if brush.rare() else None,
        deferrable=deferrable,
        deferred=deferrable and brush.chance(),
        match="FULL" if brush.on("postgresql") and brush.rare() else None,
        use_alter=not brush.on("sqlite") and brush.rare(),
    )


def draw_action(brush: Brush, optional: bool) -> str | None:
    """Draw what happens to a row when the row that it references goes."""
    actions = [None, "CASCADE", "RESTRICT", *(["SET NULL"] * optional), "NO ACTION"]
    if brush.on("postgresql", "sqlite"):
        actions.append("SET DEFAULT")
    return brush.choice(actions)


def with_link(brush: Brush, schema: SchemaSpec, taken: Iterable[str]) -> SchemaSpec:
    """Return *schema* with a table whose key is two references: many-to-many."""
    ends = [table for table in schema.tables if table.key]
    if not ends:
        return schema
    table = TableSpec(
        uid=brush.uid(), name=brush.name(["link", "rel"], taken), columns=(), key=()
    )
    schema = replace(schema, tables=(*schema.tables, table))
    for _ in range(2):
        end = brush.choice(ends)
        schema = with_foreign_key(
            brush, schema, table.uid, nullable=False, target=end.uid
        )
    linked = schema.table(table.uid)
    key = tuple(uid for item in linked.foreign_keys for uid in item.columns)
    return with_table(schema, replace(linked, key=key))


__all__ = [
    "COLUMN_NAMES",
    "OTHER_SCHEMA",
    "OTHER_TEXTS",
    "TABLE_NAMES",
    "Brush",
    "draw_action",
    "draw_collation",
    "draw_column",
    "draw_default",
    "draw_enum",
    "draw_identity",
    "draw_include",
    "draw_item",
    "draw_options",
    "draw_reference",
    "draw_schema",
    "draw_sequence",
    "draw_table",
    "draw_values",
    "endpoints",
    "is_plain",
    "schemas",
    "settled",
    "with_computed",
    "with_foreign_key",
    "with_index_options",
    "with_link",
    "with_source",
    "with_table",
    "with_unique_options",
]
