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
from whimbrel.models.functions import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """
    A field class with the arguments that it needs.

    Args:
        make: Takes the common options.

        value: The value in row *i*, different for each where *distinct*.

        indexed: May be part of a key or an index on every database.

        db_default: May have a default in the database on every one.

        now: This default is the function `Now`, and no value.
    """

    make: Callable[..., models.Field]
    value: Callable[[int], Any]
    family: str
    indexed: bool = True
    distinct: bool = True
    db_default: bool = False
    now: bool = False

    def database_default(self, row: int) -> Any:
        """Return the ``db_default`` that is the value of *row*."""
        return Now() if self.now else self.value(row)


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


def _decimal(digits: int, places: int) -> FieldKind:
    return FieldKind(
        make=lambda **o: models.DecimalField(
            max_digits=digits, decimal_places=places, **o
        ),
        value=lambda i: Decimal(i) + Decimal("0.25"),
        family="decimal",
        db_default=True,
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
    "char200": _text(_char(200)),
    "positive big": _number(models.PositiveBigIntegerField),
    "file": _text(models.FileField),
    "path": _text(lambda **o: models.FilePathField(path="/", **o)),
    "decimal": _decimal(8, 2),
    "wide decimal": _decimal(14, 5),
    "narrow decimal": _decimal(5, 2),
    "float": FieldKind(
        make=models.FloatField,
        value=lambda i: i + 0.5,
        family="float",
        indexed=False,
        db_default=True,
    ),
    "boolean": FieldKind(
        make=models.BooleanField,
        value=lambda i: i % 2 == 0,
        family="boolean",
        distinct=False,
        db_default=True,
    ),
    "date": FieldKind(
        make=models.DateField,
        value=lambda i: _moment(i).date(),
        family="date",
        db_default=True,
    ),
    "datetime": FieldKind(
        make=models.DateTimeField,
        value=_moment,
        family="datetime",
        db_default=True,
        now=True,
    ),
    "time": FieldKind(
        make=models.TimeField,
        value=lambda i: datetime.time(i % 24, 30),
        family="time",
        db_default=True,
    ),
    "duration": FieldKind(
        make=models.DurationField,
        value=lambda i: datetime.timedelta(hours=i),
        family="duration",
        db_default=True,
    ),
    "uuid": FieldKind(
        make=models.UUIDField,
        value=lambda i: uuid.UUID(int=i + 1),
        family="uuid",
        db_default=True,
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
        db_default=True,
    ),
    "ip": FieldKind(
        make=models.GenericIPAddressField,
        value=lambda i: f"10.0.0.{i}",
        family="ip",
        db_default=True,
    ),
}
"""Fields of a column of their own, the simplest first."""

KEYS: dict[str, FieldKind] = {
    "big": _number(lambda **o: models.BigAutoField(**_automatic(o))),
    "auto": _number(lambda **o: models.AutoField(**_automatic(o))),
    "small": _number(lambda **o: models.SmallAutoField(**_automatic(o))),
    "code": _text(lambda **o: models.CharField(max_length=20, primary_key=True, **o)),
    "long code": _text(
        lambda **o: models.CharField(max_length=50, primary_key=True, **o)
    ),
    "number": _number(lambda **o: models.IntegerField(primary_key=True, **o)),
    "big number": _number(
        lambda **o: models.PositiveBigIntegerField(primary_key=True, **o)
    ),
    "uuid": FieldKind(
        make=lambda **o: models.UUIDField(primary_key=True, **o),
        value=lambda i: uuid.UUID(int=i + 1),
        family="uuid",
    ),
}
"""Primary keys."""


COLLATIONS = {"sqlite": "NOCASE", "postgresql": "C", "mysql": "utf8mb4_bin"}
"""A collation that is not the usual one, by database."""

COLLATED = frozenset({"char10", "char40", "char200", "text", "slug", "email", "url"})
"""Kinds whose fields take ``db_collation``."""


def _automatic(options: dict[str, Any]) -> dict[str, Any]:
    return {"auto_created": True, "primary_key": True, "verbose_name": "ID", **options}
