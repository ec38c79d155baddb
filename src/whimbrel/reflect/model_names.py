"""
What tables are called as models.

Place: `reflect`, lowest part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.reflect import ModelNameTaken
from whimbrel.state.dissect.arguments import plain_text


def model_names(tables: Iterable[sa.Table], app_label: str) -> Mapping[sa.Table, str]:
    """
    Return the model name of each table.

    It is ``info["model_name"]`` of the table, else the name of the class mapped
    on it, where there is exactly one (subclasses that share their parent's table
    do not count), else the table's own name.

    Raises:
        ModelNameTaken: RE102, two names differ at most in case.
    """
    known = list(tables)
    classes = mapped_classes(known)
    names: dict[sa.Table, str] = {}
    owners: dict[str, list[sa.Table]] = {}
    for table in known:
        mapped = classes.get(table, [])
        own = mapped[0] if len(mapped) == 1 else plain_text(table.name)
        names[table] = table.info.get("model_name", own)
        owners.setdefault(names[table].lower(), []).append(table)
    for group in owners.values():
        if len(group) > 1:
            name = names[group[0]]
            raise ModelNameTaken(app_label, name, (t.fullname for t in group))
    return names


def mapped_classes(tables: Iterable[sa.Table]) -> dict[sa.Table, list[str]]:
    """Return the names of the root classes mapped on each table."""
    if "sqlalchemy.orm" not in sys.modules:
        return {}
    wanted = set(tables)
    found: dict[sa.Table, list[str]] = {}
    for mapper in all_mappers():
        table = mapper.local_table
        parent = mapper.inherits
        if table not in wanted or (parent is not None and parent.local_table is table):
            continue
        found.setdefault(table, []).append(mapper.class_.__name__)
    return found


def all_mappers() -> Iterable[Any]:
    """Return every mapper there is; a MetaData does not know its classes."""
    from sqlalchemy.orm import mapperlib

    for registry in mapperlib._all_registries():
        yield from registry.mappers
