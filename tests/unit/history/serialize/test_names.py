"""Names: classes, functions and members are written by where they are found."""

from __future__ import annotations

import datetime
import enum
import functools
import random
import types
import uuid
from pathlib import Path
from typing import Any

import pytest
from shown import shown

from history.reading import read_back, source
from history.serialize import shapes
from history.serialize.shapes import Access, Color, Kept, Outer, Size, Status
from whimbrel import migrations, models

HERE = "history.serialize.shapes"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (int, "int"),
        (type(None), "types.NoneType"),
        (Path, "pathlib.Path"),
        (Outer, f"{HERE}.Outer"),
        (Outer.Inner, f"{HERE}.Outer.Inner"),
        (models.Model, "models.Model"),
        (models.CharField, "models.CharField"),
        (migrations.AddField, "migrations.AddField"),
        (migrations.RunPython.noop, "migrations.RunPython.noop"),
        (len, "len"),
        (shapes.now, f"{HERE}.now"),
        (shapes.twice, f"{HERE}.twice"),
        (shapes.cached, f"{HERE}.cached"),
        (Outer.Inner.make, f"{HERE}.Outer.Inner.make"),
        (Outer.build, f"{HERE}.Outer.build"),
        (shapes.Derived.build, f"{HERE}.Derived.build"),
        (Outer.use, f"{HERE}.Outer.use"),
        (datetime.datetime.now, "datetime.datetime.now"),
        (dict.fromkeys, "dict.fromkeys"),
        (random.random, "random.random"),
        (uuid.uuid4, "uuid.uuid4"),
        (list[int], "list[int]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (types, "types"),
        (Color.RED, f'{HERE}.Color["RED"]'),
        (Color.ALSO_RED, f'{HERE}.Color["RED"]'),
        (Size.SMALL, f'{HERE}.Size["SMALL"]'),
        (Outer.Mode.ON, f'{HERE}.Outer.Mode["ON"]'),
        (Access.READ, f'{HERE}.Access["READ"]'),
        (Access(0), f"{HERE}.Access(0)"),
        (Kept(9), f"{HERE}.Kept(9)"),
        (Status.DRAFT, '"d"'),
        (models.CASCADE, "models.CASCADE"),
        (
            functools.partial(shapes.now, 1, a=[2]),
            f"functools.partial({HERE}.now, 1, a=[2])",
        ),
    ],
    ids=shown,
)
def test_names_are_written_by_where_they_are_found(value: Any, text: str) -> None:
    """The shortest name under which users know them."""
    assert source(value) == text


@pytest.mark.parametrize(
    "value",
    [
        Outer.Inner,
        shapes.twice,
        shapes.cached,
        Outer.Inner.make,
        Outer.build,
        datetime.datetime.now,
        random.random,
        Color.GREEN,
        Access.READ | Access.ADMIN,
        Access.READ | Access.WRITE | Access.ADMIN,
        Access(0),
        Kept(9),
        Size.SMALL,
        models.SET_NULL,
        list[int],
        dict[str, int],
    ],
    ids=shown,
)
def test_what_was_written_is_found_again(value: Any) -> None:
    """Equal, and of the same class."""
    read = read_back(value)

    assert read == value
    assert type(read) is type(value)


def test_combined_flags_are_written_by_their_names() -> None:
    """A number would say something else after a flag was added."""
    text = source(Access.READ | Access.ADMIN)

    assert text == f'(\n    {HERE}.Access["READ"]\n    | {HERE}.Access["ADMIN"]\n)' or (
        text == f'{HERE}.Access["READ"] | {HERE}.Access["ADMIN"]'
    )


class Local(enum.Enum):
    """Here so that the module under test is not the only one with members."""

    A = 1


def test_members_of_any_module_are_found() -> None:
    """Tests' modules too."""
    assert read_back(Local.A) is Local.A
