"""
What happens to a row when the row it refers to is deleted.

Place: a lower part of `models`. The database enforces it (``ON DELETE …``);
no Python code runs, so an action that would call some is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from whimbrel.errors.models import ComputedOnDelete


@dataclass(frozen=True, slots=True)
class OnDelete:
    """
    An action. Use the constants below.

    Args:
        sql: What follows ON DELETE; None writes no clause at all.
    """

    name: str
    sql: str | None

    @property
    def reference_path(self) -> str:
        """The importable path under which migration files write it."""
        return f"whimbrel.models.{self.name}"

    def __repr__(self) -> str:
        return self.name


CASCADE = OnDelete("CASCADE", "CASCADE")
"""Delete the referring rows, too."""
PROTECT = OnDelete("PROTECT", "RESTRICT")
"""Refuse to delete a row that is referred to."""
RESTRICT = OnDelete("RESTRICT", "RESTRICT")
"""Refuse to delete a row that is referred to."""
SET_NULL = OnDelete("SET_NULL", "SET NULL")
"""Set the reference to NULL; the field must allow it."""
SET_DEFAULT = OnDelete("SET_DEFAULT", "SET DEFAULT")
"""Set the reference to the column's default."""
DO_NOTHING = OnDelete("DO_NOTHING", None)
"""Write no ON DELETE clause: the database's own rule applies."""

ACTIONS = (CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT, DO_NOTHING)


def SET(value: object) -> NoReturn:  # noqa: N802
    """
    Refuse: a database cannot call Python when it deletes a row.

    Raises:
        ComputedOnDelete: MO112, always.
    """
    raise ComputedOnDelete
