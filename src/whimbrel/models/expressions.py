"""
Expressions: references to fields, values, and what is computed from them.

Place: `models`, above `conditions`, below indexes and constraints. Values made
by construction; `resolve` turns one into a SQLAlchemy expression, given the
columns. A plain string stands for a field, any other plain value for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, ClassVar, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from whimbrel.errors.models import BadExpression
from whimbrel.models.deconstruct import Constructed, freeze, public_path
from whimbrel.models.sql import SqlTemplate, templated

Column: TypeAlias = sa.ColumnElement[Any]
Columns: TypeAlias = Callable[[str], Column]
"""Gives the column of a field's name or path; raises `UnknownField`."""


class Combinable:
    """Arithmetic on expressions."""

    def __add__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "+", other)

    def __radd__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "+", self)

    def __sub__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "-", other)

    def __rsub__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "-", self)

    def __mul__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "*", other)

    def __rmul__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "*", self)

    def __truediv__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "/", other)

    def __rtruediv__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "/", self)

    def __mod__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "%", other)

    def __rmod__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "%", self)

    def __pow__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(self, "^", other)

    def __rpow__(self, other: Any) -> CombinedExpression:
        return CombinedExpression(other, "^", self)

    def __neg__(self) -> CombinedExpression:
        return CombinedExpression(self, "*", -1)

    def bitand(self, other: Any) -> CombinedExpression:
        """Return the bitwise AND with *other*."""
        return CombinedExpression(self, "&", other)

    def bitor(self, other: Any) -> CombinedExpression:
        """Return the bitwise OR with *other*."""
        return CombinedExpression(self, "|", other)

    def asc(
        self, *, nulls_first: bool | None = None, nulls_last: bool | None = None
    ) -> OrderBy:
        """Return this expression in ascending order."""
        return OrderBy(self, nulls_first=nulls_first, nulls_last=nulls_last)

    def desc(
        self, *, nulls_first: bool | None = None, nulls_last: bool | None = None
    ) -> OrderBy:
        """Return this expression in descending order."""
        return OrderBy(
            self, descending=True, nulls_first=nulls_first, nulls_last=nulls_last
        )


class Expression(Constructed, Combinable):
    """
    Base of all expressions.

    Args:
        FIELD_POSITIONS: Positional arguments in which a plain string is the name of
            a field; None: in all of them.
    """

    FIELD_POSITIONS: ClassVar[frozenset[int] | None] = None
    FIELD_KEYWORDS: ClassVar[frozenset[str]] = frozenset()
    """Keyword arguments in which a plain string is the name of a field."""

    output_field: Any = None

    def resolve(self, columns: Columns) -> Column:
        """Return this expression in SQLAlchemy's words."""
        raise NotImplementedError(f"{type(self).__name__}.resolve")

    def identity(self) -> Hashable:
        _, args, kwargs = self.deconstruct()
        return (public_path(type(self)), self._arguments_identity(args), freeze(kwargs))

    def _arguments_identity(self, args: tuple[Any, ...]) -> Hashable:
        """Freeze *args* with ``"name"`` and ``F("name")`` alike."""
        return freeze(
            [
                F(a) if isinstance(a, str) and self.names_field(i) else a
                for i, a in enumerate(args)
            ]
        )

    def names_field(self, position: int) -> bool:
        """Whether a plain string in this position is the name of a field."""
        return self.FIELD_POSITIONS is None or position in self.FIELD_POSITIONS

    @property
    def fields_named(self) -> tuple[str, ...]:
        """The fields that this expression mentions, in order, without repetition."""
        args, kwargs = self._arguments
        found: list[str] = []
        for position, arg in enumerate(args):
            if isinstance(arg, str) and self.names_field(position):
                found.append(arg.partition("__")[0])
            found += _fields_of(arg)
        for key, arg in kwargs.items():
            if key in self.FIELD_KEYWORDS and isinstance(arg, str):
                found.append(arg.partition("__")[0])
            found += _fields_of(arg)
        return tuple(dict.fromkeys(found))

    def with_renamed_field(self, old: str, new: str) -> Any:
        """Return this expression after the field *old* was renamed."""
        args, kwargs = self._arguments
        renamed = [
            F(arg).with_renamed_field(old, new).name
            if isinstance(arg, str) and self.names_field(position)
            else _renamed(arg, old, new)
            for position, arg in enumerate(args)
        ]
        named = {
            key: F(arg).with_renamed_field(old, new).name
            if key in self.FIELD_KEYWORDS and isinstance(arg, str)
            else _renamed(arg, old, new)
            for key, arg in kwargs.items()
        }
        return type(self)(*renamed, **named)

    def result_type(self) -> Any:
        """Return the SQLAlchemy type of the result, None if nobody said it."""
        return self.output_field.sqlalchemy_type() if self.output_field else None


def _fields_of(arg: Any) -> tuple[str, ...]:
    return getattr(arg, "fields_named", ()) if hasattr(arg, "resolve") else ()


def _renamed(arg: Any, old: str, new: str) -> Any:
    rename = getattr(arg, "with_renamed_field", None)
    return rename(old, new) if rename else arg


def as_expression(value: Any) -> Any:
    """Return *value* if it can be resolved, `F` of a string, else its `Value`."""
    if hasattr(value, "resolve"):
        return value
    return F(value) if isinstance(value, str) else Value(value)


def resolve_expression(value: Any, columns: Columns) -> Column:
    """Return *value*, an expression, condition, name or plain value, for SQLAlchemy."""
    return as_expression(value).resolve(columns)  # type: ignore[no-any-return]


class F(Expression):
    """The value of a field of the same row; a path (``author__name``) in queries."""

    FIELD_POSITIONS = frozenset()

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise BadExpression("F", f"{name!r} is no name", fix="give a field's name")
        self.name = name

    def resolve(self, columns: Columns) -> Column:
        return columns(self.name)

    def with_renamed_field(self, old: str, new: str) -> F:
        """Return this reference after the field *old* was renamed."""
        head, separator, rest = self.name.partition("__")
        return type(self)(f"{new}{separator}{rest}") if head == old else self

    @property
    def fields_named(self) -> tuple[str, ...]:
        return (self.name.partition("__")[0],)


class Value(Expression):
    """A plain value; *output_field* says its type where Python's does not."""

    FIELD_POSITIONS = frozenset()

    def __init__(self, value: Any, output_field: Any = None) -> None:
        self.value = value
        self.output_field = output_field

    def resolve(self, columns: Columns) -> Column:
        if self.value is None:
            return sa.null()
        return sa.literal(self.value, self.result_type())


OPERATORS = frozenset("+-*/%^&|") | {"<<", ">>"}
POWER = SqlTemplate("POWER({})", postgresql="({0} ^ {1})", mysql="POW({})")


class CombinedExpression(Expression):
    """Two expressions with an operator between."""

    FIELD_POSITIONS = frozenset()

    def __init__(
        self, lhs: Any, connector: str, rhs: Any, output_field: Any = None
    ) -> None:
        if connector not in OPERATORS:
            raise BadExpression(
                "CombinedExpression",
                f"there is no operator {connector!r}",
                fix=f"use one of: {' '.join(sorted(OPERATORS))}",
            )
        self.lhs = lhs if hasattr(lhs, "resolve") else Value(lhs)
        self.connector = connector
        self.rhs = rhs if hasattr(rhs, "resolve") else Value(rhs)
        self.output_field = output_field

    def resolve(self, columns: Columns) -> Column:
        left, right = self.lhs.resolve(columns), self.rhs.resolve(columns)
        type_ = self.result_type() or _wider(left, right).type
        if self.connector == "^":
            return templated(POWER, type_, left, right)
        combined = left.op(self.connector, return_type=type_)(right)
        return Grouping(combined)


def _wider(left: Column, right: Column) -> Column:
    """Return the side whose type the result of an operation has."""
    exact = (sa.Numeric, sa.Float)
    return right if isinstance(right.type, exact) else left


class ExpressionWrapper(Expression):
    """An expression whose type is said explicitly."""

    FIELD_POSITIONS = frozenset({0})

    def __init__(self, expression: Any, output_field: Any) -> None:
        self.expression = expression
        self.output_field = output_field

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expression, columns)
        return sa.type_coerce(inner, self.result_type())


class OrderBy(Expression):
    """An expression with the order in which to sort by it."""

    FIELD_POSITIONS = frozenset({0})

    def __init__(
        self,
        expression: Any,
        descending: bool = False,
        nulls_first: bool | None = None,
        nulls_last: bool | None = None,
    ) -> None:
        if nulls_first and nulls_last:
            raise BadExpression(
                "OrderBy", "nulls_first and nulls_last at once", fix="keep one"
            )
        self.expression = expression
        self.descending = descending
        self.nulls_first = nulls_first
        self.nulls_last = nulls_last

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expression, columns)
        return self.ordered(inner)

    def ordered(self, inner: Column) -> Column:
        """Return *inner* in this order."""
        ordered = inner.desc() if self.descending else inner.asc()
        if self.nulls_first:
            return ordered.nulls_first()
        return ordered.nulls_last() if self.nulls_last else ordered


class Func(Expression):
    """
    A function of the database.

    Subclasses set `function`, and `dialects` where a database spells it otherwise.

    Args:
        function: Name in SQL, instead of the class's own.

        template: With ``%(function)s`` and ``%(expressions)s``.
    """

    function: str | None = None
    template: str = "%(function)s(%(expressions)s)"
    arity: ClassVar[int | None] = None
    dialects: ClassVar[Mapping[str, str]] = {}
    """Database → `SqlTemplate`, where it differs."""
    RESULT: ClassVar[Any] = None
    """SQLAlchemy type of the result; None: that of the first argument."""

    def __init__(self, *expressions: Any, output_field: Any = None, **extra: Any):
        if self.arity is not None and len(expressions) != self.arity:
            raise BadExpression(
                type(self).__name__,
                f"it takes {self.arity} arguments, not {len(expressions)}",
                fix="see its documentation",
            )
        self.expressions = expressions
        self.output_field = output_field
        self.function = extra.get("function", type(self).function)
        self.template = extra.get("template", type(self).template)
        self.extra = extra

    def arguments(self) -> tuple[Any, ...]:
        """Return what stands between the parentheses."""
        return self.expressions

    def resolve(self, columns: Columns) -> Column:
        args = [resolve_expression(arg, columns) for arg in self.arguments()]
        type_ = self.result_type() or self.RESULT
        if type_ is None and args:
            type_ = args[0].type
        if self.function is None and "%(function)s" in self.template:
            raise BadExpression(
                type(self).__name__, "it has no function", fix="set function='NAME'"
            )
        return templated(self.sql_template(), type_, *args)

    def sql_template(self) -> SqlTemplate:
        """Return how each database spells this function."""
        standard = self.template.replace("{", "{{").replace("}", "}}") % {
            **self.extra,
            "function": self.function,
            "expressions": "{}",
        }
        return SqlTemplate(standard, **self.dialects)
