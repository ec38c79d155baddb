"""
What follows when a field or a table is renamed.

Place: `state`, above `tables`. Every function returns a new value, or the same
object where nothing mentions the old name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from whimbrel.state.construct import Call, Construct, DictValue, ListValue
from whimbrel.state.sql_text import rename_identifiers
from whimbrel.state.tables import Column, ForeignKeyConstraint, Index

TEXTS = ("sqlalchemy.text", "sqlalchemy.literal_column")
NAMES = ("sqlalchemy.column", "sqlalchemy.quoted_name")
SQL_KEYS = ("sql", "where", "server_default")
COLUMN_OPTIONS = ("_include", "_where", "_ops", "_length", "_prefix")


def rename_in_construct(value: Any, old: str, new: str) -> Any:
    """Return an expression in which column *old* is *new*."""
    if isinstance(value, Construct):
        if value.path in NAMES and value.args[:1] == (old,):
            args: tuple[Any, ...] = (new, *value.args[1:])
        elif value.path in TEXTS or value.path == "sqlalchemy.Computed":
            args = tuple(rename_sql(arg, old, new) for arg in value.args)
        else:
            args = tuple(rename_in_construct(arg, old, new) for arg in value.args)
        return Construct(
            value.path,
            args,
            tuple((k, rename_in_construct(v, old, new)) for k, v in value.kwargs),
            tuple(rename_in_call(call, old, new) for call in value.calls),
        )
    if isinstance(value, tuple):
        kind = type(value) if isinstance(value, ListValue | DictValue) else tuple
        return kind(rename_in_construct(part, old, new) for part in value)
    return value


def rename_in_call(call: Call, old: str, new: str) -> Call:
    """Return a chained call in whose arguments column *old* is *new*."""
    return Call(
        call.name,
        tuple(rename_in_construct(arg, old, new) for arg in call.args),
        tuple((k, rename_in_construct(v, old, new)) for k, v in call.kwargs),
    )


def rename_sql(value: Any, old: str, new: str) -> Any:
    """Return SQL text, or an expression, in which column *old* is *new*."""
    if isinstance(value, str):
        return rename_identifiers(value, {old: new})
    return rename_in_construct(value, old, new)


def rename_in_options_of_item(
    options: tuple[tuple[str, Any], ...], old: str, new: str
) -> tuple[tuple[str, Any], ...]:
    """Return dialect arguments in which names of columns follow."""

    def follow(key: str, value: Any) -> Any:
        if not key.endswith(COLUMN_OPTIONS):
            return value
        if isinstance(value, str):
            return new if value == old else value
        if isinstance(value, DictValue):
            return DictValue((new if k == old else k, v) for k, v in value)
        if isinstance(value, tuple):
            renamed = (follow(key, part) for part in value)
            return type(value)(renamed)
        return rename_in_construct(value, old, new)

    return tuple((key, follow(key, value)) for key, value in options)


def rename_in_item(item: Any, old: str, new: str) -> Any:
    """Return an index or constraint in which field *old* is *new*."""
    if hasattr(item, "with_renamed_field"):
        return item.with_renamed_field(old, new)
    changes: dict[str, Any] = {}
    for attribute in dataclass_fields(item):
        value = getattr(item, attribute.name)
        if attribute.name == "columns":
            changed: Any = tuple(new if c == old else c for c in value)
        elif attribute.name == "options":
            changed = rename_in_options_of_item(value, old, new)
        elif attribute.name in SQL_KEYS:
            changed = rename_sql(value, old, new)
        elif attribute.name == "expressions" and isinstance(item, Index):
            changed = tuple(rename_element(e, old, new) for e in value)
        elif attribute.name == "elements":
            changed = tuple((rename_element(e, old, new), op) for e, op in value)
        elif attribute.name == "ops":
            changed = tuple((new if name == old else name, op) for name, op in value)
        else:
            continue
        if changed != value:
            changes[attribute.name] = changed
    return replace(item, **changes) if changes else item


def rename_element(element: Any, old: str, new: str) -> Any:
    """Return an index element: a column's name, or an expression."""
    if isinstance(element, str):
        return new if element == old else element
    return rename_in_construct(element, old, new)


def rename_in_field(field: Any, old: str, new: str) -> Any:
    """Return a field whose own expression (a generated column) follows."""
    if isinstance(field, Column):
        if field.computed is None:
            return field
        return replace(field, computed=rename_in_construct(field.computed, old, new))
    follow = getattr(field, "with_renamed_field", None)
    return follow(old, new) if follow else field


def rename_in_options(options: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return a model's options in which field *old* is *new*."""
    renamed = dict(options)
    for key in ("indexes", "constraints"):
        renamed[key] = tuple(rename_in_item(item, old, new) for item in options[key])
    for key in ("unique_together", "index_together"):
        if key in options:
            renamed[key] = tuple(
                tuple(new if name == old else name for name in group)
                for group in options[key]
            )
    if options.get("order_with_respect_to") == old:
        renamed["order_with_respect_to"] = new
    return renamed


def retarget_constraint(
    constraint: Any, old_table: str, new_table: str, columns: Mapping[str, str]
) -> Any:
    """Return a foreign key that follows its target's new table and column names."""
    if not isinstance(constraint, ForeignKeyConstraint):
        return constraint
    if constraint.target != old_table:
        return constraint
    return replace(
        constraint,
        target=new_table,
        target_columns=tuple(columns.get(c, c) for c in constraint.target_columns),
    )
