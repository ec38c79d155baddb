"""
Views and triggers of MySQL and MariaDB that mention what goes or is renamed.

Place: `schema.mysql`, below `compiler`. Neither stops a change: a view is invalid
from then on, a trigger fails at the next row, and nobody says so. They are found by
their text, which names tables and columns in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from whimbrel.schema.dependents import Dependent, Lost
from whimbrel.schema.statement import Ask

_VIEWS = """
SELECT table_name, view_definition FROM information_schema.views
WHERE view_definition LIKE concat('%`', {schema}, '`.', {table}, '%')
"""
_TRIGGERS = """
SELECT trigger_name, action_statement FROM information_schema.triggers
WHERE event_object_schema = {schema} AND event_object_table = {table}
"""


def dependents(
    lost: Iterable[Lost], ask: Ask, literal: Callable[[str], str]
) -> list[Dependent]:
    """Return what mentions what is *lost*; none of it blocks."""
    found: dict[tuple[str, str], Dependent] = {}
    for item in lost:
        schema, table = item.table
        where = "DATABASE()" if schema is None else literal(schema)
        views = _VIEWS.format(schema=where, table=literal(ticked(table)))
        for view, text in ask(views.strip()):
            if item.column is None or ticked(item.column) in text.lower():
                found.setdefault(("view", view), warned("view", view, item))
        if item.column is None:
            continue
        query = _TRIGGERS.format(schema=where, table=literal(table)).strip()
        for trigger, text in ask(query):
            # Without the privilege TRIGGER nobody may read it.
            if text is not None and row_of(item.column).search(text):
                found.setdefault(("trigger", trigger), warned("trigger", trigger, item))
    return list(found.values())


def ticked(name: str) -> str:
    """Return *name* as a view's text has it, in lower case."""
    return f"`{name.replace('`', '``').lower()}`"


def row_of(column: str) -> re.Pattern[str]:
    """Return the pattern of a trigger's ``NEW.column``."""
    return re.compile(rf"\b(?:new|old)\s*\.\s*`?{re.escape(column)}\b", re.IGNORECASE)


def warned(kind: str, name: str, item: Lost) -> Dependent:
    """Return what will be invalid from then on."""
    return Dependent(kind=kind, name=name, uses=str(item), blocks=False)
