"""
Values of enumerations that are called otherwise: which rows' values change.

Place: `schema`, above `lineage` and `literals`, below `transition`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from whimbrel.migrations.hints import Hints
from whimbrel.schema.lineage import TablePair
from whimbrel.schema.literals import unwrapped
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import Column, Table
from whimbrel.schema.renames import ASIDE
from whimbrel.state.project import ProjectState

_INLINE = re.compile(r"ENUM\s*\(", re.IGNORECASE)


def renamed_values_of(
    pair: TablePair,
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
    lowering: Lowering,
) -> dict[str, Mapping[str, str]]:
    """Return column → old → new text, as `TableChange` has it."""
    if not hints.values or pair.model is None or not (pair.before and pair.after):
        return {}
    found: dict[str, Mapping[str, str]] = {}
    for column, name in pair.fields.items():
        moves = hints.values.get((*pair.model, name))
        was = hints.field_before(pair.model, name)
        former = hints.model_before(pair.model)
        if not moves or was is None or former is None:
            continue
        if (*pair.model, name) in hints.casts:
            # What converts the values says what becomes of them.
            continue
        dialect = lowering.database.dialect
        old = text_type(lowering.column_type(before, former, was), dialect)
        new = text_type(lowering.column_type(after, pair.model, name), dialect)
        if old is None or new is None:
            continue
        effective = narrowed(moves, values_of(old), values_of(new))
        if enforces(pair.after, pair.after.column(column), lowering):
            effective |= displaced(effective, values_of(old) or ())
        if effective:
            found[column] = effective
    return found


def text_type(type_: Any, dialect: sa.Dialect) -> sa.String | None:
    """Return the text type or enumeration that *type_* is, or is an array of."""
    found = unwrapped(type_, dialect)
    while isinstance(found, sa.ARRAY):
        found = unwrapped(found.item_type, dialect)
    return found if isinstance(found, sa.String) else None


def values_of(type_: sa.String) -> tuple[str, ...] | None:
    """Return an enumeration's values; None for a text that may be anything."""
    return tuple(map(str, type_.enums)) if isinstance(type_, sa.Enum) else None


def narrowed(
    moves: Mapping[str, str],
    before: Iterable[str] | None,
    after: Iterable[str] | None,
) -> dict[str, str]:
    """
    Return those of *moves* that lead from a value to a value.

    Operations that are carried out together may rename a value that the first of
    them adds, or remove one that it renames.
    """
    return {
        old: new
        for old, new in moves.items()
        if (before is None or old in before) and (after is None or new in after)
    }


def displaced(moves: Mapping[str, str], before: Iterable[str]) -> dict[str, str]:
    """Return a text of their own for values that go while another takes their text."""
    gone = sorted(set(moves.values()).intersection(before) - moves.keys())
    return {value: f"{ASIDE}{value}"[:63] for value in gone}


def enforces(table: Table, column: Column, lowering: Lowering) -> bool:
    """Whether the database refuses a text that is no value of *column*."""
    if column.enum is not None or _INLINE.match(column.type):
        return True
    quote = lowering.database.compiler.quote
    return any(
        item.kind == "check"
        and item.columns == (column.name,)
        and re.match(rf"CHECK \(+{re.escape(quote(column.name))} IN \(", item.sql)
        for item in table.constraints
    )
