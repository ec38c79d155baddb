"""
Lookups behind a key of a JSON document: ``data__address__city="Rome"``.

Place: `models`, below `conditions`, which hands over the comparison of texts.

What is compared is what the document says, by its JSON type: ``data__n=1`` finds
1 and 1.0, but neither "1" nor true. A key that is missing is NULL
(``isnull=True``), JSON's null is None (``exact=None``).
"""

from __future__ import annotations

import datetime
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from whimbrel.errors.models import UnknownLookup
from whimbrel.models.sql import SqlTemplate, templated

Column: TypeAlias = sa.ColumnElement[Any]
Condition: TypeAlias = sa.ColumnElement[bool]
Lookups: TypeAlias = Mapping[str, Callable[[Column, Any], Condition]]

_PART = "CAST({0} AS JSONB) #> CAST({1} AS TEXT[])"
_TEXT = "(CAST({0} AS JSONB) #>> CAST({1} AS TEXT[]))"

KIND = SqlTemplate(
    "JSON_TYPE({0}, {1})",
    postgresql=f"JSONB_TYPEOF({_PART})",
    mysql="LOWER(JSON_TYPE(JSON_EXTRACT({0}, {1})))",
)
TEXT = SqlTemplate(
    "JSON_EXTRACT({0}, {1})",
    postgresql=_TEXT,
    mysql="JSON_UNQUOTE(JSON_EXTRACT({0}, {1}))",
)
BOOLEAN = SqlTemplate(
    "JSON_TYPE({0}, {1})",
    postgresql=_TEXT,
    mysql="JSON_UNQUOTE(JSON_EXTRACT({0}, {1}))",
)
PART = SqlTemplate("JSON_EXTRACT({0}, {1})", postgresql=f"({_PART})")
"""The part itself, comparable with `NUMBER` and `DOCUMENT`."""
NUMBER = SqlTemplate("{0}", postgresql="TO_JSONB(CAST({0} AS NUMERIC))")
DOCUMENT = SqlTemplate(
    "JSON({0})", postgresql="CAST({0} AS JSONB)", mysql="JSON_EXTRACT({0}, '$')"
)
VALUE = SqlTemplate(
    # SQLite extracts true as 1.
    "CASE JSON_TYPE({0}, {1}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
    "ELSE JSON_QUOTE(JSON_EXTRACT({0}, {1})) END",
    postgresql=f"({_PART})",
    mysql="JSON_EXTRACT({0}, {1})",
)

NULLS = ("null",)
BOOLEANS = ("boolean", "true", "false")
NUMBERS = ("number", "integer", "unsigned integer", "real", "double", "decimal")
TEXTS = ("string", "text")
COLLECTIONS = ("object", "array")

COMPARISONS: Mapping[str, Callable[[Any, Any], Condition]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


class KeyPath(TypeDecorator[tuple[str, ...]]):
    """Keys and indexes that lead into a document."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        quoted = [json.dumps(key, ensure_ascii=False) for key in value]
        if dialect.name == "postgresql":
            return "{" + ",".join(quoted) + "}"
        steps = [
            f"[{key}]" if key.isdigit() else f".{text}"
            for key, text in zip(value, quoted, strict=True)
        ]
        return "$" + "".join(steps)


def is_document(column: Column) -> bool:
    """Return whether *column* holds JSON, so that names behind it are keys."""
    return isinstance(column.type, sa.JSON) or hasattr(column.type, "decoder")


def value_at(column: Column, keys: Sequence[str]) -> Column:
    """Return what is behind *keys*, as Python reads it."""
    return _at(VALUE, column, keys, sa.JSON())


def key_condition(
    column: Column, keys: Sequence[str], lookup: str, value: Any, lookups: Lookups
) -> Condition:
    """
    Return the condition that *lookup* puts on what is behind *keys*.

    Args:
        lookups: Those of texts.

    Raises:
        UnknownLookup: MO117, the value cannot be compared so.
    """

    def condition(lookup: str, value: Any) -> Condition:
        return key_condition(column, keys, lookup, value, lookups)

    kind = _kind(column, keys)
    if lookup == "isnull":
        return kind.is_(None) if value else kind.is_not(None)
    if lookup == "range":
        low, high = value
        return sa.and_(condition("gte", low), condition("lte", high))
    if lookup == "in" and not isinstance(value, sa.ClauseElement):
        return sa.or_(sa.false(), *(condition("exact", item) for item in value))
    kinds, left, right = _operands(column, keys, lookup, value)
    if kinds is None:
        return lookups[lookup](left, right)
    if kinds is NULLS:
        return kind.in_(kinds)
    if lookup in COMPARISONS:
        return sa.and_(kind.in_(kinds), COMPARISONS[lookup](left, right))
    return sa.and_(kind.in_(kinds), lookups[lookup](left, right))


def _kind(column: Column, keys: Sequence[str]) -> Column:
    """Return the JSON type of what is behind *keys*; NULL if nothing is."""
    kind = _at(KIND, column, keys, sa.String())
    # MySQL takes any value for a list of one: `[0]` of 5 is 5.
    inside = [
        _at(KIND, column, keys[:place], sa.String()).in_(COLLECTIONS)
        for place, key in enumerate(keys)
        if key.isdigit()
    ]
    return sa.case((sa.and_(*inside), kind)) if inside else kind


def _operands(
    column: Column, keys: Sequence[str], lookup: str, value: Any
) -> tuple[tuple[str, ...] | None, Column, Any]:
    """Return the JSON types that can fulfil a comparison, and its two sides."""
    text = _at(TEXT, column, keys, sa.String())
    part = _at(PART, column, keys, sa.types.NullType())
    if isinstance(value, sa.ColumnElement):
        numeric = isinstance(value.type, (sa.Integer, sa.Numeric))
        if numeric and lookup in COMPARISONS:
            return NUMBERS, part, templated(NUMBER, part.type, value)
        return (TEXTS if lookup in COMPARISONS else None), text, value
    value = plain(value, getattr(column.type, "encoder", None))
    exact = lookup == "exact"
    if value is None and lookup in ("exact", "iexact"):
        return NULLS, text, value
    if isinstance(value, bool) and exact:
        name = _at(BOOLEAN, column, keys, sa.String())
        return BOOLEANS, name, sa.literal(json.dumps(value))
    if isinstance(value, (int, float)) and lookup in COMPARISONS:
        return NUMBERS, part, templated(NUMBER, part.type, sa.literal(value))
    if isinstance(value, (dict, list)) and exact:
        written = sa.literal(json.dumps(value))
        return COLLECTIONS, part, templated(DOCUMENT, part.type, written)
    if isinstance(value, (dict, list, type(None))):
        raise UnknownLookup(lookup, ["exact"])
    spelled = value if isinstance(value, str) else json.dumps(value)
    return (TEXTS if lookup in COMPARISONS else None), text, spelled


def plain(value: Any, encoder: type[json.JSONEncoder] | None = None) -> Any:
    """Return *value* as JSON has it: dates as text, exact numbers as numbers."""

    def default(item: Any) -> Any:
        if isinstance(item, Decimal):
            return float(item)
        if isinstance(item, (datetime.date, datetime.time)):
            return item.isoformat()
        return str(item)

    if isinstance(value, sa.ClauseElement):
        return value
    if encoder is not None:
        return json.loads(json.dumps(value, cls=encoder))
    return json.loads(json.dumps(value, default=default))


def _at(
    template: SqlTemplate, column: Column, keys: Sequence[str], type_: Any
) -> Column:
    return templated(template, type_, column, sa.literal(tuple(keys), KeyPath()))
