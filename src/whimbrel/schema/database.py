"""
One database in one version: its facts, its words, its compiler.

Place: `schema`, above the compilers of all databases. Works without a
connection, with the oldest version that is supported; a dialect that has been
connected brings the real one.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from whimbrel.errors.schema import DatabaseUnknown
from whimbrel.facts import Facts
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.lower_table import TableLowering
from whimbrel.schema.mysql.compiler import MysqlCompiler
from whimbrel.schema.mysql.facts import facts as mysql_facts
from whimbrel.schema.mysql.types import MysqlLowering
from whimbrel.schema.objects import Table
from whimbrel.schema.postgresql.compiler import PostgresqlCompiler
from whimbrel.schema.postgresql.facts import facts as postgresql_facts
from whimbrel.schema.postgresql.types import PostgresqlLowering
from whimbrel.schema.sqlite.compiler import SqliteCompiler
from whimbrel.schema.sqlite.facts import facts as sqlite_facts
from whimbrel.schema.sqlite.types import SqliteLowering
from whimbrel.schema.statement import Statement
from whimbrel.schema.versions import Version


@dataclass(frozen=True)
class Database:
    """
    What everything above needs to know of a database.

    Args:
        name: SQLAlchemy's name of the dialect.

        dialect: For rendering only: never doubles a ``%``. Statements without
            parameters must therefore be run as they are, with the execution
            option ``no_parameters=True``.

        version: None where it is not known.
    """

    name: str
    dialect: sa.Dialect
    facts: Facts
    tables: TableLowering
    compiler: Compiler
    version: Version | None = None

    def lower_table(self, table: sa.Table) -> Table:
        """Return *table* as this database sees it."""
        return self.tables.lower(table)

    def compile(self, change: SchemaChange) -> list[Statement]:
        """Return the statements that make *change*."""
        return self.compiler.compile(change)


def database_for(
    dialect: sa.Dialect | str,
    server_version: Version | None = None,
    *,
    is_mariadb: bool | None = None,
) -> Database:
    """
    Return the database that *dialect* speaks to.

    Args:
        dialect: That of a live connection, or a name (``postgresql``).

        server_version: Overrides what the dialect knows.

        is_mariadb: Likewise; only for MySQL's dialect.

    Raises:
        DatabaseUnknown: SC104.
    """
    if isinstance(dialect, str):
        name = "mariadb" if is_mariadb and dialect == "mysql" else dialect
        rendering = offline_dialect(name)
    else:
        rendering = rendering_dialect(dialect)
    if is_mariadb and getattr(rendering, "is_mariadb", None) is False:
        cast(Any, rendering).is_mariadb = True
        rendering = rendering_dialect(rendering)
    known: Version | None = getattr(rendering, "server_version_info", None)
    version = server_version or known
    if server_version is not None:
        cast(Any, rendering).server_version_info = server_version
    mariadb = bool(getattr(rendering, "is_mariadb", False))
    facts, tables, compiler = parts_for(
        rendering, version, mariadb if is_mariadb is None else is_mariadb
    )
    return Database(rendering.name, rendering, facts, tables, compiler, version)


def parts_for(
    dialect: sa.Dialect, version: Version | None, is_mariadb: bool
) -> tuple[Facts, TableLowering, Compiler]:
    """Return facts, lowering and compiler; standard SQL for what has no own."""
    if dialect.name == "sqlite":
        lite = sqlite_facts(version)
        return lite, SqliteLowering(dialect, lite), SqliteCompiler(dialect, lite)
    if dialect.name == "postgresql":
        post = postgresql_facts(version)
        return (
            post,
            PostgresqlLowering(dialect, post),
            PostgresqlCompiler(dialect, post),
        )
    if dialect.name in ("mysql", "mariadb"):
        my = mysql_facts(version, is_mariadb=is_mariadb)
        return my, MysqlLowering(dialect, my), MysqlCompiler(dialect, my)
    standard = Facts(identifier_length=dialect.max_identifier_length)
    return standard, TableLowering(dialect, standard), Compiler(dialect, standard)


def offline_dialect(name: str) -> sa.Dialect:
    """Return a dialect by name, without its driver."""
    try:
        dialect = sa.make_url(f"{name}://").get_dialect()
    except (NoSuchModuleError, ArgumentError) as error:
        raise DatabaseUnknown(name) from error
    return rendering_dialect(dialect())


def rendering_dialect(dialect: sa.Dialect) -> sa.Dialect:
    """
    Return a copy of *dialect* that renders text to be run without parameters.

    Drivers with the paramstyle ``format`` make SQLAlchemy double each ``%``.
    """
    other: Any = copy.copy(dialect)
    other.paramstyle = "named"
    other.positional = False
    other.__dict__.pop("_type_memos", None)
    other.identifier_preparer = other.preparer(other)
    if getattr(other, "is_mariadb", False):
        # MariaDB has reserved words of its own, which SQLAlchemy 2.1 adds by this.
        getattr(other.identifier_preparer, "_set_mariadb", lambda: None)()
    other.type_compiler_instance = other.type_compiler_cls(other)
    other.type_compiler = other.type_compiler_instance
    return cast(sa.Dialect, other)
