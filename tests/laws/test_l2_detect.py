"""L2: applying detect(A, B) to A gives B; detect(A, A) is empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.schema.database import database_for
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import DATABASES
from whimbrel.testing.laws import check_detect


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", DATABASES)
@given(data=st.data())
def test_detected_operations_reach_the_other_state(
    name: str, style: Style, data: st.DataObject
) -> None:
    """Renames are answered by the truth, and with no."""
    check_detect(data.draw(cases(style, name, database_for(name).facts), label="case"))
