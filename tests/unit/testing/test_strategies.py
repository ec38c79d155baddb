"""What the strategies promise, so that the laws may lean on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.schema.database import database_for
from whimbrel.testing.cases import STYLES, Case, Style, cases
from whimbrel.testing.catalog import catalog
from whimbrel.testing.databases import find_server, scratch_database
from whimbrel.testing.laws import created
from whimbrel.testing.strategies.rows import (
    NULL_ROW,
    ROWS,
    insert_rows,
    lost_rows,
    read_rows,
)

SQLITE = database_for("sqlite").facts


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_rows_satisfy_every_constraint(style: Style, data: st.DataObject) -> None:
    """Both sides can be created and filled, and every row is read back."""
    case: Case = data.draw(cases(style, "sqlite", SQLITE), label="case")
    with scratch_database(find_server("sqlite")) as scratch:
        for side in (case.before, case.after):
            created(side, scratch)
            with scratch.engine.connect() as connection:
                insert_rows(connection, side.tables)
                connection.commit()
                violations = connection.exec_driver_sql("PRAGMA foreign_key_check")

                assert violations.all() == []
                rows = read_rows(connection, side.tables)

            assert {len(values) for values in rows.values()} == {ROWS}


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_a_lost_value_is_noticed(style: Style, data: st.DataObject) -> None:
    """The comparison of rows is no rubber stamp."""
    case: Case = data.draw(cases(style, "sqlite", SQLITE), label="case")
    columns = {p: c for t in case.before.tables for p, c in t.places.items()}
    with scratch_database(find_server("sqlite")) as scratch:
        created(case.before, scratch)
        with scratch.engine.connect() as connection:
            insert_rows(connection, case.before.tables)
            rows = read_rows(connection, case.before.tables)

            assert catalog(connection).items != ()
    for place, column in columns.items():
        if column.value is not None:
            spoilt = [None] * ROWS
            spoilt[NULL_ROW] = rows[place][NULL_ROW]

            assert lost_rows(rows, {**rows, place: spoilt}, columns) != []
