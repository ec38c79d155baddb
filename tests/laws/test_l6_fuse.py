"""L6: running fused and one operation at a time give the same catalog and rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import Scratch
from whimbrel.testing.laws import Ground, check_fuse


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_fused_and_one_by_one_are_the_same(
    shared_scratch: Scratch,
    yardstick: Scratch,
    facts: Facts,
    style: Style,
    data: st.DataObject,
) -> None:
    """There and back, within one change or along two that undo each other."""
    case = data.draw(cases(style, shared_scratch.name, facts), label="case")
    returns = data.draw(st.booleans(), label="returns")
    check_fuse(case, Ground(shared_scratch, yardstick), returns=returns)
