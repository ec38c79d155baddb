"""
A question to the rows of a table, as data.

Place: `schema`, beside `statement`. `checks` makes them, `execute.preflight` asks
them, `sqlmigrate` can list them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whimbrel.schema.objects import TableKey

EXAMPLES = 5
"""How many rows a message shows."""

CheckKind = Literal[
    "no value",
    "nulls",
    "values",
    "removed value",
    "duplicates",
    "conflicts",
    "check",
    "orphans",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    One question.

    Args:
        table: As it is called before the change; *table_sql* is that in SQL.

        columns: What it is about; names before the change where there are any.

        select: What a bad row is shown by, SQL; *shows* are the names of it.

        source: ``FROM … WHERE …``, which only bad rows fulfil.

        item: Name of the constraint or index that is not kept.

        model, fields: Whose table it is, and the fields behind *columns*.

        grouped: A row of the answer stands for several of the table; the last of
            *select* says for how many.

        problem: What bad rows mean, after "3 rows ", or after "3 values " of groups.

        fix: What to do about it, other than to mend the rows.
    """

    kind: CheckKind
    table: TableKey
    table_sql: str
    columns: tuple[str, ...]
    select: tuple[str, ...]
    shows: tuple[str, ...]
    source: str
    grouped: bool = False
    problem: str
    fix: str | None = None
    item: str | None = None
    model: tuple[str, str] | None = None
    fields: frozenset[str] = frozenset()

    @property
    def sql(self) -> str:
        """The query for some bad rows."""
        return f"SELECT {', '.join(self.select)} {self.source} LIMIT {EXAMPLES}"

    @property
    def counts(self) -> str:
        """The query for how many there are."""
        if self.grouped:
            groups = f"SELECT {self.select[-1]} AS n {self.source}"
            return f"SELECT count(*) FROM ({groups}) AS found"
        return f"SELECT count(*) {self.source}"
