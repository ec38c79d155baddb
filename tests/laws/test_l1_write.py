"""L1: loading the text written for an operation gives an equal operation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.schema.database import database_for
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import DATABASES
from whimbrel.testing.laws import check_write


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", DATABASES)
@given(data=st.data())
def test_what_is_written_is_what_was_meant(
    name: str, style: Style, data: st.DataObject
) -> None:
    check_write(data.draw(cases(style, name, database_for(name).facts), label="case"))
