"""L9: right after makemigrations, makemigrations finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.schema.database import database_for
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import DATABASES
from whimbrel.testing.laws import check_settle


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", DATABASES)
@given(data=st.data())
def test_nothing_is_left_to_find(name: str, style: Style, data: st.DataObject) -> None:
    """Through files: what was written and loaded is compared with the models."""
    check_settle(data.draw(cases(style, name, database_for(name).facts), label="case"))
