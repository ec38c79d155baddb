"""Versions of servers, as people and servers write them."""

from __future__ import annotations

import pytest

from whimbrel.errors.schema import VersionUnread
from whimbrel.schema.database import database_for, offline_dialect
from whimbrel.schema.versions import read_version


@pytest.mark.parametrize(
    ("text", "version", "is_mariadb"),
    [
        ("15", (15,), False),
        ("3.53", (3, 53), False),
        ("8.4.2", (8, 4, 2), False),
        ("9.7.4-2", (9, 7, 4), False),
        ("8.0.36-0ubuntu0.22.04.1", (8, 0, 36), False),
        ("10.11-MariaDB", (10, 11), True),
        ("5.5.5-10.11.6-MariaDB-0+deb12u1", (10, 11, 6), True),
        ("15.20 (Debian 15.20-0+deb12u1)", (15, 20), False),
        (" 18beta2 ", (18,), False),
    ],
)
def test_a_version_is_read(
    text: str, version: tuple[int, ...], is_mariadb: bool
) -> None:
    assert read_version(text) == (version, is_mariadb)


@pytest.mark.parametrize("text", ["", "new", "v15", "15,3", "8.", "1.2.3.4.5"])
def test_what_is_no_version_is_said(text: str) -> None:
    with pytest.raises(VersionUnread) as caught:
        read_version(text)

    assert repr(text) in str(caught.value)
    assert "10.11-MariaDB" in str(caught.value)


def test_a_version_of_mariadb_makes_mysql_s_dialect_its_own() -> None:
    """As after connecting: its words, and still the options of `mysql_…`."""
    database = database_for(offline_dialect("mysql"), (10, 11), is_mariadb=True)

    assert database.name == "mysql"
    assert database.facts.sequences
    assert database.compiler.quote("offset") == "`offset`"
