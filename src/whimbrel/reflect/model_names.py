"""
What tables are called as models.

Place: `reflect`, lowest part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
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
    wanted = set(tables)
    found: dict[sa.Table, list[str]] = {}
    for mapper in all_mappers():
        table = mapper.local_table
        parent = mapper.inherits
        if table not in wanted or (parent is not None and parent.local_table is table):
            continue
        found.setdefault(table, []).append(mapper.class_.__name__)
    return found


def all_mappers() -> Iterator[Any]:
    """Yield every mapper there is; a MetaData does not know its classes."""
    # Whoever has mapped a class has loaded this; without it there is none.
    mapping: Any = sys.modules.get("sqlalchemy.orm.mapper")
    if mapping is not None:
        for registry in mapping._all_registries():
            yield from registry.mappers
