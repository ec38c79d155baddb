"""
Differences that no user can observe, taken out in one place.

Place: `testing.catalog`, between `objects` and `compare`. Each rule is a
function from an item to an item (None: leave it out) with its reason as its
docstring. The names of Whimbrel's own tables are left out too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from whimbrel.testing.catalog.objects import Catalog, Item

Rule: TypeAlias = Callable[[Item, "Item | None"], "Item | None"]
"""Takes an item and the table it is in (None at the top)."""

_NEGATIVE = re.compile(r"-\((\d+(?:\.\d+)?)\)")


def own_tables(item: Item, table: Item | None) -> Item | None:
    """Whimbrel's own tables are there after a migration and not after create_all."""
    own = table is None and item.kind in {"table", "sequence"}
    return None if own and (item.name or "").startswith("whimbrel_") else item


def mysql_generated_constraint_names(item: Item, table: Item | None) -> Item | None:
    """
    MySQL numbers unnamed foreign keys and checks in the order they come.

    ``book_ibfk_2`` (``CONSTRAINT_1``, ``book_chk_1`` for checks) tells when a
    constraint was made and how the table was called then, nothing about it;
    DESIGN §2.5 looks such a constraint up by kind and columns.
    """
    if item.kind == "foreign_key" and re.search(r"_ibfk_\d+\Z", item.name or ""):
        return replace(item, name=None)
    # MariaDB: `1`, `2`… for foreign keys since 12.1.
    if item.kind == "foreign_key" and (item.name or "").isdigit():
        return replace(item, name=None)
    generated = r"CONSTRAINT_\d+\Z|.*_chk_\d+\Z"
    if item.kind == "check" and re.match(generated, item.name or ""):
        return replace(item, name=None)
    return item


def mysql_column_checks(item: Item, table: Item | None) -> Item | None:
    """
    MariaDB calls a check that is written beside a column after the column.

    SQLAlchemy writes an unnamed check in a `Column` there; the same condition
    among the table's clauses is checked alike and named by a number.
    """
    if item.kind != "check" or item.fact("level") is None:
        return item
    facts = tuple(fact for fact in item.facts if fact[0] != "level")
    name = None if item.fact("level") == "Column" else item.name
    return replace(item, name=name, facts=facts)


def mysql_generated_index_names(item: Item, table: Item | None) -> Item | None:
    """
    MySQL calls an unnamed key after its first column, with a number if taken.

    The number depends on the order in which keys were made. The key that a
    foreign key brings is called after the constraint, whose name may be
    generated (see `mysql_generated_constraint_names`).
    """
    if item.kind not in {"index", "unique"} or not item.name:
        return item
    columns = item.fact("columns")
    first = columns[0] if isinstance(columns, tuple) and columns else None
    column = first[0] if isinstance(first, tuple) else first
    # MySQL cuts nothing here: a column's name leaves room for no number at 64.
    if column and re.match(
        re.escape(str(column)) + r"(_\d+)?\Z", item.name, re.IGNORECASE
    ):
        return replace(item, name=None)
    if re.search(r"_ibfk_\d+\Z", item.name):
        return replace(item, name=None)
    return item


def mysql_negative_numbers(item: Item, table: Item | None) -> Item | None:
    """
    MySQL prints ``-1`` in a check as ``-(1)``, until the table was copied once.

    Seen on 9.7: any ALTER TABLE that copies the rows reads the text again.
    """
    sql = item.fact("sql")
    if item.kind != "check" or not isinstance(sql, str):
        return item
    plain = _NEGATIVE.sub(r"-\1", sql)
    facts = tuple((n, plain if n == "sql" else value) for n, value in item.facts)
    return replace(item, facts=facts)


def postgresql_not_null_names(item: Item, table: Item | None) -> Item | None:
    """
    PostgreSQL 18 names NOT NULL constraints, by the table's first name.

    That a column is NOT NULL is compared with the column.
    """
    return None if item.kind == "not_null" else item


def postgresql_schemas(item: Item, table: Item | None) -> Item | None:
    """
    A schema is made where it is missing and never dropped with its last table.

    It may be somebody's own, with rights and other things in it; models only say
    in which schema a table is, and that is compared with the table's name.
    """
    return None if item.kind == "schema" else item


def postgresql_column_stamps(item: Item, table: Item | None) -> Item | None:
    """
    Debian's PostgreSQL 15.20 stamps each column with ``pg_attver=<number>``.

    It stands among the column's options, is different for two tables made by
    the same statement, and nobody asked for it. Seen by running; the manual's
    only options of a column are n_distinct and n_distinct_inherited.
    """
    options = item.fact("options")
    if item.kind != "column" or not isinstance(options, tuple):
        return item
    kept = tuple(o for o in options if not str(o).startswith("pg_attver="))
    facts = tuple(fact for fact in item.facts if fact[0] != "options")
    return replace(item, facts=(*facts, ("options", kept)) if kept else facts)


RULES: dict[str, tuple[Rule, ...]] = {
    "sqlite": (own_tables,),
    "postgresql": (
        own_tables,
        postgresql_schemas,
        postgresql_not_null_names,
        postgresql_column_stamps,
    ),
    "mysql": (
        own_tables,
        mysql_generated_constraint_names,
        mysql_column_checks,
        mysql_negative_numbers,
        mysql_generated_index_names,
    ),
}
"""Dialect → its rules; autoindexes of SQLite are not read in the first place,
and the positions of columns are no facts: their order is that of the members."""


@lru_cache(maxsize=64)
def normalised(catalog: Catalog) -> Catalog:
    """Return *catalog* without what no user can observe."""
    rules = RULES.get(catalog.database, (own_tables,))
    return replace(catalog, items=tuple(_apply(rules, catalog.items, None)))


def _apply(
    rules: tuple[Rule, ...], items: tuple[Item, ...], table: Item | None
) -> Iterator[Item]:
    for item in items:
        kept: Item | None = item
        for rule in rules:
            kept = rule(kept, table) if kept is not None else None
        if kept is not None:
            members = tuple(_apply(rules, kept.members, kept))
            yield kept if members == kept.members else replace(kept, members=members)
