"""
Rows that exclude each other: the question before an exclusion constraint is made.

Place: `schema.postgresql`, below `checks`. Reads what SQLAlchemy renders, as
`index_text` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from whimbrel.schema.index_text import KeyText, key_text

MOST = 2_000
"""Rows that are looked at where each has to be held against each other one."""

ROW = ("tableoid AS whimbrel_table", "ctid AS whimbrel_row")
"""What tells one row from another, whatever key there is."""

_WITH = re.compile(r"\s+WITH\s+(?P<operator>\S+)\s*$", re.IGNORECASE)
_CLASS = re.compile(r"\s+\w+_ops\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """
    What ``EXCLUDE USING gist (a WITH =, b WITH &&) WHERE (c)`` says.

    Args:
        elements: (column or expression, operator).
    """

    elements: tuple[tuple[str, str], ...]
    condition: str | None

    @property
    def compares_all(self) -> bool:
        """Whether no element is compared by ``=``, which a hash could do."""
        return all(operator != "=" for _, operator in self.elements)


def exclusion(sql: str) -> Exclusion | None:
    """Return what *sql* says, None where it cannot be read."""
    key = key_text(sql)
    return None if key is None else _divided(key)


def _divided(key: KeyText) -> Exclusion | None:
    elements = []
    for text in key.elements:
        found = _WITH.search(text)
        if found is None:
            return None
        bare = _CLASS.sub("", text[: found.start()]).strip()
        elements.append((bare, found["operator"]))
    return Exclusion(elements=tuple(elements), condition=key.condition)


def pairs(found: Exclusion, view: str, keys: Sequence[str]) -> str:
    """
    Return FROM and WHERE of the pairs of rows in conflict, ``one`` and ``other``.

    Args:
        view: Shows the columns as they will be, *keys* and `ROW`.
    """
    values = [f"{e} AS whimbrel_value_{n}" for n, (e, _) in enumerate(found.elements)]
    columns = ", ".join([*values, "whimbrel_table", "whimbrel_row", *keys])
    where = "" if found.condition is None else f" WHERE {found.condition}"
    limit = f" LIMIT {MOST}" if found.compares_all else ""
    side = f"(SELECT {columns} FROM {view}{where}{limit})"
    at_odds = [
        f"one.whimbrel_value_{n} {operator} other.whimbrel_value_{n}"
        for n, (_, operator) in enumerate(found.elements)
    ]
    apart = (
        "(one.whimbrel_table, one.whimbrel_row) < "
        "(other.whimbrel_table, other.whimbrel_row)"
    )
    return (
        f"FROM {side} AS one JOIN {side} AS other ON {apart} "
        f"WHERE {' AND '.join(at_odds)}"
    )
