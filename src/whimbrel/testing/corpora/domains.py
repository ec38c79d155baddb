"""
Values for columns of any type, and one value in several types.

Place: `testing.corpora`, lowest part. Columns that must agree (a foreign key and
what it references, a column before and after a change) share one `Domain`: row
*i* has its *i*-th value there. The value is of the narrowest kind among their
types, and `bound` says it in each.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import types

from whimbrel.schema.literals import DIGITS, unwrapped

Kind: TypeAlias = Literal[
    "bool",
    "enum",
    "integer",
    "number",
    "uuid",
    "date",
    "datetime",
    "time",
    "interval",
    "document",
    "array",
    "binary",
    "text",
]

_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (types.Enum, "enum"),
    (types.Boolean, "bool"),
    (types.Integer, "integer"),
    (types.Numeric, "number"),
    (types.Float, "number"),
    (types.Uuid, "uuid"),
    (types.DateTime, "datetime"),
    (types.Interval, "interval"),
    (types.Date, "date"),
    (types.Time, "time"),
    (types.JSON, "document"),
    (types.ARRAY, "array"),
    (types.String, "text"),
)
"""SQLAlchemy's classes; the first that fits counts."""

_PYTHON: dict[type[Any], Kind] = {bytes: "binary", datetime.timedelta: "interval"}
"""Likewise for classes of dialects, by what Python has for them."""

_NARROW: tuple[Kind, ...] = (
    "bool",
    "enum",
    "integer",
    "number",
    "uuid",
    "date",
    "datetime",
    "time",
    "interval",
    "document",
    "array",
    "binary",
    "text",
)
"""Kinds, narrowest first: a value of each can be said in those after it that mix."""

LONG = 48
"""From this length on, texts have characters that need care in SQL."""

UUIDS_FROM = 0xABCDEF00_0000_4000_8000_000000000001
"""Letters come first: SQLite takes digits alone for a number where a type's name
gives it NUMERIC affinity."""

_DAY = datetime.datetime(2024, 1, 1, 12, 30, 45)


class NoValue(Exception):
    """A value of one type has no meaning in another; the text says which."""


class Domain:
    """
    The values of columns that must agree.

    Args:
        column_types: Their types.
    """

    def __init__(self, column_types: Iterable[Any], dialect: sa.Dialect) -> None:
        self.dialect = dialect
        found = [stored(type_, dialect) for type_ in column_types]
        kinds = {kind_of(type_) for type_ in found}
        self.kind: Kind = next(kind for kind in _NARROW if kind in kinds)
        self.members = _common(t.enums for t in found if isinstance(t, types.Enum))
        lengths = [getattr(type_, "length", None) for type_ in found]
        known = [length for length in lengths if isinstance(length, int)]
        self.length = min(known, default=None)
        scales = [t.scale for t in found if isinstance(t, types.Numeric)]
        self.fraction = all(scale is None or scale > 1 for scale in scales)

    def value(self, number: int) -> Any:
        """Return the value of row *number*; enough rows may have the same one."""
        later = datetime.timedelta(days=number)
        match self.kind:
            case "bool":
                return number % 2 == 0
            case "enum":
                return self.members[number % len(self.members)]
            case "integer":
                return number + 1
            case "number":
                return Decimal(number + 1) + Decimal("0.25") * self.fraction
            case "uuid":
                return UUID(int=UUIDS_FROM + number)
            case "date":
                return (_DAY + later).date()
            case "datetime":
                return _DAY + later
            case "time":
                return datetime.time(number % 24, 20, 30)
            case "interval":
                return later + datetime.timedelta(hours=1)
            case "document":
                return {"number": number, "texts": ["ä", "it's", None]}
            case "array":
                return []
            case "binary":
                return bytes([number + 1]) * (self.length or 8)
        return _text(number, self.length)

    def neutral(self) -> Any:
        """Return the value that existing rows get where nobody says which."""
        match self.kind:
            case "bool":
                return False
            case "enum":
                return self.members[0]
            case "integer" | "number":
                return 0
            case "uuid":
                return UUID(int=0)
            case "date":
                return datetime.date(1970, 1, 1)
            case "datetime":
                # MariaDB's TIMESTAMP begins a second after 1970 does.
                return datetime.datetime(2000, 1, 1)
            case "time":
                return datetime.time()
            case "interval":
                return datetime.timedelta()
            case "document":
                return {}
            case "array":
                return []
            case "binary":
                return b""
        return ""


def stored(type_: Any, dialect: sa.Dialect) -> Any:
    """Return what the dialect makes of a type, but for intervals, which stay such."""
    made = type_.dialect_impl(dialect)
    return made if isinstance(made, types.Interval) else unwrapped(made, dialect)


def kind_of(type_: Any) -> Kind:
    """Return the kind of what the dialect makes of a type; texts for the unknown."""
    for class_, kind in _KINDS:
        if isinstance(type_, class_):
            return kind
    try:
        return _PYTHON.get(type_.python_type, "text")
    except NotImplementedError:
        return "text"


def _common(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return the members that all enums have; those of the first if there are none."""
    found = [list(members) for members in lists]
    if not found:
        return []
    common = [m for m in found[0] if all(m in members for members in found)]
    return common or found[0]


def _text(number: int, length: int | None) -> str:
    if length is None or length >= LONG:
        return f'row {number}: it\'s "all" 100%, :x {{}} \\ ü%(y)s'
    return f"row{number}"[-length:]


def bound(value: Any, type_: Any, dialect: sa.Dialect) -> Any:
    """Return *value* as a column of *type_* takes it from Python."""
    found = stored(type_, dialect)
    kind = kind_of(found)
    if value is None:
        # JSON has a null of its own, which is not SQL's.
        return sa.null() if kind == "document" else None
    match kind:
        case "text":
            return _as_text(value, found.length)
        case "binary" if isinstance(value, dict | list):
            return json.dumps(value).encode()
        case "integer" | "number" if isinstance(value, datetime.datetime):
            return int(value.replace(tzinfo=datetime.UTC).timestamp())
        case "integer" if not isinstance(value, str):
            return int(value)
        case "uuid" if isinstance(value, UUID):
            return value if found.as_uuid else str(value)
        case "uuid" if not isinstance(value, str):
            raise NoValue(f"{value!r} cannot be said as a UUID")
        case "datetime" if isinstance(value, datetime.date):
            return _as_moment(value, found, dialect)
        case "binary" if isinstance(value, UUID):
            return value.bytes
        case "binary" if isinstance(value, str):
            return value.encode()
    return value


def _as_text(value: Any, length: int | None) -> str:
    match value:
        case UUID():
            return value.hex if length == DIGITS else str(value)
        case bool():
            return str(int(value))
        case dict() | list():
            return json.dumps(value)
        case datetime.datetime():
            return value.isoformat(" ")
        case bytes():
            return value.decode()
    return str(value)


def _as_moment(
    value: datetime.date, found: Any, dialect: sa.Dialect
) -> datetime.datetime:
    moment = datetime.datetime.combine(value, datetime.time())
    if isinstance(value, datetime.datetime):
        moment = value
    zoned = found.timezone and dialect.name == "postgresql"
    return moment.replace(tzinfo=datetime.UTC) if zoned else moment


def plain(value: Any) -> Any:
    """Return *value* so that equal ones in different types are equal."""
    match value:
        case bool() | int():
            return Decimal(value)
        case float() | Decimal():
            return Decimal(str(value)).normalize() + 0
        case bytes() | memoryview():
            return _plain_bytes(bytes(value))
        case dict() | list():
            return json.dumps(value, sort_keys=True)
        case UUID():
            return value.hex
        case datetime.datetime():
            if value.tzinfo is not None:
                value = value.astimezone(datetime.UTC).replace(tzinfo=None)
            return value.isoformat(" ")
        case datetime.date():
            return f"{value.isoformat()} 00:00:00"
        case str():
            return _plain_text(value)
    return value


def _plain_bytes(data: bytes) -> Any:
    """Return bytes without padding; a document as such."""
    data = data.rstrip(b"\0")
    return _plain_text(data.decode()) if data[:1] == b"{" else data


def _plain_text(text: str) -> Any:
    """Return a text as what it says: a number, a document, the digits of a UUID."""
    text = text.rstrip(" ")  # CHAR(n) is padded, in some databases for the reader too
    digits = text.replace("-", "")
    if len(digits) == DIGITS and digits.isalnum():
        return digits
    try:
        return Decimal(text).normalize() + 0
    except ArithmeticError:
        pass
    if text[:1] in {"{", "["}:
        try:
            return json.dumps(json.loads(text), sort_keys=True)
        except ValueError:
            return text
    return text
