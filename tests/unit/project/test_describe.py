"""Operations in words, for plans."""

from __future__ import annotations

from typing import Any

from whimbrel import migrations
from whimbrel.migrations.migration import Migration
from whimbrel.project.describe import LONGEST, Described, described, shortened


def fill(apps: Any, schema_editor: Any) -> None:
    """
    Fill in
    the names.
    """


def of(*operations: migrations.Operation) -> Migration:
    return Migration.of("shop", "0001_x", operations=operations)


def test_a_data_step_says_what_it_does() -> None:
    """Its docstring, on one line."""
    migration = of(migrations.RunPython(fill, migrations.RunPython.noop))

    assert described(migration) == (
        Described("p", "Raw Python operation", "Fill in the names."),
    )


def test_sql_is_shown() -> None:
    """Statements with and without parameters."""
    migration = of(migrations.RunSQL(["SELECT 1", ("SELECT %s", [2])]))

    assert described(migration) == (
        Described("s", "Raw SQL operation", "SELECT 1; SELECT %s", reversible=False),
    )


def test_the_way_back_is_described_in_its_order() -> None:
    """The last operation first, each by its reverse."""
    migration = of(
        migrations.RunSQL("CREATE VIEW v", "DROP VIEW v"),
        migrations.RunPython(fill),
    )

    assert described(migration, backwards=True) == (
        Described("p", "Raw Python operation", "", reversible=False),
        Described("s", "Raw SQL operation", "DROP VIEW v"),
    )


def test_a_long_text_is_cut() -> None:
    """With an ellipsis."""
    assert shortened("x" * 100) == "x" * (LONGEST - 1) + "…"
    assert shortened("a\n  b") == "a b"
