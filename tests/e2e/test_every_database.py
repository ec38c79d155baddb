"""The same life on every database, asynchronous drivers among them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from e2e.project import Project
from whimbrel.testing.databases import Scratch

LIBRARY = """
    from whimbrel import models

    class Author(models.Model):
        name = models.CharField(max_length=80, unique=True)

    class Book(models.Model):
        title = models.CharField(max_length=100, db_index=True)
        pages = models.PositiveIntegerField(default=1)
        author = models.ForeignKey(Author, models.CASCADE, related_name="books")
        readers = models.ManyToManyField(Author, related_name="read")

        class Meta:
            constraints = [
                models.CheckConstraint(
                    condition=models.Q(pages__lt=9999), name="book_pages"
                )
            ]
"""
PRICE = "        price = models.DecimalField(max_digits=8, decimal_places=2)\n"
GROWN = LIBRARY.replace("title", "name").replace(
    "        readers", f"{PRICE}        readers"
)
DATA_STEP = """
    from whimbrel import migrations

    def add(apps, schema_editor):
        Author = apps.get_model("library", "Author")
        Book = apps.get_model("library", "Book")
        author = Author.objects.create(name="Jane")
        Book.objects.create(title="Emma", author=author)

    def remove(apps, schema_editor):
        apps.get_model("library", "Book").objects.all().delete()
        apps.get_model("library", "Author").objects.filter(name="Jane").delete()

    class Migration(migrations.Migration):
        dependencies = [("library", "0001_initial")]
        operations = [migrations.RunPython(add, remove)]
"""


@pytest.fixture
def url(database: Scratch, tmp_path: Path) -> URL:
    """Each server in turn; SQLite in a file, for it is shared by processes."""
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        return url.set(database=str(tmp_path / "shared.sqlite3"))
    return url


def environment(url: URL) -> dict[str, str]:
    return {"WHIMBREL_DATABASE_URL": url.render_as_string(hide_password=False)}


def test_a_project_lives_on_every_database(project: Project, url: URL) -> None:
    """Tables, a data step, a rename and a new column, back, zero, and again."""
    env = environment(url)
    engine = sa.create_engine(url, poolclass=NullPool)
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", LIBRARY)
    project.ok("makemigrations", env=env)
    project.write("library/migrations/0002_data.py", DATA_STEP)
    project.ok("migrate", env=env)
    project.write("library/models.py", GROWN)

    project.ok(
        "makemigrations",
        "--answer",
        "rename-field:library.Book.title>name=true",
        "--answer",
        "default:library.Book.price=Decimal('1.50')",
        env=env,
    )
    project.ok("migrate", env=env)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT name, pages, price FROM library_book")
        ).all()
    project.ok("migrate", "library", "0001", env=env)
    project.ok("migrate", env=env)
    project.ok("check", env=env)
    project.ok("migrate", "library", "zero", env=env)
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()

    assert [(name, pages, float(price)) for name, pages, price in rows] == [
        ("Emma", 1, 1.5)
    ]
    assert [t for t in tables if not t.startswith("whimbrel_")] == []


@pytest.mark.parametrize(
    ("drivers", "query"),
    [
        pytest.param({"postgresql": "asyncpg"}, {"ssl": "disable"}, id="asyncpg"),
        pytest.param({"sqlite": "aiosqlite"}, {"timeout": "5"}, id="aiosqlite"),
    ],
)
def test_an_asynchronous_driver_migrates(
    project: Project,
    url: URL,
    drivers: dict[str, str],
    query: dict[str, str],
) -> None:
    """A query keeps the driver: no other one knows its options."""
    backend = url.get_backend_name()
    if backend not in drivers:
        pytest.skip("another database's driver")
    pytest.importorskip(drivers[backend])
    pytest.importorskip("greenlet")
    env = environment(url.set(drivername=f"{backend}+{drivers[backend]}", query=query))
    project.write("whimbrel.toml", '[apps]\nlibrary = "library"\n')
    project.write("library/models.py", LIBRARY)
    project.ok("makemigrations", env=env)
    project.write("library/migrations/0002_data.py", DATA_STEP)

    project.ok("migrate", env=env)
    project.ok("migrate", "library", "zero", env=env)
    project.ok("migrate", env=env)

    assert project.ok("showmigrations", env=env).stdout == (
        "library\n [X] 0001_initial\n [X] 0002_data\n"
    )
