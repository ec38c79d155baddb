"""
Whether two SQLAlchemy types or expressions say the same to the databases.

Place: `state.dissect`, lowest part. Types and expressions have no equality; what
they compile to is what counts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from sqlalchemy import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine


@lru_cache(maxsize=1)
def dialects() -> tuple[Dialect, ...]:
    """Return the dialects that must agree; loaded when first needed."""
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    made = [m.dialect() for m in (postgresql, mysql, sqlite)]
    return (DefaultDialect(), *made)


def spelled_type(type_: TypeEngine[object]) -> tuple[str, ...]:
    """Return the DDL of *type_* on each of `dialects`."""
    return tuple(
        _attempt(lambda d=dialect: type_.compile(dialect=d))  # type: ignore[misc]
        for dialect in dialects()
    )


def spelled_expression(clause: ClauseElement) -> tuple[str, ...]:
    """Return the SQL of *clause*, as DDL has it, on each of `dialects`."""
    kwargs = {"literal_binds": True, "include_table": False}
    texts = [_attempt(lambda: str(clause.compile(compile_kwargs=kwargs)))]
    for dialect in dialects()[1:]:
        compile_ = cast(Callable[..., object], clause.compile)
        texts.append(
            _attempt(lambda d=dialect: str(compile_(dialect=d, compile_kwargs=kwargs)))  # type: ignore[misc]
        )
    return tuple(texts)


def _attempt(compiled: Callable[[], str]) -> str:
    """Return the text, or which error there is: both are comparable."""
    try:
        return compiled()
    except (SQLAlchemyError, NotImplementedError, AttributeError, TypeError) as error:
        return f"<{type(error).__name__}>"
