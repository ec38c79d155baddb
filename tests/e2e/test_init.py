"""`whimbrel init`: what it finds, what it writes, and what it leaves alone."""

from __future__ import annotations

import tomllib

import pytest

from e2e.project import Project

BASE = """
    from sqlalchemy.orm import DeclarativeBase

    class Base(DeclarativeBase):
        pass
"""
TABLE = """
    from sqlalchemy.orm import Mapped, mapped_column
    from {base} import Base

    class {name}(Base):
        __tablename__ = "{name}"
        id: Mapped[int] = mapped_column(primary_key=True)
"""
BASE_AND_TABLE = BASE + TABLE.replace("from {base} import Base", "").format(
    name="Order"
)


def configured(project: Project) -> dict[str, object]:
    return tomllib.loads(project.read("whimbrel.toml"))


def test_a_sqlmodel_package_is_found_by_its_models_module(project: Project) -> None:
    """The shortest form that says all."""
    project.write(
        "library/models.py",
        """
        from sqlmodel import Field, SQLModel

        class Book(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
        """,
    )

    outcome = project.ok("init")

    assert outcome.stdout == (
        '[databases.default]\nurl = "sqlite:///db.sqlite3"\n\n'
        '[apps]\nlibrary = "library"\n'
    )
    assert project.read("whimbrel.toml") == outcome.stdout
    assert "library: 1 table (SQLModel) in library.models" in outcome.stderr


def test_a_base_is_named_where_its_module_imports_every_table(
    project: Project,
) -> None:
    """module:attribute, and the folder of the package."""
    project.write("shop/db.py", BASE)
    project.write("shop/orders.py", TABLE.format(base="shop.db", name="Order"))
    project.write("shop/everything.py", "from .db import Base\nfrom . import orders\n")

    project.ok("init")

    assert configured(project)["apps"] == {
        "shop": {"models": "shop.everything:Base", "migrations": "shop/migrations"}
    }


def test_modules_that_no_other_imports_are_listed(project: Project) -> None:
    """Nobody must write a module just to import the others."""
    project.write("shop/db.py", BASE)
    project.write("shop/orders/models.py", TABLE.format(base="shop.db", name="Order"))
    project.write("shop/users/models.py", TABLE.format(base="shop.db", name="User"))

    project.ok("init")

    assert configured(project)["apps"] == {
        "shop": {
            "models": ["shop.db:Base", "shop.orders.models", "shop.users.models"],
            "migrations": "shop/migrations",
        }
    }


def test_tables_in_one_file_make_an_app_named_after_the_folder(
    project: Project,
) -> None:
    """A script has no package."""
    project.write(
        "app.py",
        """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        book = sa.Table("book", metadata, sa.Column("id", sa.Integer, primary_key=True))
        """,
    )

    project.ok("init")

    assert configured(project)["apps"] == {
        "project": {"models": "app:metadata", "migrations": "migrations"}
    }


def test_a_folder_of_alembic_is_not_taken(project: Project) -> None:
    """Two tools in one folder would read each other's files."""
    project.write("app.py", BASE_AND_TABLE)
    project.write("migrations/env.py", "")

    project.ok("init")

    assert configured(project)["apps"] == {
        "project": {"models": "app:Base", "migrations": "whimbrel_migrations"}
    }


def test_sources_below_src_are_found(project: Project) -> None:
    """The folder `src` is no part of a module's name."""
    project.write("src/shop/models.py", BASE_AND_TABLE)
    (project.folder / "src" / "__init__.py").unlink()

    outcome = project.ok("init")

    assert configured(project)["apps"] == {"shop": "shop"}
    assert "migrations in src/shop/migrations" in outcome.stderr


def test_a_pyproject_is_added_to(project: Project) -> None:
    """What is there stays to the byte."""
    before = '# mine\n[project]\nname = "x"'
    project.write("pyproject.toml", before)
    project.write("shop/models.py", BASE_AND_TABLE)

    project.ok("init")

    assert project.read("pyproject.toml") == before + (
        '\n\n[tool.whimbrel.databases.default]\nurl = "sqlite:///db.sqlite3"\n\n'
        '[tool.whimbrel.apps]\nshop = "shop"\n'
    )
    assert project.files("*.toml") == ["pyproject.toml"]


def test_a_configuration_is_left_alone(project: Project) -> None:
    """PR104."""
    project.write("pyproject.toml", "[tool.whimbrel]\n")

    outcome = project.run("init")

    assert outcome.code == 2
    assert outcome.stderr == (
        "error[PR104]: there is a configuration already\n"
        "at: pyproject.toml\n"
        "fix: edit it by hand, or remove it and run `whimbrel init` again\n"
    )
    assert project.read("pyproject.toml") == "[tool.whimbrel]\n"


def test_a_dry_run_writes_nothing(project: Project) -> None:
    """It prints what would be written."""
    project.write("app.py", BASE_AND_TABLE)

    outcome = project.ok("init", "--dry-run")

    assert 'models = "app:Base"' in outcome.stdout
    assert project.files() == ["app.py"]


def test_a_module_that_does_not_import_is_told_and_passed(project: Project) -> None:
    """With the line in the user's file."""
    project.write("shop/models.py", BASE_AND_TABLE)
    project.write(
        "shop/old.py",
        "import nothere\nfrom sqlalchemy import MetaData\nm = MetaData()\n",
    )

    outcome = project.ok("init")

    assert (
        "could not import shop.old: ModuleNotFoundError: No module named 'nothere'\n"
        "    at shop/old.py, line 1\n" in outcome.stderr
    )


def test_no_models_say_what_to_do(project: Project) -> None:
    """PR119."""
    outcome = project.run("init")

    assert outcome.code == 2
    assert outcome.stderr == (
        "error[PR119]: no models found\n"
        f"at: {project.folder}\n"
        "fix: make a package with a models.py, or write [tool.whimbrel.apps] by "
        'hand: library = "library"\n'
    )
    assert project.files() == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('os.environ["DATABASE_URL"]', id="environ"),
        pytest.param('os.environ.get("DATABASE_URL", "x")', id="environ.get"),
        pytest.param("os.getenv('DATABASE_URL')", id="getenv"),
    ],
)
def test_a_url_in_the_environment_is_configured(project: Project, line: str) -> None:
    """The program's own variable is the best guess."""
    project.write("settings.py", f"import os\nURL = lambda: {line}\n")
    project.write("app.py", BASE_AND_TABLE)

    project.ok("init")

    assert configured(project)["databases"] == {"default": {"url": "env:DATABASE_URL"}}


def test_tables_without_names_are_found_by_their_metadata(project: Project) -> None:
    """``sa.Table(…)`` need not be assigned to anything."""
    project.write("shop/__init__.py", "")
    project.write(
        "shop/models.py",
        """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        sa.Table("order", metadata, sa.Column("id", sa.Integer, primary_key=True))
        """,
    )

    outcome = project.run("init")

    assert outcome.code == 0
    assert "shop: 1 table (SQLAlchemy)" in outcome.stderr
    assert "Create model order" in project.run("makemigrations").stdout
