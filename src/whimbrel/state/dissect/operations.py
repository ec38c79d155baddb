"""
Operators of SQL expressions taken apart.

Place: `state.dissect`, above `operators` and `words`, below `expressions`.
"""

from __future__ import annotations

import sys
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    AsBoolean,
    BinaryExpression,
    ExpressionClauseList,
    UnaryExpression,
)

from whimbrel.state.construct import Argument, Construct, Reference
from whimbrel.state.dissect.operators import (
    INFIX,
    JSON_ITEMS,
    METHODS,
    POSTFIX,
    PREFIX,
    operator_name,
)
from whimbrel.state.dissect.words import CannotExpress, Speaker

CONJUNCTIONS = {operators.and_: "sqlalchemy.and_", operators.or_: "sqlalchemy.or_"}


def express_unary(speaker: Speaker, clause: UnaryExpression[Any]) -> Construct:
    """Return an operator before or after one operand."""
    if isinstance(clause, AsBoolean):
        said = speaker.whole(clause.element)
        wrong = clause.operator is operators.is_false
        return Construct("sqlalchemy.not_", (said,)) if wrong else said
    said = speaker.whole(clause.element)
    if clause.modifier in POSTFIX:
        return express_order(said, POSTFIX[clause.modifier])
    path = PREFIX.get(clause.operator)
    if path is not None:
        return Construct(path, (said,))
    if isinstance(clause.operator, operators.custom_op):
        raise CannotExpress("UnaryExpression (an operator of one's own)")
    raise CannotExpress(type(clause).__qualname__)


def express_order(said: Construct, method: str) -> Construct:
    """Return *said* with a direction, or a place for nulls."""
    # Text has no methods: there it is the function.
    if said.path == "sqlalchemy.text":
        return Construct(f"sqlalchemy.{method}", (said,))
    return said.calling(method)


def express_list(speaker: Speaker, clause: ExpressionClauseList[Any]) -> Construct:
    """Return operands joined by one operator."""
    path = CONJUNCTIONS.get(clause.operator)
    if path is not None:
        return Construct(path, tuple(speaker.part(part) for part in clause.clauses))
    first, *rest = clause.clauses

    def join(said: Construct, part: Any) -> Construct:
        return operation(said, clause.operator, speaker.part(part), {})

    return reduce(join, rest, speaker.whole(first))


def express_binary(speaker: Speaker, clause: BinaryExpression[Any]) -> Construct:
    """Return two operands and their operator."""
    said = speaker.whole(clause.left)
    function = clause.operator
    if function in (operators.between_op, operators.not_between_op):
        return express_between(speaker, said, clause)
    right = speaker.part(clause.right)
    made = operation(said, function, right, dict(clause.modifiers or {}))
    if function in JSON_ITEMS and not isinstance(clause.type, sa.JSON):
        return express_json_value(made, clause.type)
    return made


def operation(
    left: Construct, function: Any, right: Argument, modifiers: dict[str, Any]
) -> Construct:
    """Return ``left function right`` in the words that Python has for it."""
    modifiers = {key: value for key, value in modifiers.items() if value is not None}
    if function in INFIX and not modifiers:
        return Construct(f"operator.{INFIX[function]}", (left, right))
    if function in METHODS:
        return left.calling(METHODS[function], right, **modifiers)
    if isinstance(function, operators.custom_op):
        return own_operation(left, function, right)
    path = operator_name(function)
    if path is None:
        raise CannotExpress(f"BinaryExpression ({function!r})")
    return left.calling("operate", Reference(path), right, **modifiers)


def own_operation(
    left: Construct, function: operators.custom_op[Any], right: Argument
) -> Construct:
    """Return an operator given as text, or one of a dialect's."""
    path = dialect_operator(function)
    if path is not None and path.endswith("ASTEXT"):
        item = Construct("operator.getitem", (left, right))
        return Construct("builtins.getattr", (item, "astext"))
    if path is not None:
        return left.calling("operate", Reference(path), right)
    kwargs: dict[str, Argument] = {}
    if function.precedence:
        kwargs["precedence"] = function.precedence
    if function.is_comparison:
        kwargs["is_comparison"] = True
    return left.calling("op", function.opstring, **kwargs).calling("__call__", right)


def dialect_operator(function: operators.custom_op[Any]) -> str | None:
    """Return the path of an operator of PostgreSQL's types; they group otherwise."""
    # Whoever has such an operator has loaded the module that defines it.
    module = "sqlalchemy.dialects.postgresql.operators"
    if function.eager_grouping and module in sys.modules:
        for name, known in vars(sys.modules[module]).items():
            if known is function:
                return f"{module}.{name}"
    return None


def express_between(
    speaker: Speaker, said: Construct, clause: BinaryExpression[Any]
) -> Construct:
    """Return *said* between two bounds, or not."""
    low, high = (speaker.part(part) for part in clause.right.clauses)
    modifiers = {k: v for k, v in (clause.modifiers or {}).items() if v}
    made = said.calling("between", low, high, **modifiers)
    if clause.operator is operators.not_between_op:
        return Construct("sqlalchemy.not_", (made,))
    return made


def express_json_value(said: Construct, type_: Any) -> Construct:
    """Return an item of a JSON column, read as a plain type."""
    if isinstance(type_, sa.String):
        return said.calling("as_string")
    if isinstance(type_, sa.Boolean):
        return said.calling("as_boolean")
    if isinstance(type_, sa.Integer):
        return said.calling("as_integer")
    if isinstance(type_, sa.Float):
        return said.calling("as_float")
    if isinstance(type_, sa.Numeric):
        return said.calling("as_numeric", type_.precision, type_.scale)
    return said
