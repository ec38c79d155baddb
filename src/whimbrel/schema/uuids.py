"""
UUIDs in text: SQLAlchemy's `Uuid` keeps 32 digits where a database has no type for
them, other texts usually the form with dashes.

Place: `schema`, above `lineage`, below `transition`. Without this, rows that were
converted could not be found any more: a query looks for the digits.
"""

from __future__ import annotations

from collections.abc import Callable

from whimbrel.schema.lineage import TablePair
from whimbrel.schema.objects import Column
from whimbrel.schema.type_text import parsed

DASHED = 36
DIGITS = 32
_GROUPS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


def uuid_casts(pair: TablePair, quote: Callable[[str], str]) -> dict[str, str]:
    """Return column (new name) → SQL of its value, where a UUID is written anew."""
    if pair.before is None or pair.after is None:
        return {}
    old = {
        pair.renamed.get(column.name, column.name): column
        for column in pair.before.columns
    }
    casts = {}
    for column in pair.after.columns:
        before = old.get(column.name)
        if before is not None and column.name not in pair.replaced:
            sql = _cast(before, column, quote(column.name))
            if sql is not None:
                casts[column.name] = sql
    return casts


def _cast(before: Column, after: Column, name: str) -> str | None:
    if after.bare_uuid and not before.bare_uuid and _takes_dashes(before):
        return f"replace({name}, '-', '')"
    if before.bare_uuid and not after.bare_uuid and _takes_dashes(after):
        groups = (f"substr({name}, {start}, {size})" for start, size in _GROUPS)
        dashed = " || '-' || ".join(groups)
        return f"CASE WHEN length({name}) = {DIGITS} THEN {dashed} ELSE {name} END"
    return None


def _takes_dashes(column: Column) -> bool:
    """Whether a column is a text in which there is room for the dashes."""
    type_ = parsed(column.type)
    return type_.family == "text" and (type_.length is None or type_.length >= DASHED)
