"""
Names that only the database knows: find an object by kind and columns.

Place: `execute`, above `errors`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from whimbrel.errors.execute import NameAmbiguous, NameNotFound
from whimbrel.schema.compiler import Compiler
from whimbrel.schema.statement import Lookup


def resolve(connection: Connection, lookup: Lookup, compiler: Compiler) -> str:
    """Return the name of the one object that *lookup* means.

    Raises:
        NameNotFound: EX102, there is none.

        NameAmbiguous: EX103, there are several.
    """
    query = compiler.lookup_query(lookup)
    if query is None:
        names = sorted(set(candidates(connection, lookup)))
    else:
        rows = connection.exec_driver_sql(
            query, execution_options={"no_parameters": True}
        )
        names = sorted(compiler.looked_up(lookup, rows.fetchall()))
    _, table = lookup.table
    if not names:
        raise NameNotFound(lookup.kind, table, lookup.columns)
    if len(names) > 1:
        raise NameAmbiguous(lookup.kind, table, lookup.columns, names)
    return names[0]


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
