"""Fields that the database numbers, and the order of related rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models import column_types
from whimbrel.models.fields.numbers import IntegerField


class AutoField(IntegerField):
    """A primary key of 32 bits that the database numbers by itself."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"blank": True}
    ALWAYS_WRITTEN = frozenset({"primary_key"})
    auto_increment = True

    def _check_options(self) -> None:
        super()._check_options()
        if not self.primary_key:
            raise BadFieldOption(
                type(self).__name__,
                "it is not the primary key",
                fix="set primary_key=True, or use an IntegerField",
            )
        if self.has_db_default:
            raise BadFieldOption(
                type(self).__name__,
                "the database numbers it, so it cannot have a db_default",
                fix="remove db_default",
            )

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        # SQLite numbers rows only when the type is exactly "integer".
        return self.SIZE().with_variant(column_types.SqliteInteger(), "sqlite")

    def reference_type(self) -> TypeEngine[Any]:
        return column_types.integer(self.SIZE)


class BigAutoField(AutoField):
    """A primary key of 64 bits that the database numbers by itself."""

    SIZE = sa.BigInteger


class SmallAutoField(AutoField):
    """A primary key of 16 bits that the database numbers by itself."""

    SIZE = sa.SmallInteger


class OrderWrt(IntegerField):
    """The column ``_order`` of a model with ``order_with_respect_to``."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"editable": False}
