"""Functions of numbers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from whimbrel.models.expressions import Func


class Abs(Func):
    """The number without its sign."""

    function = "ABS"
    arity = 1


class Sign(Func):
    """-1, 0 or 1."""

    function = "SIGN"
    arity = 1


class Ceil(Func):
    """The next integer above."""

    function = "CEILING"
    arity = 1


class Floor(Func):
    """The next integer below."""

    function = "FLOOR"
    arity = 1


class Round(Func):
    """Rounded to *precision* digits after the point."""

    function = "ROUND"

    def __init__(self, expression: Any, precision: Any = 0, **extra: Any) -> None:
        super().__init__(expression, precision, **extra)


class Mod(Func):
    """The remainder of a division."""

    function = "MOD"
    arity = 2


class Power(Func):
    """The first number to the power of the second."""

    function = "POWER"
    arity = 2


class Sqrt(Func):
    """The square root."""

    function = "SQRT"
    arity = 1
    RESULT = sa.Double


class Exp(Func):
    """e to the power of the number."""

    function = "EXP"
    arity = 1
    RESULT = sa.Double


class Ln(Func):
    """The natural logarithm."""

    function = "LN"
    arity = 1
    RESULT = sa.Double


class Log(Func):
    """The logarithm of the second number to the base of the first."""

    function = "LOG"
    arity = 2
    RESULT = sa.Double


class Pi(Func):
    """π."""

    function = "PI"
    arity = 0
    RESULT = sa.Double


class Random(Func):
    """A random number from 0 to 1."""

    function = "RANDOM"
    arity = 0
    dialects = {
        "mysql": "RAND()",
        # SQLite's own RANDOM() is an integer of 64 bits.
        "sqlite": "((RANDOM() + 9223372036854775808) / 18446744073709551616.0)",
    }
    RESULT = sa.Double
