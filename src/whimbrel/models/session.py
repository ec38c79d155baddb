"""
The session that queries run in.

Place: `models`, lowest part. A data step runs in the session of its migration;
elsewhere a program says which one, and may nest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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


def current() -> Session:
    """Return the session in use.

    Raises:
        NoSession: MO151, none is in use.
    """
    session = _current.get()
    if session is None:
        raise NoSession()
    return session
