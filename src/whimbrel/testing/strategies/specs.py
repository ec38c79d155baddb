"""
A schema as the strategies draw it.

Place: `testing.strategies`, above `palette`. Tables, columns, enumerations and
items carry a number of their own (`uid`) that stays when they are renamed: two
specs thus know what is the same in both, which is what a migration tool can
only ask. The SQLAlchemy `MetaData` of a spec is made in `building`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from whimbrel.testing.strategies.palette import ColumnType, on_all, type_named
from whimbrel.testing.strategies.shown import Shown

_PLAIN_NAME = re.compile(r"(?!(?:group|order)\Z)[a-z_][a-z0-9_]*\Z")

USED_VALUES = ("sad", "ok")
"""The values of an enumeration that rows hold: no edit takes them away."""

ItemKind: TypeAlias = Literal["unique", "check", "foreign_key", "index", "exclude"]

Order: TypeAlias = Literal["desc", "desc nulls last", "asc nulls first"]


def is_plain(name: str) -> bool:
    """Tell whether a name drawn here needs no quotes in SQL text."""
    return _PLAIN_NAME.match(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EnumSpec(Shown):
    """
    An enumeration; columns of several tables may share it.

    Args:
        native: A type of its own where the database has them, else a check.

        words: (value, text) of values that are called otherwise by now.
    """

    uid: int
    name: str
    values: tuple[str, ...]
    native: bool = True
    words: tuple[tuple[str, str], ...] = ()

    def text(self, value: str) -> str:
        """Return what *value* is called."""
        return dict(self.words).get(value, value)

    @property
    def texts(self) -> tuple[str, ...]:
        """What its values are called."""
        return tuple(map(self.text, self.values))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IdentitySpec(Shown):
    """``GENERATED … AS IDENTITY``."""

    always: bool = False
    start: int | None = None
    increment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SequenceSpec(Shown):
    """A sequence; a column may take its default from it."""

    uid: int
    name: str
    start: int | None = None
    increment: int | None = None
    cycle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ColumnSpec(Shown):
    """
    A column.

    Args:
        type: A name in the palette; ``enum`` or ``enums`` (an array) with *enum*.

        default: Which of its type's server defaults.

        computed: The column (uid) from which it is computed.

        formula: Which of the expressions over that column.

        persisted: It is stored.

        sequence: The sequence (uid) of its default.
    """

    uid: int
    name: str
    type: str
    nullable: bool = True
    default: int | None = None
    comment: str | None = None
    collation: str | None = None
    enum: EnumSpec | None = None
    computed: int | None = None
    formula: int = 0
    persisted: bool = True
    identity: IdentitySpec | None = None
    sequence: int | None = None

    @property
    def column_type(self) -> ColumnType:
        """Return all about its type."""
        if self.enum is None:
            return type_named(self.type)
        enum, is_array = self.enum, self.type == "enums"
        name = enum.name if enum.native else f"{enum.name}_{self.uid}"

        def make() -> sa.types.TypeEngine[Any]:
            made: sa.types.TypeEngine[Any]
            made = sa.Enum(
                *enum.texts,
                name=name,
                native_enum=enum.native,
                create_constraint=not enum.native,
            )
            return sa.ARRAY(made) if is_array else made

        def value(i: int) -> object:
            used = enum.text(USED_VALUES[i % 2])
            return [used] if is_array else used

        return ColumnType(
            make=make,
            value=value,
            family=f"{self.type} {enum.uid}",
            defaults=() if is_array else on_all(lambda: enum.text(USED_VALUES[0])),
            distinct=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ItemSpec(Shown):
    """
    A constraint or an index over columns, given by their uids.

    Args:
        name: None: unnamed; an index gets its name from SQLAlchemy's convention.

        target: The table (uid) that a foreign key references.

        to: The columns of *target* that it references; empty: its primary key.

        bound: What a check compares with.

        text: Which of the texts a check of text compares with.

        options: Dialect options of an index or a unique constraint.

        order: How an index sorts its first column.
    """

    uid: int
    kind: ItemKind
    columns: tuple[int, ...]
    name: str | None = None
    target: int | None = None
    to: tuple[int, ...] = ()
    ondelete: str | None = None
    onupdate: str | None = None
    match: str | None = None
    deferrable: bool = False
    deferred: bool = False
    use_alter: bool = False
    bound: int = 0
    text: int = 0
    unique: bool = False
    where: bool = False
    expression: bool = False
    order: Order | None = None
    include: tuple[int, ...] = ()
    nulls_not_distinct: bool = False
    opclass: bool = False
    method: str | None = None
    length: int | None = None
    prefix: str | None = None

    @property
    def demands_unique(self) -> bool:
        return self.unique or self.kind == "unique"

    @property
    def mentioned(self) -> frozenset[int]:
        """All columns that it needs."""
        return frozenset((*self.columns, *self.include))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TableSpec(Shown):
    """
    A table.

    Args:
        key: The columns (uids) of its primary key, in order; may be empty.

        autoincrement: SQLite's keyword AUTOINCREMENT.

        options: SQLAlchemy's keyword arguments of the table, in order.
    """

    uid: int
    name: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[int, ...]
    key_name: str | None = None
    items: tuple[ItemSpec, ...] = ()
    comment: str | None = None
    autoincrement: bool = False
    schema: str | None = None
    options: tuple[tuple[str, object], ...] = ()

    def column(self, uid: int) -> ColumnSpec:
        """Return a column by its number; KeyError if it is not there."""
        for column in self.columns:
            if column.uid == uid:
                return column
        raise KeyError(uid)

    @property
    def full_name(self) -> str:
        """The name as `MetaData.tables` has it."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"

    @property
    def uids(self) -> frozenset[int]:
        return frozenset(column.uid for column in self.columns)

    @property
    def foreign_keys(self) -> tuple[ItemSpec, ...]:
        return tuple(item for item in self.items if item.kind == "foreign_key")

    @property
    def referencing(self) -> frozenset[int]:
        """The columns that are part of a foreign key."""
        return frozenset(uid for item in self.foreign_keys for uid in item.columns)

    def option(self, name: str) -> object:
        """Return one of its options, None where it is not said."""
        return dict(self.options).get(name)


@dataclass(frozen=True, slots=True, repr=False)
class SchemaSpec(Shown):
    """
    All of one `MetaData`.

    Args:
        convention: It has a naming convention.
    """

    tables: tuple[TableSpec, ...]
    sequences: tuple[SequenceSpec, ...] = ()
    convention: bool = False

    def table(self, uid: int) -> TableSpec:
        """Return a table by its number; KeyError if it is not there."""
        for table in self.tables:
            if table.uid == uid:
                return table
        raise KeyError(uid)

    def sequence(self, uid: int) -> SequenceSpec:
        """Return a sequence by its number; KeyError if it is not there."""
        for sequence in self.sequences:
            if sequence.uid == uid:
                return sequence
        raise KeyError(uid)

    @property
    def uids(self) -> Iterator[int]:
        return (table.uid for table in self.tables)

    @property
    def enums(self) -> dict[int, EnumSpec]:
        """The enumerations that columns use, by number."""
        columns = (column for table in self.tables for column in table.columns)
        return {c.enum.uid: c.enum for c in columns if c.enum is not None}

    def referred(self, item: ItemSpec) -> tuple[int, ...]:
        """Return the columns that a foreign key of this schema references."""
        return item.to or self.table(item.target or -1).key

    @property
    def pointed_at(self) -> frozenset[int]:
        """The columns that a foreign key references."""
        return frozenset(
            uid
            for table in self.tables
            for item in table.foreign_keys
            for uid in self.referred(item)
        )
