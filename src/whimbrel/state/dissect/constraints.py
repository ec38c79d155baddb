"""
SQLAlchemy constraints taken apart.

Place: `state.dissect`, above `items`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnClause

from whimbrel.errors.state import NotASchemaItem
from whimbrel.state import tables
from whimbrel.state.dissect.arguments import plain_text
from whimbrel.state.dissect.expressions import dissect_expression
from whimbrel.state.dissect.items import (
    column_name,
    dialects_of,
    name_of,
    options_of,
    sql_of,
)
from whimbrel.state.tables import Constraint


def dissect_constraint(constraint: sa.Constraint) -> Constraint:
    """Return *constraint*, of a table or standing alone.

    Raises:
        StateError: an expression or condition cannot be taken apart.
    """
    if isinstance(constraint, sa.ForeignKeyConstraint):
        return foreign_key(constraint)
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        return tables.PrimaryKeyConstraint(
            columns=columns_of(constraint), **common(constraint)
        )
    if isinstance(constraint, sa.UniqueConstraint):
        return tables.UniqueConstraint(
            columns=columns_of(constraint), **common(constraint)
        )
    if isinstance(constraint, sa.CheckConstraint):
        return tables.CheckConstraint(
            sql=sql_of(constraint.sqltext), **common(constraint)
        )
    if constraint.__visit_name__ == "exclude_constraint":
        return exclude(constraint)
    raise NotASchemaItem(constraint)


def common(constraint: sa.Constraint) -> dict[str, Any]:
    """Return what every constraint says."""
    table = getattr(constraint, "parent", None)
    return {
        "name": name_of(constraint),
        "comment": constraint.comment,
        "deferrable": constraint.deferrable,
        "initially": constraint.initially,
        "options": options_of(
            constraint, table if isinstance(table, sa.Table) else None
        ),
        "dialects": dialects_of(constraint),
    }


def columns_of(constraint: Any) -> tuple[str, ...]:
    """Return the names of the columns, also of a constraint that has no table yet."""
    known = tuple(constraint.columns)
    if not known:
        known = tuple(constraint._pending_colargs)
    return tuple(column_name(column) for column in known if column is not None)


def foreign_key(constraint: sa.ForeignKeyConstraint) -> tables.ForeignKeyConstraint:
    """Return a foreign key by the names of what it refers to."""
    targets = [target_of(element) for element in constraint.elements]
    # A table named twice cannot be: SQLAlchemy refuses several targets.
    table = targets[0][0]
    columns = columns_of(constraint)
    return tables.ForeignKeyConstraint(
        columns=columns,
        target=table,
        target_columns=tuple(
            target or own for (_, target), own in zip(targets, columns, strict=True)
        ),
        ondelete=constraint.ondelete,
        onupdate=constraint.onupdate,
        match=constraint.match,
        use_alter=bool(constraint.use_alter),
        **common(constraint),
    )


def target_of(element: sa.ForeignKey) -> tuple[str, str | None]:
    """Return the full name of the table and the name of the column referred to."""
    column = resolved(element)
    if column is not None and column.table is not None:
        table = column.table
        return full_name(table.schema, table.name), plain_text(column.name)
    schema, table_name, name = element._column_tokens
    parent = getattr(element.parent, "table", None)
    if schema is None and isinstance(parent, sa.Table):
        schema = parent.metadata.schema
    return full_name(schema, str(table_name)), plain_text(name) if name else None


def resolved(element: sa.ForeignKey) -> sa.Column[Any] | None:
    """Return the column referred to, if its table is there."""
    given = getattr(element, "target_column", None)  # since SQLAlchemy 2.1
    if given is None and isinstance(getattr(element, "_colspec", None), ColumnClause):
        given = element._colspec
    if given is not None:
        return given  # type: ignore[no-any-return]
    if getattr(element.parent, "table", None) is None:
        return None
    _, key, _ = element._resolve_col_tokens()
    metadata = element.parent.table.metadata
    return element.column if key in metadata.tables else None


def full_name(schema: str | None, table: str) -> str:
    """Return ``schema.table``, or just the table."""
    name = plain_text(table)
    return f"{plain_text(schema)}.{name}" if schema else name


def exclude(constraint: Any) -> tables.ExcludeConstraint:
    """Return PostgreSQL's EXCLUDE."""
    where = getattr(constraint, "where", None)
    said = common(constraint)
    table = getattr(constraint, "parent", None)

    def name(key: str) -> str:
        if isinstance(table, sa.Table) and key in table.c:
            return plain_text(table.c[key].name)
        return plain_text(key)

    return tables.ExcludeConstraint(
        elements=tuple(
            (element(expression), str(operator))
            for expression, _, operator in constraint._render_exprs
        ),
        using=constraint.using,
        where=None if where is None else sql_of(where),
        ops=tuple(sorted((name(key), ops) for key, ops in constraint.ops.items())),
        **said,
    )


def element(expression: Any) -> Any:
    """Return a column's name, or an expression."""
    if isinstance(expression, str):
        return plain_text(expression)
    if isinstance(expression, ColumnClause) and not expression.is_literal:
        return plain_text(expression.name)
    return dissect_expression(expression)


def says_more(constraint: sa.PrimaryKeyConstraint) -> bool:
    """
    Return whether a primary key says more than its columns do.

    One of several columns has an order of its own, which must not depend on
    the order of the table's columns: that is no part of a model's equality.
    """
    return bool(
        name_of(constraint)
        or len(constraint.columns) > 1
        or constraint.comment
        or constraint.deferrable is not None
        or constraint.initially
        or constraint.dialect_kwargs
        or constraint._ddl_if
    )
