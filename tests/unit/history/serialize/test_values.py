"""Plain values: what is written gives an equal value when it is read."""

from __future__ import annotations

import collections
import math
import re
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shown import shown

from history.reading import formatted, read_back, source

ZONES = st.one_of(
    st.just(UTC),
    st.sampled_from(["Europe/Paris", "America/St_Johns", "UTC"]).map(zoneinfo.ZoneInfo),
    st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
        lambda offset: timezone(timedelta(seconds=int(offset.total_seconds())))
    ),
    st.just(timezone(timedelta(hours=1), "MEZ")),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    st.decimals(allow_nan=False),
    st.text(),
    st.binary(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=ZONES | st.none()),
    st.timedeltas(),
    st.uuids(),
    st.fractions().map(
        lambda f: range(f.numerator % 7, f.denominator, 1 + f.numerator % 3)
    ),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(st.text() | st.integers(), inner),
        st.sets(SCALARS),
        st.frozensets(SCALARS),
    ),
    max_leaves=10,
)


def kinds(value: Any) -> Any:
    """Return *value* with the types of everything in it: 1, True and 1.0 are equal."""
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    if isinstance(value, dict):
        return dict, [(kinds(k), kinds(v)) for k, v in value.items()]
    if isinstance(value, set | frozenset):
        return type(value), value
    return type(value), repr(value)


@given(VALUES)
def test_reading_gives_an_equal_value(value: Any) -> None:
    """Law L1 for values: also the types, the order of dicts and signs of zeros."""
    assert kinds(read_back(value)) == kinds(value)


@given(st.lists(VALUES, min_size=1, max_size=5))
@example(
    [[[None], date(2000, 1, 1), ["000000\x1f\x08", "0" * 26]]],
)
def test_ruff_leaves_values_alone(values: list[Any]) -> None:
    """Numbers, quotes and brackets are spelled as ruff spells them."""
    head = "a = "
    parts = (f"{head}{source(value, column=len(head))}\n" for value in values)
    text = "".join(parts)

    assert formatted(text) == text


@given(st.sets(SCALARS))
def test_the_same_set_is_always_written_the_same(value: set[Any]) -> None:
    """A set has no order of its own, and hashes differ between processes."""
    backwards = list(value)[::-1]

    assert source(value) == source(set(backwards))


class Point(NamedTuple):
    """A named tuple that a module offers."""

    x: int
    y: int


class Loud(str):
    """A string of a class of one's own."""

    __slots__ = ()


class Odd(tzinfo):
    """A zone that cannot be told how it was made."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(hours=2)

    def dst(self, moment: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (1.5, "1.5"),
        (1e300, "1e300"),
        (-0.0, "-0.0"),
        (math.inf, 'float("inf")'),
        (-math.inf, 'float("-inf")'),
        (math.nan, 'float("nan")'),
        (1 + 2j, "complex(1.0, 2.0)"),
        (Decimal("1.10"), 'Decimal("1.10")'),
        (b"a\0", 'b"a\\x00"'),
        (bytearray(b"a"), 'bytearray(b"a")'),
        ((1,), "(1,)"),
        ((), "()"),
        ([], "[]"),
        ({}, "{}"),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
        ({"b", "a"}, '{"a", "b"}'),
        (frozenset({2, 1}), "frozenset([1, 2])"),
        ({"b": 1, "a": (2,)}, '{"b": 1, "a": (2,)}'),
        (range(3), "range(3)"),
        (range(1, 3), "range(1, 3)"),
        (range(0, 9, 2), "range(0, 9, 2)"),
        (date(2025, 1, 2), "datetime.date(2025, 1, 2)"),
        (time(10), "datetime.time(10, 0)"),
        (
            time(10, 0, 0, 5, UTC),
            "datetime.time(10, 0, 0, 5, tzinfo=datetime.timezone.utc)",
        ),
        (datetime(2025, 1, 2), "datetime.datetime(2025, 1, 2, 0, 0)"),
        (
            datetime(2025, 1, 2, 3, 4, 5, fold=1),
            "datetime.datetime(2025, 1, 2, 3, 4, 5, fold=1)",
        ),
        (timedelta(days=1, hours=1), "datetime.timedelta(days=1, seconds=3600)"),
        (timedelta(), "datetime.timedelta()"),
        (UTC, "datetime.timezone.utc"),
        (zoneinfo.ZoneInfo("Asia/Tokyo"), 'zoneinfo.ZoneInfo("Asia/Tokyo")'),
        (
            timezone(timedelta(hours=1), "MEZ"),
            'datetime.timezone(datetime.timedelta(seconds=3600), "MEZ")',
        ),
        (UUID(int=5), 'uuid.UUID("00000000-0000-0000-0000-000000000005")'),
        (re.compile("^a"), 're.compile("^a")'),
        (re.compile(b"^a"), 're.compile(b"^a")'),
        (
            re.compile("^a", re.IGNORECASE | re.ASCII),
            're.compile("^a", flags=re.ASCII | re.IGNORECASE)',
        ),
        (re.compile("^a", re.MULTILINE), 're.compile("^a", flags=re.MULTILINE)'),
        (PurePosixPath("/a/b"), 'pathlib.PurePosixPath("/a/b")'),
        (PureWindowsPath("c:/a"), 'pathlib.PureWindowsPath("c:\\\\a")'),
        (Path("a"), f'pathlib.{type(PurePosixPath()).__name__}("a")'),
        (collections.OrderedDict(a=1), 'collections.OrderedDict({"a": 1})'),
        (collections.deque([1], 3), "collections.deque([1], maxlen=3)"),
        (Loud("a"), '"a"'),
        (Point(1, 2), f"{__name__}.Point(x=1, y=2)"),
        (iter([1, 2]), "(1, 2)"),
        ({"a": 1}.keys(), '("a",)'),
    ],
    ids=shown,
)
def test_values_are_written_in_few_words(value: Any, text: str) -> None:
    """People review these files."""
    assert source(value) == text


@pytest.mark.parametrize(
    "value",
    [
        re.compile(r"(?i)\bx\b", re.DOTALL | re.VERBOSE),
        re.compile(b"a", re.IGNORECASE),
        Point(1, 2),
        collections.deque([1, [2]]),
        PurePosixPath("/x/y z"),
        time(1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"), fold=1),
    ],
    ids=shown,
)
def test_less_common_values_come_back(value: Any) -> None:
    """Equal, and of the same class."""
    read = read_back(value)

    assert read == value
    assert type(read) is type(value)


def test_a_zone_without_words_becomes_its_offset() -> None:
    """The moment stays the same."""
    moment = datetime(2025, 1, 2, 3, 4, tzinfo=Odd())

    assert source(moment) == (
        "datetime.datetime(\n"
        "    2025,\n    1,\n    2,\n    3,\n    4,\n"
        "    tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)),\n"
        ")"
    )
    assert read_back(moment) == moment
