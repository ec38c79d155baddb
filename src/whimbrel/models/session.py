"""
The session that queries run in.

Place: `models`, lowest part. A data step runs in the session of its migration;
elsewhere a program says which one, and may nest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy.orm import Session

from whimbrel.errors.query import NoSession

_current: ContextVar[Session | None] = ContextVar("whimbrel_session", default=None)


@contextmanager
def use(session: Session) -> Iterator[Session]:
    """Run the queries of ``Model.objects`` in *session* while the block lasts."""
    token = _current.set(session)
    try:
        yield session
    finally:
        _current.reset(token)


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Run a block that may fail: its transaction goes on as it was before."""
    connection = session.connection()
    driver: Any = connection.connection.dbapi_connection
    # Python's SQLite driver does not begin a transaction before a savepoint, which
    # then would be the transaction and commit.
    if not getattr(driver, "in_transaction", True):
        connection.exec_driver_sql("BEGIN")
    with session.begin_nested():
        yield


def current() -> Session:
    """Return the session in use.

    Raises:
        NoSession: MO151, none is in use.
    """
    session = _current.get()
    if session is None:
        raise NoSession()
    return session
