"""L3: catalog(build A, then migrate A→B) = catalog(build B from nothing)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import Scratch
from whimbrel.testing.laws import Ground, check_compile


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_a_migrated_schema_is_the_one_that_create_all_makes(
    shared_scratch: Scratch,
    yardstick: Scratch,
    facts: Facts,
    style: Style,
    data: st.DataObject,
) -> None:
    """Renames are answered by the truth, or with no."""
    case = data.draw(cases(style, shared_scratch.name, facts), label="case")
    truthful = data.draw(st.booleans(), label="truthful")
    check_compile(case, Ground(shared_scratch, yardstick), truthful=truthful)
