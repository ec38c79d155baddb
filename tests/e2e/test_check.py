"""`whimbrel check`: findings, one beside the other, and what migrate adds to them."""

from __future__ import annotations

import pytest

from e2e.project import Project

BOOK = """
    from whimbrel import models

    class Book(models.Model):
        title = models.CharField(max_length=100)
"""


@pytest.fixture
def library(project: Project) -> Project:
    """A configured project."""
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", BOOK)
    return project


def test_no_apps_are_a_finding(project: Project) -> None:
    """CH101: a configuration that configures nothing."""
    project.write("whimbrel.toml", "")

    outcome = project.run("check")

    assert outcome.code == 1
    assert outcome.stdout == (
        "[CH101] no apps are configured\n"
        "  at: whimbrel.toml\n"
        '  fix: write, under [tool.whimbrel.apps], library = "library"\n'
        "1 problem in 0 apps, 0 models, 0 migrations, databases: default\n"
    )


def test_a_name_that_the_database_would_cut_is_a_finding(library: Project) -> None:
    """CH103: two names that are cut alike would be one."""
    library.write("library/models.py", BOOK.replace("title", "t" * 64))
    library.ok("makemigrations")

    outcome = library.run(
        "check", env={"WHIMBREL_DATABASE_URL": "postgresql://me@127.0.0.1:1/x"}
    )

    assert outcome.code == 1
    assert (
        f"[CH103] the name '{'t' * 64}' has 64 characters, and postgresql keeps 63\n"
        "  at: library.Book\n"
        "  fix: give the table or column a shorter name\n" in outcome.stdout
    )


def test_one_problem_does_not_hide_the_others(library: Project) -> None:
    """Broken models, and a database that does not answer."""
    library.write("library/models.py", "import nothere\n")

    outcome = library.run(
        "check",
        "--format",
        "json",
        env={"WHIMBREL_DATABASE_URL": "postgresql://me@127.0.0.1:1/x"},
    )

    assert outcome.code == 1
    assert [one["code"] for one in outcome.json["findings"]] == ["PR111", "PR109"]


def test_a_check_changes_nothing(library: Project) -> None:
    """Not even an empty database file."""
    library.run("check")

    assert library.files() == [
        "library/__init__.py",
        "library/models.py",
        "whimbrel.toml",
    ]


def test_migrate_tells_a_person_what_is_not_written_yet(library: Project) -> None:
    """Only at a terminal, and only when it had something to do."""
    library.ok("makemigrations")
    library.write(
        "library/models.py", BOOK + "        n = models.IntegerField(null=True)\n"
    )

    done = library.typed("migrate", keys=[])
    again = library.typed("migrate", keys=[])

    assert done.code == 0
    assert "Applying library.0001_initial… OK" in done.stdout
    assert done.stdout.endswith(
        "Models of library have changes that no migration has yet.\n"
        "Run whimbrel makemigrations to write them.\n"
    )
    assert again.stdout == "No migrations to apply.\n"


def test_labels_restrict_what_is_made(library: Project) -> None:
    """To these apps, and what they need."""
    library.write(
        "whimbrel.toml", '[apps]\nlibrary = "library"\nshop = "shop"\nown = "own"\n'
    )
    library.write(
        "shop/models.py",
        """
        from whimbrel import models

        class Offer(models.Model):
            book = models.ForeignKey("library.Book", models.CASCADE)
        """,
    )
    library.write("own/models.py", BOOK)

    outcome = library.ok("makemigrations", "shop", "--noinput")

    assert library.files("*/migrations/0*.py") == [
        "library/migrations/0001_initial.py",
        "shop/migrations/0001_initial.py",
    ]
    assert '("library", "0001_initial")' in library.read(
        "shop/migrations/0001_initial.py"
    )
    assert "own" not in outcome.stdout
