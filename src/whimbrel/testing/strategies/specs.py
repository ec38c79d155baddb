"""
A schema as the strategies draw it, and the SQLAlchemy `MetaData` it stands for.

Place: `testing.strategies`, above `palette`. Tables, columns and items carry a
number of their own (`uid`) that stays when they are renamed: two specs thus
know what is the same in both, which is what a migration tool can only ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from whimbrel.testing.strategies.palette import ColumnType, type_named
from whimbrel.testing.strategies.shown import Shown

_PLAIN_NAME = re.compile(r"(?!(?:group|order)\Z)[a-z_][a-z0-9_]*\Z")


def is_plain(name: str) -> bool:
    """Tell whether a name drawn here needs no quotes in SQL text."""
    return _PLAIN_NAME.match(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ColumnSpec(Shown):
    """
    A column.

    Args:
        type: A name in the palette; ``enum`` with *enum*.

        default: Which of its type's server defaults.

        enum: The values of its enumeration.

        computed: The column (uid) from which it is computed.

        identity: ``GENERATED … AS IDENTITY`` where the database has it.
    """

    uid: int
    name: str
    type: str
    nullable: bool = True
    default: int | None = None
    comment: str | None = None
    enum: tuple[str, ...] = ()
    computed: int | None = None
    identity: bool = False

    @property
    def column_type(self) -> ColumnType:
        """Return all about its type."""
        if self.type != "enum":
            return type_named(self.type)
        values, name = self.enum, f"mood_{self.uid}"
        return ColumnType(
            make=lambda: sa.Enum(*values, name=name),
            value=lambda i: values[i % 2],
            family=name,
            defaults=(lambda: values[0],),
            distinct=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ItemSpec(Shown):
    """
    A constraint or an index over columns, given by their uids.

    Args:
        name: None: unnamed; an index gets its name from SQLAlchemy's convention.

        target: The table (uid) that a foreign key references by its primary key.

        bound: What a check compares with.

        unique, where, expression: Of an index.
    """

    uid: int
    kind: Literal["unique", "check", "foreign_key", "index"]
    columns: tuple[int, ...]
    name: str | None = None
    target: int | None = None
    ondelete: str | None = None
    deferrable: bool = False
    bound: int = 0
    unique: bool = False
    where: bool = False
    expression: bool = False

    @property
    def demands_unique(self) -> bool:
        return self.unique or self.kind == "unique"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TableSpec(Shown):
    """
    A table.

    Args:
        key: The columns (uids) of its primary key, in order.

        autoincrement: SQLite's keyword AUTOINCREMENT.
    """

    uid: int
    name: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[int, ...]
    key_name: str | None = None
    items: tuple[ItemSpec, ...] = ()
    comment: str | None = None
    autoincrement: bool = False

    def column(self, uid: int) -> ColumnSpec:
        """Return a column by its number; KeyError if it is not there."""
        for column in self.columns:
            if column.uid == uid:
                return column
        raise KeyError(uid)

    @property
    def foreign_keys(self) -> tuple[ItemSpec, ...]:
        return tuple(item for item in self.items if item.kind == "foreign_key")

    @property
    def referencing(self) -> frozenset[int]:
        """The columns that are part of a foreign key."""
        return frozenset(uid for item in self.foreign_keys for uid in item.columns)


@dataclass(frozen=True, slots=True)
class SchemaSpec:
    """The tables of one `MetaData`."""

    tables: tuple[TableSpec, ...]

    def table(self, uid: int) -> TableSpec:
        """Return a table by its number; KeyError if it is not there."""
        for table in self.tables:
            if table.uid == uid:
                return table
        raise KeyError(uid)

    @property
    def uids(self) -> Iterator[int]:
        return (table.uid for table in self.tables)


def metadata_of(schema: SchemaSpec) -> sa.MetaData:
    """Return a new `MetaData` as a user would have written it."""
    metadata = sa.MetaData()
    for table in schema.tables:
        items = [_item(schema, table, item) for item in table.items]
        sa.Table(
            table.name,
            metadata,
            *(_column(table, column) for column in table.columns),
            *([_primary_key(table)] if table.key else ()),
            *items,
            comment=table.comment,
            sqlite_autoincrement=table.autoincrement,
        )
    return metadata


def _column(table: TableSpec, column: ColumnSpec) -> sa.Column[Any]:
    extra: list[Any] = []
    if column.computed is not None:
        base = table.column(column.computed).name
        extra.append(sa.Computed(f"{base} + 1", persisted=True))
    if column.identity:
        extra.append(sa.Identity())
    kind = column.column_type
    default = None if column.default is None else kind.defaults[column.default]()
    return sa.Column(
        column.name,
        kind.make(),
        *extra,
        nullable=column.nullable,
        server_default=default,
        comment=column.comment,
    )


def _primary_key(table: TableSpec) -> sa.PrimaryKeyConstraint:
    names = [table.column(uid).name for uid in table.key]
    return sa.PrimaryKeyConstraint(*names, name=table.key_name)


def _item(schema: SchemaSpec, table: TableSpec, item: ItemSpec) -> Any:
    names = [table.column(uid).name for uid in item.columns]
    match item.kind:
        case "unique":
            return sa.UniqueConstraint(
                *names, name=item.name, deferrable=item.deferrable or None
            )
        case "check":
            return sa.CheckConstraint(_check(table, item), name=item.name)
        case "foreign_key":
            return _foreign_key(schema, names, item)
        case "index":
            return _index(table, item, names)


def _check(table: TableSpec, item: ItemSpec) -> Any:
    column = table.column(item.columns[0])
    if column.column_type.family != "integer":
        return sa.column(column.name, sa.String) != sa.literal_column(
            f"'z{item.bound}'"
        )
    if is_plain(column.name) and item.bound:
        return f"{column.name} >= {item.bound}"
    return sa.column(column.name) >= sa.literal_column(str(item.bound))


def _foreign_key(
    schema: SchemaSpec, names: list[str], item: ItemSpec
) -> sa.ForeignKeyConstraint:
    target = schema.table(item.target if item.target is not None else -1)
    return sa.ForeignKeyConstraint(
        names,
        [f"{target.name}.{target.column(uid).name}" for uid in target.key],
        name=item.name,
        ondelete=item.ondelete,
        deferrable=item.deferrable or None,
        initially="DEFERRED" if item.deferrable else None,
    )


def _index(table: TableSpec, item: ItemSpec, names: list[str]) -> sa.Index:
    terms: list[Any] = list(names)
    if item.expression:
        terms[0] = sa.func.lower(sa.column(names[0]))
    where = sa.column(names[0]).is_not(None) if item.where else None
    name = item.name or f"ix_{table.name}_{'_'.join(names)}"
    return sa.Index(
        name, *terms, unique=item.unique, postgresql_where=where, sqlite_where=where
    )
