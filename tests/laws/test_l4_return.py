"""L4: back gives catalog(A), forward again catalog(B); kept rows survive it all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whimbrel.facts import Facts
from whimbrel.testing.cases import STYLES, Style, cases
from whimbrel.testing.databases import Scratch
from whimbrel.testing.laws import Ground, check_return


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
def test_there_and_back_again_with_rows(
    shared_scratch: Scratch,
    yardstick: Scratch,
    facts: Facts,
    style: Style,
    data: st.DataObject,
) -> None:
    case = data.draw(cases(style, shared_scratch.name, facts), label="case")
    check_return(case, Ground(shared_scratch, yardstick))
