"""
From a configured URL to a connection.

Place: `project`, above `config`. The only module that makes engines; every
driver's absence and every refusal to connect becomes one of our errors here.

Work is handed over as a function of a synchronous connection. A URL with an
asynchronous driver is served by a synchronous driver of the same database
where one is installed and the URL has no options of the driver's own, and
otherwise by the asynchronous driver itself through `AsyncConnection.run_sync`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from whimbrel.errors.project import (
    DatabaseUnreachable,
    DriverMissing,
    EnvironmentMissing,
    UrlInvalid,
)
from whimbrel.project.config import DEFAULT, Config, environment_override

T = TypeVar("T")

ENVIRONMENT = "env:"

SYNCHRONOUS = {
    "sqlite+aiosqlite": (("sqlite+pysqlite", "sqlite3"),),
    "postgresql+asyncpg": (
        ("postgresql+psycopg", "psycopg"),
        ("postgresql+psycopg2", "psycopg2"),
    ),
    "postgresql+psycopg_async": (("postgresql+psycopg", "psycopg"),),
    "mysql+aiomysql": (("mysql+pymysql", "pymysql"), ("mysql+mysqldb", "MySQLdb")),
    "mysql+asyncmy": (("mysql+pymysql", "pymysql"), ("mysql+mysqldb", "MySQLdb")),
    "mariadb+aiomysql": (
        ("mariadb+pymysql", "pymysql"),
        ("mariadb+mysqldb", "MySQLdb"),
    ),
    "mariadb+asyncmy": (
        ("mariadb+pymysql", "pymysql"),
        ("mariadb+mysqldb", "MySQLdb"),
    ),
}
"""Asynchronous driver → what serves in its place, with the module to look for."""

PREFERRED = {
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2")),
    "mysql": (("pymysql", "pymysql"), ("mysqldb", "MySQLdb")),
    "mariadb": (("pymysql", "pymysql"), ("mysqldb", "MySQLdb")),
}
"""Drivers for a URL that names none, the best first."""

REFUSALS = (DBAPIError, OSError, RuntimeError)
"""What a driver raises when it cannot connect, or lacks a part of itself."""

EXTRAS = {
    "postgresql": '"whimbrel[postgresql]"',
    "mysql": '"whimbrel[mysql]"',
    "mariadb": '"whimbrel[mysql]"',
}

PACKAGES = {"MySQLdb": "mysqlclient", "pymysql": "PyMySQL", "oracledb": "oracledb"}
"""Module → the name under which it is installed, where the two differ."""


def database_url(config: Config, alias: str = DEFAULT) -> URL:
    """
    Return the URL of database *alias*, ready to connect with.

    Raises:
        UnknownDatabase: PR105, no database is called so.

        EnvironmentMissing: PR110, its variable is not set.

        UrlInvalid: PR107, it cannot be read.
    """
    text = config.database(alias).url
    override = environment_override() if alias == DEFAULT else None
    where = str(config.file) if config.file else None
    if override is not None:
        text, where = override, "the environment variable WHIMBREL_DATABASE_URL"
    elif text.startswith(ENVIRONMENT):
        variable = text.removeprefix(ENVIRONMENT)
        text = os.environ.get(variable, "")
        if not text:
            raise EnvironmentMissing(alias, variable, where)
        where = f"the environment variable {variable}"
    return _absolute(_parse(text, alias, where), config.folder)


def dialect_for(config: Config, alias: str = DEFAULT) -> sa.Dialect:
    """Return the dialect of database *alias*; opens nothing, needs no driver."""
    url = database_url(config, alias)
    return _dialect_class(url, alias, None)()


def is_absent(config: Config, alias: str = DEFAULT) -> bool:
    """
    Return whether database *alias* is a SQLite file that is not there.

    Connecting would make it: whoever only reads takes it for empty instead.
    """
    url = database_url(config, alias)
    name = url.database
    if (
        url.get_backend_name() != "sqlite"
        or not name
        or name.startswith((":memory:", "file:"))
    ):
        return False
    path = Path(name)
    return not path.exists() and path.parent.is_dir()


def run(config: Config, alias: str, job: Callable[[Connection], T]) -> T:
    """
    Return what *job* returns, given an open connection to *alias*.

    The connection has begun no transaction and is closed afterwards.

    Raises:
        DriverMissing: PR108, the URL's driver is not installed.

        DatabaseUnreachable: PR109, the database does not answer.
    """
    url = driver_url(database_url(config, alias), alias)
    if not _dialect_class(url, alias, None).is_async:
        with connected(url, alias) as connection:
            return job(connection)
    if not _installed("greenlet"):
        raise DriverMissing(
            alias, "greenlet", install='"sqlalchemy[asyncio]"', url=_shown(url)
        )
    # Imported here and not above: asyncio costs every run, few runs need it.
    asynchronous = importlib.import_module("whimbrel.project.asynchronous")
    return cast(T, asynchronous.run(url, alias, job))


@contextmanager
def connect(config: Config, alias: str = DEFAULT) -> Iterator[Connection]:
    """
    Yield an open connection to *alias*.

    Raises:
        DriverMissing: PR108, also when there is only an asynchronous driver,
            which `run` can use and this cannot.
    """
    url = driver_url(database_url(config, alias), alias)
    if _dialect_class(url, alias, None).is_async:
        raise DriverMissing(
            alias,
            f"a synchronous driver beside {url.drivername}",
            install=EXTRAS.get(url.get_backend_name(), url.get_backend_name()),
            url=_shown(url),
        )
    with connected(url, alias) as connection:
        yield connection


@contextmanager
def connected(url: URL, alias: str) -> Iterator[Connection]:
    """Yield a connection to *url* over an engine that lives as long as it."""
    engine = make_engine(url, alias)
    try:
        try:
            connection = engine.connect()
        except REFUSALS as error:
            raise unreachable(alias, url, error) from error
        with connection:
            yield connection
    finally:
        engine.dispose()


def make_engine(url: URL, alias: str) -> Engine:
    """Return an engine for *url*; a missing driver is told with what to install."""
    try:
        return sa.create_engine(url, poolclass=NullPool)
    except ImportError as error:
        raise driver_missing(alias, url, error) from error
    except (ArgumentError, TypeError, ValueError) as error:
        raise UrlInvalid(alias, str(error), where=_shown(url)) from error


def driver_url(url: URL, alias: str) -> URL:
    """Return *url* with the driver that will really be used."""
    _dialect_class(url, alias, None)
    if "+" not in url.drivername:
        for driver, module in PREFERRED.get(url.drivername, ()):
            if _installed(module):
                return url.set(drivername=f"{url.drivername}+{driver}")
        return url
    # Options after "?" are the driver's own words; another one has others.
    if url.query:
        return url
    for driver, module in SYNCHRONOUS.get(url.drivername, ()):
        if _installed(module):
            return url.set(drivername=driver)
    return url


def unreachable(alias: str, url: URL, error: BaseException) -> DatabaseUnreachable:
    """Return our error for a driver's refusal to connect."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines() or ["no reason given"]
    reason = " ".join(line.strip() for line in lines)
    if url.get_backend_name() == "sqlite":
        fix = "check that the folder exists and that the file may be written"
    else:
        fix = (
            "check that the server runs and that the URL's host, name, user "
            "and password are right"
        )
    return DatabaseUnreachable(alias, _shown(url), reason, fix=fix)


def _parse(text: str, alias: str, where: str | None) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        # SQLAlchemy's message quotes the text, which may hold a password.
        raise UrlInvalid(alias, "it is no URL", where=where) from None
    except ValueError:
        raise UrlInvalid(alias, "its port is not a number", where=where) from None
    if url.drivername == "postgres":
        url = url.set(drivername="postgresql")
    _dialect_class(url, alias, where)
    return url


def _dialect_class(url: URL, alias: str, where: str | None) -> type[sa.Dialect]:
    try:
        dialect: Any = url.get_dialect()
    except NoSuchModuleError:
        known = url.get_backend_name()
        raise UrlInvalid(
            alias,
            f"SQLAlchemy knows no database {url.drivername!r}",
            where=where or known,
        ) from None
    return dialect  # type: ignore[no-any-return]


def _absolute(url: URL, folder: Path) -> URL:
    """Return *url*, a SQLite file's path taken from *folder*."""
    name = url.database
    if (
        url.get_backend_name() != "sqlite"
        or not name
        or name.startswith((":memory:", "file:"))
    ):
        return url
    return url.set(database=str(folder / Path(name).expanduser()))


def driver_missing(alias: str, url: URL, error: ImportError) -> DriverMissing:
    """Return our error for a driver's absence, with what to install."""
    module = (error.name or url.get_driver_name()).partition(".")[0]
    backend = url.get_backend_name()
    chosen = "+" in url.drivername and module not in ("psycopg", "pymysql")
    install = PACKAGES.get(module, module) if chosen else EXTRAS.get(backend, module)
    return DriverMissing(alias, module, install=install, url=_shown(url))


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
