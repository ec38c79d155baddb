"""
The catalog of MySQL and MariaDB: information_schema.

Place: `testing.catalog`. Reads the current database only. Columns that one
product or version lacks are simply no facts there.

Source: https://mariadb.com/kb/en/information-schema-tables/,
https://dev.mysql.com/doc/refman/8.4/en/information-schema.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from whimbrel.testing.catalog.objects import Catalog, Item, Value, make_item

_HERE = "= DATABASE()"
_QUERIES = {
    "tables": f"SELECT * FROM information_schema.tables WHERE table_schema {_HERE}",
    "columns": f"""
        SELECT * FROM information_schema.columns WHERE table_schema {_HERE}
        ORDER BY table_name, ordinal_position
    """,
    "statistics": f"""
        SELECT * FROM information_schema.statistics WHERE table_schema {_HERE}
        ORDER BY table_name, index_name, seq_in_index
    """,
    "constraints": f"""
        SELECT * FROM information_schema.table_constraints
        WHERE table_schema {_HERE} AND constraint_schema {_HERE}
    """,
    "key_columns": f"""
        SELECT * FROM information_schema.key_column_usage
        WHERE table_schema {_HERE} AND constraint_schema {_HERE}
        ORDER BY table_name, constraint_name, ordinal_position
    """,
    "references": f"""
        SELECT * FROM information_schema.referential_constraints
        WHERE constraint_schema {_HERE}
    """,
    "checks": f"""
        SELECT * FROM information_schema.check_constraints
        WHERE constraint_schema {_HERE}
    """,
    "partitions": f"""
        SELECT * FROM information_schema.partitions
        WHERE table_schema {_HERE} AND partition_name IS NOT NULL
        ORDER BY table_name, partition_ordinal_position
    """,
    "triggers": f"""
        SELECT * FROM information_schema.triggers WHERE trigger_schema {_HERE}
    """,
    "views": f"SELECT * FROM information_schema.views WHERE table_schema {_HERE}",
    "routines": f"""
        SELECT * FROM information_schema.routines WHERE routine_schema {_HERE}
    """,
}

Row = dict[str, Any]


def mysql_catalog(connection: sa.Connection) -> Catalog:
    """Return the catalog of the current database of *connection*."""
    rows = {name: _rows(connection, query) for name, query in _QUERIES.items()}
    members: dict[str, list[Item]] = defaultdict(list)
    for row in rows["columns"]:
        members[row["table_name"]].append(_column(row))
    for table, constraint in _constraints(rows):
        members[table].append(constraint)
    for table, index in _indexes(rows["statistics"]):
        members[table].append(index)
    for row in rows["triggers"]:
        members[row["event_object_table"]].append(_trigger(row))
    partitions = _grouped(rows["partitions"], "table_name")
    items = [
        _table(row, partitions.get((row["table_name"],), []), members)
        for row in rows["tables"]
        if row["table_type"] in {"BASE TABLE", "SYSTEM VERSIONED"}
    ]
    items += [
        _sequence(connection, row["table_name"])
        for row in rows["tables"]
        if row["table_type"] == "SEQUENCE"
    ]
    items += [
        make_item("view", row["table_name"], {"sql": row["view_definition"]})
        for row in rows["views"]
    ]
    items += [
        make_item("function", row["routine_name"], {"sql": row["routine_definition"]})
        for row in rows["routines"]
    ]
    return Catalog("mysql", tuple(items))


def _rows(connection: sa.Connection, query: str) -> list[Row]:
    """Return rows with lower-case names: MySQL 8 has them in upper case."""
    return [
        {name.lower(): value for name, value in row.items()}
        for row in connection.execute(sa.text(query)).mappings()
    ]


def _grouped(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def _table(row: Row, partitions: list[Row], members: Mapping[str, list[Item]]) -> Item:
    facts: dict[str, Value] = {
        "type": row["table_type"] if row["table_type"] != "BASE TABLE" else None,
        "engine": row["engine"],
        "row_format": row["row_format"],
        "collation": row["table_collation"],
        "options": row["create_options"],
        "comment": row["table_comment"],
        "partitions": tuple(
            (
                part["partition_name"],
                part["partition_method"],
                part["partition_expression"],
                part["partition_description"],
            )
            for part in partitions
        ),
    }
    return make_item("table", row["table_name"], facts, members[row["table_name"]])


def _column(row: Row) -> Item:
    facts: dict[str, Value] = {
        "type": row["column_type"],
        "not_null": row["is_nullable"] == "NO",
        "default": _default(row),
        "extra": row["extra"],
        "collation": row["collation_name"],
        "generated": row["generation_expression"],
        "comment": row["column_comment"],
        "srs_id": row.get("srs_id"),
    }
    return make_item("column", row["column_name"], facts)


def _default(row: Row) -> str | None:
    """Return a default; a sequence of this very database has no database's name."""
    text: str | None = row["column_default"]
    return text and text.replace(f"nextval(`{row['table_schema']}`.", "nextval(")


def _constraints(rows: Mapping[str, list[Row]]) -> Iterable[tuple[str, Item]]:
    """Yield the foreign keys and checks; keys are among the indexes."""
    columns = _grouped(rows["key_columns"], "table_name", "constraint_name")
    references = _grouped(rows["references"], "table_name", "constraint_name")
    checks = _grouped(rows["checks"], "constraint_name")
    for row in rows["constraints"]:
        table, name = row["table_name"], row["constraint_name"]
        if row["constraint_type"] == "FOREIGN KEY":
            [reference] = references[table, name]
            yield table, _foreign_key(name, columns[table, name], reference)
        elif row["constraint_type"] == "CHECK":
            # MySQL: names are unique in the database and say no table.
            for check in checks[name,]:
                if check.get("table_name", table) == table:
                    yield table, _check(row, check)


def _foreign_key(name: str, columns: list[Row], reference: Row) -> Item:
    facts: dict[str, Value] = {
        "columns": tuple(row["column_name"] for row in columns),
        "target": columns[0]["referenced_table_name"],
        "target_schema": (
            columns[0]["referenced_table_schema"]
            if columns[0]["referenced_table_schema"] != columns[0]["table_schema"]
            else None
        ),
        "target_columns": tuple(row["referenced_column_name"] for row in columns),
        "on_delete": _action(reference["delete_rule"]),
        "on_update": _action(reference["update_rule"]),
        "match": reference["match_option"].replace("NONE", ""),
    }
    return make_item("foreign_key", name, facts)


def _action(rule: str) -> str | None:
    return None if rule == "NO ACTION" else rule


def _check(constraint: Row, check: Row) -> Item:
    facts: dict[str, Value] = {
        "sql": check["check_clause"],
        "level": check.get("level"),
        "not_enforced": constraint.get("enforced", "YES") == "NO",
    }
    return make_item("check", constraint["constraint_name"], facts)


def _indexes(rows: list[Row]) -> Iterable[tuple[str, Item]]:
    for (table, name), parts in _grouped(rows, "table_name", "index_name").items():
        first = parts[0]
        kind = "primary_key" if name == "PRIMARY" else "index"
        facts: dict[str, Value] = {
            "columns": tuple(
                (
                    part["column_name"] or part.get("expression"),
                    part["sub_part"],
                    "desc" if part["collation"] == "D" else None,
                )
                for part in parts
            ),
            "unique": not first["non_unique"] and name != "PRIMARY",
            "type": first["index_type"],
            "comment": first["index_comment"],
            "invisible": first.get("is_visible", "YES") == "NO",
            "ignored": first.get("ignored", "NO") == "YES",
        }
        yield table, make_item(kind, name, facts)


def _trigger(row: Row) -> Item:
    facts: dict[str, Value] = {
        "when": f"{row['action_timing']} {row['event_manipulation']}",
        "sql": row["action_statement"],
    }
    return make_item("trigger", row["trigger_name"], facts)


def _sequence(connection: sa.Connection, name: str) -> Item:
    quoted = connection.dialect.identifier_preparer.quote(name)
    row = connection.execute(sa.text(f"SHOW CREATE SEQUENCE {quoted}")).one()
    return make_item("sequence", name, {"sql": row[1]})
