"""
Values as MySQL and MariaDB spell them, where they differ.

Place: `schema.mysql`, below `types`.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import types

from whimbrel.schema.literals import Literals

FIRST = datetime.datetime(1970, 1, 2)
"""A moment that TIMESTAMP knows in any zone; its first is a second after the epoch."""


class MysqlLiterals(Literals):
    """A neutral moment of their own."""

    def _neutral(self, found: Any) -> str | None:
        if isinstance(found, types.TIMESTAMP):
            return self.literal(FIRST, found)
        return super()._neutral(found)
