"""
Values as MySQL and MariaDB spell them, where they differ.

Place: `schema.mysql`, below `types`.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import types

from whimbrel.schema.literals import Literals, unwrapped


class MysqlLiterals(Literals):
    """Random keys: the native type takes UUID(), text takes random digits."""

    def each_row(self, function: object, type_: Any) -> str | None:
        found = unwrapped(type_, self.dialect)
        if function is not uuid.uuid4:
            return None
        if isinstance(found, types.CHAR):
            return "LOWER(HEX(RANDOM_BYTES(16)))"
        if isinstance(found, types.Uuid):
            native = "uuid" in str(found.compile(self.dialect)).lower()
            return "UUID()" if native else "LOWER(HEX(RANDOM_BYTES(16)))"
        return None
