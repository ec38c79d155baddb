"""
Whimbrel: Django's migration workflow for every Python project.

    from whimbrel import migrations, models
    from whimbrel import Project

The names are imported when they are first used, so that the command line starts
without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whimbrel import migrations, models
    from whimbrel.project.project import Project

__version__ = "0.1.0"

__all__ = ["Project", "__version__", "migrations", "models"]

_HOMES = {"Project": "whimbrel.project.project"}


def __getattr__(name: str) -> Any:
    if name in ("migrations", "models"):
        return import_module(f"whimbrel.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'whimbrel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
