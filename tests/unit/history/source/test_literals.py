"""Literals: they evaluate to the value, and ruff would not spell them otherwise."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.reading import formatted
from whimbrel.history.source.literals import bytes_literal, string_literal

AWKWARD = st.text(st.sampled_from("ab'\"\\\n\t\r\0\x7f\u00e9\u2028\U0001f426"))


@given(st.text() | AWKWARD)
def test_a_string_literal_gives_the_string(value: str) -> None:
    """Whatever it contains, control characters and lone surrogates too."""
    assert ast.literal_eval(string_literal(value)) == value


@given(st.binary() | AWKWARD.map(lambda s: s.encode("utf-8")))
def test_a_bytes_literal_gives_the_bytes(value: bytes) -> None:
    """Every byte comes back."""
    assert ast.literal_eval(bytes_literal(value)) == value


@given(st.lists(AWKWARD, min_size=1, max_size=30))
def test_ruff_keeps_the_quotes(values: list[str]) -> None:
    """The choice of quotes is ruff's."""
    lines = [f"a = {string_literal(value)}\n" for value in values]
    lines += [f"a = {bytes_literal(value.encode())}\n" for value in values]
    text = "".join(lines)

    assert formatted(text) == text


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        pytest.param("plain", '"plain"', id="double quotes first"),
        pytest.param(
            'say "a"', "'say \"a\"'", id="single ones where they save escapes"
        ),
        pytest.param('it\'s "a"', "'it\\'s \"a\"'", id="fewer escapes win"),
        pytest.param("a\nb", '"a\\nb"', id="one line always"),
    ],
)
def test_quotes_are_chosen_like_ruff_does(value: str, literal: str) -> None:
    """Readable, and left alone by formatters."""
    assert string_literal(value) == literal
