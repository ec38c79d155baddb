"""
SQLAlchemy's dialects, imported when something of one is used.

Place: `models`, lowest part. Two dialects with all their drivers cost as much as
a third of SQLAlchemy, in time and in memory, and most runs need neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LateModule:
    """Stands for a module until an attribute of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


mysql = LateModule("sqlalchemy.dialects.mysql")
postgresql = LateModule("sqlalchemy.dialects.postgresql")
