"""
Finding the names that constraints have in PostgreSQL: the query, and which of its rows.

Place: `schema.postgresql`; pure. Whoever holds the connection runs `candidates` and
gives the rows to `chosen`. One query tells of all constraints of a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from whimbrel.schema.statement import Lookup

Row = Sequence[object]

KINDS = {
    "primary_key": "p",
    "foreign_key": "f",
    "unique": "u",
    "check": "c",
    "exclude": "x",
}

_QUERY = """
SELECT c.conname, c.contype::text, a.attname, n.nspname, f.relname,
pg_get_constraintdef(c.oid), pg_table_is_visible(f.oid)
FROM pg_constraint AS c
LEFT JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(attnum, place) ON true
LEFT JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS n ON n.oid = f.relnamespace
WHERE c.conrelid = to_regclass({table})
ORDER BY c.conname, k.place
"""

_SPELLINGS = (
    (
        re.compile(
            r"::(?:\"[^\"]+\"|[a-z_][\w.]*)(?: varying| precision)?"
            r"(?:\(\d+(?:,\s*\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])*"
        ),
        "",
    ),
    (re.compile(r"=\s*any\s*\(\(?array\[(.*?)\]\)?\)"), r"in(\1)"),
    (re.compile(r"<>\s*all\s*\(\(?array\[(.*?)\]\)?\)"), r"not in(\1)"),
    (re.compile(r"(\S+) between (\S+) and (\S+)"), r"\1 >= \2 and \1 <= \3"),
    (re.compile(r"!~~"), "not like"),
    (re.compile(r"~~"), "like"),
    (re.compile(r"!="), "<>"),
    (re.compile(r"[()\"\s]"), ""),
)
"""What PostgreSQL adds to a condition, or writes in another way, and plainly."""

_HEAD = re.compile(r"^\s*(check|exclude)\b(\s*using\s+gist)?", re.IGNORECASE)


def candidates(table: str, literal: Callable[[str], str]) -> str:
    """Return the query for the constraints of *table*, a quoted name."""
    return _QUERY.format(table=literal(table)).strip()


def chosen(lookup: Lookup, rows: Iterable[Row]) -> list[str]:
    """Return the names that fit; anything but one is for the caller to judge."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row[1] == KINDS.get(lookup.kind) and row[0] not in lookup.known:
            found.setdefault(str(row[0]), []).append(row)
    fitting = {name: parts for name, parts in found.items() if _fits(lookup, parts)}
    if lookup.sql is None:
        return list(fitting)
    wanted = bare(lookup.sql)
    same = [n for n, parts in fitting.items() if bare(str(parts[0][5])) == wanted]
    return same or list(fitting)


def _fits(lookup: Lookup, rows: Sequence[Row]) -> bool:
    columns = tuple(str(row[2]) for row in rows if row[2] is not None)
    wanted = lookup.columns
    if lookup.kind == "check":
        return set(columns) == set(wanted)
    if lookup.kind == "exclude":  # its condition may mention more, expressions others
        return set(columns) <= set(wanted)
    if lookup.kind == "foreign_key":
        return columns == wanted and _leads(lookup, rows[0])
    if len(columns) < len(wanted) and "INCLUDE" in str(rows[0][5]):
        wanted = wanted[: len(columns)]
    return columns == wanted


def _leads(lookup: Lookup, row: Row) -> bool:
    """Return whether a foreign key refers to the table that *lookup* names."""
    if lookup.target is None:
        return True
    schema, name = lookup.target
    return row[4] == name and (row[3] == schema if schema else bool(row[6]))


def bare(sql: str) -> str:
    """Return a condition so that what was written and what is shown are the same."""
    sql = _HEAD.sub("", sql.lower())
    for pattern, plain in _SPELLINGS:
        sql = pattern.sub(plain, sql)
    return sql
