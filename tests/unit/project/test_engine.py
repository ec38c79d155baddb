"""From a configured URL to a connection, and every way in which that fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from whimbrel.errors.project import (
    DatabaseUnreachable,
    DriverMissing,
    EnvironmentMissing,
    UnknownDatabase,
    UrlInvalid,
)
from whimbrel.project.config import Config, make_databases
from whimbrel.project.engine import database_url, driver_url, run


def config(url: str, folder: Path = Path("/project"), **urls: str) -> Config:
    return Config(folder=folder, databases=make_databases({"default": url, **urls}))


def one(connection: sa.Connection) -> object:
    return connection.scalar(sa.text("SELECT 1"))


@pytest.mark.parametrize(
    ("url", "database"),
    [
        pytest.param("sqlite:///db.sqlite3", "/project/db.sqlite3", id="relative"),
        pytest.param("sqlite:////var/db.sqlite3", "/var/db.sqlite3", id="absolute"),
        pytest.param("sqlite:///:memory:", ":memory:", id="in memory"),
        pytest.param("sqlite://", None, id="in memory, short"),
        pytest.param("sqlite:///file:x?uri=true", "file:x", id="SQLite's own URL"),
        pytest.param("postgresql://h/x", "x", id="a server's database"),
    ],
)
def test_a_sqlite_file_is_relative_to_the_configuration(
    url: str, database: str | None
) -> None:
    """The working folder does not matter."""
    assert database_url(config(url)).database == database


def test_the_environment_gives_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """env:NAME is read when it is used."""
    monkeypatch.setenv("SHOP_URL", "postgresql://h/x")

    assert database_url(config("env:SHOP_URL")).database == "x"


def test_the_environment_overrides_the_default_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """WHIMBREL_DATABASE_URL is for the default database."""
    monkeypatch.setenv("WHIMBREL_DATABASE_URL", "postgresql://h/other")
    settings = config("postgresql://h/x", replica="postgresql://h/y")

    assert database_url(settings).database == "other"
    assert database_url(settings, "replica").database == "y"


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        pytest.param("sqlite+aiosqlite:///x", "sqlite+pysqlite", id="aiosqlite"),
        pytest.param("postgresql+asyncpg://h/x", "postgresql+psycopg", id="asyncpg"),
        pytest.param("mysql+aiomysql://h/x", "mysql+pymysql", id="aiomysql"),
        pytest.param("postgresql://h/x", "postgresql+psycopg", id="no driver named"),
        pytest.param(
            "postgresql+asyncpg://h/x?ssl=disable",
            "postgresql+asyncpg",
            id="options of the driver's own",
        ),
    ],
)
def test_a_synchronous_driver_serves_where_it_can(url: str, driver: str) -> None:
    """Migrations run on it better: no prepared statements, no event loop."""
    assert driver_url(database_url(config(url)), "default").drivername == driver


def test_an_asynchronous_driver_serves_where_it_must(tmp_path: Path) -> None:
    """Its options are its own, so it is not replaced."""
    settings = config("sqlite+aiosqlite:///x.db?timeout=3", tmp_path)

    assert run(settings, "default", one) == 1


def test_an_asynchronous_driver_serves_inside_an_event_loop(tmp_path: Path) -> None:
    """A program that runs one may migrate too."""
    settings = config("sqlite+aiosqlite:///x.db?timeout=3", tmp_path)

    async def program() -> object:
        return run(settings, "default", one)

    assert asyncio.run(program()) == 1


@pytest.mark.parametrize(
    ("url", "driver", "install"),
    [
        pytest.param(
            "mssql+pyodbc://a:secret@b/c", "pyodbc", "pyodbc", id="a driver named"
        ),
        pytest.param(
            "mysql+mysqldb://a:secret@b/c", "MySQLdb", "mysqlclient", id="its package"
        ),
        pytest.param(
            "mysql+asyncmy://a:secret@b/c?x=1", "asyncmy", "asyncmy", id="asynchronous"
        ),
    ],
)
def test_a_missing_driver_says_what_to_install(
    url: str, driver: str, install: str
) -> None:
    """PR108; the URL is shown without its password."""
    with pytest.raises(DriverMissing) as caught:
        run(config(url), "default", one)

    assert caught.value.what == (
        f"the driver {driver!r} of database 'default' is not installed"
    )
    assert caught.value.fix == f"run `pip install {install}`"
    assert "secret" not in str(caught.value)


def test_a_missing_driver_of_an_extra_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PR108: our own extra brings the driver that we recommend."""
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)

    with pytest.raises(DriverMissing) as caught:
        run(config("postgresql+psycopg://a:secret@b/c"), "default", one)

    assert caught.value.fix == 'run `pip install "whimbrel[postgresql]"`'


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("nonsense", "it is no URL", id="no URL"),
        pytest.param(
            "postgresql://a@host:port/x", "its port is not a number", id="port"
        ),
        pytest.param(
            "foo://a:secret@b/c", "SQLAlchemy knows no database 'foo'", id="database"
        ),
    ],
)
def test_a_broken_url_says_what_is_wrong_with_it(url: str, problem: str) -> None:
    """PR107."""
    with pytest.raises(UrlInvalid) as caught:
        database_url(config(url))

    assert caught.value.what == (
        f"the URL of database 'default' cannot be used: {problem}"
    )
    assert "secret" not in str(caught.value)


def test_an_unreachable_database_is_the_databases_refusal() -> None:
    """PR109, exit code 4."""
    with pytest.raises(DatabaseUnreachable) as caught:
        run(config("postgresql://a:secret@127.0.0.1:1/x"), "default", one)

    assert caught.value.exit_code == 4
    assert caught.value.what.startswith(
        "database 'default' cannot be reached: connection failed:"
    )
    assert caught.value.where == "postgresql+psycopg://a:***@127.0.0.1:1/x"


def test_a_sqlite_file_in_no_folder_gets_advice_of_its_own() -> None:
    """PR109: there is no server to start."""
    with pytest.raises(DatabaseUnreachable) as caught:
        run(config("sqlite:////nowhere/at/all.db"), "default", one)

    assert str(caught.value) == (
        "[PR109] database 'default' cannot be reached: unable to open database file\n"
        "at: sqlite:////nowhere/at/all.db\n"
        "fix: check that the folder exists and that the file may be written"
    )


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PR110."""
    monkeypatch.delenv("SHOP_URL", raising=False)

    with pytest.raises(EnvironmentMissing) as caught:
        database_url(config("env:SHOP_URL"))

    assert str(caught.value) == (
        "[PR110] the environment variable 'SHOP_URL' that holds the URL of database "
        "'default' is not set\n"
        "fix: set SHOP_URL, for instance "
        "SHOP_URL=postgresql://user:password@host/name"
    )


def test_an_unknown_alias_is_refused() -> None:
    """PR105."""
    with pytest.raises(UnknownDatabase):
        database_url(config("sqlite://"), "replica")
