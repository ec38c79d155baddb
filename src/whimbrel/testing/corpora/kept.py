"""
What is left of rows: reading them, and comparing what is kept by its meaning.

Place: `testing.corpora`, above `stops`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.testing.corpora.domains import plain

Rows: TypeAlias = dict[str, list[dict[str, Any]]]
"""Table → its rows; the values in one form whatever their type is."""

Columns: TypeAlias = Mapping[tuple[str, str], tuple[str, str]]
"""(table, column) → (table, column) after a change."""


def read_rows(connection: sa.Connection, metadata: sa.MetaData) -> Rows:
    """Return all rows of all tables of *metadata*."""
    return {
        name: [
            {column: plain(value) for column, value in row.items()}
            for row in connection.execute(sa.select(table)).mappings()
        ]
        for name, table in metadata.tables.items()
    }


def lost_rows(
    before: Rows, after: Rows, columns: Columns, filled: Container[tuple[str, str]]
) -> list[str]:
    """
    Return in words which kept values are not what they were.

    Args:
        columns: What is kept.

        filled: (table, column) after the change where a NULL may have become a value.
    """
    kept: dict[tuple[str, str], dict[str, str]] = {}
    for (table, column), (to_table, to_column) in columns.items():
        kept.setdefault((table, to_table), {})[column] = to_column
    wrong = []
    for (old, new), names in kept.items():
        may = {to for to in names.values() if (new, to) in filled}
        found = _unmatched(before[old], after[new], names, may)
        wrong += [f"{new}: {text}" for text in found]
    return wrong


def _unmatched(
    before: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
    names: Mapping[str, str],
    filled: set[str],
) -> list[str]:
    """Find a row after the change for each row before it."""
    if len(before) != len(after):
        return [f"{len(before)} rows became {len(after)}"]
    left = list(after)
    wrong = []
    for row in before:
        differences = [_differences(row, other, names, filled) for other in left]
        least = min(range(len(left)), key=lambda i: len(differences[i]))
        wrong += differences[least]
        del left[least]
    return wrong


def _differences(
    row: Mapping[str, Any],
    other: Mapping[str, Any],
    names: Mapping[str, str],
    filled: set[str],
) -> list[str]:
    return [
        f"{name} {row[name]!r} became {other[new]!r}"
        for name, new in names.items()
        if row[name] != other[new] and not (row[name] is None and new in filled)
    ]
