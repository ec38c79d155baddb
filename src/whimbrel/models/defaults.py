"""
Defaults: of new rows in the database, of existing rows when a column is added.

Place: `models`, below `table`. Pure functions of a field.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadExpression
from whimbrel.models.column_types import Json
from whimbrel.models.expressions import Column, Value
from whimbrel.models.fields.base import NOT_PROVIDED, Field
from whimbrel.models.on_delete import SET_DEFAULT
from whimbrel.models.relations import ForeignKey

ServerDefault: TypeAlias = str | sa.TextClause | Column

NO_DEFAULT = NOT_PROVIDED
"""Marks the absence of a default."""


def effective_default(field: Field) -> Any:
    """
    Return the Python value that existing rows get when *field* is added.

    A callable default is called, so a second call may give another value.

    Returns:
        `NO_DEFAULT` where there is none: for a computed column, a many-to-many
        field, or when the default is None.
    """
    if field.generated or not field.concrete:
        return NO_DEFAULT
    if field.has_default:
        value = field.get_default()
        return NO_DEFAULT if value is None else value
    if not field.null and field.blank and field.stores_text:
        return field.empty
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return field.now()  # type: ignore[attr-defined]
    return NO_DEFAULT


def empty_value(field: Field) -> Any:
    """
    Return the neutral value of *field*'s type (0, "", an epoch).

    Returns:
        `NO_DEFAULT` for relations, computed and automatically numbered columns.
    """
    if field.is_relation or field.generated or field.auto_increment:
        return NO_DEFAULT
    return field.empty


def server_default(field: Field, type_: TypeEngine[Any]) -> ServerDefault | None:
    """Return the DEFAULT of the column of *field*, None for none."""
    value = field.db_default
    if value is NOT_PROVIDED:
        on_delete = getattr(field, "on_delete", None)
        if not isinstance(field, ForeignKey) or on_delete is not SET_DEFAULT:
            return None
        value = field.default
    if isinstance(value, Value) and value.output_field is None:
        value = value.value
    if hasattr(value, "resolve"):
        return Grouping(value.resolve(_no_columns))
    return literal_default(value, type_)


def literal_default(value: Any, type_: TypeEngine[Any]) -> ServerDefault:
    """Return *value* as the text of a DEFAULT clause."""
    if getattr(value, "_whimbrel_choices", False):
        value = value.value
    if isinstance(type_, (sa.Text, sa.LargeBinary, Json)):
        # MySQL takes a default for these only as an expression.
        return Grouping(sa.literal(value, type_))
    if value is None:
        return sa.text("NULL")
    if isinstance(value, bool):
        return sa.true() if value else sa.false()
    if isinstance(value, (int, float, Decimal)):
        return sa.text(str(value))
    if isinstance(value, str):
        return str(value)
    return sa.literal(value, type_)


def _no_columns(name: str) -> Column:
    raise BadExpression(
        "db_default",
        f"it mentions the field {name!r}",
        fix="a default cannot depend on other columns; use a GeneratedField",
    )
