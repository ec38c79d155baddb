"""
What a type's SQL says: its family, its length, its range.

Place: `schema`, lowest, beside `objects`. Types are text (`Column.type`); this is
the one place that reads them. What it does not know is of the family "other",
about which nothing is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Family = Literal[
    "text", "integer", "decimal", "float", "boolean", "date", "moment", "clock",
    "uuid", "choice", "other",
]  # fmt: skip

_TYPE = re.compile(r"\s*(?P<head>[^()]*)(\((?P<inside>.*)\))?(?P<tail>[^()]*)", re.S)
_VALUE = re.compile(r"'((?:[^']|'')*)'")

FAMILIES: dict[str, Family] = {
    **dict.fromkeys(
        (
            *("CHAR", "CHARACTER", "VARCHAR", "CHARACTER VARYING", "NCHAR"),
            *("NVARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "CLOB"),
        ),
        "text",
    ),
    **dict.fromkeys(("NUMERIC", "DECIMAL"), "decimal"),
    **dict.fromkeys(("REAL", "FLOAT", "DOUBLE", "DOUBLE PRECISION"), "float"),
    **dict.fromkeys(("BOOL", "BOOLEAN"), "boolean"),
    **dict.fromkeys(
        (
            *("DATETIME", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
            "TIMESTAMP WITH TIME ZONE",
        ),
        "moment",
    ),
    **dict.fromkeys(("TIME", "TIME WITHOUT TIME ZONE", "TIME WITH TIME ZONE"), "clock"),
    "DATE": "date",
    "UUID": "uuid",
    "ENUM": "choice",
}
BITS = {
    **dict.fromkeys(("TINYINT",), 8),
    **dict.fromkeys(("SMALLINT", "SMALLSERIAL", "INT2"), 16),
    **dict.fromkeys(("MEDIUMINT",), 24),
    **dict.fromkeys(("INTEGER", "INT", "SERIAL", "INT4"), 32),
    **dict.fromkeys(("BIGINT", "BIGSERIAL", "INT8"), 64),
}
WRITTEN = {"date": 10, "boolean": 5, "uuid": 36}
"""How long a value is when it is written as text; others by their digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeText:
    """
    A type taken apart.

    Args:
        base: Its name in upper case, without parameters and UNSIGNED.

        parameters: What stands in brackets.

        low, high: Range of an integer.
    """

    base: str
    family: Family
    parameters: tuple[str, ...] = ()
    low: int = 0
    high: int = 0

    @property
    def length(self) -> int | None:
        """How many characters a text may have; None without a limit."""
        if self.family != "text":
            return None
        if self.base in ("CHAR", "CHARACTER", "NCHAR") and not self.parameters:
            return 1
        return self._number(0)

    @property
    def scale(self) -> int | None:
        """Digits behind the point; None where they are not limited."""
        if self.family == "integer":
            return 0
        if self.family != "decimal" or not self.parameters:
            return None
        return self._number(1) or 0

    @property
    def digits(self) -> int | None:
        """Digits before the point of a decimal; None where they are not limited."""
        precision = self._number(0)
        if self.family != "decimal" or precision is None:
            return None
        return precision - (self.scale or 0)

    @property
    def written(self) -> int | None:
        """How long a value may be as text; None where nobody knows."""
        if self.family == "text":
            return self.length
        if self.family == "integer":
            return max(len(str(self.low)), len(str(self.high)))
        if self.family == "choice":
            return max(map(len, self.values), default=0)
        if self.family == "decimal" and self.digits is not None:
            return self.digits + (self.scale or 0) + 3
        if self.family == "uuid":
            return self._number(0) or WRITTEN["uuid"]
        return WRITTEN.get(self.family)

    @property
    def values(self) -> tuple[str, ...]:
        """The values of an enumeration that is part of the type."""
        return self.parameters if self.family == "choice" else ()

    def _number(self, place: int) -> int | None:
        if place >= len(self.parameters) or not self.parameters[place].isdigit():
            return None
        return int(self.parameters[place])


@lru_cache(maxsize=1024)
def parsed(text: str) -> TypeText:
    """Return *text*, a column's type, taken apart."""
    found = _TYPE.fullmatch(text)
    if found is None:
        return TypeText(base=text.upper(), family="other")
    words = f"{found['head']} {found['tail']}".upper().split()
    unsigned = "UNSIGNED" in words
    base = " ".join(w for w in words if w not in ("UNSIGNED", "ZEROFILL"))
    inside = found["inside"] or ""
    if base == "ENUM":
        values = tuple(v.replace("''", "'") for v in _VALUE.findall(inside))
        return TypeText(base=base, family="choice", parameters=values)
    parameters = tuple(part.strip() for part in inside.split(",")) if inside else ()
    if base not in BITS:
        family = FAMILIES.get(base, "other")
        return TypeText(base=base, family=family, parameters=parameters)
    bits = BITS[base]
    return TypeText(
        base=base,
        family="integer",
        parameters=parameters,
        low=0 if unsigned else -(2 ** (bits - 1)),
        high=2**bits - 1 if unsigned else 2 ** (bits - 1) - 1,
    )
