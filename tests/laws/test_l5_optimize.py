"""L5: an optimized list of operations gives the same state, catalog and rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import Scratch
from whimbrel.testing.laws import Ground, check_optimize


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_a_shorter_list_does_the_same(
    shared_scratch: Scratch,
    yardstick: Scratch,
    facts: Facts,
    style: Style,
    data: st.DataObject,
) -> None:
    """From nothing, or from tables with rows; changes that undo each other too."""
    case = data.draw(cases(style, shared_scratch.name, facts), label="case")
    fresh = data.draw(st.booleans(), label="fresh")
    legs = data.draw(st.integers(1, 3), label="legs")
    check_optimize(case, Ground(shared_scratch, yardstick), fresh=fresh, legs=legs)
