"""
Pairs of schemas: the second is the first with random edits.

Place: `testing.strategies`, above the edits. An edit keeps to what every tool
can do with rows in the tables and true answers to its questions (`fitting`).
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.strategies.column_edits import COLUMN_EDITS
from whimbrel.testing.strategies.easel import Easel
from whimbrel.testing.strategies.fitting import fitted
from whimbrel.testing.strategies.item_edits import ITEM_EDITS
from whimbrel.testing.strategies.schema_settling import settled
from whimbrel.testing.strategies.schemas import Brush, draw_schema
from whimbrel.testing.strategies.specs import SchemaSpec, TableSpec
from whimbrel.testing.strategies.table_edits import TABLE_EDITS

EDITS = (*COLUMN_EDITS, *ITEM_EDITS, *TABLE_EDITS)


@dataclass(frozen=True, slots=True)
class SchemaPair:
    """
    Two schemas; what is the same in both has the same number.

    `renamed_tables` and `renamed_columns` are the true answers: names before →
    after; columns with the names of their table before and after.
    """

    before: SchemaSpec
    after: SchemaSpec

    @property
    def renamed_tables(self) -> dict[str, str]:
        return {a.name: b.name for a, b in self.kept_tables() if a.name != b.name}

    @property
    def renamed_columns(self) -> dict[tuple[str, str, str], str]:
        return {
            (a.name, b.name, column.name): b.column(column.uid).name
            for a, b in self.kept_tables()
            for column in a.columns
            if any(c.uid == column.uid and c.name != column.name for c in b.columns)
        }

    def kept_tables(self) -> list[tuple[TableSpec, TableSpec]]:
        """Return the tables that are in both, before and after."""
        kept = set(self.before.uids) & set(self.after.uids)
        return [(self.before.table(uid), self.after.table(uid)) for uid in sorted(kept)]


TRIES = 4
"""How many edits are drawn for one that changes something."""


def edited(easel: Easel) -> SchemaSpec:
    """Return the schema after one edit, if one was found that changes it."""
    for _ in range(TRIES):
        schema = easel.brush.choice(EDITS)(easel)
        if schema is not None and (after := settled(schema)) != easel.schema:
            return after
    return easel.schema


@st.composite
def schema_pairs(
    draw: st.DrawFn, database: str, facts: Facts, max_edits: int = 4
) -> SchemaPair:
    """Return pairs (A, B) in which B is A with up to *max_edits* edits."""
    brush = Brush(draw, database, facts)
    easel = Easel(brush, draw_schema(brush))
    for _ in range(brush.number(1, max_edits)):
        easel.schema = edited(easel)
    return SchemaPair(*fitted(easel.before, easel.schema))
