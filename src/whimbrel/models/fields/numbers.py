"""Fields of numbers and truth values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Unpack

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models import column_types
from whimbrel.models.fields.base import Field, FieldOptions


class BooleanField(Field):
    """True or false; or None, with ``null=True``."""

    stores_text = False
    empty = False

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.boolean()


class IntegerField(Field):
    """An integer of 32 bits."""

    SIZE: ClassVar[type[sa.Integer]] = sa.Integer
    stores_text = False
    empty = 0

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.integer(self.SIZE)


class BigIntegerField(IntegerField):
    """An integer of 64 bits."""

    SIZE = sa.BigInteger


class SmallIntegerField(IntegerField):
    """An integer of 16 bits."""

    SIZE = sa.SmallInteger


class PositiveIntegerField(IntegerField):
    """An integer that is zero or more, checked by the database."""

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.integer(self.SIZE, unsigned=True)

    def reference_type(self) -> TypeEngine[Any]:
        return column_types.integer(self.SIZE, unsigned=True, reference=True)

    def column_checks(
        self, column: sa.ColumnElement[Any]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        return (column >= 0,)


class PositiveBigIntegerField(PositiveIntegerField):
    """An integer of 64 bits that is zero or more."""

    SIZE = sa.BigInteger


class PositiveSmallIntegerField(PositiveIntegerField):
    """An integer of 16 bits that is zero or more."""

    SIZE = sa.SmallInteger


class FloatField(Field):
    """A floating-point number of double precision."""

    stores_text = False
    empty = 0.0

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.floating()


class DecimalField(Field):
    """
    An exact decimal number.

    Args:
        max_digits: Digits in total; *decimal_places* of them after the point. Both
            or neither.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {"max_digits": None, "decimal_places": None}
    stores_text = False
    empty = Decimal(0)

    max_digits: int | None
    decimal_places: int | None

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"verbose_name": verbose_name, **options}
        given |= {"max_digits": max_digits, "decimal_places": decimal_places}
        self._store(given)

    def _check_options(self) -> None:
        super()._check_options()
        digits, places = self.max_digits, self.decimal_places
        if (digits is None) != (places is None):
            raise BadFieldOption(
                type(self).__name__,
                "one of max_digits and decimal_places is missing",
                fix="give both, as in DecimalField(max_digits=8, decimal_places=2)",
            )
        if digits is not None and places is not None and not 0 <= places <= digits:
            raise BadFieldOption(
                type(self).__name__,
                f"decimal_places is {places}, max_digits is {digits}",
                fix="max_digits counts all digits, so it is at least decimal_places",
            )

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.decimal(self.max_digits, self.decimal_places)
