"""Extensions from the command line: written by hand, left alone by detection."""

from __future__ import annotations

import pytest

from e2e.project import Project
from whimbrel.testing.databases import Scratch

CONFIGURATION = """
    [tool.whimbrel.databases.default]
    url = "sqlite:///db.sqlite3"

    [tool.whimbrel.apps]
    library = "library"
"""
MODELS = """
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import CITEXT

    metadata = sa.MetaData()
    sa.Table(
        "person",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", CITEXT().with_variant(sa.Text(), "sqlite", "mysql")),
    )
"""
EXTENSION = """
    from whimbrel import migrations


    class Migration(migrations.Migration):
        initial = True
        operations = [
            migrations.CITextExtension(),
            migrations.CreateExtension("hstore", version="1.4"),
        ]
"""
LATER = """
    from whimbrel import migrations


    class Migration(migrations.Migration):
        dependencies = [("library", "0002_person")]
        operations = [migrations.DeleteExtension("hstore")]
"""


@pytest.fixture
def library(project: Project) -> Project:
    project.write("pyproject.toml", CONFIGURATION)
    project.write("library/models.py", MODELS)
    project.write("library/migrations/0001_extensions.py", EXTENSION)
    return project


def test_detection_neither_drops_nor_makes_one(library: Project) -> None:
    library.ok("makemigrations", "--name", "person")

    written = library.read("library/migrations/0002_person.py")
    assert "Extension" not in written
    assert "No changes" in library.ok("makemigrations").stdout
    library.write("library/migrations/0003_later.py", LATER)
    assert "No changes" in library.ok("makemigrations").stdout


def test_what_is_printed(library: Project) -> None:
    shown = library.ok(
        "sqlmigrate", "library", "0001", "--dialect", "postgresql", "--format", "json"
    ).json

    assert [s["does"] for step in shown["steps"] for s in step["statements"]] == [
        "create extension citext",
        "create extension hstore",
    ]
    back = library.ok(
        *("sqlmigrate", "library", "0001", "--dialect", "postgresql", "--backwards")
    ).stdout
    assert (
        "-- (migrate leaves this out if extension citext belongs to another role)"
        in back
    )
    plan = library.ok("migrate", "--plan").stdout
    assert "+ Create extension citext" in plan


@pytest.mark.needs("extensions")
def test_a_project_lives_with_them(library: Project, database: Scratch) -> None:
    env = {"WHIMBREL_DATABASE_URL": database.url}
    library.ok("makemigrations", "--name", "person")
    library.write("library/migrations/0003_later.py", LATER)

    library.ok("migrate", env=env)
    library.ok("migrate", "library", "zero", env=env)
    library.ok("migrate", env=env)

    with database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT extname FROM pg_extension").all()
    assert ("citext",) in names
    assert ("hstore",) not in names


def test_where_there_are_none_nothing_happens(library: Project) -> None:
    library.ok("makemigrations", "--name", "person")

    library.ok("migrate")
    library.ok("migrate", "library", "zero")
    library.ok("migrate")
