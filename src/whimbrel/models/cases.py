"""
CASE WHEN: one of several expressions, chosen by conditions.

Place: `models`, above expressions and conditions.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from whimbrel.errors.models import BadExpression
from whimbrel.models.expressions import (
    Column,
    Columns,
    Expression,
    Value,
    resolve_expression,
)
from whimbrel.models.q import Q


class When(Expression):
    """One branch of a `Case`: ``When(Q(…), then=…)`` or ``When(field=1, then=…)``."""

    FIELD_POSITIONS = frozenset({1})
    FIELD_KEYWORDS = frozenset({"then"})

    def __init__(self, condition: Any = None, then: Any = None, **lookups: Any) -> None:
        if condition is None and not lookups:
            raise BadExpression(
                "When", "the condition is missing", fix="give a Q object or lookups"
            )
        self.condition = condition
        self.then = then
        self.lookups = lookups

    @property
    def fields_named(self) -> tuple[str, ...]:
        named = (*super().fields_named, *Q(**self.lookups).fields_named)
        return tuple(dict.fromkeys(named))

    def with_renamed_field(self, old: str, new: str) -> Any:
        renamed = dict(Q(**self.lookups).with_renamed_field(old, new).children)
        args, kwargs = self._arguments
        kept = {key: arg for key, arg in kwargs.items() if key not in self.lookups}
        made = type(self)(*args, **{**kept, **renamed})
        return Expression.with_renamed_field(made, old, new)

    def branch(self, columns: Columns) -> tuple[Column, Column]:
        """Return the condition and the result for SQLAlchemy."""
        conditions = [self.condition] if self.condition is not None else []
        if self.lookups:
            conditions.append(Q(**self.lookups))
        condition = sa.and_(*(c.resolve(columns) for c in conditions))
        return condition, _result(self.then, columns)

    def resolve(self, columns: Columns) -> Column:
        return sa.case(self.branch(columns))


class Case(Expression):
    """The result of the first branch whose condition is true."""

    FIELD_POSITIONS = frozenset()
    FIELD_KEYWORDS = frozenset({"default"})

    def __init__(
        self, *cases: When, default: Any = None, output_field: Any = None
    ) -> None:
        for case in cases:
            if not isinstance(case, When):
                raise BadExpression(
                    "Case", f"{case!r} is no When", fix="give When objects"
                )
        self.cases = cases
        self.default = default
        self.output_field = output_field

    def resolve(self, columns: Columns) -> Column:
        branches = [case.branch(columns) for case in self.cases]
        default = _result(self.default, columns)
        if not branches:
            return default
        case = sa.case(*branches, else_=default)
        type_ = self.result_type()
        return sa.type_coerce(case, type_) if type_ is not None else case


def _result(value: Any, columns: Columns) -> Column:
    # As in Django, a plain string here is the name of a field.
    if value is None:
        return Value(None).resolve(columns)
    return resolve_expression(value, columns)
