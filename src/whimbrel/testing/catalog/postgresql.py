"""
PostgreSQL's catalog: the pg_… tables, printed by PostgreSQL's own functions.

Place: `testing.catalog`. One query for each kind of object. Objects that belong
to an extension are left out; the extension itself is listed.

Source: https://www.postgresql.org/docs/current/catalogs.html
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from whimbrel.testing.catalog.objects import Catalog, Item, Value, make_item

_USER = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_NOT_OF_EXTENSION = """
    NOT EXISTS (SELECT 1 FROM pg_depend AS e WHERE e.objid = {oid}
                AND e.classid = '{catalog}'::regclass AND e.deptype = 'e')
"""
_NAME = "CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END"

_RELATIONS = f"""
    SELECT c.oid, {_NAME} || c.relname AS name, c.relkind::text AS relkind,
        c.relpersistence::text AS persistence, c.reloptions AS options,
        obj_description(c.oid, 'pg_class') AS comment,
        s.spcname AS tablespace, pg_get_partkeydef(c.oid) AS partition_key,
        pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
        (SELECT array_agg(i.inhparent::regclass::text ORDER BY i.inhseqno)
         FROM pg_inherits AS i WHERE i.inhrelid = c.oid) AS inherits,
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
        c.relrowsecurity AS row_security, a.amname AS access_method,
        CASE WHEN c.relreplident <> 'd' THEN c.relreplident::text END AS identity
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
    LEFT JOIN pg_am AS a ON a.oid = c.relam AND c.relkind = 'r'
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_USER}
    AND {_NOT_OF_EXTENSION.format(oid="c.oid", catalog="pg_class")}
    ORDER BY 2
"""
_COLUMNS = f"""
    SELECT a.attrelid AS relation, a.attname AS name,
        format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
        CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END
            AS default,
        CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
            AS generated,
        a.attgenerated::text AS generated_kind, a.attidentity::text AS identity,
        CASE WHEN a.attcollation <> t.typcollation THEN
            (SELECT k.collname FROM pg_collation AS k WHERE k.oid = a.attcollation)
            END AS collation,
        CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
        a.attcompression::text AS compression, a.attoptions AS options,
        col_description(a.attrelid, a.attnum) AS comment
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND {_USER}
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = f"""
    SELECT k.conrelid AS relation, k.conname AS name, k.contype::text AS contype,
        pg_get_constraintdef(k.oid) AS sql, k.convalidated AS validated,
        k.connoinherit AND k.contype = 'c' AS no_inherit,
        obj_description(k.oid, 'pg_constraint') AS comment
    FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace
    WHERE k.conrelid <> 0 AND k.contype <> 't' AND {_USER}
    ORDER BY k.conrelid, k.conname
"""
_INDEXES = f"""
    SELECT i.indrelid AS relation, c.relname AS name, pg_get_indexdef(c.oid) AS sql,
        i.indisvalid AS valid, i.indisready AS ready, i.indisclustered AS clustered,
        i.indisreplident AS replica_identity, c.reloptions AS options,
        s.spcname AS tablespace, obj_description(c.oid, 'pg_class') AS comment,
        (SELECT k.conname FROM pg_constraint AS k WHERE k.conindid = c.oid
         AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')) AS constraint
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
    WHERE {_USER} ORDER BY i.indrelid, c.relname
"""
_TRIGGERS = f"""
    SELECT t.tgrelid AS relation, t.tgname AS name, pg_get_triggerdef(t.oid) AS sql,
        t.tgenabled::text AS enabled
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND {_USER} ORDER BY 1, 2
"""
_POLICIES = f"""
    SELECT p.polrelid AS relation, p.polname AS name, p.polcmd::text AS command,
        p.polpermissive AS permissive, pg_get_expr(p.polqual, p.polrelid) AS using,
        pg_get_expr(p.polwithcheck, p.polrelid) AS check
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE {_USER} ORDER BY 1, 2
"""
_SEQUENCES = f"""
    SELECT {_NAME} || c.relname AS name, format_type(s.seqtypid, NULL) AS type,
        s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum,
        s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS cycle,
        c.relpersistence::text AS persistence,
        obj_description(c.oid, 'pg_class') AS comment,
        o.refobjid::regclass::text || '.' || a.attname AS owner,
        CASE WHEN o.deptype = 'i' THEN true END AS of_identity
    FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend AS o ON o.objid = c.oid AND o.deptype IN ('a', 'i')
        AND o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
        AND o.refobjsubid > 0
    LEFT JOIN pg_attribute AS a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
    WHERE {_USER} AND {_NOT_OF_EXTENSION.format(oid="c.oid", catalog="pg_class")}
    ORDER BY 1
"""
_TYPES = f"""
    SELECT {_NAME} || t.typname AS name, t.typtype::text AS typtype,
        (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder)
         FROM pg_enum AS e WHERE e.enumtypid = t.oid) AS values,
        CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END
            AS of_type,
        t.typnotnull AS not_null, t.typdefault AS default,
        (SELECT array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid)
                          ORDER BY k.conname)
         FROM pg_constraint AS k WHERE k.contypid = t.oid) AS constraints,
        (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                          ORDER BY a.attnum)
         FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0
         AND NOT a.attisdropped AND t.typtype = 'c') AS attributes,
        obj_description(t.oid, 'pg_type') AS comment
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
    AND {_USER} AND {_NOT_OF_EXTENSION.format(oid="t.oid", catalog="pg_type")}
    ORDER BY 1
"""
_FUNCTIONS = f"""
    SELECT {_NAME} || p.proname || '(' || pg_get_function_identity_arguments(p.oid)
        || ')' AS name,
        CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS sql
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE {_USER} AND {_NOT_OF_EXTENSION.format(oid="p.oid", catalog="pg_proc")}
    ORDER BY 1
"""
_SCHEMAS = f"""
    SELECT n.nspname AS name, obj_description(n.oid, 'pg_namespace') AS comment
    FROM pg_namespace AS n WHERE {_USER} AND n.nspname <> 'public' ORDER BY 1
"""
_EXTENSIONS = """
    SELECT x.extname AS name, n.nspname AS schema, x.extversion AS version
    FROM pg_extension AS x
    JOIN pg_namespace AS n ON n.oid = x.extnamespace
    WHERE x.extname <> 'plpgsql' ORDER BY 1
"""

_RELATION_KINDS = {"v": "view", "m": "materialized view"}
_TYPE_KINDS = {"e": "enum", "d": "domain", "r": "range", "c": "composite type"}
_CONSTRAINT_KINDS = {
    "p": "primary_key",
    "u": "unique",
    "c": "check",
    "f": "foreign_key",
    "x": "exclude",
    "n": "not_null",
}


def postgresql_catalog(connection: sa.Connection) -> Catalog:
    """Return the catalog of the database of *connection*, all schemas."""
    members: dict[int, list[Item]] = defaultdict(list)
    for row in _rows(connection, _COLUMNS):
        _add(members, "column", row)
    for row in _rows(connection, _CONSTRAINTS):
        row["not_valid"] = not row.pop("validated")
        _add(members, _CONSTRAINT_KINDS[row.pop("contype")], row)
    for row in _rows(connection, _INDEXES):
        row["invalid"] = not (row.pop("valid") and row.pop("ready"))
        _add(members, "index", row)
    for row in _rows(connection, _TRIGGERS):
        _add(members, "trigger", row)
    for row in _rows(connection, _POLICIES):
        _add(members, "policy", row)
    items = []
    for row in _rows(connection, _RELATIONS):
        kind = _RELATION_KINDS.get(row["relkind"], "table")
        items.append(_item(kind, row, members[row.pop("oid")]))
    for row in _rows(connection, _TYPES):
        items.append(_item(_TYPE_KINDS[row.pop("typtype")], row))
    for kind, query in (
        ("sequence", _SEQUENCES),
        ("function", _FUNCTIONS),
        ("schema", _SCHEMAS),
        ("extension", _EXTENSIONS),
    ):
        items += [_item(kind, row) for row in _rows(connection, query)]
    return Catalog("postgresql", tuple(items))


def _rows(connection: sa.Connection, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.text(query)).mappings()]


def _add(members: dict[int, list[Item]], kind: str, row: dict[str, Any]) -> None:
    members[row.pop("relation")].append(_item(kind, row))


def _item(kind: str, row: dict[str, Any], members: list[Item] | None = None) -> Item:
    name = row.pop("name")
    facts: dict[str, Value] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
    }
    return make_item(kind, name, facts, members or ())
