"""
Sequences behind columns that are not called as usual: found, so that the usual name
is not taken for theirs.

Place: `schema.postgresql`, above `names`, below `compiler`. PostgreSQL numbers the name
of a serial's sequence when something else has it (``book_id_seq1``); to rename or drop
``book_id_seq`` would then do it to somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.objects import Column, Table, TableKey
from whimbrel.schema.postgresql.names import numbers, sequence_name
from whimbrel.schema.statement import Ask

_QUERY = """
SELECT wanted.name, a.attname, s.relname
FROM (VALUES {names}) AS wanted (name)
JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass
AND d.refobjid = to_regclass(wanted.name)
AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
"""


def with_counters(
    change: SchemaChange,
    ask: Ask,
    spell: Callable[[TableKey], str],
    literal: Callable[[str], str],
) -> SchemaChange:
    """Return *change* with the names of sequences that have an unusual one."""
    concerned = {
        item.before.key: spell(item.before.key)
        for item in change.tables
        if item.before is not None and touches_counter(item)
    }
    if not concerned:
        return change
    names = ", ".join(f"({literal(name)})" for name in concerned.values())
    rows = ask(_QUERY.format(names=names).strip())
    actual = {(str(table), str(column)): str(name) for table, column, name in rows}

    def noted(item: TableChange) -> TableChange:
        if item.before is None or item.before.key not in concerned:
            return item
        name = concerned[item.before.key]
        return unusual(item, {c: s for (t, c), s in actual.items() if t == name})

    return replace(change, tables=tuple(map(noted, change.tables)))


def touches_counter(item: TableChange) -> bool:
    """Whether a sequence behind a column may be renamed, retyped, moved or dropped."""
    if item.before is None or item.after is None:
        return False
    moved = item.before.key != item.after.key
    return any(
        numbers(before) and (moved or before != after)
        for before, after in item.kept_columns()
    )


def unusual(item: TableChange, actual: Mapping[str, str]) -> TableChange:
    """
    Return *item* with the sequences of *actual* that are not called as usual.

    One that gets another name with its table or column gets the usual one.
    """
    assert item.before is not None
    assert item.after is not None
    befores: dict[str, str] = {}
    afters: dict[str, str] = {}
    for before, after in item.kept_columns():
        usual = sequence_name(item.before.name, before.name)
        name = actual.get(before.name, usual)
        if not numbers(before) or name == usual:
            continue
        befores[before.name] = name
        if sequence_name(item.after.name, after.name) == usual:
            afters[after.name] = name
    return replace(
        item, before=counting(item.before, befores), after=counting(item.after, afters)
    )


def counting(table: Table, names: Mapping[str, str]) -> Table:
    """Return *table* with *names* of the sequences behind its columns."""

    def noted(column: Column) -> Column:
        name = names.get(column.name)
        return column if name is None else replace(column, counter=name)

    return replace(table, columns=tuple(map(noted, table.columns)))
