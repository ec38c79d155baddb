"""
Which fields need a value for existing rows, and the question for it.

Place: `detect`, above `wording`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from whimbrel.detect.comparison import Comparison
from whimbrel.detect.likeness import references
from whimbrel.detect.model_renames import has_table
from whimbrel.detect.parts import is_generated
from whimbrel.detect.questions import NO_FILL, Question, default_id
from whimbrel.detect.wording import ask_default
from whimbrel.models import NOT_PROVIDED, DateField, DateTimeField, Field, TimeField
from whimbrel.state.model import ModelState
from whimbrel.state.tables import Column

NUMBERS = ("integer", "biginteger", "smallinteger", "int", "bigint", "smallint")
"""Names of SQLAlchemy types that a primary key numbers by itself."""


class Fill(NamedTuple):
    """The field and arguments of AddField or AlterField, and the question left."""

    field: Any
    arguments: dict[str, Any]
    question: Question | None = None


def filled(
    comparison: Comparison, model: ModelState, name: str, *, added: bool
) -> Fill:
    """Return how field *name* of *model* is written, with a value if one is needed."""
    field = model.fields[name]
    old = comparison.before.models.get(model.key)
    existing = has_table(model) and old is not None and has_table(old)
    if not existing or not needs_value(model, name, added=added):
        return Fill(field, {})
    identity = default_id(model.app_label, model.name, name)
    if identity in comparison.answers:
        return answered(field, comparison.answers[identity])
    if (model.key, name) in comparison.doubtful:
        return Fill(field, {})
    default = comparison.defaults.get((*model.key, name))
    if default is not None and default.refused is None:
        return answered(field, default.value)
    question = ask_default(
        model,
        name,
        field,
        added=added,
        suggestion=suggestion(field),
        refused=None if default is None else default.refused,
    )
    return Fill(field, {}, question)


def answered(field: Any, value: object) -> Fill:
    """Return *field* with the value that was given for existing rows."""
    if value is NO_FILL or value is NOT_PROVIDED:
        return Fill(field, {})
    # A field that stamps itself may not have a default as well, and no field may
    # have one that all its instances would share.
    stamped = getattr(field, "auto_now_add", False)
    if isinstance(field, Column) or stamped or isinstance(value, dict | list | set):
        return Fill(field, {"fill": value})
    return Fill(field.clone(default=value), {"preserve_default": False})


def needs_value(model: ModelState, name: str, *, added: bool) -> bool:
    """Return whether existing rows would have no value in field *name* of *model*."""
    field = model.fields[name]
    if isinstance(field, Column):
        return column_needs_value(model, name, field)
    if field.null or field.has_default or field.has_db_default:
        return False
    if field.many_to_many or field.generated or field.auto_increment:
        return False
    if added and field.blank and field.stores_text:
        return False
    return not (added and getattr(field, "auto_now", False))


def column_needs_value(model: ModelState, name: str, column: Column) -> bool:
    """Return whether existing rows would have no value in a SQLAlchemy column."""
    if column.nullable or is_generated(column):
        return False
    sources = (column.server_default, column.identity, column.sequence)
    given = any(source is not None for source in sources)
    return not given and not is_numbered(model, name, column)


def is_numbered(model: ModelState, name: str, column: Column) -> bool:
    """
    Return whether a database numbers a key's column by itself.

    Unless told so, SQLAlchemy lets it number only a key of one column, and none
    that refers to another table.
    """
    if not column.primary_key or column.autoincrement is False:
        return False
    if column.autoincrement is True:
        return True
    if column.type.path.rpartition(".")[2].lower() not in NUMBERS:
        return False
    keys = [c for c in model.fields.values() if isinstance(c, Column) and c.primary_key]
    refers = name in references(model) and column.autoincrement != "ignore_fk"
    return len(keys) == 1 and not refers


def suggestion(field: Any) -> str | None:
    """Return the answer on Enter: now, for a field that notes when a row was made."""
    if not isinstance(field, Field) or not getattr(field, "auto_now_add", False):
        return None
    if isinstance(field, DateTimeField):
        return "datetime.datetime.now(timezone.utc)"
    if isinstance(field, DateField):
        return "datetime.date.today()"
    return "datetime.datetime.now().time()" if isinstance(field, TimeField) else None
