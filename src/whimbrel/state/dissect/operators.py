"""
SQLAlchemy's operators in the words that make them again.

Place: `state.dissect`, lowest part.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy.sql import operators

INFIX: dict[Any, str] = {
    operators.add: "add",
    operators.sub: "sub",
    operators.mul: "mul",
    operators.truediv: "truediv",
    operators.floordiv: "floordiv",
    operators.mod: "mod",
    operators.lt: "lt",
    operators.le: "le",
    operators.gt: "gt",
    operators.ge: "ge",
    operators.eq: "eq",
    operators.ne: "ne",
    operators.getitem: "getitem",
    operators.json_getitem_op: "getitem",
    operators.json_path_getitem_op: "getitem",
}
"""Operator → its name in Python's module `operator`."""

METHODS: dict[Any, str] = {
    operators.like_op: "like",
    operators.not_like_op: "not_like",
    operators.ilike_op: "ilike",
    operators.not_ilike_op: "not_ilike",
    operators.in_op: "in_",
    operators.not_in_op: "not_in",
    operators.is_: "is_",
    operators.is_not: "is_not",
    operators.is_distinct_from: "is_distinct_from",
    operators.is_not_distinct_from: "is_not_distinct_from",
    operators.concat_op: "concat",
    operators.match_op: "match",
    operators.regexp_match_op: "regexp_match",
    operators.startswith_op: "startswith",
    operators.endswith_op: "endswith",
    operators.contains_op: "contains",
    operators.collate: "collate",
    operators.bitwise_and_op: "bitwise_and",
    operators.bitwise_or_op: "bitwise_or",
    operators.bitwise_xor_op: "bitwise_xor",
    operators.bitwise_lshift_op: "bitwise_lshift",
    operators.bitwise_rshift_op: "bitwise_rshift",
}
"""Operator → method of a column."""

POSTFIX: dict[Any, str] = {
    operators.desc_op: "desc",
    operators.asc_op: "asc",
    operators.nulls_first_op: "nulls_first",
    operators.nulls_last_op: "nulls_last",
}
"""Modifier of an order → method of a column."""

PREFIX: dict[Any, str] = {
    operators.neg: "operator.neg",
    operators.inv: "sqlalchemy.not_",
    operators.bitwise_not_op: "sqlalchemy.bitwise_not",
    operators.distinct_op: "sqlalchemy.distinct",
    operators.any_op: "sqlalchemy.any_",
    operators.all_op: "sqlalchemy.all_",
}
"""Operator with one operand → path of the function."""

JSON_ITEMS = (operators.json_getitem_op, operators.json_path_getitem_op)


def operator_name(function: Callable[..., Any]) -> str | None:
    """Return the dotted path of *function* in `sqlalchemy.sql.operators`."""
    name = getattr(function, "__name__", "")
    if getattr(operators, name, None) is function:
        return f"sqlalchemy.sql.operators.{name}"
    if getattr(operator, name, None) is function:
        return f"operator.{name}"
    return None
