"""
The one place that imports late.

Place: `cli`, lowest part. An up-to-date `migrate` must not pay for the compiler,
nor `--help` for SQLAlchemy: what a command needs only sometimes, or only this
command needs, is loaded here by name.
"""

from __future__ import annotations

import importlib
from types import ModuleType


def load(name: str) -> ModuleType:
    """Return module `whimbrel.<name>`, imported now if it was not."""
    return importlib.import_module(f"whimbrel.{name}")
