"""
Dates, times, durations and time zones.

Place: `history.serialize`. Zones are kept, not converted: a value is read back
with the zone and the wall clock that it had.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from whimbrel.history.serialize.plain import call, integer, text
from whimbrel.history.source.expression import Call, Expression, Reference


def day(value: date) -> Expression:
    """Return a date."""
    return call("datetime", "date", *map(integer, (value.year, value.month, value.day)))


def clock(value: time) -> Expression:
    """Return a time of day."""
    numbers = [value.hour, value.minute, value.second, value.microsecond]
    return _with_zone("time", numbers, 2, value.tzinfo, value.fold)


def moment(value: datetime) -> Expression:
    """Return a date and time; an unknown kind of zone becomes its offset."""
    numbers = [value.year, value.month, value.day, value.hour, value.minute]
    numbers += [value.second, value.microsecond]
    zone = value.tzinfo
    offset = value.utcoffset()
    if offset is not None and not isinstance(zone, ZoneInfo):
        zone = timezone(offset)
    return _with_zone("datetime", numbers, 5, zone, value.fold)


def duration(value: timedelta) -> Expression:
    """Return a duration by the parts that it has."""
    parts = {
        "days": value.days,
        "seconds": value.seconds,
        "microseconds": value.microseconds,
    }
    said = {name: integer(number) for name, number in parts.items() if number}
    return call("datetime", "timedelta", **said)


def zone(value: tzinfo) -> Expression | None:
    """Return a zone; None for one that has no words."""
    if isinstance(value, ZoneInfo):
        return call("zoneinfo", "ZoneInfo", text(value.key)) if value.key else None
    if not isinstance(value, timezone):
        return None
    if value == UTC:
        return Reference("datetime", "timezone.utc")
    offset = value.utcoffset(None)
    name = value.tzname(None)
    args = [duration(offset)]
    if name != timezone(offset).tzname(None):
        args.append(text(name))
    return call("datetime", "timezone", *args)


def _with_zone(
    name: str, numbers: list[int], least: int, tz: tzinfo | None, fold: int
) -> Call:
    """Return the call without the zeros at the end that it does not need."""
    while len(numbers) > least and not numbers[-1]:
        numbers.pop()
    said: dict[str, Expression] = {}
    if fold:
        said["fold"] = integer(fold)
    if tz is not None:
        written = zone(tz)
        assert written is not None
        said["tzinfo"] = written
    return call("datetime", name, *map(integer, numbers), **said)
