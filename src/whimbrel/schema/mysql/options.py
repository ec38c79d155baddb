"""
What follows the column list in MySQL and MariaDB: ENGINE, charset, partitions.

Place: `schema.mysql`, lowest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from whimbrel.schema.objects import Column, Table
from whimbrel.schema.table_diff import TableDiff

PARTITIONING = ("PARTITION_BY", "PARTITIONS", "SUBPARTITION_BY", "SUBPARTITIONS")
SPACED = ("TABLESPACE", "DEFAULT CHARACTER SET", "CHARACTER SET", "COLLATE")
UNDERLINED = (
    "DATA_DIRECTORY",
    "INDEX_DIRECTORY",
    "DEFAULT_CHARACTER_SET",
    "CHARACTER_SET",
    "DEFAULT_CHARSET",
    "DEFAULT_COLLATE",
)
CHARSET = frozenset(
    {"DEFAULT_CHARSET", "CHARSET", "DEFAULT_CHARACTER_SET", "CHARACTER_SET"}
)
COLLATE = frozenset({"COLLATE", "DEFAULT_COLLATE"})

TEXT = re.compile(r"(var)?char|\w*text\b|enum|set\b", re.IGNORECASE)

NATURAL: Mapping[str, str] = {
    "ENGINE": "ENGINE=InnoDB",
    "ROW_FORMAT": "ROW_FORMAT=DEFAULT",
    "KEY_BLOCK_SIZE": "KEY_BLOCK_SIZE=0",
    "PARTITION_BY": "REMOVE PARTITIONING",
}
"""What an option goes back to when it is no longer given. Others stay as they
are: nothing says what they would be."""


def spelled(name: str, value: str) -> str:
    """Return one option as SQL; *value* is quoted already where it is text."""
    if name in PARTITIONING:
        return f"{name.replace('_', ' ')} {value}"
    name = name.replace("_", " ") if name in UNDERLINED else name
    return f"{name} {value}" if name in SPACED else f"{name}={value}"


def table_options(table: Table) -> list[str]:
    """Return the options of CREATE TABLE, partitions apart."""
    return [spelled(n, v) for n, v in table.options if n not in PARTITIONING]


def partitions(table: Table) -> list[str]:
    """Return how *table* is partitioned; stands behind everything else."""
    return [spelled(n, v) for n, v in table.options if n in PARTITIONING]


def changes_text(diff: TableDiff) -> bool:
    """Return whether columns without a charset of their own get another one."""
    names = CHARSET | COLLATE
    before, after = (
        [option for option in table.options if option[0] in names]
        for table in (diff.moved, diff.after)
    )
    return before != after


def takes_charset(column: Column) -> bool:
    """Return whether *column* has the charset of its table."""
    return (
        TEXT.match(column.type) is not None
        and column.collation is None
        and "CHARACTER SET" not in column.type.upper()
    )


def loses_charset(diff: TableDiff) -> bool:
    """Return whether the charset or collation goes back to the database's."""
    before, after = dict(diff.moved.options), dict(diff.after.options)
    gone = before.keys() - after.keys()
    names = CHARSET | COLLATE
    return not names.isdisjoint(gone) and names.isdisjoint(after)


def option_clauses(diff: TableDiff) -> Iterator[str]:
    """
    Yield the clauses of ALTER TABLE for changed options, partitions apart.

    A charset or collation that is no longer given is no clause: see
    `loses_charset`.
    """
    before, after = dict(diff.moved.options), dict(diff.after.options)
    gone = before.keys() - after.keys() - {*PARTITIONING}
    for name in sorted(gone):
        if name in NATURAL:
            yield NATURAL[name]
    text = changes_text(diff)
    for name, value in diff.after.options:
        restated = text and name in CHARSET | COLLATE
        if name not in PARTITIONING and (restated or before.get(name) != value):
            yield spelled(name, value)


def partition_clauses(diff: TableDiff) -> list[str]:
    """Return the one clause of ALTER TABLE for other partitions, if any."""
    before, after = partitions(diff.moved), partitions(diff.after)
    if before == after:
        return []
    return [" ".join(after)] if after else [NATURAL["PARTITION_BY"]]
