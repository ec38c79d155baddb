"""
Finding the names that MySQL and MariaDB chose: which query, which of its rows.

Place: `schema.mysql`; pure. Whoever holds the connection runs `candidates` and gives
the rows to `chosen`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import Lookup

_QUOTED = re.compile(r"`((?:[^`]|``)+)`")
_NOISE = re.compile(r"[`()\s]")
_HEAD = re.compile(r"\s*check\b", re.IGNORECASE)

Literal = Callable[[str], str]

_FOREIGN_KEYS = """
SELECT constraint_name, column_name, referenced_table_name
FROM information_schema.key_column_usage
WHERE table_schema = {schema} AND table_name = {table}
AND referenced_table_name IS NOT NULL
ORDER BY constraint_name, ordinal_position
"""
_CHECKS = """
SELECT t.constraint_name, c.check_clause
FROM information_schema.table_constraints AS t
JOIN information_schema.check_constraints AS c
ON c.constraint_schema = t.constraint_schema
AND c.constraint_name = t.constraint_name{same_table}
WHERE t.constraint_type = 'CHECK'
AND t.table_schema = {schema} AND t.table_name = {table}
"""
_INDEXES = """
SELECT index_name, column_name, non_unique
FROM information_schema.statistics
WHERE table_schema = {schema} AND table_name = {table}
ORDER BY index_name, seq_in_index
"""

_COLLATION = """
SELECT default_collation_name FROM information_schema.schemata
WHERE schema_name = {schema}
"""


def candidates(lookup: Lookup, literal: Literal, *, is_mariadb: bool) -> str:
    """Return the query whose rows `chosen` understands."""
    schema, table = lookup.table
    where = "DATABASE()" if schema is None else literal(schema)
    queries = {
        "foreign_key": _FOREIGN_KEYS,
        "check": _CHECKS,
        "collation": _COLLATION,
    }
    query = queries.get(lookup.kind, _INDEXES)
    same = "\nAND c.table_name = t.table_name" if is_mariadb else ""
    return query.format(schema=where, table=literal(table), same_table=same).strip()


def chosen(lookup: Lookup, rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the names that fit; anything but one is for the caller to report."""
    rows = [row for row in rows if row[0] not in lookup.known]
    if lookup.kind == "collation":
        return [str(row[0]) for row in rows]
    if lookup.kind == "check":
        return _checks(lookup, rows)
    parts: dict[str, list[Sequence[object]]] = {}
    for row in rows:
        parts.setdefault(str(row[0]), []).append(row)
    return [name for name, found in parts.items() if _fits(lookup, name, found)]


def _fits(lookup: Lookup, name: str, rows: list[Sequence[object]]) -> bool:
    if tuple(row[1] for row in rows) != lookup.columns:
        return False
    if lookup.kind == "foreign_key":
        return lookup.target is None or _same(rows[0][2], lookup.target)
    if lookup.kind == "primary_key":
        return name == "PRIMARY"
    return name != "PRIMARY" and (lookup.kind == "index" or not rows[0][2])


def _same(name: object, target: TableKey) -> bool:
    return str(name).lower() == target[1].lower()


def _checks(lookup: Lookup, rows: Iterable[Sequence[object]]) -> list[str]:
    fitting = {}
    for name, clause in rows:
        text = str(clause)
        columns = {found.replace("``", "`") for found in _QUOTED.findall(text)}
        if columns == set(lookup.columns):
            fitting[str(name)] = text
    if len(fitting) > 1 and lookup.sql is not None:
        wanted = bare(_HEAD.sub("", lookup.sql))
        fitting = {n: t for n, t in fitting.items() if bare(t) == wanted} or fitting
    return list(fitting)


def bare(sql: str) -> str:
    """Return *sql* without brackets, quotes, spaces and case: what a check is."""
    return _NOISE.sub("", sql).lower()
