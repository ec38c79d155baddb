"""Functions of dates and times. Instants are taken in UTC."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa

from whimbrel.models import column_types
from whimbrel.models.conditions import TRANSFORMS, in_utc
from whimbrel.models.expressions import Column, Columns, Func, resolve_expression
from whimbrel.models.sql import SqlTemplate, templated


class Now(Func):
    """The time at which the statement began."""

    function = "CURRENT_TIMESTAMP"
    template = "CURRENT_TIMESTAMP"
    arity = 0
    dialects = {
        "sqlite": "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
        "postgresql": "STATEMENT_TIMESTAMP()",
        # Instants are kept in UTC there, whatever zone the session is in.
        "mysql": "UTC_TIMESTAMP(6)",
    }
    RESULT = column_types.DateTime


class Extract(Func):
    """One part of a date or time, as an integer: ``Extract("made", "year")``."""

    FIELD_POSITIONS = frozenset({0})
    PART: ClassVar[str] = ""

    def __init__(self, expression: Any, lookup_name: str = "", **extra: Any) -> None:
        super().__init__(expression, **extra)
        self.lookup_name = lookup_name or self.PART

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        return TRANSFORMS[self.lookup_name](inner)


class ExtractYear(Extract):
    """The year."""

    PART = "year"


class ExtractIsoYear(Extract):
    """The year that the ISO week belongs to."""

    PART = "iso_year"


class ExtractQuarter(Extract):
    """The quarter, 1 to 4."""

    PART = "quarter"


class ExtractMonth(Extract):
    """The month, 1 to 12."""

    PART = "month"


class ExtractWeek(Extract):
    """The ISO week."""

    PART = "week"


class ExtractWeekDay(Extract):
    """The day of the week, 1 (Sunday) to 7."""

    PART = "week_day"


class ExtractDay(Extract):
    """The day of the month."""

    PART = "day"


class ExtractHour(Extract):
    """The hour."""

    PART = "hour"


class ExtractMinute(Extract):
    """The minute."""

    PART = "minute"


class ExtractSecond(Extract):
    """The second."""

    PART = "second"


_FORMATS = {
    "year": ("%Y-01-01 00:00:00", "%Y-01-01 00:00:00"),
    "month": ("%Y-%m-01 00:00:00", "%Y-%m-01 00:00:00"),
    "day": ("%Y-%m-%d 00:00:00", "%Y-%m-%d 00:00:00"),
    "hour": ("%Y-%m-%d %H:00:00", "%Y-%m-%d %H:00:00"),
    "minute": ("%Y-%m-%d %H:%M:00", "%Y-%m-%d %H:%i:00"),
    "second": ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%i:%S"),
}
"""Kind → format for SQLite's STRFTIME and for MySQL's DATE_FORMAT."""

_IRREGULAR = {
    "week": (
        "DATETIME(DATE({0}, 'weekday 0', '-6 days'))",
        "CAST(DATE_SUB(DATE({0}), INTERVAL WEEKDAY({0}) DAY) AS DATETIME)",
    ),
    "quarter": (
        "DATETIME(DATE({0}, 'start of month',"
        " '-' || ((CAST(STRFTIME('%m', {0}) AS INTEGER) - 1) % 3) || ' months'))",
        "CAST(MAKEDATE(YEAR({0}), 1) + INTERVAL QUARTER({0}) * 3 - 3 MONTH"
        " AS DATETIME)",
    ),
}


def _truncation(kind: str) -> SqlTemplate:
    if kind in _IRREGULAR:
        sqlite, mysql = _IRREGULAR[kind]
    else:
        plain, formatted = _FORMATS[kind]
        sqlite = f"STRFTIME('{plain}', {{0}})"
        mysql = f"CAST(DATE_FORMAT({{0}}, '{formatted}') AS DATETIME)"
    return SqlTemplate(f"DATE_TRUNC('{kind}', {{0}})", sqlite=sqlite, mysql=mysql)


FROM_UTC = SqlTemplate("{0}", postgresql="({0} AT TIME ZONE 'UTC')")
AS_DATE = SqlTemplate("DATE({0})")


class Trunc(Func):
    """A date or time cut down to its year, month …: ``Trunc("made", "month")``."""

    FIELD_POSITIONS = frozenset({0})
    KIND: ClassVar[str] = ""

    def __init__(self, expression: Any, kind: str = "", **extra: Any) -> None:
        super().__init__(expression, **extra)
        self.kind = kind or self.KIND

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        cut = templated(_truncation(self.kind), sa.DateTime(), in_utc(inner))
        if isinstance(inner.type, sa.Date):
            return templated(AS_DATE, inner.type, cut)
        if isinstance(inner.type, column_types.DateTime):
            return templated(FROM_UTC, inner.type, cut)
        return cut


class TruncYear(Trunc):
    """The first moment of the year."""

    KIND = "year"


class TruncQuarter(Trunc):
    """The first moment of the quarter."""

    KIND = "quarter"


class TruncMonth(Trunc):
    """The first moment of the month."""

    KIND = "month"


class TruncWeek(Trunc):
    """The first moment of the ISO week."""

    KIND = "week"


class TruncDay(Trunc):
    """The first moment of the day."""

    KIND = "day"


class TruncHour(Trunc):
    """The first moment of the hour."""

    KIND = "hour"


class TruncMinute(Trunc):
    """The first moment of the minute."""

    KIND = "minute"


class TruncSecond(Trunc):
    """The first moment of the second."""

    KIND = "second"


class TruncDate(Func):
    """The date of an instant."""

    arity = 1

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        return TRANSFORMS["date"](inner)


class TruncTime(Func):
    """The time of day of an instant."""

    arity = 1

    def resolve(self, columns: Columns) -> Column:
        inner = resolve_expression(self.expressions[0], columns)
        return TRANSFORMS["time"](inner)
