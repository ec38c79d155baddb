"""Migrations that are executed as one, seen from the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from e2e.project import Project

CONFIGURATION = """
    [tool.whimbrel.databases.default]
    url = "sqlite:///db.sqlite3"

    [tool.whimbrel.apps]
    library = "library"
"""
HEAD = "import sqlalchemy as sa\nfrom whimbrel import migrations\n\n\n"
FIRST = """
    import sqlalchemy as sa
    from whimbrel import migrations


    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CreateModel(
                name="Book",
                fields=[
                    ("id", sa.Column(sa.Integer(), primary_key=True)),
                    ("title", sa.Column(sa.String(100))),
                ],
                options={"db_table": "book"},
            ),
        ]
"""


@pytest.fixture
def library(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("pyproject.toml", CONFIGURATION)
    project.write(
        "library/models.py", "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
    )
    project.write("library/migrations/0001_initial.py", FIRST)
    add(project, "0002_pages", "0001_initial", add_column("pages"))
    add(project, "0003_size", "0002_pages", add_column("size"))
    return project


def add_column(name: str) -> str:
    return f'migrations.AddField("Book", "{name}", sa.Column(sa.Integer()))'


def add(project: Project, name: str, after: str, operation: str) -> None:
    project.write(
        f"library/migrations/{name}.py",
        f"{HEAD}class Migration(migrations.Migration):\n"
        f'    dependencies = [("library", "{after}")]\n'
        f"    operations = [{operation}]\n",
    )


def applied(project: Project) -> list[str]:
    with sqlite3.connect(project.folder / "db.sqlite3") as connection:
        rows = connection.execute("SELECT name FROM whimbrel_migrations ORDER BY id")
        return [name for (name,) in rows]


def test_one_statement_and_a_record_of_each(library: Project) -> None:
    shown = library.ok("-vv", "migrate").stdout

    assert shown.count("CREATE TABLE book") == 1
    assert "ALTER TABLE" not in shown
    assert applied(library) == ["0001_initial", "0002_pages", "0003_size"]


def test_what_is_printed(library: Project) -> None:
    lines = library.ok("migrate").stdout.splitlines()

    assert lines[:2] == [
        "  Applying library.0001_initial",
        "       and library.0002_pages",
    ]
    assert lines[2].startswith("       and library.0003_size… OK (")


def test_taken_back_as_one(library: Project) -> None:
    library.ok("migrate")

    lines = library.ok("migrate", "library", "zero").stdout.splitlines()

    assert lines[0] == "  Unapplying library.0003_size"
    assert lines[2].startswith("         and library.0001_initial… OK (")
    assert applied(library) == []


def test_no_fuse_executes_one_operation_at_a_time(library: Project) -> None:
    shown = library.ok("-vv", "migrate", "--no-fuse").stdout

    assert shown.count("ALTER TABLE book ADD COLUMN") == 2
    assert " and library" not in shown


def test_what_stands_before_a_failure_is_applied(library: Project) -> None:
    """Together they leave nothing behind; then each is tried by itself."""
    library.ok("migrate", "library", "0001")
    with sqlite3.connect(library.folder / "db.sqlite3") as connection:
        connection.executemany("INSERT INTO book (title) VALUES (?)", [("a",), ("a",)])
    once = 'migrations.AddConstraint("Book", sa.UniqueConstraint("title", name="once"))'
    add(library, "0004_once", "0003_size", once)

    outcome = library.run("migrate")

    assert outcome.code == 4
    assert "failed and taken back; now one by one" in outcome.stdout
    assert "library.0004_once" in outcome.stderr
    assert applied(library) == ["0001_initial", "0002_pages", "0003_size"]
