"""What PostgreSQL's refusals say about extensions, in its own words and others."""

from __future__ import annotations

import pytest

from whimbrel import migrations
from whimbrel.schema.postgresql.refusals import BRINGS, SHORTHANDS, advice


@pytest.mark.parametrize(
    ("sqlstate", "message", "operation"),
    [
        ("42704", 'type "citext" does not exist\nLINE 1: …', "CITextExtension()"),
        ("42704", "le type « hstore » n'existe pas", "HStoreExtension()"),
        ("42704", "Typ »cube[]« existiert nicht", 'CreateExtension("cube")'),
        ("42704", 'type "ltree[]" does not exist', 'CreateExtension("ltree")'),
        ("42704", 'type "ext.vector" does not exist', 'CreateExtension("vector")'),
        (
            "42704",
            'operator class "gin_trgm_ops" does not exist for access method "gin"',
            "TrigramExtension()",
        ),
        ("42704", 'access method "bloom" does not exist', "BloomExtension()"),
        (
            "42704",
            "data type integer has no default operator class for access method "
            '"gist"\nHINT: …',
            "BtreeGistExtension()",
        ),
        (
            "42704",
            'data type text has no default operator class for access method "gin"',
            "BtreeGinExtension()",
        ),
        (
            "42704",
            'data type json has no default operator class for access method "gin"',
            None,
        ),
        (
            "42883",
            "function uuid_generate_v4() does not exist\nLINE 1: …",
            'CreateExtension("uuid-ossp")',
        ),
        (
            "42883",
            "function similarity(text, unknown) does not …",
            "TrigramExtension()",
        ),
        ("42704", 'type "mood" does not exist', None),
        ("42P01", 'relation "citext" does not exist', None),
        ("", "no such table: citext", None),
    ],
)
def test_what_is_missing_names_the_operation(
    sqlstate: str, message: str, operation: str | None
) -> None:
    said = advice(sqlstate, message, "CREATE TABLE a (b citext)")

    if operation is None:
        assert said is None
    else:
        assert said is not None
        assert f"put migrations.{operation} before this operation" in said


@pytest.mark.parametrize(
    ("sql", "sqlstate", "words"),
    [
        ("CREATE EXTENSION IF NOT EXISTS bloom", "42501", "a superuser"),
        ('create extension "uuid-ossp"', "0A000", "pg_available_extensions"),
        ("CREATE EXTENSION citext VERSION '9'", "22023", "has of citext"),
        ("CREATE EXTENSION earthdistance", "42704", "another extension"),
        ("ALTER EXTENSION citext UPDATE TO '1.4'", "22023", "paths('citext')"),
        ("ALTER EXTENSION citext SET SCHEMA x", "42501", "the owner"),
        ("ALTER EXTENSION postgis SET SCHEMA x", "0A000", "cannot be moved"),
        ("DROP EXTENSION IF EXISTS citext", "2BP01", "nothing with CASCADE"),
        ("DROP EXTENSION citext", "42501", "the owner"),
    ],
)
def test_what_is_refused_of_an_extension(sql: str, sqlstate: str, words: str) -> None:
    said = advice(sqlstate, "it is refused", sql)

    assert said is not None
    assert words in said


def test_of_other_refusals_nothing_is_known() -> None:
    assert advice("42601", "syntax error", "CREATE EXTENSION citext") is None


def test_the_operations_that_are_named_exist() -> None:
    for extension, operation in SHORTHANDS.items():
        assert getattr(migrations, operation.rstrip("()"))().name == extension
    names = [name for text in BRINGS.values() for name in text.split()]
    assert len(names) == len(set(names))
