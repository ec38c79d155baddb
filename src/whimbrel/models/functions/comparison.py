"""Functions that compare, choose or convert."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from whimbrel.errors.models import BadExpression
from whimbrel.models.expressions import Column, Columns, Func, resolve_expression


class _Several(Func):
    """A function of at least two arguments."""

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise BadExpression(
                type(self).__name__,
                "it takes at least two arguments",
                fix="give another one",
            )
        super().__init__(*expressions, **extra)


class Coalesce(_Several):
    """The first argument that is not NULL."""

    function = "COALESCE"


class Greatest(_Several):
    """The greatest argument."""

    function = "GREATEST"
    dialects = {"sqlite": "MAX({})"}


class Least(_Several):
    """The least argument."""

    function = "LEAST"
    dialects = {"sqlite": "MIN({})"}


class NullIf(Func):
    """NULL if both are equal, else the first."""

    function = "NULLIF"
    arity = 2


class Cast(Func):
    """The value as the type of another field."""

    FIELD_POSITIONS = frozenset({0})

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(expression, output_field=output_field)

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        return sa.cast(inner, self.result_type())


class Collate(Func):
    """Text with another collation."""

    FIELD_POSITIONS = frozenset({0})

    def __init__(self, expression: Any, collation: str) -> None:
        super().__init__(expression)
        self.collation = collation

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        return sa.collate(inner, self.collation)
