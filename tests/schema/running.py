"""
Running compiled statements as an executor does, for tests without one.

Knows what a statement may ask for: a look-up of a name, SQL that is saved and
restored, queries that must find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from whimbrel.execute.guard import Guard
from whimbrel.execute.lookup import resolved
from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement

AS_IT_IS = {"no_parameters": True}
"""Execution options of text in which a ``%`` is a ``%``."""

Find = Callable[[sa.Connection, Statement], str]


def look_up(connection: sa.Connection, statement: Statement) -> str:
    return resolved(connection, statement, database_for(connection.dialect).compiler)


def run(
    connection: sa.Connection,
    statements: Iterable[Statement],
    find: Find = look_up,
    guard: Guard | None = None,
) -> None:
    """
    Run *statements*.

    Args:
        find: Returns the text with the names that are looked up.

        guard: Knows which rows led nowhere before; without, none did.
    """
    saved: dict[object, list[str]] = {}
    for statement in statements:
        sql = statement.sql
        if statement.lookups:
            sql = find(connection, statement)
        if statement.saves:
            rows = connection.exec_driver_sql(
                statement.saves, execution_options=AS_IT_IS
            )
            saved[statement.table] = list(rows.scalars())
        result = connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        if statement.finds_violations and guard is not None:
            guard.judge(statement, result.fetchall())
        elif statement.finds_violations:
            assert result.fetchall() == []
        for text in saved.pop(statement.table, ()) if statement.restores else ():
            connection.exec_driver_sql(text, execution_options=AS_IT_IS)


def fill(connection: sa.Connection, rows: Iterable[str]) -> None:
    for statement in rows:
        connection.exec_driver_sql(statement)


def check_queries(
    connection: sa.Connection, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    for query, rows in expected.items():
        assert [tuple(row) for row in connection.exec_driver_sql(query)] == rows
