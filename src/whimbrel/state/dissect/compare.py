"""
Whether two SQLAlchemy types or expressions say the same to the databases.

Place: `state.dissect`, lowest part. Types and expressions have no equality; what
they compile to is what counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ClauseElement, ColumnClause
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse
from sqlalchemy.types import TypeEngine

DATABASES = ("postgresql", "mysql", "sqlite")


@lru_cache(maxsize=1)
def dialects() -> tuple[Dialect, ...]:
    """Return the dialects that must agree; loaded when first needed."""
    modules = (import_module(f"sqlalchemy.dialects.{name}") for name in DATABASES)
    return (DefaultDialect(), *(module.dialect() for module in modules))


def spelled_type(type_: TypeEngine[object]) -> tuple[str, ...]:
    """Return the DDL of *type_* on each of `dialects`."""

    def compiled(dialect: Dialect) -> str:
        return type_.compile(dialect=dialect)

    return tuple(_attempt(compiled, dialect) for dialect in dialects())


def spelled_expression(clause: ClauseElement) -> tuple[str, ...]:
    """Return the SQL of *clause*, as DDL has it, on each of `dialects`."""
    kwargs = {"literal_binds": True, "include_table": False}

    def compiled(dialect: Dialect) -> str:
        # Without a dialect anything can be spelled, in words for people.
        if dialect is dialects()[0]:
            return str(clause.compile(compile_kwargs=kwargs))
        return str(clause.compile(dialect=dialect, compile_kwargs=kwargs))

    return tuple(_attempt(compiled, dialect) for dialect in dialects())


def without_table(clause: ClauseElement) -> ClauseElement:
    """Return *clause* with columns that know their names and types, but no table.

    Some compilers write ``table.column`` inside a function although they are told
    not to (`char_length` on SQLite, 2.1.9).
    """

    def replace(
        element: ExternallyTraversible, **_: object
    ) -> ColumnClause[Any] | None:
        if isinstance(element, ColumnClause) and element.table is not None:
            return ColumnClause(element.name, element.type)
        return None

    return cast(ClauseElement, replacement_traverse(clause, {}, replace))


def _attempt(compiled: Callable[[Dialect], str], dialect: Dialect) -> str:
    """Return the text, or which error there is: both are comparable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compiled(dialect)
    except (SQLAlchemyError, NotImplementedError, AttributeError, TypeError) as error:
        return f"<{type(error).__name__}>"
