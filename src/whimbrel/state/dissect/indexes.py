"""
SQLAlchemy indexes taken apart.

Place: `state.dissect`, above `items`.
"""

from __future__ import annotations

import sqlalchemy as sa

from whimbrel.errors.state import IndexWithoutName, StateError
from whimbrel.state.dissect.constraints import element
from whimbrel.state.dissect.items import dialects_of, name_of, options_of
from whimbrel.state.tables import Index


def dissect_index(index: sa.Index) -> Index:
    """Return *index*, of a table or standing alone.

    Raises:
        IndexWithoutName: ST124.

        StateError: an expression or condition cannot be taken apart.
    """
    name = name_of(index)
    if not name:
        place = f"table {index.table.fullname}" if index.table is not None else None
        raise IndexWithoutName(place)
    try:
        return Index(
            name=name,
            expressions=tuple(element(e) for e in index.expressions),
            unique=bool(index.unique),
            options=options_of(index, index.table),
            dialects=dialects_of(index),
        )
    except StateError as error:
        raise error.at(f"index {name}") from None
