"""
Names that are made up: of tables, columns, indexes and constraints.

Place: a lower part of `models`, pure functions. The rules are Django's to the
letter, so that a database made by Django has the very names that Whimbrel
expects; the vectors in the tests were observed on Django 5.2.

*limit* is always the longest name that the database takes (`facts`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from whimbrel.errors.models import BadIndex

INDEX_NAME_LENGTH = 30
"""Longest generated name of an unnamed `Index`, so that it fits every database."""


def digest(parts: Sequence[str], length: int) -> str:
    """Return the first *length* hexadecimal digits of the MD5 over *parts*."""
    joined = "".join(parts).encode()
    return hashlib.md5(joined, usedforsecurity=False).hexdigest()[:length]


def split_table(db_table: str) -> tuple[str | None, str]:
    """Return schema and name of ``table``, ``"table"`` or ``"schema"."table"``."""
    parts = db_table.split('"."')
    name = parts[-1].strip('"')
    return (parts[-2].strip('"') if len(parts) > 1 else None), name


def automatic_name(
    table: str, columns: Sequence[str], suffix: str = "", *, limit: int
) -> str:
    """
    Return the name of an index or constraint over *columns* that users left unnamed.

    Args:
        suffix: What it is for: ``""`` (index), ``_uniq``, ``_like``, ``_check``,
            ``_fk_<table>_<column>``. It is cut when the name gets too long.
    """
    table = split_table(table)[1]
    tail = digest([table, *columns], 8) + suffix
    joined = "_".join(columns)
    name = f"{table}_{joined}_{tail}"
    if len(name) <= limit:
        return name
    if len(tail) > limit / 3:
        tail = tail[: limit // 3]
    keep = (limit - len(tail)) // 2 - 1
    name = f"{table[:keep]}_{joined[:keep]}_{tail}"
    if name[0] == "_" or name[0].isdigit():
        name = f"D{name[:-1]}"
    return name


def foreign_key_name(
    table: str, column: str, to_table: str, to_column: str, *, limit: int
) -> str:
    """Return the name of the foreign key from *column* to *to_column*."""
    suffix = f"_fk_{split_table(to_table)[1]}_{to_column}"
    return automatic_name(table, [column], suffix, limit=limit)


def generated_index_name(
    table: str, columns: Sequence[str], suffix: str = "idx", *, extra: int = 0
) -> str:
    """
    Return the name of an `Index` without a name of its own.

    Args:
        columns: Names of columns, with a ``-`` before those in descending order.

        extra: How much longer the name may be (kinds with a long suffix).
    """
    table = split_table(table)[1]
    first = columns[0].removeprefix("-")
    end = f"{digest([table, *columns, suffix], 6)}_{suffix}"
    name = f"{table[:11]}_{first[:7]}_{end}"
    if len(name) > INDEX_NAME_LENGTH + extra:
        raise BadIndex(
            "Index",
            f"the suffix {suffix!r} makes the name {name!r} too long",
            fix="give the index a name",
        )
    if name[0] == "_" or name[0].isdigit():
        name = f"D{name[1:]}"
    return name


def truncate_name(name: str, limit: int) -> str:
    """Return *name*, cut to *limit* with a hash at its end when it is longer."""
    schema, plain = split_table(name)
    if len(plain) <= limit:
        return name
    cut = plain[: limit - 4] + digest([plain], 4)
    return f'{schema}"."{cut}' if schema else cut


def default_table_name(app_label: str, model_name: str) -> str:
    """Return the table of a model without ``db_table``, before truncation."""
    return f"{app_label}_{model_name.lower()}"


def many_to_many_table_name(table: str, field: str) -> str:
    """Return the table of a many-to-many field, before truncation."""
    return f"{split_table(table)[1]}_{field}"


def many_to_many_columns(model: str, target: str, *, same: bool) -> tuple[str, str]:
    """Return the field names of the two foreign keys of an automatic table."""
    source, target = model.lower(), target.lower()
    return (f"from_{source}", f"to_{target}") if same else (source, target)
