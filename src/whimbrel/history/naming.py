"""
Numbers and names of migrations.

Place: `history`, lowest part. Pure text.
"""

from __future__ import annotations

import re

from whimbrel.errors.history import NotAName

LONGEST = 100
"""How much of a suggested or given name goes into a file's name."""


def parse_number(name: str) -> int | None:
    """Return the number of a migration; that of the last one a squash replaces."""
    squashed = re.search(r".*_squashed_(\d+)", name)
    if squashed:
        return int(squashed[1])
    leading = re.match(r"\d+", name)
    return int(leading[0]) if leading else None


def next_number(*names: str) -> int:
    """Return the number after those of *names*; 1 if none has one."""
    return max((parse_number(name) or 0 for name in names), default=0) + 1


def numbered(number: int, text: str) -> str:
    """Return ``0007_text``."""
    return f"{number:04d}_{text[:LONGEST]}"


def check_name(name: str | None) -> None:
    """Raise `NotAName` (HI121) for a name that cannot follow the number of a file."""
    if name is not None and not name.isidentifier():
        raise NotAName(name)
