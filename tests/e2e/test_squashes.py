"""Migrations that stand for others: what is recorded, and the way back."""

from __future__ import annotations

import pytest

from e2e.project import Project

FIRST = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                "Book", [("id", models.BigAutoField(primary_key=True))]
            )
        ]
"""
SECOND = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [migrations.AddField("Book", "n", models.IntegerField(null=True))]
"""
SQUASH = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        initial = True
        replaces = [("library", "0001_initial"), ("library", "0002_n")]
        operations = [
            migrations.CreateModel(
                "Book",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("n", models.IntegerField(null=True)),
                ],
            )
        ]
"""
THIRD = """
    from whimbrel import migrations, models

    class Migration(migrations.Migration):
        dependencies = [("library", "0002_n")]
        operations = [migrations.AddField("Book", "m", models.IntegerField(null=True))]
"""


@pytest.fixture
def library(project: Project) -> Project:
    """Two migrations and no models that anybody reads."""
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", "")
    project.write("library/migrations/0001_initial.py", FIRST)
    project.write("library/migrations/0002_n.py", SECOND)
    return project


def squash(project: Project) -> None:
    project.write("library/migrations/0001_squashed_0002_n.py", SQUASH)


def test_a_fresh_database_runs_the_squash_alone(library: Project) -> None:
    """All that it replaces is recorded with it."""
    squash(library)

    done = library.ok("migrate")
    shown = library.ok("showmigrations", "--format", "json").json

    assert "Applying library.0001_squashed_0002_n… OK" in done.stdout
    assert [(one["name"], one["replaces"]) for one in shown["migrations"]] == [
        ("0001_squashed_0002_n", 2)
    ]
    assert library.ok("migrate").stdout == "No migrations to apply.\n"
    library.ok("migrate", "library", "zero")
    assert library.ok("showmigrations").stdout == (
        "library\n [ ] 0001_squashed_0002_n (2 squashed migrations)\n"
    )


def test_an_old_database_records_the_squash(library: Project) -> None:
    """[-] until the next migrate, which has nothing to do."""
    library.ok("migrate")
    squash(library)

    before = library.ok("showmigrations").stdout
    done = library.ok("migrate")
    after = library.ok("showmigrations").stdout

    assert before == "library\n [-] 0001_squashed_0002_n (2 squashed migrations)\n"
    assert done.stdout == "No migrations to apply.\n"
    assert after == "library\n [X] 0001_squashed_0002_n (2 squashed migrations)\n"


def test_what_comes_after_a_squash_knows_its_models(library: Project) -> None:
    """Whether the database has the squash or what it replaces."""
    library.ok("migrate")
    squash(library)
    library.write("library/migrations/0003_m.py", THIRD)

    done = library.ok("migrate")

    assert "Applying library.0003_m… OK" in done.stdout


def test_a_replaced_migration_may_still_be_the_target(library: Project) -> None:
    """As long as its file is there."""
    squash(library)
    library.ok("migrate")

    back = library.ok("migrate", "library", "0001_initial")
    printed = library.ok("sqlmigrate", "library", "0002_n")

    assert "Unapplying library.0002_n… OK" in back.stdout
    assert "ADD COLUMN" in printed.stdout
