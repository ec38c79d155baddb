"""
Versions of servers, as people and servers write them.

Place: `schema`, below `database`.
"""

from __future__ import annotations

import re

from whimbrel.errors.schema import VersionUnread

Version = tuple[int, ...]

_DISGUISE = re.compile(r"5\.5\.5-(?=.*mariadb)", re.IGNORECASE)
"""What MariaDB puts before its version for the sake of old clients."""

_VERSION = re.compile(r"(\d+(?:\.\d+){0,3})(?:[-+~ (].*|(?:alpha|beta|rc)\d*)?")


def read_version(text: str) -> tuple[Version, bool]:
    """
    Return the version that *text* says, and whether it says MariaDB.

    Args:
        text: ``15``, ``8.4.2``, ``10.11.6-MariaDB-log``, ``15.4 (Debian 15.4-1)``.

    Raises:
        VersionUnread: SC107.
    """
    found = _VERSION.fullmatch(_DISGUISE.sub("", text.strip(), count=1))
    if found is None:
        raise VersionUnread(text)
    version = tuple(int(part) for part in found[1].split("."))
    return version, "mariadb" in text.lower()
