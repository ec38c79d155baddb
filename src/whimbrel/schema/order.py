"""
The order in which tables can be created or dropped.

Place: `schema`, beside `compiler`.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.schema.objects import Table, TableKey


def by_reference(tables: Iterable[Table]) -> list[Table]:
    """
    Return *tables* with referenced ones before those that refer to them.

    Otherwise in the given order; a circle is cut where it is met first.
    """
    known = {table.key: table for table in tables}
    done: dict[TableKey, Table] = {}
    for start in known.values():
        _visit(start, known, done)
    return list(done.values())


def _visit(
    start: Table, known: dict[TableKey, Table], done: dict[TableKey, Table]
) -> None:
    """Walk without recursion: chains of references can be long."""
    open_keys: set[TableKey] = set()
    stack = [(start, False)]
    while stack:
        table, ready = stack.pop()
        if table.key in done:
            continue
        if ready:
            done[table.key] = table
            continue
        if table.key in open_keys:
            continue
        open_keys.add(table.key)
        stack.append((table, True))
        for foreign_key in reversed(table.foreign_keys):
            target = known.get(foreign_key.target)
            if target is None or foreign_key.use_alter:
                continue
            if target.key not in open_keys:
                stack.append((target, False))
