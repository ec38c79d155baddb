"""
The keys of a table, those included that nobody wrote.

Place: `schema.mysql`, lowest. MySQL and MariaDB make an index for each foreign key
that no other index serves, never drop it with the foreign key, and refuse to
drop the last index that serves one. So these indexes are part of the table here: a
change of them is seen, and DROP and ADD stand in one ALTER TABLE.

Source: mysql_prepare_create_table, foreign_key_prefix and make_unique_key_name
(sql_table.cc), the same in both; their manuals' pages on FOREIGN KEY.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from whimbrel.schema.objects import Constraint, ForeignKey, Index, Table
from whimbrel.schema.renames import Quote
from whimbrel.state.sql_text import tokens

NOT_ORDERED = frozenset({"FULLTEXT", "SPATIAL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKeyIndex(Index):
    """An index that a foreign key brings; never written with its table."""


def free_name(column: str, taken: Set[str]) -> str:
    """Return the name of a key that has none: its first column's, or ``…_2``."""
    used = {name.lower() for name in taken}
    if column.lower() not in used and column.lower() != "primary":
        return column
    number = 2
    while f"{column}_{number}".lower() in used:
        number += 1
    return f"{column}_{number}"


def unique_indexes(
    constraints: Iterable[Constraint], indexes: Iterable[Index]
) -> tuple[Index, ...]:
    """Return unique constraints as what they are here, each with its name."""
    every = list(constraints)
    taken = {c.name for c in every if c.name is not None}
    made = []
    for constraint in every:
        name = constraint.name or free_name(constraint.columns[0], taken)
        taken.add(name)
        made.append(
            Index(
                name=name,
                prefix="UNIQUE",
                sql=constraint.sql.removeprefix("UNIQUE").strip(),
                columns=constraint.columns,
                foreseen=constraint.name is None,
            )
        )
    return (*made, *indexes)


def leading_columns(sql: str, *, descending: bool = True) -> tuple[str, ...]:
    """
    Return the whole columns with which an index's text begins.

    Args:
        descending: Whether a column in descending order is one of them.
    """
    columns: list[str] = []
    name: str | None = None
    for token in tokens(sql.strip().removeprefix("("), backslash=True):
        word = token.text.upper()
        if word == "DESC" and not descending:
            break
        if token.text.isspace() or word in ("ASC", "DESC"):
            continue
        if token.text in ",)":
            if name is None:
                break
            columns.append(name)
            name = None
            if token.text == ")":
                break
        elif token.name is None or name is not None:
            break
        else:
            name = token.name
    return tuple(columns)


def serves(columns: tuple[str, ...], key: ForeignKey) -> bool:
    """Return whether an index on *columns* serves the foreign key *key*."""
    return columns[: len(key.columns)] == key.columns


def index_serves(index: Index, key: ForeignKey, *, descending: bool = True) -> bool:
    """Return whether *index* serves the foreign key *key*, which then brings none."""
    if index.prefix in NOT_ORDERED:
        return False
    return serves(leading_columns(index.sql, descending=descending), key)


def own_indexes(
    table: Table, quote: Quote, *, descending: bool = True
) -> tuple[ForeignKeyIndex, ...]:
    """
    Return the indexes that *table*'s foreign keys bring.

    Args:
        descending: Whether an index in descending order serves a foreign key.
    """
    primary = table.primary_key.columns if table.primary_key else ()
    keys = [
        key
        for key in table.foreign_keys
        if not serves(primary, key)
        and not any(
            index_serves(index, key, descending=descending) for index in table.indexes
        )
    ]
    taken = {index.name for index in table.indexes}
    made = []
    for place, key in enumerate(keys):
        if any(covers(other, key) for other in keys[place + 1 :]) or any(
            covers(other, key) and len(other.columns) > len(key.columns)
            for other in keys[:place]
        ):
            continue
        name = key.name or free_name(key.columns[0], taken)
        taken.add(name)
        sql = f"({', '.join(map(quote, key.columns))})"
        made.append(
            ForeignKeyIndex(name=name, sql=sql, columns=key.columns, foreseen=True)
        )
    return tuple(made)


def covers(other: ForeignKey, key: ForeignKey) -> bool:
    """Return whether the index of *other* serves *key* too."""
    return serves(other.columns, key)


def with_own_indexes(
    table: Table | None, quote: Quote, *, descending: bool = True
) -> Table | None:
    """Return *table* with the indexes that its foreign keys bring."""
    if table is None or not table.foreign_keys:
        return table
    own = own_indexes(table, quote, descending=descending)
    return replace(table, indexes=(*table.indexes, *own))
