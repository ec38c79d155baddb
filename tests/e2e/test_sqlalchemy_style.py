"""The life of SQLAlchemy and SQLModel projects, through the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from e2e.project import Project

BASE = """
    from sqlalchemy import CheckConstraint, ForeignKey, Index, String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass
"""
SHOP = (
    BASE
    + """
    class Customer(Base):
        __tablename__ = "customer"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(80), unique=True)

    class Order(Base):
        __tablename__ = "orders"
        __table_args__ = (CheckConstraint("total >= 0", name="ck_total"),)
        id: Mapped[int] = mapped_column(primary_key=True)
        total: Mapped[int] = mapped_column(server_default="0")
        customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    """
)
GROWN = SHOP.replace("email", "address").replace(
    "        customer_id:",
    "        note: Mapped[str] = mapped_column(String(200))\n        customer_id:",
)
RENAME = "rename-field:shop.Customer.email>address"
NOTE = "default:shop.Order.note"

HEROES = """
    from sqlmodel import Field, SQLModel

    class Team(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(index=True)
"""


def sql(project: Project, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(project.folder / "db.sqlite3")) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows


def test_a_declarative_project_goes_through_its_life(project: Project) -> None:
    """init → makemigrations → migrate → change → answers → back → zero."""
    project.write("shop/models.py", SHOP)
    project.ok("init")

    first = project.ok("makemigrations")
    project.ok("migrate")
    sql(project, "INSERT INTO customer (id, email) VALUES (1, 'a@example.org')")
    sql(project, "INSERT INTO orders (id, customer_id) VALUES (7, 1)")
    project.write("shop/models.py", GROWN)
    asked = project.run("makemigrations", "--noinput")
    second = project.ok(
        "makemigrations", "--answer", f"{RENAME}=true", "--answer", f"{NOTE}='none'"
    )
    project.ok("migrate")
    rows = sql(
        project,
        "SELECT address, total, note FROM orders, customer WHERE customer_id = 1",
    )
    project.ok("migrate", "shop", "0001")
    back = sql(project, "SELECT email, total FROM orders, customer")
    project.ok("migrate", "shop", "zero")

    assert "+ Create model Customer\n    + Create model Order" in first.stdout
    assert asked.code == 3
    assert RENAME in asked.stderr
    assert NOTE in asked.stderr
    assert "~ Rename field email on Customer to address" in second.stdout
    assert "sa.Column(sa.String(200), nullable=False)" in project.read(
        project.files("shop/migrations/0002*.py")[0]
    )
    assert rows == [("a@example.org", 0, "none")]
    assert back == [("a@example.org", 0)]
    assert (
        sql(
            project,
            "SELECT name FROM sqlite_master WHERE name IN ('orders', 'customer')",
        )
        == []
    )


def test_a_settled_project_has_nothing_to_do(project: Project) -> None:
    """Law L9."""
    project.write("shop/models.py", SHOP)
    project.ok("init")
    project.ok("makemigrations")
    project.ok("migrate")

    assert project.ok("makemigrations", "--check").stdout == "No changes detected\n"
    assert project.ok("check").stdout.startswith("No problems in 1 app, 2 models")


def test_models_spread_over_modules_are_read(project: Project) -> None:
    """The configuration that init writes imports them all."""
    project.write("shop/db.py", BASE)
    for name in ("orders", "users"):
        project.write(
            f"shop/{name}/models.py",
            f"""
            from sqlalchemy.orm import Mapped, mapped_column
            from shop.db import Base

            class {name.title()}(Base):
                __tablename__ = "{name}"
                id: Mapped[int] = mapped_column(primary_key=True)
            """,
        )
    project.ok("init")

    outcome = project.ok("makemigrations")

    assert outcome.stdout == (
        "Migrations for shop:\n"
        "  shop/migrations/0001_initial.py\n"
        "    + Create model Orders\n"
        "    + Create model Users\n"
    )


def test_apps_that_share_a_metadata_have_their_own_tables(project: Project) -> None:
    """SQLModel has one MetaData for everybody; foreign keys cross the apps."""
    project.write("heroes/models.py", HEROES)
    project.write(
        "games/models.py",
        """
        from sqlmodel import Field, SQLModel
        from heroes.models import Team

        class Game(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
            winner: int = Field(foreign_key="team.id")
        """,
    )
    project.write("whimbrel.toml", '[apps]\ngames = "games"\nheroes = "heroes"\n')

    made = project.ok("makemigrations")
    project.ok("migrate")

    assert made.stdout == (
        "Migrations for heroes:\n"
        "  heroes/migrations/0001_initial.py\n"
        "    + Create model Team\n"
        "Migrations for games:\n"
        "  games/migrations/0001_initial.py\n"
        "    + Create model Game\n"
    )
    assert project.ok("makemigrations").stdout == "No changes detected\n"


def test_a_metadata_of_tables_is_read(project: Project) -> None:
    """Core tables have no classes."""
    project.write(
        "app.py",
        """
        import sqlalchemy as sa

        metadata = sa.MetaData()
        book = sa.Table(
            "book",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(10), nullable=False, index=True),
        )
        """,
    )
    project.ok("init")

    made = project.ok("makemigrations")
    project.ok("migrate")

    assert "migrations/0001_initial.py" in made.stdout
    assert project.ok("makemigrations").stdout == "No changes detected\n"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite+aiosqlite:///db.sqlite3", id="replaced"),
        pytest.param("sqlite+aiosqlite:///db.sqlite3?timeout=5", id="as it is"),
    ],
)
def test_an_asynchronous_url_works(project: Project, url: str) -> None:
    """The program's own URL, whatever its driver."""
    project.write("shop/models.py", SHOP)
    project.ok("init", "--url", url)

    project.ok("makemigrations")
    project.ok("migrate")
    project.ok("migrate", "shop", "zero")
    project.ok("migrate")

    assert project.ok("showmigrations").stdout == "shop\n [X] 0001_initial\n"


def test_several_databases_have_records_of_their_own(project: Project) -> None:
    """--database, and the environment's override of the default."""
    project.write("shop/models.py", SHOP)
    project.write(
        "whimbrel.toml",
        """
        [databases.default]
        url = "env:SHOP_URL"

        [databases.archive]
        url = "sqlite:///archive.sqlite3"

        [apps]
        shop = "shop"
        """,
    )
    here = {"SHOP_URL": "sqlite:///here.sqlite3"}
    project.ok("makemigrations")

    project.ok("migrate", "--database", "archive")
    project.ok("migrate", env={"WHIMBREL_DATABASE_URL": "sqlite:///other.sqlite3"})

    assert project.files("*.sqlite3") == ["archive.sqlite3", "other.sqlite3"]
    assert project.ok("showmigrations", env=here).stdout == (
        "shop\n [ ] 0001_initial\n"
    )
    assert project.ok("showmigrations", "--database", "archive").stdout == (
        "shop\n [X] 0001_initial\n"
    )


def test_a_table_of_records_may_have_another_name(project: Project) -> None:
    """history_table = "django_migrations" takes over a database."""
    project.write("shop/models.py", SHOP)
    project.write(
        "whimbrel.toml",
        'history_table = "django_migrations"\n[apps]\nshop = "shop"\n',
    )
    project.ok("makemigrations")
    project.ok("migrate")

    assert sql(project, "SELECT app, name FROM django_migrations") == [
        ("shop", "0001_initial")
    ]
