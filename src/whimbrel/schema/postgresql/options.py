"""
What stands around a table's columns: storage parameters, tablespace, UNLOGGED.

Place: `schema.postgresql`, part of its compiler.
"""

from __future__ import annotations

import re

from whimbrel.errors.schema import TableFixed
from whimbrel.schema.objects import Table

_WITH = re.compile(r"\bWITH \((?P<parameters>[^)]*)\)")
_TABLESPACE = re.compile(r'\bTABLESPACE (?P<name>"(?:[^"]|"")+"|\w+)')


def storage_change(before: Table, after: Table) -> list[str]:
    """
    Return the clauses of ALTER TABLE from one table's options to the other's.

    Raises:
        TableFixed: SC105, for what a table keeps all its life (PARTITION BY).
    """
    if before.options == after.options:
        return []
    old, new = dict(before.options), dict(after.options)
    clauses: list[str] = []
    if logging_differs(before, after):
        prefixes = {old.get("prefix"), new.get("prefix")}
        if not prefixes <= {None, "UNLOGGED"}:
            raise TableFixed(after.name, str(old.get("prefix")), new.get("prefix"))
        clauses.append("SET UNLOGGED" if new.get("prefix") else "SET LOGGED")
    was, wanted = old.get("suffix", ""), new.get("suffix", "")
    if fixed(was) != fixed(wanted):
        raise TableFixed(after.name, was, wanted)
    had, has = parameters(was), parameters(wanted)
    gone = [name for name in had if name not in has]
    changed = [f"{k} = {v}" for k, v in has.items() if had.get(k) != v]
    if gone:
        clauses.append(f"RESET ({', '.join(gone)})")
    if changed:
        clauses.append(f"SET ({', '.join(changed)})")
    if tablespace(was) != tablespace(wanted):
        clauses.append(f"SET TABLESPACE {tablespace(wanted)}")
    return clauses


def logging_differs(before: Table, after: Table) -> bool:
    """Whether a table begins or ceases to be UNLOGGED."""
    return dict(before.options).get("prefix") != dict(after.options).get("prefix")


def fixed(suffix: str) -> str:
    """Return what is left of *suffix* without the parts that can change."""
    return " ".join(_TABLESPACE.sub("", _WITH.sub("", suffix)).split())


def parameters(suffix: str) -> dict[str, str]:
    """Return the storage parameters, by name."""
    found = _WITH.search(suffix)
    if found is None:
        return {}
    pairs = (part.partition("=") for part in found["parameters"].split(","))
    return {name.strip(): value.strip() or "true" for name, _, value in pairs}


def tablespace(suffix: str) -> str:
    """Return the name of the tablespace; ``pg_default`` where none is said."""
    found = _TABLESPACE.search(suffix)
    return found["name"] if found else "pg_default"
