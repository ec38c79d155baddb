"""
Lookups: what ``field__lookup=value`` says in SQL.

Place: `models`, below expressions and conditions. Pure functions from a column
and a value to a SQLAlchemy condition; used for check constraints, partial
indexes and queries alike.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import sqlalchemy as sa

from whimbrel.errors.models import UnknownLookup
from whimbrel.models.column_types import DateTime
from whimbrel.models.json_keys import is_document, key_condition, value_at
from whimbrel.models.sql import SqlTemplate, templated

Column: TypeAlias = sa.ColumnElement[Any]
Condition: TypeAlias = sa.ColumnElement[bool]

ESCAPE = "\\"


IN_UTC = SqlTemplate("{0}", postgresql="({0} AT TIME ZONE 'UTC')")
"""An instant as the wall clock in UTC shows it; only zoned types need it."""
CASE_SENSITIVE = SqlTemplate("{0}", mysql="BINARY {0}")
"""An operand that keeps MySQL from ignoring the case of letters."""


def escaped(text: str) -> str:
    """Return *text* with the wildcards of LIKE escaped."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return text


def as_text(column: Column) -> Column:
    """Return *column*, cast where it holds something else than text."""
    if isinstance(column.type, (sa.String, sa.types.NullType)):
        return column
    return sa.cast(column, sa.Text)


def _exact(column: Column, value: Any) -> Condition:
    return column.is_(None) if value is None else column == value


def _iexact(column: Column, value: Any) -> Condition:
    if value is None:
        return column.is_(None)
    return sa.func.upper(as_text(column)) == sa.func.upper(value)


def _pattern(value: Any, before: str, after: str) -> Any:
    """Return the pattern that finds *value*, text or an expression."""
    if not isinstance(value, sa.ColumnElement):
        return before + escaped(str(value)) + after
    for special in (ESCAPE, "%", "_"):
        value = sa.func.replace(value, special, ESCAPE + special)
    # `+` is concatenation here: both sides are text.
    joined = sa.cast(value, sa.Text)
    left = sa.literal(before).concat(joined) if before else joined
    return left.concat(sa.literal(after)) if after else left


def _case_sensitive(value: Any) -> Column:
    return templated(
        CASE_SENSITIVE,
        sa.String(),
        value
        if isinstance(value, sa.ColumnElement)
        else sa.literal(value, sa.String()),
    )


def _like(before: str, after: str) -> Callable[[Column, Any], Condition]:
    def condition(column: Column, value: Any) -> Condition:
        pattern = _pattern(value, before, after)
        operand = _case_sensitive(pattern)
        return as_text(column).like(operand, escape=ESCAPE)

    return condition


def _ilike(before: str, after: str) -> Callable[[Column, Any], Condition]:
    def condition(column: Column, value: Any) -> Condition:
        pattern = _pattern(value, before, after)
        return as_text(column).ilike(pattern, escape=ESCAPE)

    return condition


def _regex(column: Column, value: Any) -> Condition:
    return as_text(column).regexp_match(_case_sensitive(value))


def _iregex(column: Column, value: Any) -> Condition:
    # An embedded flag: the one spelling that every database's dialect knows.
    return as_text(column).regexp_match(sa.literal(f"(?i){value}"))


def _in(column: Column, value: Any) -> Condition:
    if isinstance(value, (sa.SelectBase, sa.ColumnElement)):
        return column.in_(value)
    return column.in_([item for item in value if item is not None])


def _range(column: Column, value: Any) -> Condition:
    low, high = value
    return column.between(low, high)


def _isnull(column: Column, value: Any) -> Condition:
    return column.is_(None) if value else column.is_not(None)


LOOKUPS: dict[str, Callable[[Column, Any], Condition]] = {
    "exact": _exact,
    "iexact": _iexact,
    "contains": _like("%", "%"),
    "icontains": _ilike("%", "%"),
    "startswith": _like("", "%"),
    "istartswith": _ilike("", "%"),
    "endswith": _like("%", ""),
    "iendswith": _ilike("%", ""),
    "regex": _regex,
    "iregex": _iregex,
    "in": _in,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "range": _range,
    "isnull": _isnull,
}
"""Name of a lookup → the condition it makes."""

THURSDAY = "DATE({0}, '-3 days', 'weekday 4')"
"""SQLite: the Thursday of the same ISO week, which decides its number and year."""

_SPECIAL = {
    "iso_year": SqlTemplate(
        "EXTRACT(ISOYEAR FROM {0})",
        sqlite=f"CAST(STRFTIME('%Y', {THURSDAY}) AS INTEGER)",
        mysql="FLOOR(YEARWEEK({0}, 3) / 100)",
    ),
    "quarter": SqlTemplate(
        "EXTRACT(QUARTER FROM {0})",
        sqlite="((CAST(STRFTIME('%m', {0}) AS INTEGER) + 2) / 3)",
    ),
    "week": SqlTemplate(
        "EXTRACT(WEEK FROM {0})",
        sqlite=f"((STRFTIME('%j', {THURSDAY}) - 1) / 7 + 1)",
        mysql="WEEK({0}, 3)",
    ),
    "week_day": SqlTemplate(
        "(EXTRACT(DOW FROM {0}) + 1)",
        sqlite="(CAST(STRFTIME('%w', {0}) AS INTEGER) + 1)",
        mysql="DAYOFWEEK({0})",
    ),
    "second": SqlTemplate(
        "EXTRACT(SECOND FROM {0})",
        sqlite="CAST(STRFTIME('%S', {0}) AS INTEGER)",
        postgresql="EXTRACT(SECOND FROM DATE_TRUNC('second', {0}))",
    ),
}
"""Parts that databases spell very differently; Sunday is day 1 of a week."""

EXTRACTS = ("year", "month", "day", "hour", "minute", *_SPECIAL)


def extract(part: str, column: Column) -> Column:
    """Return the *part* of a date or time as an integer."""
    if part in _SPECIAL:
        return templated(_SPECIAL[part], sa.Integer(), in_utc(column))
    return sa.extract(part, in_utc(column))


def in_utc(column: Column) -> Column:
    """Return *column* as its wall clock in UTC, if it is an instant."""
    if isinstance(column.type, DateTime):
        return templated(IN_UTC, sa.DateTime(), column)
    return column


TRANSFORMS: dict[str, Callable[[Column], Column]] = {
    **{part: partial(extract, part) for part in EXTRACTS},
    "date": lambda column: sa.func.date(in_utc(column), type_=sa.Date()),
    "time": lambda column: sa.cast(in_utc(column), sa.Time),
    "length": lambda column: sa.func.length(column, type_=sa.Integer()),
    "lower": lambda column: sa.func.lower(column, type_=sa.String()),
    "upper": lambda column: sa.func.upper(column, type_=sa.String()),
}
"""Name → an expression of the column that further lookups apply to."""


def apply_lookup(column: Column, name: str, value: Any) -> Condition:
    """
    Return the condition ``column__name=value``.

    Args:
        name: A lookup, or transforms and a lookup: ``year__gte``. A transform at
            the end means equality.

        value: A Python value, or a SQLAlchemy expression.

    Raises:
        UnknownLookup: MO117.
    """
    return apply_path(column, name.split("__") if name else [], value)


def apply_path(column: Column, path: Sequence[str], value: Any) -> Condition:
    """Return the condition of *path*: any transforms, then at most one lookup."""
    if is_document(column) and path:
        return _behind_keys(column, list(path), value)
    *front, last = path or ["exact"]
    if last in TRANSFORMS and last not in LOOKUPS:
        front, last = [*front, last], "exact"
    if _is_year_of_date(column, front, last, value):
        return _within_year(column, value)
    for step in front:
        column = _transformed(column, step)
    if last not in LOOKUPS:
        raise UnknownLookup(last, [*LOOKUPS, *TRANSFORMS])
    return LOOKUPS[last](column, value)


def _transformed(column: Column, step: str) -> Column:
    if step in TRANSFORMS:
        return TRANSFORMS[step](column)
    raise UnknownLookup(step, [*LOOKUPS, *TRANSFORMS])


def _behind_keys(column: Column, keys: list[str], value: Any) -> Condition:
    """Return a condition on a document: any keys, then at most one lookup."""
    lookup = keys.pop() if keys[-1] in LOOKUPS else "exact"
    if not keys:
        return LOOKUPS[lookup](column, value)
    return key_condition(column, keys, lookup, value, LOOKUPS)


def transformed(column: Column, path: Sequence[str]) -> Column:
    """
    Return the value of *path* behind *column*: transforms, or keys of a document.

    Raises:
        UnknownLookup: MO117.
    """
    if is_document(column) and path:
        return value_at(column, path)
    for step in path:
        column = _transformed(column, step)
    return column


def _is_year_of_date(
    column: Column, front: Sequence[str], last: str, value: Any
) -> bool:
    dated = isinstance(column.type, (DateTime, sa.DateTime, sa.Date))
    return dated and list(front) == ["year"] and last == "exact" and type(value) is int


def _within_year(column: Column, year: int) -> Condition:
    """Compare with the bounds of the year, so that an index can serve."""
    if isinstance(column.type, sa.Date):
        return column.between(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    zone = datetime.UTC if isinstance(column.type, DateTime) else None
    first = datetime.datetime(year, 1, 1, tzinfo=zone)
    last = datetime.datetime(year, 12, 31, 23, 59, 59, 999999, tzinfo=zone)
    return column.between(first, last)
