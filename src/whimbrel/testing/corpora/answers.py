"""
Answers to the questions of detection.

Place: `testing.corpora`, above `stops`.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from whimbrel.detect.questions import Question
from whimbrel.migrations.field_operations import RemoveField
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Operation
from whimbrel.testing.corpora.releases import Renames

APP = "app"

_NEUTRAL: tuple[tuple[str, object], ...] = (
    (r"bool", False),
    (r"datetime|timestamp", datetime.datetime(2000, 1, 1)),
    (r"interval", datetime.timedelta(0)),
    (r"date", datetime.date(2000, 1, 1)),
    (r"time", datetime.time(0)),
    (r"int|numeric|float|decimal|double|real", 0),
    (r"uuid", uuid.UUID(int=0)),
    (r"binary|blob|bytea", b""),
    (r"json", {}),
)
"""Pattern of a type as a question shows it → a value; else the empty string."""


Fills = Mapping[tuple[str, str], object]
"""(table, column) of the new release → the value for existing rows."""


def answering(
    renames: Renames, fills: Fills | None = None, asked: set[str] | None = None
) -> Callable[[Question], object]:
    """
    Return what answers every question: the truth about renames, and values.

    Args:
        fills: The value for columns whose table has rows; neutral ones for others.

        asked: Gets the identities of all questions.
    """

    def answer(question: Question) -> object:
        if asked is not None:
            asked.add(question.id)
        if question.kind == "default":
            place = (question.model or "", question.field or "")
            if fills is not None and place in fills:
                return fills[place]
            return neutral_value(question.type or "")
        names = question.id.partition(f":{APP}.")[2]
        if question.kind == "rename-model":
            old, _, new = names.partition(">")
            return (old, new) in renames.tables
        model, _, fields = names.rpartition(".")
        old, _, new = fields.partition(">")
        return (model, old, new) in renames.columns

    return answer


def edited(
    migrations: Iterable[Migration], fills: Fills, tables: Mapping[str, str]
) -> list[Migration]:
    """
    Return *migrations* with what their author writes in by hand for the way back.

    Args:
        fills: (table, column) of the old release → what rows get when it comes back.

        tables: Old name → new name.
    """
    former = {new: old for old, new in tables.items()}

    def written(operation: Operation) -> Operation:
        if not isinstance(operation, RemoveField):
            return operation
        table = former.get(operation.model_name, operation.model_name)
        place = (table, operation.name)
        if place not in fills:
            return operation
        return replace(operation, fill_back=fills[place])

    return [
        Migration.of(
            migration.app_label,
            migration.name,
            operations=map(written, migration.operations),
            dependencies=migration.dependencies,
            initial=migration.initial,
        )
        for migration in migrations
    ]


def neutral_value(type_text: str) -> object:
    """Return a value that fits the type that is written as *type_text*."""
    enumeration = re.match(r"sa\.Enum\(\s*['\"]([^'\"]*)['\"]", type_text)
    if enumeration:
        return enumeration[1]
    for pattern, value in _NEUTRAL:
        if re.search(pattern, type_text, re.IGNORECASE):
            return value
    return ""
