"""
The values of the state back into SQLAlchemy objects.

Place: `state`, above `build`, `spell` and `model`; the way there is
`state.dissect`.

Names are final: what is assembled here never meets a naming convention. A name
too long for a database is shortened as SQLAlchemy shortens names made by a
convention.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeEngine

from whimbrel.state import tables
from whimbrel.state.build import build, build_new
from whimbrel.state.construct import Construct
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.spell import spell

TABLE_ARGUMENTS = ("prefixes", "quote", "quote_schema")
"""Table options that are no dialect's but plain arguments of `sa.Table`."""


class TableState(Protocol):
    """What `assemble_table` needs of a `ModelState`."""

    @property
    def name(self) -> str: ...

    @property
    def fields(self) -> FrozenDict[str, Any]: ...

    @property
    def options(self) -> FrozenDict[str, Any]: ...


def build_type(construct: Construct) -> TypeEngine[Any]:
    """Return the SQLAlchemy type that *construct* describes."""
    return cast(TypeEngine[Any], build(construct))


def build_expression(construct: Construct) -> sa.ColumnElement[Any]:
    """Return the SQL expression that *construct* describes."""
    return cast(sa.ColumnElement[Any], build(construct))


def assemble_column(name: str, column: tables.Column) -> sa.Column[Any]:
    """Return a column without a table; ``info["field"]`` is *name*."""
    made = cast("sa.Column[Any]", build_new(spell(column, name)))
    made.info["field"] = name
    return made


def assemble_constraint(constraint: tables.Constraint) -> sa.Constraint:
    """Return a constraint without a table; its columns are strings."""
    made = cast(sa.Constraint, build_new(spell(constraint)))
    made.name = final(made.name)
    return made


def assemble_index(index: tables.Index) -> sa.Index:
    """Return an index without a table; its columns are strings."""
    made = cast(sa.Index, build_new(spell(index)))
    made.name = final(made.name)
    return made


def assemble_sequence(sequence: tables.Sequence) -> sa.Sequence:
    """Return a sequence that stands alone."""
    return cast(sa.Sequence, build_new(spell(sequence)))


def final(name: Any) -> Any:
    """Return *name* as one that no convention changes and any database can shorten."""
    return None if name is None else conv(name)


def assemble_table(state: TableState, metadata: sa.MetaData) -> sa.Table:
    """
    Return the table of a SQLAlchemy-style model, with all that belongs to it.

    The tables that its foreign keys refer to need not be in *metadata*: until
    they come, a stand-in with the right names lets DDL be compiled.

    Args:
        metadata: Without a schema and a naming convention.
    """
    options = state.options
    items = (
        *(assemble_column(name, column) for name, column in state.fields.items()),
        *map(assemble_constraint, options["constraints"]),
        *map(assemble_index, options["indexes"]),
    )
    arguments = {k: build(v) for k, v in options.get("table_options", {}).items()}
    if "prefixes" in arguments:
        arguments["prefixes"] = list(cast(tuple[str, ...], arguments["prefixes"]))
    table = sa.Table(
        options.get("db_table") or state.name,
        metadata,
        *items,
        schema=options.get("schema"),
        comment=options.get("db_table_comment"),
        **cast(Any, arguments),
    )
    _name_type_checks(state, table)
    for foreign_key in table.foreign_keys:
        _stand_in(foreign_key)
    return table


def _name_type_checks(state: TableState, table: sa.Table) -> None:
    """Name the checks that types bring, where it is not the type's name."""
    names = {n: c.check_name for n, c in state.fields.items() if c.check_name}
    if not names:
        return
    for constraint in table.constraints:
        if getattr(constraint, "_type_bound", False):
            for column in cast(sa.CheckConstraint, constraint).columns:
                if column.name in names:
                    constraint.name = conv(names[column.name])


def _stand_in(foreign_key: sa.ForeignKey) -> None:
    attributes = vars(foreign_key)
    if "column" in attributes:
        return
    # SQLAlchemy itself replaces this memoised attribute when the table comes.
    schema, table, column = foreign_key._column_tokens
    _, key, _ = foreign_key._resolve_col_tokens()
    if key not in foreign_key.parent.table.metadata.tables:
        attributes["column"] = _target(schema, table, column or foreign_key.parent.name)


@lru_cache(maxsize=4096)
def _target(schema: str | None, table: str, column: str) -> sa.Column[Any]:
    made = sa.Table(table, sa.MetaData(), sa.Column(column, sa.Integer), schema=schema)
    return made.columns[column]


__all__ = [
    "assemble_column",
    "assemble_constraint",
    "assemble_index",
    "assemble_sequence",
    "assemble_table",
    "build",
    "build_expression",
    "build_type",
]
