"""The field of raw bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

from sqlalchemy.types import TypeEngine

from whimbrel.models import column_types
from whimbrel.models.fields.base import Field, FieldOptions


class BinaryField(Field):
    """Bytes without a limit."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"editable": False, "max_length": None}
    empty = b""

    max_length: int | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self._store({"verbose_name": verbose_name, "max_length": max_length, **options})

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.binary()
