"""
What SQLite can do, by the version of the library that is loaded.

Place: `schema.sqlite`, lowest. Source: https://www.sqlite.org/lang_altertable.html
and the release log; the loaded library decides, not Python's version.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from whimbrel.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFacts(Facts):
    """What only SQLite's compiler asks."""

    alters_nullability: bool = False
    """ALTER TABLE … ALTER COLUMN … SET/DROP NOT NULL."""

    drops_checks: bool = False
    """ALTER TABLE … DROP CONSTRAINT for a check."""

    adds_checks: bool = False
    """ALTER TABLE … ADD CHECK; 3.53 has it too but takes a NULL for a violation."""

    tests_added_columns: bool = True
    """ADD COLUMN … CHECK looks at the rows that are there."""


RANDOM_UUID = (
    "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || "
    "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || "
    "hex(randomblob(6)))"
)


def facts(version: tuple[int, ...] | None = None) -> SqliteFacts:
    """Return the abilities of *version*; without one, of the loaded library."""
    version = version or sqlite3.sqlite_version_info
    return SqliteFacts(
        identifier_length=200,
        transactional_ddl=True,
        alters_columns=False,
        drops_columns=version >= (3, 35, 5),
        renames_columns=version >= (3, 26),
        alters_constraints=False,
        renames_indexes=False,
        partial_indexes=True,
        expression_indexes=True,
        nullable_keys=True,
        random_uuid=RANDOM_UUID,
        native_json=False,
        alters_nullability=version >= (3, 53),
        drops_checks=version >= (3, 53),
        adds_checks=version >= (3, 54),
        tests_added_columns=version >= (3, 37),
        begins="BEGIN IMMEDIATE",
        prepares=("PRAGMA foreign_keys=OFF", "PRAGMA legacy_alter_table=OFF"),
        settles=("PRAGMA legacy_alter_table=OFF", "PRAGMA foreign_keys=ON"),
    )
