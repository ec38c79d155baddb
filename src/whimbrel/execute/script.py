"""
SQL scripts: cut into statements, and given parameters.

Place: `execute`, lowest part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
import sqlparse

PLACEHOLDER = re.compile(r"%(?:%|s|\((?P<name>\w+)\)s)")


def statements(script: str) -> list[str]:
    """Return the statements of *script*, without closing semicolons."""
    found = (part.strip().rstrip(";").strip() for part in sqlparse.split(script))
    return [part for part in found if filled(part)]


def filled(statement: str) -> bool:
    """Return whether *statement* is more than a comment."""
    return bool(sqlparse.format(statement, strip_comments=True).strip(" ;\n"))


def bound(
    sql: str, parameters: Sequence[object] | Mapping[str, object]
) -> sa.TextClause:
    """Return *sql* with ``%s`` or ``%(name)s`` placeholders bound, for any driver."""
    given: dict[str, object] = {}

    def name(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        if match["name"]:
            given[match["name"]] = parameters[match["name"]]  # type: ignore[index]  # by name
            return f":{match['name']}"
        place = f"whimbrel_{len(given)}"
        given[place] = parameters[len(given)]  # type: ignore[index]  # by place
        return f":{place}"

    escaped = sql.replace(":", r"\:")
    text = PLACEHOLDER.sub(name, escaped)
    return sa.text(text).bindparams(**given)
