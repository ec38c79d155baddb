"""
What MySQL and MariaDB can do, by version; they went different ways after 5.5.

Place: `schema.mysql`, lowest. Source: the manuals' pages on ALTER TABLE, CREATE
INDEX, generated columns and CHECK of both, and their release notes.
"""

from __future__ import annotations

from dataclasses import dataclass

from whimbrel.facts import Facts

DEFAULT_VERSION = (8, 0, 16)
"""Assumed of MySQL where no server is at hand."""

DEFAULT_MARIADB_VERSION = (10, 5, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MysqlFacts(Facts):
    """What only the compiler of MySQL and MariaDB asks."""

    rename_clause: bool = True
    """ALTER TABLE … RENAME COLUMN exists; else CHANGE, which restates the column."""

    drop_check: str = "DROP CHECK"
    """How the clause that drops a check begins."""

    expression_defaults: bool = True
    """DEFAULT takes any expression in brackets."""

    text_defaults: bool = False
    """TEXT and BLOB columns take a literal default without brackets."""

    json_is_text: bool = False
    """JSON is a text with a check named after the column; RENAME COLUMN leaves
    that name as it was, CHANGE does not."""

    checks_belong_to_tables: bool = False
    """Two tables may have checks of one name, and the catalog says whose they are."""

    descending_serves: bool = True
    """A foreign key brings no index where one in descending order is there."""

    joins_text_indexes: bool = True
    """One ALTER TABLE may add several FULLTEXT indexes."""

    adds_unsafe_defaults: bool = True
    """ADD COLUMN takes a default whose value depends on where it is computed."""

    native_uuid: bool = False

    hides_keys: bool = False
    """A table without a key may have an invisible one, which a setting makes."""


RANDOM_UUID = (
    "LOWER(CONCAT(HEX(RANDOM_BYTES(6)), '4', SUBSTR(HEX(RANDOM_BYTES(2)), 2), "
    "SUBSTR('89ab', 1 + (ORD(RANDOM_BYTES(1)) & 3), 1), "
    "SUBSTR(HEX(RANDOM_BYTES(2)), 2), HEX(RANDOM_BYTES(6))))"
)
"""MariaDB has `RANDOM_BYTES` since 10.10. `UUID()` is no secret: it tells the time."""


def facts(
    version: tuple[int, ...] | None = None, *, is_mariadb: bool = False
) -> MysqlFacts:
    """Return the abilities of *version*; without one, of the oldest supported."""
    return _mariadb(version) if is_mariadb else _mysql(version)


def _mysql(version: tuple[int, ...] | None) -> MysqlFacts:
    version = version or DEFAULT_VERSION
    return MysqlFacts(
        identifier_length=64,
        utc_now="UTC_TIMESTAMP",
        combines_alters=True,
        renames_indexes=version >= (5, 7),
        expression_indexes=version >= (8, 0, 13),
        text_indexes=False,
        indexes_foreign_keys=True,
        check_constraints=version >= (8, 0, 16),
        comments=True,
        inline_comments=True,
        unsigned_integers=True,
        rename_clause=version >= (8, 0, 3),
        follows_renames=False,
        expression_defaults=version >= (8, 0, 13),
        descending_indexes=version >= (8, 0, 1),
        descending_serves=False,
        joins_text_indexes=False,
        adds_unsafe_defaults=False,
        random_uuid=RANDOM_UUID,
        hides_keys=version >= (8, 0, 30),
    )


def _mariadb(version: tuple[int, ...] | None) -> MysqlFacts:
    version = version or DEFAULT_MARIADB_VERSION
    return MysqlFacts(
        identifier_length=64,
        utc_now="UTC_TIMESTAMP",
        combines_alters=True,
        renames_indexes=version >= (10, 5, 2),
        text_indexes=False,
        indexes_foreign_keys=True,
        check_constraints=version >= (10, 2, 1),
        comments=True,
        inline_comments=True,
        unsigned_integers=True,
        sequences=version >= (10, 3),
        rename_clause=version >= (10, 5, 2),
        drop_check="DROP CONSTRAINT",
        expression_defaults=version >= (10, 2, 1),
        text_defaults=True,
        json_is_text=True,
        checks_belong_to_tables=True,
        descending_indexes=version >= (10, 8),
        native_uuid=version >= (10, 7),
        random_uuid=RANDOM_UUID if version >= (10, 10) else None,
    )
