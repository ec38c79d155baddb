"""
The fields of Django-style models that the strategies draw from.

Place: `testing.strategies`, lowest part, beside `palette`. Kinds of one family
may turn into each other with rows in the table; values fit all of a family.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from whimbrel import models


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """
    A field class with the arguments that it needs.

    Args:
        make: Takes the common options.

        value: The value in row *i*, different for each where *distinct*.

        indexed: May be part of a key or an index on every database.

        db_default: May have a literal default in the database on every one.
    """

    make: Callable[..., models.Field]
    value: Callable[[int], Any]
    family: str
    indexed: bool = True
    distinct: bool = True
    db_default: bool = False


def _number(make: Callable[..., models.Field]) -> FieldKind:
    return FieldKind(
        make=make, value=lambda i: i + 1, family="integer", db_default=True
    )


def _text(make: Callable[..., models.Field], *, indexed: bool = True) -> FieldKind:
    return FieldKind(
        make=make,
        value=lambda i: f"row-{i}",
        family="text",
        indexed=indexed,
        db_default=indexed,
    )


def _char(length: int) -> Callable[..., models.Field]:
    return lambda **options: models.CharField(max_length=length, **options)


def _moment(i: int) -> datetime.datetime:
    return datetime.datetime(2020, 2, 1 + i % 28, 12, 30)


KINDS: dict[str, FieldKind] = {
    "integer": _number(models.IntegerField),
    "char40": _text(_char(40)),
    "bigint": _number(models.BigIntegerField),
    "char10": _text(_char(10)),
    "smallint": _number(models.SmallIntegerField),
    "positive": _number(models.PositiveIntegerField),
    "positive small": _number(models.PositiveSmallIntegerField),
    "text": _text(models.TextField, indexed=False),
    "slug": _text(models.SlugField),
    "email": _text(models.EmailField),
    "url": _text(models.URLField),
    "decimal": FieldKind(
        make=lambda **o: models.DecimalField(max_digits=8, decimal_places=2, **o),
        value=lambda i: Decimal(i) + Decimal("0.25"),
        family="decimal",
    ),
    "float": FieldKind(
        make=models.FloatField,
        value=lambda i: i + 0.5,
        family="float",
        indexed=False,
    ),
    "boolean": FieldKind(
        make=models.BooleanField,
        value=lambda i: i % 2 == 0,
        family="boolean",
        distinct=False,
        db_default=True,
    ),
    "date": FieldKind(
        make=models.DateField, value=lambda i: _moment(i).date(), family="date"
    ),
    "datetime": FieldKind(make=models.DateTimeField, value=_moment, family="datetime"),
    "time": FieldKind(
        make=models.TimeField,
        value=lambda i: datetime.time(i % 24, 30),
        family="time",
    ),
    "duration": FieldKind(
        make=models.DurationField,
        value=lambda i: datetime.timedelta(hours=i),
        family="duration",
    ),
    "uuid": FieldKind(
        make=models.UUIDField, value=lambda i: uuid.UUID(int=i + 1), family="uuid"
    ),
    "json": FieldKind(
        make=models.JSONField,
        value=lambda i: {"row": i},
        family="json",
        indexed=False,
        distinct=False,
    ),
    "binary": FieldKind(
        make=models.BinaryField,
        value=lambda i: bytes([i]),
        family="binary",
        indexed=False,
    ),
    "ip": FieldKind(
        make=models.GenericIPAddressField,
        value=lambda i: f"10.0.0.{i}",
        family="ip",
    ),
}
"""Fields of a column of their own, the simplest first."""

KEYS: dict[str, FieldKind] = {
    "big": _number(lambda **o: models.BigAutoField(**_automatic(o))),
    "auto": _number(lambda **o: models.AutoField(**_automatic(o))),
    "small": _number(lambda **o: models.SmallAutoField(**_automatic(o))),
    "code": _text(lambda **o: models.CharField(max_length=20, primary_key=True, **o)),
    "uuid": FieldKind(
        make=lambda **o: models.UUIDField(primary_key=True, **o),
        value=lambda i: uuid.UUID(int=i + 1),
        family="uuid",
    ),
}
"""Primary keys."""


def _automatic(options: dict[str, Any]) -> dict[str, Any]:
    return {"auto_created": True, "primary_key": True, "verbose_name": "ID", **options}
