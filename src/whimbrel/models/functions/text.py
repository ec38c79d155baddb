"""Functions of text."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from whimbrel.errors.models import BadExpression
from whimbrel.models.conditions import as_text
from whimbrel.models.expressions import Column, Columns, Func, resolve_expression


class Lower(Func):
    """Lower case."""

    function = "LOWER"
    arity = 1
    RESULT = sa.String


class Upper(Func):
    """Upper case."""

    function = "UPPER"
    arity = 1
    RESULT = sa.String


class Length(Func):
    """Number of characters."""

    function = "LENGTH"
    arity = 1
    dialects = {"mysql": "CHAR_LENGTH({})"}
    RESULT = sa.Integer


class Trim(Func):
    """Without spaces at both ends."""

    function = "TRIM"
    arity = 1
    RESULT = sa.String


class LTrim(Func):
    """Without spaces at the start."""

    function = "LTRIM"
    arity = 1
    RESULT = sa.String


class RTrim(Func):
    """Without spaces at the end."""

    function = "RTRIM"
    arity = 1
    RESULT = sa.String


class Concat(Func):
    """All arguments, one after the other; NULL counts as the empty string."""

    RESULT = sa.String

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise BadExpression(
                "Concat", "it takes at least two arguments", fix="give another one"
            )
        super().__init__(*expressions, **extra)

    def resolve(self, columns: Columns) -> Column:
        parts = [resolve_expression(part, columns) for part in self.expressions]
        texts: list[Column] = [sa.func.coalesce(as_text(part), "") for part in parts]
        joined = texts[0]
        for text in texts[1:]:
            joined = joined.concat(text)
        return Grouping(joined)


class Substr(Func):
    """*length* characters from *position*, which counts from 1; None: to the end."""

    function = "SUBSTRING"
    dialects = {"sqlite": "SUBSTR({})"}
    FIELD_POSITIONS = frozenset({0})
    RESULT = sa.String

    def __init__(
        self, expression: Any, pos: Any, length: Any = None, **extra: Any
    ) -> None:
        rest = () if length is None else (length,)
        super().__init__(expression, pos, *rest, **extra)


class Left(Func):
    """The first *length* characters."""

    function = "LEFT"
    arity = 2
    dialects = {"sqlite": "SUBSTR({0}, 1, {1})"}
    RESULT = sa.String


class Right(Func):
    """The last *length* characters."""

    function = "RIGHT"
    arity = 2
    dialects = {"sqlite": "SUBSTR({0}, {1} * -1, {1})"}
    RESULT = sa.String


class Replace(Func):
    """*text* in place of another; the empty string if it is not given."""

    function = "REPLACE"
    RESULT = sa.String

    def __init__(
        self, expression: Any, text: Any, replacement: Any = None, **extra: Any
    ) -> None:
        super().__init__(expression, text, replacement, **extra)

    def arguments(self) -> tuple[Any, ...]:
        subject, text, replacement = self.expressions
        return (subject, text, _Empty if replacement is None else replacement)


class _EmptyText:
    """The empty string as an expression."""

    def resolve(self, columns: Columns) -> Column:
        return sa.literal("")


_Empty = _EmptyText()


class Repeat(Func):
    """The text, several times."""

    function = "REPEAT"
    arity = 2
    RESULT = sa.String


class Reverse(Func):
    """The text backwards."""

    function = "REVERSE"
    arity = 1
    RESULT = sa.String


class LPad(Func):
    """Filled up on the left to a length."""

    function = "LPAD"
    RESULT = sa.String


class RPad(Func):
    """Filled up on the right to a length."""

    function = "RPAD"
    RESULT = sa.String


class StrIndex(Func):
    """Position of the second text in the first, from 1; 0 if it is not there."""

    function = "INSTR"
    arity = 2
    dialects = {"postgresql": "STRPOS({})"}
    RESULT = sa.Integer


class Chr(Func):
    """The character of a code point."""

    function = "CHR"
    arity = 1
    dialects = {"sqlite": "CHAR({})", "mysql": "CHAR({} USING utf16)"}
    RESULT = sa.String


class Ord(Func):
    """The code point of the first character."""

    function = "ASCII"
    arity = 1
    dialects = {"sqlite": "UNICODE({})", "mysql": "ORD({})"}
    RESULT = sa.Integer


class MD5(Func):
    """The MD5 digest in hexadecimal."""

    function = "MD5"
    arity = 1
    RESULT = sa.String


class SHA1(Func):
    """The SHA-1 digest in hexadecimal (PostgreSQL: needs pgcrypto)."""

    function = "SHA1"
    arity = 1
    dialects = {"postgresql": "ENCODE(DIGEST({}, 'sha1'), 'hex')"}
    RESULT = sa.String


class SHA256(Func):
    """The SHA-256 digest in hexadecimal (PostgreSQL: needs pgcrypto)."""

    function = "SHA256"
    arity = 1
    dialects = {
        "postgresql": "ENCODE(DIGEST({}, 'sha256'), 'hex')",
        "mysql": "SHA2({}, 256)",
    }
    RESULT = sa.String


class SHA512(Func):
    """The SHA-512 digest in hexadecimal (PostgreSQL: needs pgcrypto)."""

    function = "SHA512"
    arity = 1
    dialects = {
        "postgresql": "ENCODE(DIGEST({}, 'sha512'), 'hex')",
        "mysql": "SHA2({}, 512)",
    }
    RESULT = sa.String
