"""
Names that only the database knows: find an object by kind and columns.

Place: `execute`, above `errors`. One query tells of all names that a statement
needs; a statement whose names somebody gave needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from whimbrel.errors.execute import NameAmbiguous, NameNotFound
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.statement import Lookup, Statement


def resolved(connection: Connection, statement: Statement, compiler: Compiler) -> str:
    """
    Return the text of *statement* with the names that its objects have.

    Raises:
        NameNotFound: EX102, there is no such object.

        NameAmbiguous: EX103, there are several, none of which has the expected name.
    """
    sql = statement.template or statement.sql
    names = resolve(connection, statement.lookups, compiler)
    for lookup, name in zip(statement.lookups, names, strict=True):
        sql = sql.replace(lookup.placeholder, compiler.quote(name))
    return sql


def resolve(
    connection: Connection, lookups: tuple[Lookup, ...], compiler: Compiler
) -> list[str]:
    """Return the name of the one object that each of *lookups* means."""
    fitting = found(connection, lookups, compiler)
    taken: set[str | None] = {
        lookup.expected
        for lookup, names in zip(lookups, fitting, strict=True)
        if lookup.expected in names
    }
    return [
        chosen(lookup, names, taken)
        for lookup, names in zip(lookups, fitting, strict=True)
    ]


def chosen(lookup: Lookup, names: list[str], taken: set[str | None]) -> str:
    """
    Return the one of *names* that *lookup* means.

    Args:
        taken: Names that another look-up of the statement expects and has found.

    Raises:
        NameNotFound: EX102.

        NameAmbiguous: EX103.
    """
    if lookup.expected is not None and lookup.expected in names:
        return lookup.expected
    left = [name for name in names if name not in taken]
    _, table = lookup.table
    if not left:
        raise NameNotFound(lookup.kind, table, lookup.columns)
    if len(left) > 1:
        raise NameAmbiguous(lookup.kind, table, lookup.columns, left)
    return left[0]


def found(
    connection: Connection, lookups: tuple[Lookup, ...], compiler: Compiler
) -> list[list[str]]:
    """Return the names that fit each of *lookups*, asking each query once."""
    answers: dict[str, list[Any]] = {}
    fitting = []
    for lookup in lookups:
        query = compiler.lookup_query(lookup)
        if query is None:
            fitting.append(sorted(set(candidates(connection, lookup))))
            continue
        if query not in answers:
            rows = connection.exec_driver_sql(
                query, execution_options={"no_parameters": True}
            )
            answers[query] = [tuple(row) for row in rows]
        fitting.append(sorted(compiler.looked_up(lookup, answers[query])))
    return fitting


def candidates(connection: Connection, lookup: Lookup) -> Iterator[str]:
    """Yield the names that fit *lookup*, but for those that are known as others'."""
    for name in _of_kind(connection, lookup):
        if name not in lookup.known:
            yield name


def _of_kind(connection: Connection, lookup: Lookup) -> Iterator[str]:
    """Yield the names of all objects of that kind over exactly those columns."""
    inspector = sa.inspect(connection)
    schema, table = lookup.table
    columns = list(lookup.columns)
    if lookup.kind == "primary_key":
        key = inspector.get_pk_constraint(table, schema)
        if key.get("name"):
            yield str(key["name"])
    elif lookup.kind == "foreign_key":
        for key_ in inspector.get_foreign_keys(table, schema):
            if key_["constrained_columns"] == columns and targets(key_, lookup):
                yield str(key_["name"])
    elif lookup.kind == "unique":
        for unique in inspector.get_unique_constraints(table, schema):
            if unique["column_names"] == columns:
                yield str(unique["name"])
    elif lookup.kind == "index":
        for index in inspector.get_indexes(table, schema):
            if index["column_names"] == columns:
                yield str(index["name"])
    else:
        for check in inspector.get_check_constraints(table, schema):
            text = str(check["sqltext"]).lower()
            if all(column.lower() in text for column in columns):
                yield str(check["name"])


def targets(key: Any, lookup: Lookup) -> bool:
    """Return whether a foreign key leads to the table that *lookup* names, if any."""
    return lookup.target is None or key["referred_table"] == lookup.target[1]
