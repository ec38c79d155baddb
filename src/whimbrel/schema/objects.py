"""
What a database sees: tables, columns, keys, indexes, as plain frozen data.

Place: the lowest part of `schema`. A `Table` is lowered from a model's state
for one dialect (`schema.lower`); two of them are compared and compiled into
statements (`schema.compile`). All SQL text here is in the spelling of that
dialect, quoted, as SQLAlchemy renders it; names are plain and unquoted.

Invariants: everything is hashable and compared by value. Objects that are
equal need no DDL, objects that differ do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

TableKey: TypeAlias = tuple[str | None, str]
"""Schema (None: the default one) and name of a table, sequence or enum type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType:
    """A named enumeration type; only on databases with `native_enums`."""

    key: TableKey
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A sequence; *options* is the SQL after its name (``START WITH 5``)."""

    key: TableKey
    options: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extension; *schema* None: where the database puts it, *version* likewise."""

    name: str
    schema: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """``GENERATED ALWAYS AS (sql)``; *persisted* is STORED, else VIRTUAL."""

    sql: str
    persisted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoIncrement:
    """
    How the database numbers the rows of a column by itself.

    Args:
        kind: ``serial`` (an owned sequence), ``identity``, ``auto_increment``
            (MySQL), ``autoincrement`` (SQLite's keyword; a plain rowid key
            needs nothing and has no `AutoIncrement`).

        options: The SQL that follows, ``BY DEFAULT AS IDENTITY (START WITH 5)``.
    """

    kind: Literal["serial", "identity", "auto_increment", "autoincrement"]
    options: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column.

    Args:
        type: SQL of the type without collation, ``VARCHAR(100)``; for a serial
            the integer type behind it (``INTEGER``, ``BIGINT``).

        enum: The named enumeration that the type is, or is an array of.

        default: SQL of the DEFAULT clause; None for none.

        empty: SQL of the neutral value of this type (``0``, ``''``), which fills
            existing rows when a column comes back that must not be NULL; None
            where there is none.

        bare_uuid: It holds UUIDs as text without dashes.

        counter: Name of the sequence behind it, where it is not the usual one.

        members: What SQLAlchemy takes a plain text of the column for, and refuses
            to read otherwise: an enumeration that neither the type nor a check
            holds rows to. Empty where there is none.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    collation: str | None = None
    computed: Computed | None = None
    auto_increment: AutoIncrement | None = None
    comment: str | None = None
    enum: EnumType | None = None
    sequence: Sequence | None = None
    empty: str | None = field(default=None, compare=False)
    bare_uuid: bool = field(default=False, compare=False)
    counter: str | None = field(default=None, compare=False)
    members: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """
    A primary key, unique, check or exclusion constraint.

    Args:
        name: None where the database will choose one that cannot be foreseen,
            or gives none at all.

        sql: The text after ``CONSTRAINT name``: ``UNIQUE (a, b) DEFERRABLE``.

        columns: The columns that it mentions, in order; for a check, those
            found in its text.

        foreseen: Nobody gave the name: it is the one that the database is
            expected to give.
    """

    kind: Literal["primary_key", "unique", "check", "exclude"]
    name: str | None
    sql: str
    columns: tuple[str, ...]
    comment: str | None = None
    foreseen: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """
    A foreign key. *suffix* is the SQL after the referenced columns.

    *use_alter*: never part of CREATE TABLE. *foreseen*: as in `Constraint`.
    """

    name: str | None
    columns: tuple[str, ...]
    target: TableKey
    target_columns: tuple[str, ...]
    suffix: str = ""  # "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
    comment: str | None = None
    use_alter: bool = field(default=False, compare=False)
    foreseen: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """
    An index.

    Args:
        prefix: The SQL before INDEX: ``""``, ``"UNIQUE"``, ``"FULLTEXT"``.

        sql: The text after the table's name: ``USING gin (a, lower(b)) WHERE c``,
            or just ``(a, b)``.

        columns: The columns that it mentions, in order, as far as known.

        foreseen: As in `Constraint`.
    """

    name: str
    sql: str
    prefix: str = ""
    columns: tuple[str, ...] = ()
    foreseen: bool = field(default=False, compare=False)

    @property
    def unique(self) -> bool:
        return self.prefix == "UNIQUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table with all that belongs to it.

    Args:
        options: Name → value of what follows the column list (``ENGINE``,
            ``WITHOUT ROWID``), in order; the database's compiler spells them.
    """

    name: str
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    primary_key: Constraint | None = None
    constraints: tuple[Constraint, ...] = ()  # unique, check, exclude; in order
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    comment: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> TableKey:
        return (self.schema, self.name)

    def column(self, name: str) -> Column:
        """Return the column called *name*; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
