"""
Fields and questions in words.

Place: `detect`, above `questions`.
"""

from __future__ import annotations

from typing import Any

from whimbrel.detect.questions import (
    Question,
    default_id,
    rename_field_id,
    rename_model_id,
    rename_value_id,
)
from whimbrel.state.construct import (
    Argument,
    Construct,
    DictValue,
    ListValue,
    Reference,
)
from whimbrel.state.model import ModelState
from whimbrel.state.tables import Column, UniqueConstraint


def type_text(field: Any) -> str:
    """Return a field's type about as a migration file writes it."""
    if isinstance(field, Column):
        return construct_text(field.type)
    path, args, kwargs = field.deconstruct()
    parts = [*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())]
    return f"{_short(path)}({', '.join(parts)})"


def construct_text(value: Argument) -> str:
    """Return a constructor call in Python's words."""
    if isinstance(value, Reference):
        return _short(value.path)
    if isinstance(value, ListValue):
        return f"[{', '.join(map(construct_text, value))}]"
    if isinstance(value, DictValue):
        pairs = (f"{construct_text(k)}: {construct_text(v)}" for k, v in value)
        return f"{{{', '.join(pairs)}}}"
    if not isinstance(value, Construct):
        return repr(value)
    text = f"{_short(value.path)}({_arguments(value.args, value.kwargs)})"
    for call in value.calls:
        name = "" if call.name == "__call__" else f".{call.name}"
        text += f"{name}({_arguments(call.args, call.kwargs)})"
    return text


def _arguments(
    args: tuple[Argument, ...], kwargs: tuple[tuple[str, Argument], ...]
) -> str:
    named = (f"{key}={construct_text(value)}" for key, value in kwargs)
    return ", ".join((*map(construct_text, args), *named))


def _short(path: str) -> str:
    for package, alias in (("whimbrel.models.", "models."), ("sqlalchemy.", "sa.")):
        if path.startswith(package):
            return alias + path.removeprefix(package)
    return path.rpartition(".")[2]


def ask_rename_model(old: ModelState, new: ModelState) -> Question:
    """Return the question whether model *old* is now called *new*."""
    kind = "table" if new.is_table else "model"
    return Question(
        id=rename_model_id(new.app_label, old.name, new.name),
        kind="rename-model",
        app=new.app_label,
        model=new.name,
        text=f"Was the {kind} {old.label} renamed to {new.name}? "
        f"(If not, {old.name} is deleted with all its rows, and {new.name} "
        "is created empty.)",
        choices=("true", "false"),
        default="false",
    )


def ask_rename_field(model: ModelState, old: str, new: str, field: Any) -> Question:
    """Return the question whether field *old* of *model* is now called *new*."""
    kind = "column" if model.is_table else "field"
    return Question(
        id=rename_field_id(model.app_label, model.name, old, new),
        kind="rename-field",
        app=model.app_label,
        model=model.name,
        field=new,
        type=type_text(field),
        text=f"Was {model.label}.{old} renamed to {model.name}.{new} "
        f"(a {type_text(field)})? (If not, the {kind} {old} is removed with all "
        f"data in it, and {new} is added.)",
        choices=("true", "false"),
        default="false",
    )


def ask_rename_value(
    model: ModelState, name: str, field: Any, old: str, new: str
) -> Question:
    """Return the question whether value *old* of field *name* is now called *new*."""
    return Question(
        id=rename_value_id(model.app_label, model.name, name, old, new),
        kind="rename-value",
        app=model.app_label,
        model=model.name,
        field=name,
        type=type_text(field),
        text=f"Was the value {old!r} of {model.label}.{name} renamed to {new!r}? "
        f"(If not, {old!r} is a value no longer, which no row may have then, and "
        f"{new!r} is another one.)",
        choices=("true", "false"),
        default="false",
    )


def ask_default(
    model: ModelState,
    name: str,
    field: Any,
    *,
    added: bool,
    suggestion: str | None,
    refused: str | None = None,
) -> Question:
    """
    Return the question for the value of existing rows in field *name*.

    Args:
        refused: What is wrong with the default that it has in Python.
    """
    default = "it has no default"
    if refused is not None:
        default = f"its default {refused}"
    reason = f"was nullable and no longer is, and {default}"
    if added:
        reason = f"is new, cannot be NULL and {default.removeprefix('it ')}"
    unique = is_unique(model, name, field)
    distinct = " It is unique: give a function, it is called for each row." * unique
    return Question(
        id=default_id(model.app_label, model.name, name),
        kind="default",
        app=model.app_label,
        model=model.name,
        field=name,
        type=type_text(field),
        text=f"{model.label}.{name} {reason}. Which value do existing rows get?"
        f"{distinct} (None: go on without a value; the database refuses if there "
        "are rows that need one.)",
        default=suggestion,
    )


def is_unique(model: ModelState, name: str, field: Any) -> bool:
    """Whether no two rows may agree in field *name*, by itself or with others."""
    if not isinstance(field, Column):
        return bool(field.unique)
    keys = [c.columns for c in model.constraints if isinstance(c, UniqueConstraint)]
    keys += [index.expressions for index in model.indexes if index.unique]
    return field.primary_key or any(name in key for key in keys)


__all__ = [
    "ask_default",
    "ask_rename_field",
    "ask_rename_model",
    "ask_rename_value",
    "construct_text",
    "type_text",
]
