"""
Indexes and constraints of a model as SQLAlchemy objects on its table.

Place: `models`, below `table`. What a database cannot do is left out or
simplified in exactly the cases in which Django does so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from whimbrel.facts import Facts
from whimbrel.models.constraints import (
    BaseConstraint,
    CheckConstraint,
    UniqueConstraint,
)
from whimbrel.models.expressions import Column, F, OrderBy, resolve_expression
from whimbrel.models.fields.base import Field
from whimbrel.models.indexes import Index
from whimbrel.models.names import automatic_name
from whimbrel.models.q import Q
from whimbrel.models.relations import ForeignKey

Find: TypeAlias = Callable[[str], Column]

DETERMINISTIC = re.compile(
    r"C|POSIX|default|ucs_basic|unicode|pg_c_utf8|C\.[\w-]+"
    r"|[a-z]{2,3}(_[A-Z]{2})?([.@][\w-]+)*|.*-x-icu"
)
"""Collations that PostgreSQL itself brings; others may be nondeterministic, and
then they refuse pattern indexes."""


def add_unique(
    table: sa.Table, columns: Sequence[Any], name: str, facts: Facts
) -> None:
    """Make *columns* unique together."""
    if facts.alters_constraints:
        table.append_constraint(sa.UniqueConstraint(*columns, name=name))
    else:
        # An index can be dropped again; a constraint would need a new table.
        sa.Index(name, *columns, unique=True)


def add_field_indexes(table: sa.Table, column: Any, field: Field, facts: Facts) -> None:
    """Add the index of ``db_index`` and the one that LIKE needs."""
    limit = facts.identifier_length
    if _wants_index(column, field, facts):
        name = automatic_name(table.name, [column.name], limit=limit)
        sa.Index(name, column)
    operators = _pattern_operators(column)
    if facts.pattern_indexes and operators and (field.db_index or field.unique):
        name = automatic_name(table.name, [column.name], "_like", limit=limit)
        sa.Index(name, column, postgresql_ops={column.name: operators})


def _wants_index(column: Any, field: Field, facts: Facts) -> bool:
    if not field.db_index or field.unique:
        return False
    if isinstance(field, ForeignKey) and field.db_constraint:
        return not facts.indexes_foreign_keys
    return facts.text_indexes or not _unlimited(column.type)


def _unlimited(type_: Any) -> bool:
    document = getattr(type_, "impl", type_)
    return isinstance(document, (sa.Text, sa.LargeBinary, sa.JSON))


def _pattern_operators(column: Any) -> str | None:
    """Return PostgreSQL's operator class for LIKE on *column*, None if none fits."""
    type_ = column.type
    if not isinstance(type_, sa.String) or isinstance(type_, sa.Enum):
        return None
    if type_.collation and not DETERMINISTIC.fullmatch(type_.collation):
        return None
    if isinstance(type_, sa.Text):
        return "text_pattern_ops"
    return "varchar_pattern_ops"


def add_constraint(
    table: sa.Table, constraint: BaseConstraint, find: Find, facts: Facts
) -> None:
    """Add *constraint* to *table*, if the database can express it."""
    if isinstance(constraint, CheckConstraint):
        if facts.check_constraints:
            condition = constraint.condition.resolve(find)
            table.append_constraint(sa.CheckConstraint(condition, name=constraint.name))
    elif isinstance(constraint, UniqueConstraint):
        if _supported(constraint, facts):
            _add_unique_constraint(table, constraint, find)
    else:
        add_to = getattr(constraint, "add_to_table", None)
        if add_to is not None:
            add_to(table, find, facts)


def _supported(constraint: UniqueConstraint, facts: Facts) -> bool:
    return (
        (constraint.condition is None or facts.partial_indexes)
        and (not constraint.expressions or facts.expression_indexes)
        and (not constraint.include or facts.covering_indexes)
        and (constraint.deferrable is None or facts.deferrable_constraints)
        and (constraint.nulls_distinct is None or facts.nulls_not_distinct)
    )


def _add_unique_constraint(
    table: sa.Table, constraint: UniqueConstraint, find: Find
) -> None:
    nulls = constraint.nulls_distinct
    options: dict[str, Any] = {}
    if nulls is not None:
        options["postgresql_nulls_not_distinct"] = not nulls
    columns: list[Any] = [find(name) for name in constraint.fields]
    if not constraint.is_index:
        deferrable = constraint.deferrable
        table.append_constraint(
            sa.UniqueConstraint(
                *columns,
                name=constraint.name,
                deferrable=True if deferrable else None,
                initially=deferrable.value if deferrable else None,
                **options,
            )
        )
        return
    elements = columns or [_element(e, find) for e in constraint.expressions]
    options |= _index_options(constraint, columns, find)
    sa.Index(constraint.name, *elements, unique=True, _table=table, **options)


def add_index(table: sa.Table, index: Index, find: Find, facts: Facts) -> None:
    """Add *index* to *table*, if the database can express it."""
    if index.expressions and not facts.expression_indexes:
        return
    columns: list[Any] = []
    elements: list[Any] = []
    for name in index.fields:
        column = find(name.removeprefix("-"))
        columns.append(column)
        elements.append(column.desc() if name.startswith("-") else column)
    elements += [_element(e, find) for e in index.expressions]
    options = _index_options(index, columns, find)
    if not facts.covering_indexes:
        options.pop("postgresql_include", None)
    if not facts.partial_indexes:
        options = {k: v for k, v in options.items() if not k.endswith("_where")}
    if index.using:
        options["postgresql_using"] = index.using
    if index.parameters():
        options["postgresql_with"] = index.parameters()
    if index.db_tablespace:
        options["postgresql_tablespace"] = index.db_tablespace
    sa.Index(index.name, *elements, _table=table, **options)


def _index_options(
    index: Index | UniqueConstraint, columns: Sequence[Any], find: Find
) -> dict[str, Any]:
    """Return SQLAlchemy's dialect arguments for what *index* asks."""
    options: dict[str, Any] = {}
    if index.condition is not None:
        where = _where(index.condition, find)
        options |= {"postgresql_where": where, "sqlite_where": where}
    if index.include:
        options["postgresql_include"] = [find(name).name for name in index.include]
    if index.opclasses:
        pairs = zip(columns, index.opclasses, strict=True)
        options["postgresql_ops"] = {column.name: ops for column, ops in pairs}
    return options


def _where(condition: Q, find: Find) -> Column:
    return condition.resolve(find)


def _element(expression: Any, find: Find) -> Any:
    """Return one element of an index: a column, or an expression in parentheses."""
    if isinstance(expression, OrderBy):
        inner = expression.expression
        return expression.ordered(_element(inner, find))
    if isinstance(expression, str):
        expression = F(expression)
    resolved = resolve_expression(expression, find)
    return resolved if isinstance(expression, F) else Grouping(resolved)
