"""Rows that exist get a value each: the whole way, by the real command line."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from e2e.project import Project
from whimbrel.testing.databases import Scratch

BEFORE = """
    import secrets
    import uuid

    from whimbrel import models

    def make_slug():
        return secrets.token_urlsafe(8)

    class Book(models.Model):
        title = models.CharField(max_length=50)
"""
LOOSE = BEFORE + "        slug = models.CharField(max_length=20, null=True)\n"
AFTER = (
    LOOSE.replace("null=True", "unique=True, default=make_slug")
    + "        token = models.UUIDField(unique=True, default=uuid.uuid4)\n"
)
ROWS = """
    from whimbrel import migrations

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [
            migrations.RunSQL(
                "INSERT INTO library_book (title) VALUES ('a'), ('b'), ('c')",
                migrations.RunSQL.noop,
            )
        ]
"""

KEYLESS = """
    import sqlalchemy as sa
    from whimbrel import migrations

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [
            migrations.CreateModel(
                "Loose",
                [("n", sa.Column(sa.Integer()))],
                options={"db_table": "loose"},
            ),
            migrations.RunSQL(
                "INSERT INTO loose VALUES (1), (1), (1)", migrations.RunSQL.noop
            ),
        ]
"""
SLUGS = """
    import itertools

    import sqlalchemy as sa
    from whimbrel import migrations

    numbers = itertools.count()

    def make_slug():
        return f"no {next(numbers)}"

    class Migration(migrations.Migration):
        dependencies = [("library", "0002_rows")]
        operations = [
            migrations.AddField(
                "Loose", "slug", sa.Column(sa.String(20)), fill=make_slug
            ),
            migrations.AddConstraint("Loose", sa.UniqueConstraint("slug", name="uq")),
        ]
"""
TABLES = """
    import secrets
    import uuid
    from datetime import datetime

    from sqlalchemy import String, func
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    def make_slug():
        return secrets.token_urlsafe(8)

    class Base(DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "library_book"

        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(String(50))
"""
MAPPED = (
    TABLES
    + """
        slug: Mapped[str] = mapped_column(String(20), unique=True, default=make_slug)
        token: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
        state: Mapped[str] = mapped_column(String(9), default="new")
        made: Mapped[datetime] = mapped_column(default=func.now())
"""
)
CONTEXT = (
    TABLES
    + """
        slug: Mapped[str] = mapped_column(
            String(20), unique=True, default=lambda context: make_slug()
        )
        token: Mapped[uuid.UUID] = mapped_column(default=lambda: uuid.uuid4())
"""
)


@pytest.fixture
def url(database: Scratch, tmp_path: Path) -> URL:
    """Each server in turn; SQLite in a file, for it is shared by processes."""
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(tmp_path / "shared.sqlite3"))
    return url


@pytest.fixture
def env(url: URL) -> dict[str, str]:
    return {"WHIMBREL_DATABASE_URL": url.render_as_string(hide_password=False)}


def values(url: URL, column: str, table: str = "library_book") -> list[Any]:
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT {column} FROM {table}")
        return [value for (value,) in rows]


def begin(project: Project, models: str, env: dict[str, str], app: str) -> None:
    """Make a table, and put rows into it."""
    project.write("whimbrel.toml", f"[apps]\nlibrary = {app}\n")
    project.write("library/models.py", models)
    project.ok("makemigrations", env=env)
    project.write("library/migrations/0002_rows.py", ROWS)
    project.ok("migrate", env=env)


@pytest.mark.parametrize("fuse", [(), ("--no-fuse",)], ids=["fused", "one by one"])
def test_new_unique_fields_get_a_value_for_each_row(
    project: Project, url: URL, env: dict[str, str], fuse: tuple[str, ...]
) -> None:
    begin(project, BEFORE, env, '"library"')
    project.write("library/models.py", AFTER)
    project.ok("makemigrations", env=env)

    shown = project.ok("sqlmigrate", "library", "0003", env=env).stdout
    project.ok("migrate", *fuse, env=env)

    refused = project.run("sqlmigrate", "library", "0003", "--record", env=env)
    assert "PR124" in refused.stderr
    assert "-- Python: fill library_book.slug of each row with what" in shown
    assert "library.models.make_slug gives\n" in shown
    slugs, tokens = values(url, "slug"), values(url, "token")
    assert len({*slugs}) == len({*tokens}) == 3
    assert {uuid.UUID(str(token)).version for token in tokens} == {4}

    project.ok("migrate", "library", "0002", *fuse, env=env)
    project.ok("migrate", *fuse, env=env)
    project.ok("check", env=env)

    assert {*values(url, "slug")}.isdisjoint(slugs)


def test_rows_without_a_value_get_one_when_null_is_forbidden(
    project: Project, url: URL, env: dict[str, str]
) -> None:
    begin(project, LOOSE, env, '"library"')
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE library_book SET slug = 'mine' WHERE title = 'b'"
        )
    project.write("library/models.py", AFTER)
    project.ok("makemigrations", env=env)
    project.ok("migrate", env=env)

    slugs = values(url, "slug")
    assert len({*slugs}) == 3
    assert "mine" in slugs
    assert None not in slugs


def test_json_says_what_python_does(project: Project, env: dict[str, str]) -> None:
    begin(project, BEFORE, env, '"library"')
    project.write("library/models.py", AFTER)
    project.ok("makemigrations", env=env)

    [step] = project.ok(
        *("sqlmigrate", "library", "0003", "--format", "json"),
        *("--dialect", "postgresql"),
        env=env,
    ).json["steps"]

    [fill] = [s for s in step["statements"] if s["each_row"]]
    assert fill["each_row"] == {
        "value": "what library.models.make_slug gives",
        "reads": "SELECT id FROM library_book WHERE slug IS NULL "
        "ORDER BY id LIMIT 5000",
        "writes": "UPDATE library_book SET slug = ? WHERE id = ?",
    }
    assert "Python gives rows their values, which a script cannot" in step["notes"]


def test_a_function_that_fails_is_named_with_its_place(
    project: Project, url: URL, env: dict[str, str]
) -> None:
    begin(project, BEFORE, env, '"library"')
    project.write("library/models.py", AFTER)
    project.ok("makemigrations", env=env)
    project.write("library/models.py", AFTER.replace("secrets.token_urlsafe", "oops"))

    failed = project.run("migrate", env=env)
    project.write("library/models.py", AFTER)
    project.ok("migrate", env=env)

    assert failed.code == 4
    assert "NameError: name 'oops' is not defined" in failed.stderr
    assert "library/models.py" in failed.stderr
    assert len({*values(url, "slug")}) == 3


@pytest.mark.parametrize("fuse", [(), ("--no-fuse",)], ids=["fused", "one by one"])
def test_columns_of_sqlalchemy_get_their_default_in_python(
    project: Project, url: URL, env: dict[str, str], fuse: tuple[str, ...]
) -> None:
    """Nobody is asked: the migration says what the model says."""
    begin(project, TABLES, env, '{ models = "library.models:Base" }')
    project.write("library/models.py", MAPPED)

    project.ok("makemigrations", "--name", "more", env=env)
    project.ok("migrate", *fuse, env=env)

    written = project.read("library/migrations/0003_more.py")
    assert "fill=library.models.make_slug" in written
    assert "fill=uuid.uuid4" in written
    assert "fill=sa.func.now()" in written
    slugs, tokens = values(url, "slug"), values(url, "token")
    assert len({*slugs}) == len({*tokens}) == 3
    assert {*values(url, "state")} == {"new"}
    assert None not in values(url, "made")
    project.ok("check", env=env)

    project.ok("migrate", "library", "0002", *fuse, env=env)
    project.ok("migrate", *fuse, env=env)

    assert {*values(url, "slug")}.isdisjoint(slugs)


def test_a_default_that_existing_rows_cannot_get_is_asked_for(
    project: Project, env: dict[str, str]
) -> None:
    begin(project, TABLES, env, '{ models = "library.models:Base" }')
    project.write("library/models.py", CONTEXT)

    refused = project.run("makemigrations", env=env)

    assert refused.code == 3
    assert (
        "library.Book.slug is new, cannot be NULL and its default is called with the "
        "context of an INSERT. Which value do existing rows get? It is unique: give a "
        "function, it is called for each row."
    ) in refused.stderr
    assert (
        "library.Book.token is new, cannot be NULL and its default cannot be written "
        "into a migration file."
    ) in refused.stderr


@pytest.mark.parametrize(
    ("drivers", "query"),
    [
        pytest.param({"postgresql": "asyncpg"}, {"ssl": "disable"}, id="asyncpg"),
        pytest.param({"sqlite": "aiosqlite"}, {"timeout": "5"}, id="aiosqlite"),
    ],
)
@pytest.mark.parametrize("keyless", [False, True])
def test_rows_are_filled_through_an_asynchronous_driver(
    project: Project,
    url: URL,
    drivers: dict[str, str],
    query: dict[str, str],
    keyless: bool,
) -> None:
    backend = url.get_backend_name()
    if backend not in drivers:
        pytest.skip("another database's driver")
    pytest.importorskip(drivers[backend])
    pytest.importorskip("greenlet")
    asynchronous = url.set(drivername=f"{backend}+{drivers[backend]}", query=query)
    shown = asynchronous.render_as_string(hide_password=False)
    env = {"WHIMBREL_DATABASE_URL": shown}
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", BEFORE)
    project.ok("makemigrations", env=env)
    project.write("library/migrations/0002_rows.py", KEYLESS if keyless else ROWS)
    project.ok("migrate", env=env)
    if keyless:
        project.write("library/migrations/0003_slugs.py", SLUGS)
    else:
        project.write("library/models.py", AFTER)
        project.ok("makemigrations", env=env)

    project.ok("migrate", env=env)

    found = values(url, "slug", "loose" if keyless else "library_book")
    assert len({*found}) == 3
