"""
Errors that the command line itself words: those that nobody foresaw.

Place: `errors`, for `cli`.
"""

from __future__ import annotations

from typing import ClassVar

from whimbrel.errors.base import WhimbrelError


class UnexpectedError(WhimbrelError):
    """An exception that no layer turned into an error of ours."""

    code = "CL101"

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"unexpected {type(error).__name__}: {error}",
            fix="run the same with --traceback to see where; if it is a fault of "
            "Whimbrel, please report it",
        )


class StatementRefused(WhimbrelError):
    """The database refused a statement outside of a migration."""

    code = "CL102"
    exit_code: ClassVar[int] = 4

    def __init__(self, error: Exception) -> None:
        cause = getattr(error, "orig", None) or error
        super().__init__(
            f"the database refused: {cause}",
            where=getattr(error, "statement", None),
            fix="run the same with --traceback to see where",
        )
