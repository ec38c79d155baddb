"""
The names that PostgreSQL itself gives to what has none.

Place: `schema.postgresql`, lowest. Written out, they make a table equal to one
that was created without names, and they can be dropped and renamed later.

Source: makeObjectName, ChooseRelationName and ChooseIndexNameAddition
(indexcmds.c), ChooseConstraintName (pg_constraint.c), the same in 12 to 18.
Not foreseen: a name that another table's constraint has taken already
(`free_names`), and what somebody else called a constraint. So these names are marked,
and looked up before they are used (`postgresql.lookup`).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from itertools import count
from typing import TypeVar

from whimbrel.schema.objects import Column, Constraint, ForeignKey, Table

Item = TypeVar("Item", Constraint, ForeignKey)

LONGEST = 63
"""Bytes of a name (NAMEDATALEN - 1)."""

LABELS = {"primary_key": "pkey", "unique": "key", "check": "check", "exclude": "excl"}


def object_name(first: str, second: str | None, label: str) -> str:
    """Return ``first_second_label``, the longer of the two cut until it fits."""
    room = LONGEST - len(label) - 1 - (0 if second is None else 1)
    length = len(first.encode())
    other = 0 if second is None else len(second.encode())
    while length + other > room:
        if length > other:
            length -= 1
        else:
            other -= 1
    parts = [clipped(first, length)]
    if second is not None:
        parts.append(clipped(second, other))
    return "_".join([*parts, label])


def clipped(text: str, length: int) -> str:
    """Return at most *length* bytes of *text*, no character broken."""
    return text.encode()[:length].decode(errors="ignore")


def free_name(first: str, second: str | None, label: str, taken: Set[str]) -> str:
    """Return the first of ``…_label``, ``…_label1``, ``…_label2`` not in *taken*."""
    name = object_name(first, second, label)
    number = 0
    while name in taken:
        number += 1
        name = object_name(first, second, f"{label}{number}")
    return name


def joined(columns: Iterable[str]) -> str:
    """Return the names joined as long as they matter."""
    text = ""
    for column in columns:
        text += f"_{column}" if text else column
        if len(text.encode()) > LONGEST:
            break
    return text


def sequence_name(table: str, column: str) -> str:
    """Return the name of the sequence behind a serial or identity column."""
    return object_name(table, column, "seq")


def counter_name(table: str, column: Column) -> str:
    """Return the name of the sequence behind *column*, which may be an unusual one."""
    return column.counter or sequence_name(table, column.name)


def numbers(column: Column) -> bool:
    """Whether a sequence belongs to *column*."""
    return kind_of(column) in ("serial", "identity")


def kind_of(column: Column) -> str | None:
    """Return ``serial``, ``identity`` or None."""
    return None if column.auto_increment is None else column.auto_increment.kind


def with_names(table: Table) -> Table:
    """Return *table* with a name for each constraint, in the order of PostgreSQL."""
    key = table.primary_key
    every: list[Constraint | ForeignKey] = [*table.constraints, *table.foreign_keys]
    if key is not None:
        every.append(key)
    if all(item.name is not None for item in every):
        return table
    taken = {item.name for item in every if item.name is not None}
    taken |= {index.name for index in table.indexes}
    names: dict[int, str] = {}
    for item in sorted(every, key=turn):
        if item.name is None:
            names[id(item)] = name = foreseen(table.name, item, taken)
            taken.add(name)

    def named(item: Item) -> Item:
        name = names.get(id(item))
        return item if name is None else replace(item, name=name, foreseen=True)

    return replace(
        table,
        primary_key=key and named(key),
        constraints=tuple(map(named, table.constraints)),
        foreign_keys=tuple(map(named, table.foreign_keys)),
    )


def turn(item: Constraint | ForeignKey) -> int:
    """Checks are named when the table is made, then its indexes, then references."""
    if isinstance(item, ForeignKey):
        return 3
    return {"check": 0, "primary_key": 1}.get(item.kind, 2)


def foreseen(table: str, item: Constraint | ForeignKey, taken: Set[str]) -> str:
    """Return the name that PostgreSQL gives to *item* where *taken* are taken."""
    if isinstance(item, ForeignKey):
        return free_name(table, joined(item.columns), "fkey", taken)
    label = LABELS[item.kind]
    if item.kind == "exclude" and item.name is not None:
        # Of expressions: `types.exclusion_name` knows how they are called.
        return next(
            name
            for number in count(1)
            if (name := f"{item.name[: LONGEST - 2]}{number}") not in taken
        )
    if item.kind == "primary_key":
        return free_name(table, None, label, taken)
    if item.kind == "check":
        column = item.columns[0] if len(item.columns) == 1 else None
        return free_name(table, column, label, taken)
    return free_name(table, joined(item.columns), label, taken)
