"""
SQLAlchemy objects taken apart into the values of the state.

Place: `state`, above `construct` and `tables`; the way back is `state.assemble`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from whimbrel.state.dissect.columns import check_column_alone, dissect_column
from whimbrel.state.dissect.constraints import dissect_constraint
from whimbrel.state.dissect.expressions import dissect_expression
from whimbrel.state.dissect.indexes import dissect_index
from whimbrel.state.dissect.sequences import sequence_value
from whimbrel.state.dissect.types import dissect_type


def dissect(value: Any, name: str | None = None) -> Any:
    """
    Return what an operation keeps of *value*.

    SQLAlchemy's columns, indexes, constraints, sequences, types and expressions
    are taken apart; everything else is returned as it is.

    Args:
        name: What the operation calls a column; its own name must not differ.

    Raises:
        ColumnSaysTooMuch: ST123, a column carries a key, an index or a check.

        ColumnNameMismatch: ST128.

        StateError: something inside cannot be taken apart.
    """
    if isinstance(value, sa.Column):
        check_column_alone(value, name)
        return dissect_column(value)
    if isinstance(value, sa.Index):
        return dissect_index(value)
    if isinstance(value, sa.Constraint):
        return dissect_constraint(value)
    if isinstance(value, sa.Sequence):
        return sequence_value(value)
    if isinstance(value, TypeEngine):
        return dissect_type(value)
    if isinstance(value, ClauseElement):
        return dissect_expression(value)
    return value


__all__ = [
    "dissect",
    "dissect_column",
    "dissect_constraint",
    "dissect_expression",
    "dissect_index",
    "dissect_type",
]
