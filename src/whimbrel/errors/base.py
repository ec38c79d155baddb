"""
The base of all errors: what happened, where, and what to do.

Place: the lowest layer. Every other module of this package holds the errors
of one layer; nothing here imports the rest of Whimbrel.

Codes are two letters for the layer and three digits, unique over the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

LISTED = 10
"""How many names a message lists before it says how many more there are."""


class WhimbrelError(Exception):
    """
    Base of all errors of Whimbrel.

    Args:
        what: What happened; starts in lower case, ends without a full stop.

        where: The file, operation or object concerned, or None.

        fix: The best concrete advice, or None.
    """

    code: ClassVar[str] = "WH000"
    exit_code: ClassVar[int] = 2
    """Exit status of a command that ends with this error: 1 a check says no,
    2 wrong use or bad input, 3 an answer is needed, 4 the database refused."""

    def __init__(
        self, what: str, *, where: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def at(self, where: str) -> WhimbrelError:
        """Return this error, placed at *where* unless it has a place already."""
        if self.where is None:
            self.where = where
        return self

    def __str__(self) -> str:
        lines = [f"[{self.code}] {self.what}"]
        if self.where:
            lines.append(f"at: {self.where}")
        if self.fix:
            lines.append(f"fix: {self.fix}")
        return "\n".join(lines)


def listing(names: Iterable[str]) -> str:
    """Return *names* sorted and joined, cut after `LISTED` of them."""
    known = sorted(names)
    text = ", ".join(known[:LISTED])
    rest = len(known) - LISTED
    return f"{text} and {rest} more" if rest > 0 else text


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return advice that names what *name* may have meant; None if nothing is known."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"use one of: {listing(names)}" if names else None
