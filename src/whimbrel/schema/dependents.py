"""
What no model knows and yet depends on what changes: views, triggers, policies, …

Place: `schema`, beside `check`. Each database's compiler finds them
(`Compiler.dependents`), `execute.preflight` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whimbrel.schema.comparison import Comparison
from whimbrel.schema.objects import TableKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """
    One object, in the order in which it could be made.

    Args:
        kind: ``view``, ``trigger``, …

        name: As SQL would say it.

        uses: What it depends on, ``column book.title``.

        drop, make: SQL that takes it away, and that makes it again as it is; ""
            where nobody knows.

        blocks: The change fails, or leaves it broken in a way that later changes
            fail on. Otherwise it becomes invalid, and nobody says so.
    """

    kind: str
    name: str
    uses: str
    drop: str = ""
    make: str = ""
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.kind} {self.name} uses {self.uses}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """
    Something in the definition of a table that no model knows and a change would lose.

    Args:
        text: What it is, as the definition has it.

        blocks: It is worth more than a word.

        holds: It would not be lost, but keeps the change from being made.
    """

    table: TableKey
    text: str
    blocks: bool = True
    holds: bool = False

    def __str__(self) -> str:
        return f"{self.table[1]}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """
    Something that objects may depend on, as it is called before the change.

    Args:
        column: None for the whole table.

        retyped: It stays, with another type.
    """

    table: TableKey
    column: str | None = None
    retyped: bool = False

    def __str__(self) -> str:
        if self.column is None:
            return f"table {self.table[1]}"
        return f"column {self.table[1]}.{self.column}"


def dropped(comparison: Comparison) -> Iterator[Lost]:
    """Yield the tables and columns that go."""
    for table in comparison.dropped:
        yield Lost(table=table.key)
    for diff in comparison.diffs:
        was = {new: old for old, new in diff.renamed.items()}
        for column in diff.dropped:
            name = was.get(column.name, column.name)
            yield Lost(table=diff.before.key, column=name)
