"""
Literals spelled as `ruff format` leaves them: double quotes unless the other
kind needs fewer escapes.

Place: `history.source`. Pure text.
"""

from __future__ import annotations

import re

ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def string_literal(value: str) -> str:
    """Return the literal of *value* on one line, whatever it contains."""
    # Both kinds of quotes in front make repr choose single ones and escape them.
    return _quoted(repr("'\"" + str.__str__(value))[4:-1])


def bytes_literal(value: bytes) -> str:
    """Return the literal of *value*."""
    return "b" + _quoted(repr(b"'\"" + bytes(value))[5:-1])


def _quoted(body: str) -> str:
    """Return *body*, the inside of a single-quoted literal, in the better quotes."""
    bare = ESCAPED.sub(lambda m: "'" if m[1] == "'" else m[0], body)
    quote = "'" if bare.count('"') > bare.count("'") else '"'
    return quote + bare.replace(quote, "\\" + quote) + quote
