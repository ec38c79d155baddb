"""
Values as SQLite spells them, where it differs.

Place: `schema.sqlite`, below `types`.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import types

from whimbrel.schema.literals import Literals, unwrapped

RANDOM_UUID = (
    "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || "
    "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || "
    "hex(randomblob(6)))"
)
"""A random UUID (version 4) in 32 hexadecimal digits, new for every row."""


class SqliteLiterals(Literals):
    """Random keys without a function of their own."""

    def each_row(self, function: object, type_: Any) -> str | None:
        found = unwrapped(type_, self.dialect)
        if function is uuid.uuid4 and isinstance(found, types.Uuid | types.CHAR):
            return RANDOM_UUID
        return None
