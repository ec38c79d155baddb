"""Names of cases that are the same in every process."""

from __future__ import annotations

import re

ADDRESS = re.compile(r" (?:object )?at 0x[0-9a-f]+")
LENGTH = 60


def shown(value: object) -> str:
    """Return what *value* looks like: no address, no order of a set, cut short."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    return ADDRESS.sub("", repr(value))[:LENGTH]
