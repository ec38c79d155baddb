"""
One migration that joins the branches of an app's history.

Place: `history`, above `naming`.
"""

from __future__ import annotations

from datetime import datetime

from whimbrel.errors.history import NothingToMerge
from whimbrel.history.history import History
from whimbrel.history.naming import check_name, next_number, numbered
from whimbrel.migrations.migration import Migration

NAMED = 47
"""How long the names of the branches may be together to go into the new name."""


def merge(
    history: History,
    app_label: str,
    *,
    moment: datetime | None = None,
    name: str | None = None,
) -> Migration:
    """
    Return the migration, without operations, that comes after all leaves of an app.

    Args:
        moment: Goes into a name that would be too long otherwise.

    Raises:
        NothingToMerge: HI119.

        NotAName: HI121.
    """
    leaves = history.graph.leaves(app_label)
    if len(leaves) < 2:
        raise NothingToMerge(app_label)
    check_name(name)
    names = [leaf for _, leaf in leaves]
    joined = "_".join(names)
    if len(joined) > NAMED:
        joined = f"{moment:%Y%m%d_%H%M}" if moment else "branches"
    text = name or f"merge_{joined}"
    return Migration.of(
        app_label, numbered(next_number(*names), text), dependencies=leaves
    )
