"""
Whether one type takes every value of another.

Place: `schema`, above `type_text`. Knows families, not databases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whimbrel.schema.type_text import TypeText

NUMBERS = ("integer", "decimal", "float")
BYTES = ("BLOB", "BINARY", "BYTEA")
"""How types that take any text are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """
    What does not fit.

    Args:
        kind: ``length``: longer texts; ``number``: out of range, or with more
            digits behind the point; ``truth``: numbers other than 0 and 1;
            ``time``: a time of day that a date has not; ``choice``: no member of
            an enumeration; ``conversion``: what does not read as the new type.

        what: In words, a plural: "texts longer than 10 characters".
    """

    kind: Literal["length", "number", "truth", "time", "choice", "conversion"]
    what: str


def narrowed(before: TypeText, after: TypeText) -> Narrowing | None:
    """Return what of *before* does not fit into *after*; None if all does."""
    if after.family == "text":
        return _text(before, after)
    if after.family == "choice":
        if before.family == "choice":
            return None  # Its members are compared one by one.
        return Narrowing(kind="choice", what="values that are no member")
    if before.family in NUMBERS and after.family in NUMBERS:
        return _number(before, after)
    if before.family == after.family and after.family != "other":
        return None
    if before.family in NUMBERS and after.family == "boolean":
        return Narrowing(kind="truth", what="numbers other than 0 and 1")
    if before.family == "moment" and after.family == "date":
        return Narrowing(kind="time", what="times of day other than midnight")
    if (before.family, after.family) in (("date", "moment"), ("moment", "clock")):
        return None
    if before.family == "boolean" and after.family in NUMBERS:
        return None
    if before.base == after.base or after.base.endswith(BYTES):
        return None
    if after.family == "other" and before.family != "text":
        return None
    return Narrowing(kind="conversion", what=f"values that do not read as {after.base}")


def _text(before: TypeText, after: TypeText) -> Narrowing | None:
    limit, longest = after.length, before.written
    if limit is None or (longest is not None and longest <= limit):
        return None
    what = f"texts longer than {limit} character{'s' * (limit != 1)}"
    return Narrowing(kind="length", what=what)


def _number(before: TypeText, after: TypeText) -> Narrowing | None:
    if after.family == "float" or _fits(before, after):
        return None
    if after.family == "integer":
        what = f"numbers that are no whole number from {after.low} to {after.high}"
        if before.scale == 0:
            what = f"numbers below {after.low} or above {after.high}"
        return Narrowing(kind="number", what=what)
    digits, scale = after.digits, after.scale
    return Narrowing(
        kind="number",
        what=f"numbers with more than {digits} digits before the point "
        f"or {scale} behind it",
    )


def _fits(before: TypeText, after: TypeText) -> bool:
    if after.family == "integer":
        if before.family == "integer":
            return after.low <= before.low and before.high <= after.high
        digits = before.digits
        return (
            before.scale == 0
            and digits is not None
            and after.low <= -(10**digits) + 1
            and 10**digits - 1 <= after.high
        )
    if after.digits is None:
        return True
    if before.family == "integer":
        return len(str(max(before.high, -before.low))) <= after.digits
    return (
        before.digits is not None
        and before.scale is not None
        and before.digits <= after.digits
        and before.scale <= (after.scale or 0)
    )
