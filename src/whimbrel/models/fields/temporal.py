"""Fields of dates, times and durations."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models import column_types
from whimbrel.models.fields.base import Field, FieldOptions


class Stamped(Field):
    """
    Base of the fields that can take the current time by themselves.

    Args:
        auto_now: Set on every save. *auto_now_add*: set when the row is made.
            Either makes the field blank and not editable.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {"auto_now": False, "auto_now_add": False}
    stores_text = False

    auto_now: bool
    auto_now_add: bool

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        auto_now: bool = False,
        auto_now_add: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"verbose_name": verbose_name, **options}
        if auto_now or auto_now_add:
            given |= {"blank": True, "editable": False}
        self._store({**given, "auto_now": auto_now, "auto_now_add": auto_now_add})

    def _check_options(self) -> None:
        super()._check_options()
        if self.auto_now + self.auto_now_add + self.has_default > 1:
            raise BadFieldOption(
                type(self).__name__,
                "auto_now, auto_now_add and default exclude each other",
                fix="keep one of them",
            )

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.auto_now or self.auto_now_add:
            kwargs.pop("blank", None)
            kwargs.pop("editable", None)
        return path, args, kwargs

    def now(self) -> Any:
        """Return the current time as a value of this field."""
        raise NotImplementedError


class DateField(Stamped):
    """A calendar date."""

    empty = datetime.date(1970, 1, 1)

    def now(self) -> datetime.date:
        return datetime.date.today()

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.date()


class DateTimeField(Stamped):
    """An instant; read as an aware datetime in UTC on every database."""

    empty = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.DateTime()


class TimeField(Stamped):
    """A time of day."""

    empty = datetime.time()

    def now(self) -> datetime.time:
        return datetime.datetime.now().time()

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.time()


class DurationField(Field):
    """A span of time (`datetime.timedelta`)."""

    stores_text = False
    empty = datetime.timedelta()

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return column_types.Duration()
