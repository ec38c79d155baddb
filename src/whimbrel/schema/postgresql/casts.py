"""
How PostgreSQL turns a value of one type into another.

Place: `schema.postgresql`, lowest. Source: pg_cast of PostgreSQL 12 to 18.
Every type goes to a string by assignment, and so does every type to another one
of its family below; a string goes to any type by an explicit cast. The rest
goes by way of text, which at least succeeds where there are no rows.
"""

from __future__ import annotations

import re

_PARAMETERS = re.compile(r"\s*\([^()]*\)")

STRINGS = frozenset({"VARCHAR", "TEXT", "CHAR", "CHARACTER", "CHARACTER VARYING"})
NUMBERS = frozenset(
    {
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "NUMERIC",
        "DECIMAL",
        "REAL",
        "FLOAT",
        "DOUBLE PRECISION",
    }
)
MOMENTS = frozenset(
    {
        "DATE",
        "TIMESTAMP",
        "TIMESTAMP WITHOUT TIME ZONE",
        "TIMESTAMP WITH TIME ZONE",
    }
)
CLOCKS = frozenset(
    {"TIME", "TIME WITHOUT TIME ZONE", "TIME WITH TIME ZONE", "INTERVAL"}
)
DOCUMENTS = frozenset({"JSON", "JSONB"})
BYTES = "BYTEA"
NETWORKS = frozenset({"INET", "CIDR"})
FAMILIES = (NUMBERS, MOMENTS, CLOCKS, DOCUMENTS, NETWORKS)


def base_type(text: str) -> str:
    """Return the type without length, precision and the like, in upper case."""
    base = _PARAMETERS.sub("", text).strip()
    return base if base.startswith('"') else base.upper()


def is_string(text: str) -> bool:
    """Return whether the type holds text."""
    return base_type(text) in STRINGS


def conversion(column: str, before: str, after: str, *, by_text: bool) -> str | None:
    """
    Return the SQL that turns *column* into its new type, None if none is needed.

    Args:
        column: Quoted name.

        before, after: Types.

        by_text: There is no direct cast (named enumerations).
    """
    old, new = base_type(before), base_type(after)
    if BYTES in {old, new} and old != new:
        return _bytes(column, old, new, after)
    if new in STRINGS or (old == new and not by_text):
        # An assignment refuses a text that is too long, a cast would cut it.
        return None
    if any(old in family and new in family for family in FAMILIES):
        return None
    if by_text and old not in STRINGS:
        array = "[]" if old.endswith("[]") and new.endswith("[]") else ""
        return f"{column}::text{array}::{after}"
    if old in STRINGS:
        return f"{column}::{after}"
    if old in NUMBERS and new == "BOOLEAN":
        return f"{column} <> 0"
    if old == "BOOLEAN" and new in NUMBERS:
        return f"{column}::integer" + ("" if new == "INTEGER" else f"::{after}")
    if old.endswith("[]") and new.endswith("[]"):
        return f"{column}::text[]::{after}"
    return f"{column}::text::{after}"


def _bytes(column: str, old: str, new: str, after: str) -> str:
    """
    Return the SQL from or to bytes: those that the text has in UTF-8.

    A plain cast would read and write PostgreSQL's own notation, ``\\x7b7d``.
    """
    if new == BYTES and old == "UUID":
        return f"uuid_send({column})"
    if new == BYTES:
        text = column if old in STRINGS else f"{column}::text"
        return f"convert_to({text}, 'UTF8')"
    if new == "UUID":
        return f"encode({column}, 'hex')::uuid"
    text = f"convert_from({column}, 'UTF8')"
    return text if new in STRINGS else f"{text}::{after}"
