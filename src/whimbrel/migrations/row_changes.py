"""
What operations on one field do to the rows that are there.

Place: `migrations`, below `field_operations`. Two changes of a field may be written
as one only if no row would show it: see `execute/fusing.py`, which asks the same
of what is executed.
"""

from __future__ import annotations

from typing import Any

from whimbrel.models import NOT_PROVIDED, Field
from whimbrel.state.tables import Column

TELL_ROWS_NOTHING = frozenset(
    {
        *("verbose_name", "help_text", "choices", "validators", "editable", "blank"),
        *("default", "db_default", "db_comment", "db_index", "db_column", "unique"),
        *("db_tablespace", "error_messages", "serialize", "auto_created"),
        *("unique_for_date", "unique_for_month", "unique_for_year"),
        *("related_name", "related_query_name", "limit_choices_to", "on_delete"),
    }
)
"""Options of a field that leave the values of existing rows alone."""

FOR_NEW_ROWS = ("default", "db_default", "blank", "empty_strings_allowed")
"""Options that give the rows their values where a field is added."""


def changes_rows(old: Any, new: Any) -> bool:
    """Return whether values of rows may differ after *old* has become *new*, or
    *old* again: other type, other NULLs, another target."""
    if isinstance(old, Column) and isinstance(new, Column):
        return any(
            getattr(old, name) != getattr(new, name)
            for name in ("type", "nullable", "primary_key", "computed", "identity")
        )
    if isinstance(old, Field) and isinstance(new, Field):
        return bool(_values(old) != _values(new))
    return True


def _values(field: Field) -> tuple[Any, Any, dict[str, Any]]:
    path, args, kwargs = field.deconstruct()
    telling = {k: v for k, v in kwargs.items() if k not in TELL_ROWS_NOTHING}
    return path, args, telling


def is_added_as_null(field: Any) -> bool:
    """Return whether rows have NULL in a *field* that is added without a fill."""
    if isinstance(field, Column):
        given = (field.server_default, field.computed, field.identity, field.sequence)
        return field.nullable and not field.primary_key and given == (None,) * 4
    return bool(
        field.concrete
        and not field.many_to_many
        and not field.generated
        and field.null
        and not field.has_default
        and not field.has_db_default
    )


def gives_new_rows_the_same(one: Any, other: Any) -> bool:
    """Return whether both fields, when added without a fill, give rows one value."""
    if isinstance(one, Column):
        return bool(one.server_default == other.server_default)
    said = (
        tuple(getattr(field, name, None) for name in FOR_NEW_ROWS)
        for field in (one, other)
    )
    return next(said) == next(said)


def default_for_rows(field: Any) -> Any:
    """Return the value that rows get when *field* is added; NOT_PROVIDED if it is no
    plain value of the field's own."""
    if isinstance(field, Column) or callable(field.default):
        return NOT_PROVIDED
    return field.default
