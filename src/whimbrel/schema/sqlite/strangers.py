"""
What stands in the definition of a table and is in no model, and a change would lose.

Place: `schema.sqlite`, above `definition`, below `compiler`. A rebuild makes a table as
the states know it. What somebody added by hand, or a RunSQL that said nothing of
it to the state, is in the old table's text alone: the text that there is is
compared with the one that Whimbrel would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from whimbrel.schema.dependents import Stranger
from whimbrel.schema.objects import Table
from whimbrel.schema.sqlite.definition import (
    Clause,
    clauses,
    index_words,
    unique_terms,
)
from whimbrel.schema.statement import Ask
from whimbrel.schema.table_diff import TableDiff
from whimbrel.schema.table_sql import TableSQL

NOTED = frozenset({"comment", "deferred"})
"""What is told and stops nothing: no row and no rule is lost with it."""
REFUSED = frozenset({"primary key", "unique", "check", "foreign key", "generated"})
"""Clauses that keep SQLite from dropping a column in place."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """
    What the live table of *diff* has and nobody knows.

    Args:
        rebuilt: False: its columns are dropped in place.
    """

    diff: TableDiff
    spelling: TableSQL
    rebuilt: bool

    def found(self, ask: Ask) -> Iterator[Stranger]:
        """Yield what would be lost, or stands in the way of a column's drop."""
        for clause in self.unknown(ask):
            if self.holds(clause) if not self.rebuilt else not self.goes(clause):
                yield self.stranger(clause, ask)
        if self.rebuilt:
            yield from self.other_indexes(ask)

    def other_indexes(self, ask: Ask) -> Iterator[Stranger]:
        """Yield indexes that stay and are not as the models say, but will be."""
        kept = {moved.name for moved, _ in self.diff.indexes.kept}
        table = self.diff.before
        known = {index.name: index for index in table.indexes if index.name in kept}
        for name, sql in self.catalog("index", "tbl_name", ask) if known else ():
            if name not in known or sql is None:
                continue
            wanted = self.spelling.create_index(table, known[name])[0].sql
            if index_words(sql) != index_words(wanted):
                yield Stranger(table=table.key, text=sql, blocks=False)

    def unknown(self, ask: Ask) -> list[Clause]:
        """Return the clauses that neither side of the change has."""
        live = self.live(ask)
        before, after = self.known(self.diff.before), self.known(self.diff.after)
        names = self.diff.renamed.items()
        renamed = {old.casefold(): new.casefold() for old, new in names}
        there = {c.columns for c in before if c.kind == "column"}
        key = self.diff.before.primary_key
        keys = {name.casefold() for name in (key.columns if key else ())}

        def is_known(clause: Clause) -> bool:
            if clause.kind == "column":
                return clause in before
            if clause.kind == "not null" and clause.columns[0] in keys:
                return True
            of_unknown = clause.within is not None and (clause.within,) not in there
            if self.rebuilt and of_unknown:
                return True  # the column is told of
            return clause in before or clause.renamed(renamed) in after

        return [clause for clause in live if not is_known(clause)]

    def live(self, ask: Ask) -> list[Clause]:
        found = self.catalog("table", "name", ask)
        return [clause for _, sql in found for clause in clauses(sql)]

    def catalog(self, kind: str, column: str, ask: Ask) -> Sequence[Sequence[Any]]:
        """Return name and text of what is of *kind* and has the table in *column*."""
        schema, name = self.diff.before.key
        prefix = "" if schema is None else f"{self.spelling.quote(schema)}."
        return ask(
            f"SELECT name, sql FROM {prefix}sqlite_master WHERE type = '{kind}' "
            f"AND lower({column}) = lower({self.spelling.literal(name)})"
        )

    def known(self, table: Table) -> set[Clause]:
        """Return what Whimbrel would write; a unique index is as good as a key."""
        sql = self.spelling.create_table(table, table.foreign_keys)[0].sql
        unique = (unique_terms(i.sql) for i in table.indexes if i.unique)
        return {*clauses(sql), *(clause for clause in unique if clause is not None)}

    @property
    def dropped(self) -> frozenset[str]:
        """The columns that go, as they are called now, in lower case."""
        was = {new: old for old, new in self.diff.renamed.items()}
        names = (was.get(c.name, c.name) for c in self.diff.dropped)
        return frozenset(name.casefold() for name in names)

    def goes(self, clause: Clause) -> bool:
        """Whether *clause* is about a column alone that goes, and nobody misses it."""
        if clause.kind == "check":
            mentioned = self.mentioned(clause)
            return bool(mentioned) and mentioned <= self.dropped
        return bool(clause.columns) and self.dropped.issuperset(clause.columns)

    def mentioned(self, clause: Clause) -> set[str]:
        columns = (column.name.casefold() for column in self.diff.before.columns)
        return {name for name in columns if clause.mentions(name)}

    def holds(self, clause: Clause) -> bool:
        """Whether *clause* keeps a column from being dropped in place."""
        inline = clause.within is not None and clause.kind != "unique"
        used = any(map(clause.mentions, self.dropped))
        return used and clause.kind in REFUSED and not (inline and self.goes(clause))

    def stranger(self, clause: Clause, ask: Ask) -> Stranger:
        return Stranger(
            table=self.diff.before.key,
            text=self.words(clause, ask),
            blocks=clause.kind not in NOTED,
            holds=not self.rebuilt,
        )

    def words(self, clause: Clause, ask: Ask) -> str:
        if clause.kind == "column":
            return f"column {clause.text}{self.filled(clause.columns[0], ask)}"
        if clause.kind == "virtual":
            return f"it is a virtual table: {clause.text}"
        if clause.kind == "autoincrement":
            return f"AUTOINCREMENT of column {clause.columns[0]}"
        if clause.within is None or clause.kind == "check":
            return clause.text
        return f"{clause.text} of column {clause.within}"

    def filled(self, column: str, ask: Ask) -> str:
        """Return how many rows have something in an unknown *column*."""
        table = self.spelling.table_sql(self.diff.before)
        (row,) = ask(f"SELECT count({self.spelling.quote(column)}) FROM {table}")
        number = row[0]
        return f" ({number} row{'' if number == 1 else 's'} with a value)"


def strangers(
    diffs: Iterable[tuple[TableDiff, bool]], spelling: TableSQL, ask: Ask
) -> list[Stranger]:
    """Return what the tables of *diffs*, rebuilt or not, have and nobody knows."""
    return [
        stranger
        for diff, rebuilt in diffs
        if rebuilt or diff.dropped
        for stranger in Strangers(diff, spelling, rebuilt).found(ask)
    ]
