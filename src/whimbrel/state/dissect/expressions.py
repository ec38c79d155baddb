"""
SQL expressions taken apart.

Place: `state.dissect`, above `types` and `operators`.

An expression is said in the shortest words first: columns by name alone, values
as they are. Some operators depend on the types of their operands, so what was
said is built again and compiled for several databases; where that differs, the
types are said too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import elements, functions
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.state import ExpressionNotUnderstood
from whimbrel.state.build import build
from whimbrel.state.construct import Argument, Construct, ListValue
from whimbrel.state.dissect.arguments import plain_text
from whimbrel.state.dissect.compare import spelled_expression, without_table
from whimbrel.state.dissect.functions import express_function
from whimbrel.state.dissect.operations import (
    express_binary,
    express_list,
    express_unary,
)
from whimbrel.state.dissect.types import dissect_type
from whimbrel.state.dissect.words import (
    CannotExpress,
    Words,
    express_value,
    literal,
)

WORDS = (
    Words(),
    Words(typed_columns=True),
    Words(typed_columns=True, typed_values=True),
)

TRIVIAL = frozenset({"text", "true", "false", "null", "now", "current_timestamp"})
"""Last parts of paths that need no second look when they have no argument but text."""


def dissect_expression(clause: ClauseElement | Construct) -> Construct:
    """Return the calls that make *clause*; built again, it gives the same SQL.

    Raises:
        ExpressionNotUnderstood: ST122.
    """
    if isinstance(clause, Construct):
        return clause
    try:
        for words in WORDS:
            said = Expression(words).whole(clause)
            if is_trivial(said) or says_the_same(said, clause):
                return said
    except CannotExpress as error:
        name = error.args[0]
    else:
        name = type(clause).__qualname__
    spelled = spelled_expression(clause)
    readable = (text for text in spelled if not text.startswith("<"))
    raise ExpressionNotUnderstood(name, next(readable, "…"))


def is_trivial(said: Construct) -> bool:
    """Return whether *said* is too simple to be wrong."""
    if said.calls or said.kwargs:
        return False
    last = said.path.rpartition(".")[2]
    return last in TRIVIAL and (last == "text" or not said.args)


def says_the_same(said: Construct, clause: ClauseElement) -> bool:
    """Return whether *said*, built, compiles to the SQL of *clause*."""
    try:
        built = build(said)
    except WhimbrelError:
        raise
    except (
        SQLAlchemyError,
        NotImplementedError,
        TypeError,
        AttributeError,
        ValueError,
    ):
        return False
    if not isinstance(built, ClauseElement):
        return False
    spelled = spelled_expression(built)
    return spelled in (
        spelled_expression(clause),
        spelled_expression(without_table(clause)),
    )


class Expression:
    """How the parts of an expression are said, in given *words*."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def whole(self, clause: ClauseElement) -> Construct:
        """Return *clause* as something that stands alone."""
        said = self.part(clause)
        return said if isinstance(said, Construct) else literal(said)

    def part(self, clause: ClauseElement) -> Argument:
        """Return *clause* as an argument: a plain value where it is one."""
        for kind, expressed in KINDS:
            if isinstance(clause, kind):
                return expressed(self, clause)
        raise CannotExpress(type(clause).__qualname__)


def _grouping(expression: Expression, clause: Any) -> Argument:
    return expression.part(clause.element)


def _text(expression: Expression, clause: TextClause) -> Construct:
    said = Construct("sqlalchemy.text", (plain_text(clause.text),))
    binds: dict[str, Argument] = {}
    for name, bind in clause._bindparams.items():
        if not bind.required and (bind.value is not None or bind.callable):
            binds[name] = express_value(bind, expression.words)
    if not binds:
        return said
    if any(isinstance(value, Construct) for value in binds.values()):
        return said.calling(
            "bindparams",
            *(
                Construct(
                    "sqlalchemy.bindparam",
                    (name, bind.value, dissect_type(bind.type)),
                )
                for name, bind in clause._bindparams.items()
            ),
        )
    return said.calling("bindparams", **binds)


def _column(expression: Expression, clause: ColumnClause[Any]) -> Construct:
    name = plain_text(clause.name)
    if getattr(clause, "is_literal", False):
        return Construct("sqlalchemy.literal_column", (name,))
    quote = getattr(clause.name, "quote", None)
    said: Argument = name
    if quote is not None:
        said = Construct("sqlalchemy.quoted_name", (name, quote))
    if expression.words.typed_columns and not clause.type._isnull:
        return Construct("sqlalchemy.column", (said, dissect_type(clause.type)))
    return Construct("sqlalchemy.column", (said,))


def _label(expression: Expression, clause: Any) -> Argument:
    return expression.whole(clause.element).calling("label", plain_text(clause.name))


def _cast(expression: Expression, clause: Any) -> Construct:
    tried = clause.__visit_name__ == "try_cast"
    path = "sqlalchemy.try_cast" if tried else "sqlalchemy.cast"
    return Construct(path, (expression.part(clause.clause), dissect_type(clause.type)))


def _type_coerce(expression: Expression, clause: Any) -> Construct:
    inner = expression.part(clause.clause)
    return Construct("sqlalchemy.type_coerce", (inner, dissect_type(clause.type)))


def _case(expression: Expression, clause: Any) -> Construct:
    whens = tuple(
        (expression.part(when), expression.part(then)) for when, then in clause.whens
    )
    kwargs: tuple[tuple[str, Argument], ...] = ()
    if clause.value is not None:
        kwargs += (("value", expression.part(clause.value)),)
    if clause.else_ is not None:
        kwargs += (("else_", expression.part(clause.else_)),)
    return Construct("sqlalchemy.case", whens, kwargs)


def _extract(expression: Expression, clause: Any) -> Construct:
    return Construct("sqlalchemy.extract", (clause.field, expression.part(clause.expr)))


def _tuple(expression: Expression, clause: Any) -> Construct:
    return Construct("sqlalchemy.tuple_", tuple(map(expression.part, clause.clauses)))


def _collation(expression: Expression, clause: Any) -> Argument:
    return plain_text(clause.collation)


def _value(expression: Expression, clause: Any) -> Argument:
    return express_value(clause, expression.words)


def _array(expression: Expression, clause: Any) -> Argument:
    if clause.__visit_name__ != "array":
        return express_list(expression, clause)
    items = ListValue(map(expression.part, clause.clauses))
    type_ = dissect_type(clause.type.item_type)
    return Construct(
        "sqlalchemy.dialects.postgresql.array", (items,), (("type_", type_),)
    )


def constant(path: str) -> Callable[[Expression, Any], Argument]:
    """Return what says a constant expression."""
    said = Construct(path)
    return lambda _expression, _clause: said


KINDS: tuple[tuple[type, Callable[[Expression, Any], Argument]], ...] = (
    (elements.Grouping, _grouping),
    (elements._label_reference, _grouping),
    (elements.TextClause, _text),
    (elements.Null, constant("sqlalchemy.null")),
    (elements.True_, constant("sqlalchemy.true")),
    (elements.False_, constant("sqlalchemy.false")),
    (elements.BindParameter, _value),
    (elements.Label, _label),
    (elements.ColumnClause, _column),
    (elements.Cast, _cast),
    (elements.TypeCoerce, _type_coerce),
    (elements.Case, _case),
    (elements.Extract, _extract),
    (elements.CollationClause, _collation),
    (elements.Tuple, _tuple),
    (elements.BinaryExpression, express_binary),
    (elements.UnaryExpression, express_unary),
    (elements.ExpressionClauseList, _array),
    (functions.FunctionElement, express_function),
)
"""Class → how it is said; the first that fits."""
