"""
Plain values as arguments of a construct.

Place: `state.dissect`, above `paths`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final
from uuid import UUID

from whimbrel.state.construct import Argument, DictValue, ListValue, Reference
from whimbrel.state.paths import path_of

PLAIN = (
    bool,
    int,
    float,
    str,
    bytes,
    Decimal,
    datetime,
    date,
    time,
    timedelta,
    timezone,
    UUID,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)


class Unknown:
    """The type of `UNKNOWN`."""

    __slots__ = ()


UNKNOWN: Final = Unknown()
"""Says that a value cannot be kept."""


def plain_text(value: str) -> str:
    """Return *value* as an exact `str`: SQLAlchemy's names are subclasses."""
    return str.__str__(value) if type(value) is str else "".join(value)


def plain_argument(value: object) -> Argument | Unknown:
    """Return *value* as an argument, or `UNKNOWN`; nothing of SQLAlchemy's."""
    if value is None:
        return None
    if isinstance(value, str) and not _is_member(value):
        return plain_text(value)
    if type(value) in PLAIN:
        return value
    if isinstance(value, list | tuple | dict):
        return _collection(value)
    if isinstance(value, set | frozenset):
        return _collection(sorted(value, key=repr))
    path = path_of(value)
    return Reference(path) if path is not None else UNKNOWN


def _is_member(value: object) -> bool:
    return hasattr(type(value), "__members__")


def _collection(
    value: list[object] | tuple[object, ...] | dict[object, object],
) -> Argument | Unknown:
    if isinstance(value, dict):
        pairs = [(plain_argument(k), plain_argument(v)) for k, v in value.items()]
        if any(UNKNOWN in pair for pair in pairs):
            return UNKNOWN
        return DictValue(pairs)
    items = [plain_argument(item) for item in value]
    if UNKNOWN in items:
        return UNKNOWN
    return ListValue(items) if isinstance(value, list) else tuple(items)
