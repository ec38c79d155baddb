"""Imports: sorted as ruff sorts, and never two meanings for one name."""

from __future__ import annotations

import pytest

from history.reading import ruff
from whimbrel.history.source.expression import Expression, Reference, Text
from whimbrel.history.source.imports import Import, imports_text, parsed, spelling

EVERYTHING = [
    Reference("datetime", "date"),
    Reference("decimal", "Decimal"),
    Reference("functools", "partial"),
    Reference("sqlalchemy", "String"),
    Reference("sqlalchemy.dialects.postgresql", "JSONB"),
    Reference("sqlalchemy.dialects.mysql", "BIGINT"),
    Reference("whimbrel.models", "CharField"),
    Reference("whimbrel.models.functions", "Lower"),
    Reference("shop.types", "Money"),
    Reference("shop.Types", "Money"),
    Reference("shop10.a", "b"),
    Reference("shop9.a", "b"),
    Reference("uuid", "uuid4"),
]


def test_lines_come_in_three_sections() -> None:
    """Standard library, others, the project's own."""
    text = imports_text(
        EVERYTHING,
        always=[Import("whimbrel", "migrations")],
        first_party=["shop", "shop9", "shop10"],
    )

    assert text == (
        "import datetime\n"
        "import functools\n"
        "import uuid\n"
        "from decimal import Decimal\n"
        "\n"
        "import sqlalchemy as sa\n"
        "from sqlalchemy.dialects import mysql, postgresql\n"
        "from whimbrel import migrations, models\n"
        "from whimbrel.models import functions\n"
        "\n"
        "import shop.Types\n"
        "import shop.types\n"
        "import shop9.a\n"
        "import shop10.a\n"
    )


@pytest.mark.parametrize("first_party", [[], ["shop", "shop9", "shop10"]])
def test_ruff_does_not_sort_them_otherwise(first_party: list[str]) -> None:
    """A linter must not complain about a file that a program wrote."""
    text = imports_text(EVERYTHING, first_party=first_party)
    known = ",".join(f'"{name}"' for name in first_party)

    ruff(
        "check",
        "--isolated",
        "--select=I",
        f"--config=lint.isort.known-first-party=[{known}]",
        source=text + "\n",
    )


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Reference("builtins", "int"), "int"),
        (Reference("sqlalchemy", "func.now"), "sa.func.now"),
        (Reference("sqlalchemy.types", "JSON"), "sa.types.JSON"),
        (
            Reference("sqlalchemy.sql.functions", "Function"),
            "sa.sql.functions.Function",
        ),
        (Reference("sqlalchemy.dialects.postgresql", "INET"), "postgresql.INET"),
        (
            Reference("sqlalchemy.dialects.postgresql.operators", "CONTAINS"),
            "postgresql.operators.CONTAINS",
        ),
        (Reference("whimbrel.migrations", "AddField"), "migrations.AddField"),
        (Reference("shop.types", "Outer.Inner"), "shop.types.Outer.Inner"),
        (Reference("shop.types", ""), "shop.types"),
        (Reference("models", "Money"), "_models.Money"),
        (Reference("sa.types", "Money"), "_sa_types.Money"),
    ],
)
def test_names_are_spelled_as_people_spell_them(
    reference: Reference, text: str
) -> None:
    """`sa` for SQLAlchemy, and an alias where a module would hide another name."""
    assert spelling(reference) == text


def test_a_module_that_no_statement_can_name_is_imported_by_call() -> None:
    """Migration files' names begin with digits; a squash may use their functions."""
    function: Expression = Reference("shop.migrations.0002_data", "forwards")

    text = imports_text([function])

    assert text == (
        "from importlib import import_module\n"
        "\n"
        '_0002_data = import_module("shop.migrations.0002_data")\n'
    )


def test_long_lines_are_broken_with_one_name_per_line() -> None:
    """As ruff breaks them."""
    names = [f"a_long_name_number_{n}" for n in range(5)]
    statement = f"from shop.serializers import {', '.join(names)}"

    text = imports_text([Text("x", frozenset({statement}))])

    assert text == (
        "from shop.serializers import (\n"
        + "".join(f"    {name},\n" for name in names)
        + ")\n"
    )


def test_statements_of_users_are_understood() -> None:
    """Serializers of users bring import statements, not references."""
    assert parsed("from a.b import c as d, e") == {
        Import("a.b", "c", "d"),
        Import("a.b", "e"),
    }
    assert parsed("import a.b as c") == {Import("a.b", alias="c")}
