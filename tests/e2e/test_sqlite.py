"""SQLite as others use it at the same time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from e2e.project import Outcome, Project

MIGRATION = """
import sqlalchemy as sa
from whimbrel import migrations

class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [{operation}]
"""
BOOK = """migrations.CreateModel(
    "Book",
    [("id", sa.Column(sa.Integer, primary_key=True)), ("title", sa.Column(sa.Text))],
    options={"db_table": "book"},
)"""
STRICTER = (
    'migrations.AlterField("Book", "title", sa.Column(sa.Text, nullable=False), '
    'fill="?")'
)


@pytest.fixture
def library(project: Project) -> Project:
    """Books are there; their titles are about to be rebuilt."""
    project.write(
        "whimbrel.toml",
        '[apps]\nlibrary = "library"\n\n'
        '[databases.default]\nurl = "sqlite:///db.sqlite3?timeout=0.2"\n',
    )
    project.write("library/models.py", "")
    first = MIGRATION.format(dependencies=[], operation=BOOK)
    project.write("library/migrations/0001_initial.py", first)
    project.ok("migrate")
    second = MIGRATION.format(
        dependencies=[("library", "0001_initial")], operation=STRICTER
    )
    project.write("library/migrations/0002_stricter.py", second)
    return project


@contextmanager
def held(project: Project, *statements: str) -> Iterator[sqlite3.Connection]:
    """Run *statements* on another connection, which stays open."""
    file = project.folder / "db.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for sql in statements:
            connection.execute(sql)
        yield connection


def applied(project: Project) -> bool:
    return "[X] 0002" in project.ok("showmigrations").stdout


def test_a_database_that_somebody_writes_to_is_left_alone(library: Project) -> None:
    with held(library, "BEGIN IMMEDIATE"):
        outcome: Outcome = library.run("migrate")

    assert outcome.code == 4
    assert "error[EX111]: no transaction could be begun: database is locked" in (
        outcome.stderr
    )
    assert not applied(library)
    library.ok("migrate")
    assert applied(library)


def test_one_that_reads_goes_on_with_a_write_ahead_log(library: Project) -> None:
    with held(
        library,
        "PRAGMA journal_mode=WAL",
        "INSERT INTO book VALUES (1, NULL)",
        "BEGIN",
        "SELECT * FROM book",
    ) as reader:
        query = "SELECT title FROM book"
        assert reader.execute(query).fetchall() == [(None,)]

        library.ok("migrate")

        assert reader.execute(query).fetchall() == [(None,)]
        reader.execute("COMMIT")
        assert reader.execute(query).fetchall() == [("?",)]
        with pytest.raises(sqlite3.IntegrityError):
            reader.execute("INSERT INTO book VALUES (2, NULL)")


def test_one_that_reads_holds_the_commit_up_without(library: Project) -> None:
    with held(library, "BEGIN", "SELECT * FROM book") as reader:
        reader.execute("SELECT count(*) FROM book").fetchall()
        outcome = library.run("migrate")

    assert outcome.code == 4
    assert "error[EX101]: the database refused a statement: database is locked" in (
        outcome.stderr
    )
    assert not applied(library)


ATTACHED = """
import sqlalchemy as sa
from whimbrel import Project

@sa.event.listens_for(sa.Engine, "connect")
def attach(connection, record):
    connection.execute("ATTACH 'other.sqlite3' AS other")

project = Project.from_config()
project.migrate()
with project.connect() as connection:
    print(connection.exec_driver_sql("SELECT name, sql FROM other.sqlite_master").all())
"""


def test_tables_of_an_attached_database(library: Project) -> None:
    other = MIGRATION.format(
        dependencies=[("library", "0002_stricter")],
        operation=BOOK.replace('"Book"', '"Film"').replace(
            '"db_table": "book"', '"db_table": "film", "schema": "other"'
        ),
    )
    library.write("library/migrations/0003_film.py", other)
    index = 'migrations.AddIndex("Film", sa.Index("by_title", "title"))'
    library.write(
        "library/migrations/0004_index.py",
        MIGRATION.format(dependencies=[("library", "0003_film")], operation=index),
    )
    rebuilt = STRICTER.replace('"Book"', '"Film"')
    library.write(
        "library/migrations/0005_stricter.py",
        MIGRATION.format(dependencies=[("library", "0004_index")], operation=rebuilt),
    )

    outcome = library.script(ATTACHED)

    assert outcome.code == 0, outcome.stderr
    assert "('by_title', 'CREATE INDEX by_title ON film (title)')" in outcome.stdout
    assert "title TEXT NOT NULL" in outcome.stdout


def test_runs_at_the_same_time_do_everything_once(library: Project) -> None:
    """An addition and a fill, neither of which can be done twice."""
    library.write(
        "whimbrel.toml",
        '[apps]\nlibrary = "library"\n\n'
        '[databases.default]\nurl = "sqlite:///db.sqlite3?timeout=60"\n',
    )
    names = ["0002_stricter"]
    for number in range(3, 9):
        operation = f'migrations.AddField("Book", "n{number}", sa.Column(sa.Integer))'
        count = 'migrations.RunSQL("INSERT INTO book (title) VALUES (1)", "")'
        before = [("library", names[-1])]
        text = MIGRATION.format(
            dependencies=before, operation=f"{operation}, {count if number % 2 else ''}"
        )
        names.append(f"000{number}_next")
        library.write(f"library/migrations/{names[-1]}.py", text)

    command = [sys.executable, "-m", "whimbrel", "migrate"]
    runs = [
        subprocess.Popen(command, cwd=library.folder, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    outcomes = [(run.communicate()[1], run.returncode) for run in runs]

    with held(library) as connection:
        recorded = connection.execute("SELECT name FROM whimbrel_migrations").fetchall()
        (rows,) = connection.execute("SELECT count(*) FROM book").fetchone()
    assert sorted(recorded) == [("0001_initial",), *((name,) for name in names)]
    assert rows == 3
    for said, code in outcomes:
        assert code == 0 or "error[EX112]" in said, said


DJANGO = """
CREATE TABLE "library_author" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" varchar(80) NOT NULL UNIQUE);
CREATE TABLE "library_book" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" varchar(100) NOT NULL,
    "pages" integer unsigned NOT NULL CHECK ("pages" >= 0),
    "notes" text NOT NULL CHECK ((JSON_VALID("notes") OR "notes" IS NULL)),
    "slug" varchar(50) NOT NULL UNIQUE,
    "flag" bool NULL,
    "author_id" bigint NOT NULL REFERENCES "library_author" ("id")
        DEFERRABLE INITIALLY DEFERRED);
"""
BY_DJANGO = """
from whimbrel import models

class Author(models.Model):
    name = models.CharField(max_length=80, unique=True)

class Book(models.Model):
    title = models.CharField(max_length=100)
    pages = models.PositiveIntegerField()
    notes = models.JSONField()
    slug = models.SlugField(unique=True, db_index=False)
    flag = models.BooleanField(null=True)
    author = models.ForeignKey(Author, models.CASCADE, db_index=False)
"""


def test_a_table_that_django_made_has_nothing_unknown(project: Project) -> None:
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", BY_DJANGO)
    project.ok("makemigrations")
    project.ok("migrate", "--fake")
    with held(project) as connection:
        connection.executescript(DJANGO)
    project.write("library/models.py", BY_DJANGO.replace("=100", "=200"))
    project.ok("makemigrations")

    outcome = project.ok("migrate")

    deferred = '"library_author" ("id") DEFERRABLE INITIALLY DEFERRED of column'
    assert f"REFERENCES {deferred} author_id" in outcome.stderr
    assert outcome.stderr.count("note:") == 1
