"""
Asynchronous drivers: synchronous work on an asynchronous connection.

Place: `project`, beside `engine`, which imports it only when a URL's driver is
asynchronous and no synchronous one can serve in its place.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from whimbrel.project.engine import REFUSALS, driver_missing, unreachable

T = TypeVar("T")


def run(url: URL, alias: str, job: Callable[[Connection], T]) -> T:
    """Return what *job* returns, given a connection that runs on an event loop."""
    return _complete(lambda: asyncio.run(_run(url, alias, job)))


async def _run(url: URL, alias: str, job: Callable[[Connection], T]) -> T:
    try:
        engine = create_async_engine(url, poolclass=NullPool)
    except ImportError as error:
        raise driver_missing(alias, url, error) from error
    try:
        try:
            connection = await engine.connect()
        except REFUSALS as error:
            raise unreachable(alias, url, error) from error
        try:
            return await connection.run_sync(job)
        finally:
            await connection.close()
    finally:
        await engine.dispose()


def _complete(call: Callable[[], T]) -> T:
    """Return what *call* returns, in a thread where an event loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return call()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def guarded() -> None:
        try:
            outcome.append(call())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=guarded, name="whimbrel")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
