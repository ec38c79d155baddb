"""
Errors of reading models.

Place: the errors of `reflect`. Codes RE1xx.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from whimbrel.errors.base import WhimbrelError, listing


class ReflectError(WhimbrelError):
    """Base of the errors of reading models and databases."""

    code: ClassVar[str] = "RE100"


class NoModels(ReflectError):
    """What the configuration names as models holds none."""

    code = "RE101"

    def __init__(self, source: object) -> None:
        super().__init__(
            f"an object of class {type(source).__name__} holds no tables",
            fix="name a MetaData, a declarative base, a registry or a SQLModel class: "
            'models = "shop.db:Base"',
        )


class ModelNameTaken(ReflectError):
    """Two tables of one app would be known by one model name."""

    code = "RE102"

    def __init__(self, app_label: str, name: str, tables: Iterable[str]) -> None:
        self.app_label, self.name = app_label, name
        super().__init__(
            f"app {app_label!r} has several models called {name!r}, "
            f"on the tables {listing(tables)}",
            fix="rename a class, or give one of the tables a name for migrations: "
            "info={'model_name': '…'}",
        )
