"""
Operations and migrations in words, for lists and plans.

Place: `project`, lowest part beside `place`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Operation
from whimbrel.migrations.special_operations import RunPython, RunSQL

LONGEST = 60
"""How much of a docstring or of SQL a plan shows."""


@dataclass(frozen=True, slots=True)
class Described:
    """
    One operation in words.

    Args:
        symbol: Of its category: + - ~ p s ?

        detail: A data step's docstring or SQL, shortened; "" for none.

        reversible: Whether it can be undone.
    """

    symbol: str
    text: str
    detail: str = ""
    reversible: bool = True


def described(
    migration: Migration, *, backwards: bool = False
) -> tuple[Described, ...]:
    """Return the operations of *migration*, in the order of doing or undoing them."""
    operations = list(migration.operations)
    if backwards:
        operations.reverse()
    return tuple(_described(operation, backwards) for operation in operations)


def _described(operation: Operation, backwards: bool) -> Described:
    detail = ""
    if isinstance(operation, RunPython):
        code = operation.reverse_code if backwards else operation.code
        detail = _docstring(code)
    elif isinstance(operation, RunSQL):
        detail = _sql(operation.reverse_sql if backwards else operation.sql)
    return Described(
        symbol=operation.category.value,
        text=operation.describe(),
        detail=shortened(detail),
        reversible=operation.reversible,
    )


def shortened(text: str) -> str:
    """Return *text* on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _docstring(code: Callable[[Any, Any], None] | None) -> str:
    return (inspect.getdoc(code) or "") if code is not None else ""


def _sql(given: Any) -> str:
    if given is None or isinstance(given, str):
        return given or ""
    return "; ".join(
        statement if isinstance(statement, str) else str(statement[0])
        for statement in given
    )
