"""
SQLAlchemy types whose DDL is Django's on every database.

Place: `models`, below `fields`. A field asks for one of these; SQLAlchemy
renders it and converts values. SQLite keeps the text of a type as written, so
there the spelling itself is Django's; the other databases normalise it.

Values: a `DateTime` is an instant. Naive values are taken as UTC, and what is
read is aware and in UTC, on every database. Durations are microseconds where
the database has no interval.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeDecorator, TypeEngine

from whimbrel.models.dialects import mysql, postgresql

MYSQL = ("mysql", "mariadb")
UTC = datetime.UTC


class Spelled:
    """Mixin: a type with a fixed spelling; used only as SQLite's variant."""

    collation: str | None

    spelling: ClassVar[str]

    def text(self) -> str:
        """Return the SQL of this type."""
        return self.spelling


@compiles(Spelled)  # type: ignore[no-untyped-call, untyped-decorator, unused-ignore]
def _spell(element: Spelled, compiler: object, **kwargs: object) -> str:
    collation = getattr(element, "collation", None)
    return f"{element.text()} COLLATE {collation}" if collation else element.text()


class SqliteBoolean(Spelled, sa.Boolean):
    """``bool``"""

    spelling = "bool"


class SqliteChar(Spelled, sa.String):
    """``varchar(n)``"""

    def text(self) -> str:
        return "varchar" if self.length is None else f"varchar({self.length})"


class SqliteFixedChar(Spelled, sa.String):
    """``char(n)``"""

    def text(self) -> str:
        return f"char({self.length})"


class SqliteText(Spelled, sa.Text):
    """``text``"""

    spelling = "text"


class SqliteInteger(Spelled, sa.Integer):
    """An integer with a spelling of its own (``bigint``, ``integer unsigned``)."""

    spelling = "integer"

    def __init__(self, words: str = "integer") -> None:
        self.words = words

    def text(self) -> str:
        return self.words


class SqliteFloat(Spelled, sa.Float[float]):
    """``real``"""

    spelling = "real"


class SqliteDate(Spelled, sa.Date):
    """``date``"""

    spelling = "date"


class SqliteTime(Spelled, sa.Time):
    """``time``"""

    spelling = "time"


class SqliteDateTime(Spelled, sa.DateTime):
    """``datetime``"""

    spelling = "datetime"


class SqliteJson(Spelled, sa.JSON):
    """``text``"""

    spelling = "text"


class SqliteDecimal(Spelled, TypeDecorator[Decimal]):
    """``decimal``; SQLite itself stores such a number as integer or real."""

    impl = sa.Float
    cache_ok = True
    spelling = "decimal"

    def __init__(self, scale: int | None = None) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else str(value)

    def process_literal_param(self, value: Any, dialect: Dialect) -> Any:
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        number = Decimal(repr(value) if isinstance(value, float) else str(value))
        if self.scale is None:
            return number
        return number.quantize(Decimal(1).scaleb(-self.scale))


def collated(type_: TypeEngine[Any], collation: str) -> TypeEngine[Any]:
    """Return a text type with a collation, in all its variants; others unchanged."""
    if not isinstance(type_, sa.String):
        return type_
    changed = type_.adapt(type(type_))
    changed.collation = collation
    variants = {
        name: collated(variant, collation)
        for name, variant in type_._variant_mapping.items()
    }
    changed._variant_mapping = type_._variant_mapping.union(variants)
    return changed


def boolean() -> TypeEngine[bool]:
    """Return the type of a `BooleanField`."""
    return sa.Boolean().with_variant(SqliteBoolean(), "sqlite")


def char(length: int | None, collation: str | None = None) -> TypeEngine[str]:
    """Return ``varchar(length)``."""
    return sa.String(length, collation=collation).with_variant(
        SqliteChar(length), "sqlite"
    )


def text() -> TypeEngine[str]:
    """Return unlimited text."""
    return (
        sa.Text()
        .with_variant(SqliteText(), "sqlite")
        .with_variant(mysql.LONGTEXT(), *MYSQL)
    )


def integer_words(base: type[sa.Integer]) -> str:
    """Return SQLite's spelling of a signed integer of this size."""
    return {sa.BigInteger: "bigint", sa.SmallInteger: "smallint"}.get(base, "integer")


def integer(
    base: type[sa.Integer] = sa.Integer,
    *,
    unsigned: bool = False,
    reference: bool = False,
) -> TypeEngine[int]:
    """
    Return an integer type; *unsigned* where the database knows that.

    *reference*: of a column that refers to such a one; SQLite spells it plainly.
    """
    size = integer_words(base)
    words = f"{size} unsigned" if unsigned and not reference else size
    made = base().with_variant(SqliteInteger(words), "sqlite")
    if unsigned:
        sized = {"bigint": mysql.BIGINT, "smallint": mysql.SMALLINT}
        kind = sized.get(size, mysql.INTEGER)
        made = made.with_variant(kind(unsigned=True), *MYSQL)
    return made


def floating() -> TypeEngine[float]:
    """Return a double."""
    return sa.Double().with_variant(SqliteFloat(), "sqlite")


def decimal(max_digits: int | None, decimal_places: int | None) -> TypeEngine[Decimal]:
    """Return an exact number."""
    return sa.Numeric(max_digits, decimal_places).with_variant(
        SqliteDecimal(decimal_places), "sqlite"
    )


def date() -> TypeEngine[datetime.date]:
    """Return a calendar date."""
    return sa.Date().with_variant(SqliteDate(), "sqlite")


def time() -> TypeEngine[datetime.time]:
    """Return a time of day with microseconds."""
    return (
        sa.Time()
        .with_variant(SqliteTime(), "sqlite")
        .with_variant(mysql.TIME(fsp=6), *MYSQL)
    )


def binary() -> TypeEngine[bytes]:
    """Return unlimited bytes."""
    return sa.LargeBinary().with_variant(mysql.LONGBLOB(), *MYSQL)


class DateTime(TypeDecorator[datetime.datetime]):
    """An instant, kept with its zone (PostgreSQL) or in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return SqliteDateTime()
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if isinstance(value, str):
            value = datetime.datetime.fromisoformat(value)
        if not isinstance(value, datetime.datetime):
            if not isinstance(value, datetime.date):
                return value
            value = datetime.datetime.combine(value, datetime.time())
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        value = value.astimezone(UTC)
        keeps_zone = dialect.name != "sqlite" and dialect.name not in MYSQL
        return value if keeps_zone else value.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, datetime.datetime):
            return value
        return (
            value.replace(tzinfo=UTC)
            if value.tzinfo is None
            else (value.astimezone(UTC))
        )

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, datetime.timedelta):
            return Duration()
        return self


class Duration(TypeDecorator[datetime.timedelta]):
    """A span of time: an interval, or a number of microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.INTERVAL())
        if dialect.name == "sqlite":
            return SqliteInteger("bigint")
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if dialect.name == "postgresql" or not isinstance(value, datetime.timedelta):
            return value
        return value // datetime.timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None or isinstance(value, datetime.timedelta):
            return value
        return datetime.timedelta(microseconds=int(value))


class HexUuid(sa.Uuid[Any]):
    """
    A UUID sent as 32 hexadecimal digits.

    MariaDB takes these for its own uuid type as well, whichever of the two
    dialect names the connection goes by.
    """

    def __init__(self) -> None:
        super().__init__(as_uuid=True, native_uuid=False)


@compiles(HexUuid)  # type: ignore[no-untyped-call, untyped-decorator, unused-ignore]
def _uuid_text(element: HexUuid, compiler: Any, **kwargs: object) -> str:
    dialect = compiler.dialect
    version = getattr(dialect, "server_version_info", None) or ()
    if getattr(dialect, "is_mariadb", False) and tuple(version) >= (10, 7):
        return "uuid"
    return "char(32)"


def uuid() -> TypeEngine[Any]:
    """Return the type of a `UUIDField`."""
    return sa.Uuid().with_variant(HexUuid(), "sqlite", *MYSQL)


class Address(TypeDecorator[str]):
    """An IP address as text: ``inet``, or ``char(39)``."""

    impl = sa.CHAR(39)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.INET())
        if dialect.name == "sqlite":
            return SqliteFixedChar(39)
        return dialect.type_descriptor(sa.CHAR(39))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else str(value).split("/")[0]


class Json(TypeDecorator[Any]):
    """A JSON document; None is NULL. *encoder* and *decoder* are json's classes."""

    impl = sa.JSON
    cache_ok = True

    def __init__(
        self,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
    ) -> None:
        super().__init__(none_as_null=True)
        self.encoder = encoder
        self.decoder = decoder

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))
        if dialect.name == "sqlite":
            return SqliteJson(none_as_null=True)
        return dialect.type_descriptor(sa.JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if self.encoder is None or value is None:
            return value
        return json.loads(json.dumps(value, cls=self.encoder))

    def literal_processor(self, dialect: Dialect) -> Any:
        # SQLAlchemy's JSON has none on SQLite; the text is the same everywhere.
        quoted: Any = sa.String().literal_processor(dialect)  # type: ignore[no-untyped-call]

        def literal(value: Any) -> str:
            return str(quoted(json.dumps(value, cls=self.encoder)))

        return literal

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if self.decoder is None or value is None:
            return value
        return json.loads(json.dumps(value), cls=self.decoder)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        # A path (`column["key"]`) is no JSON document itself.
        return self.impl_instance.coerce_compared_value(op, value)
