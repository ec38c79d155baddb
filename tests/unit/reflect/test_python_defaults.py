"""What is read of a column's default in Python, and what existing rows cannot get."""

from __future__ import annotations

import functools
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from whimbrel.detect.comparison import PythonDefault
from whimbrel.reflect.python_defaults import python_default
from whimbrel.state.construct import Construct


def make() -> str:
    return "made"


def of_context(context: object) -> str:
    return "made"


@functools.wraps(make)
def wraps_one_without(context: object) -> str:
    return "made"


def optional(number: int = 3) -> int:
    return number


CONTEXT = PythonDefault(refused="is called with the context of an INSERT")
UNWRITTEN = PythonDefault(refused="cannot be written into a migration file")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param(5, PythonDefault(value=5), id="a value"),
        pytest.param(make, PythonDefault(value=make), id="a function"),
        pytest.param(uuid.uuid4, PythonDefault(value=uuid.uuid4), id="uuid4"),
        pytest.param(dict, PythonDefault(value=dict), id="a class"),
        pytest.param(optional, PythonDefault(value=optional), id="optional arguments"),
        pytest.param(of_context, CONTEXT, id="of the context"),
        pytest.param(wraps_one_without, CONTEXT, id="of the context, wrapped"),
        pytest.param(lambda: 1, UNWRITTEN, id="a lambda"),
        pytest.param(object(), UNWRITTEN, id="some object"),
        pytest.param(
            sa.func.now(),
            PythonDefault(value=Construct("sqlalchemy.func.now")),
            id="an expression",
        ),
        pytest.param(sa.Sequence("s"), None, id="a sequence"),
        pytest.param(None, None, id="none"),
    ],
)
def test_a_default_is_read(given: Any, wanted: PythonDefault | None) -> None:
    assert python_default(sa.Column("a", sa.Integer, default=given)) == wanted
