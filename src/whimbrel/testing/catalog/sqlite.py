"""
SQLite's catalog: sqlite_master, the PRAGMAs, and the text of each table.

Place: `testing.catalog`, above `sqlite_text`.

Source: https://www.sqlite.org/pragma.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from whimbrel.testing.catalog.objects import Catalog, Item, Value, make_item
from whimbrel.testing.catalog.sqlite_text import (
    TableText,
    normal_sql,
    read_index,
    read_table,
    tokens_of,
)

Rows = dict[str, list[dict[str, Any]]]

_MASTER = """
    SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name
"""
_EACH_TABLE = """
    SELECT m.name AS of_table, p.* FROM sqlite_master AS m, {pragma}(m.name) AS p
    WHERE m.type = 'table' ORDER BY m.name, {order}
"""
_EACH_INDEX = """
    SELECT m.name AS of_table, p.* FROM sqlite_master AS m,
    pragma_index_xinfo(m.name) AS p WHERE m.type = 'index' ORDER BY m.name, p.seqno
"""


def sqlite_catalog(connection: sa.Connection) -> Catalog:
    """Return the catalog of the main database of *connection*."""
    master = connection.execute(sa.text(_MASTER)).mappings().all()
    tables = [dict(row) for row in master if row["type"] == "table"]
    columns = _grouped(connection, "pragma_table_xinfo", "p.cid")
    indexes = _grouped(connection, "pragma_index_list", "p.name")
    foreign_keys = _grouped(connection, "pragma_foreign_key_list", "p.id, p.seq")
    terms: Rows = defaultdict(list)
    for row in connection.execute(sa.text(_EACH_INDEX)).mappings():
        terms[row["of_table"]].append(dict(row))
    texts = {row["name"]: row["sql"] for row in master if row["type"] == "index"}
    items = [
        _table(
            row,
            columns[row["name"]],
            [
                _index(index, terms[index["name"]], texts.get(index["name"]))
                for index in indexes[row["name"]]
                if index["origin"] == "c"
            ],
            foreign_keys[row["name"]],
        )
        for row in tables
    ]
    items += [
        make_item(row["type"], row["name"], {"sql": normal_sql(tokens_of(row["sql"]))})
        for row in master
        if row["type"] in {"view", "trigger"}
    ]
    return Catalog("sqlite", tuple(items))


def _grouped(connection: sa.Connection, pragma: str, order: str) -> Rows:
    """Return the rows of *pragma* for every table, in one query."""
    rows: Rows = defaultdict(list)
    query = _EACH_TABLE.format(pragma=pragma, order=order)
    for row in connection.execute(sa.text(query)).mappings():
        rows[row["of_table"]].append(dict(row))
    return rows


def _table(
    row: dict[str, Any],
    columns: Sequence[dict[str, Any]],
    indexes: Sequence[Item],
    foreign_keys: Sequence[dict[str, Any]],
) -> Item:
    virtual = row["sql"].upper().startswith("CREATE VIRTUAL")
    text = TableText() if virtual else read_table(row["sql"])
    found = sum(item.kind == "foreign_key" for item in text.constraints)
    if found != len({key["id"] for key in foreign_keys}):
        raise AssertionError(f"cannot read the foreign keys of {row['sql']}")
    facts: dict[str, Value] = {
        "options": text.options,
        "virtual": normal_sql(tokens_of(row["sql"])) if virtual else None,
    }
    members = [_column(column, text) for column in columns]
    return make_item(
        "table", row["name"], facts, [*members, *text.constraints, *indexes]
    )


def _column(row: dict[str, Any], text: TableText) -> Item:
    facts: dict[str, Value] = {
        "type": row["type"].upper(),
        "not_null": bool(row["notnull"]),
        "default": _normal(row["dflt_value"]),
        "key": row["pk"] or None,
        "hidden": row["hidden"] or None,
        **text.columns.get(row["name"], {}),
    }
    return make_item("column", row["name"], facts)


def _normal(sql: str | None) -> str | None:
    return None if sql is None else normal_sql(tokens_of(sql))


def _index(row: dict[str, Any], terms: list[dict[str, Any]], sql: str | None) -> Item:
    expressions, where = read_index(sql) if sql else ((), None)
    facts: dict[str, Value] = {
        "unique": bool(row["unique"]),
        "partial": bool(row["partial"]),
        "expressions": expressions,
        "where": where,
        "columns": tuple(
            (term["name"] or "(expression)", bool(term["desc"]), term["coll"])
            for term in terms
            if term["key"]
        ),
    }
    return make_item("index", row["name"], facts)
