"""
What a migration file says about SQLAlchemy tables: frozen counterparts of
`sa.Column`, `sa.Index` and the constraints.

Place: `state`, above `construct`. Real SQLAlchemy objects are turned into these
by `state.dissect` (when a migration file constructs an operation, and when
metadata are read) and back by `state.assemble`.

*dialects* of an item: only on these databases (``ddl_if(dialect=…)``); empty: on
all. *identity*: how operations refer to it, its name or, for an unnamed one,
what it is over.

Invariants: keys, unique constraints, foreign keys and indexes are never said
on a column; they are items of the model's ``constraints`` and ``indexes``.
Names are final: naming conventions have been applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from whimbrel.state.construct import Argument, Construct

Options = tuple[tuple[str, Argument], ...]
"""Dialect keyword arguments (``postgresql_using``, …) sorted by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    A column of a SQLAlchemy table. Its name is its key in ``ModelState.fields``.

    Args:
        nullable: False for a column of the primary key, unless it says otherwise
            (which only SQLite honours).

        server_default: A plain string (SQLAlchemy renders it as a literal), an
            expression, or None.

        check_name: What the CHECK that an Enum or Boolean type brings is called,
            where a naming convention calls it otherwise than the type. Written
            as ``info={"check_name": …}``.
    """

    type: Construct
    nullable: bool = True
    primary_key: bool = False
    autoincrement: bool | Literal["auto", "ignore_fk"] = "auto"
    server_default: str | Construct | None = None
    server_onupdate: str | Construct | None = None
    computed: Construct | None = None
    identity: Construct | None = None
    sequence: Construct | None = None
    comment: str | None = None
    quote: bool | None = None
    check_name: str | None = None
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A sequence of the metadata; *arguments* as `sa.Sequence` takes them."""

    name: str
    schema: str | None = None
    arguments: tuple[tuple[str, Argument], ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKeyConstraint:
    """Kept only where it says more than the columns: a name, an order, options."""

    columns: tuple[str, ...]
    name: str | None = None
    comment: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name or "primary_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class UniqueConstraint:
    """Values that occur once, alone or together."""

    columns: tuple[str, ...]
    name: str | None = None
    comment: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name or f"unique({', '.join(self.columns)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckConstraint:
    """*sql* is text as written, or an expression."""

    sql: str | Construct
    name: str | None = None
    comment: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name or f"check({self.sql})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKeyConstraint:
    """
    *target* is the full name of a table, ``schema.table`` or ``table``.

    References are by table and column names, as SQLAlchemy writes them; the
    operations that rename a table or a column rewrite them.
    """

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    name: str | None = None
    comment: str | None = None
    ondelete: str | None = None
    onupdate: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    match: str | None = None
    use_alter: bool = False
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name or f"foreign_key({', '.join(self.columns)} -> {self.target})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeConstraint:
    """PostgreSQL's EXCLUDE; *elements* are (column or expression, operator)."""

    elements: tuple[tuple[str | Construct, str], ...]
    name: str | None = None
    comment: str | None = None
    using: str = "gist"
    where: str | Construct | None = None
    deferrable: bool | None = None
    initially: str | None = None
    ops: tuple[tuple[str, str], ...] = ()
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name or f"exclude({', '.join(str(e) for e, _ in self.elements)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """*expressions* are names of columns, or expressions."""

    name: str
    expressions: tuple[str | Construct, ...]
    unique: bool = False
    options: Options = ()
    dialects: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        return self.name


Constraint: TypeAlias = (
    PrimaryKeyConstraint
    | UniqueConstraint
    | CheckConstraint
    | ForeignKeyConstraint
    | ExcludeConstraint
)
