"""
What depends on a table or column in PostgreSQL, beside what models know.

Place: `schema.postgresql`, below `compiler`. PostgreSQL refuses to drop or retype what
something else depends on, and knows all of it (`pg_depend`). What goes with a
table by itself (indexes, defaults, its own triggers) is marked otherwise there
and does not count. Definitions come from the server's own `pg_get_…def`.
Source: https://www.postgresql.org/docs/current/catalog-pg-depend.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from whimbrel.schema.dependents import Dependent, Lost
from whimbrel.schema.objects import Table, TableKey
from whimbrel.schema.statement import Ask

GONE = """
WITH RECURSIVE wanted (name, col, label, retyped) AS (VALUES {values}),
gone AS (
    SELECT to_regclass(w.name)::oid AS oid, a.attnum AS num, w.label, w.retyped
    FROM wanted AS w
    LEFT JOIN pg_attribute AS a
    ON a.attrelid = to_regclass(w.name)::oid AND a.attname = w.col
    WHERE to_regclass(w.name) IS NOT NULL AND (w.col IS NULL OR a.attnum IS NOT NULL)
),
direct AS (
    SELECT g.oid AS tab, g.num, g.label, g.retyped,
        d.classid, d.objid, d.objsubid, d.deptype
    FROM gone AS g
    JOIN pg_class AS c ON c.oid = g.oid
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = g.oid
    AND (g.num IS NULL OR d.refobjsubid = g.num)
    OR g.num IS NULL AND d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype
)
"""
ANY = (
    GONE
    + """
SELECT 1 FROM direct
WHERE classid = 'pg_attrdef'::regclass
OR deptype = 'n' AND (classid <> 'pg_constraint'::regclass OR NOT retyped)
LIMIT 1
"""
)
"""Whether there may be anything: what follows costs more to plan than to run."""

VIEWS = (
    GONE
    + """,
views (oid, depth, label) AS (
    SELECT r.ev_class, 1, direct.label
    FROM direct
    JOIN pg_rewrite AS r
    ON direct.classid = 'pg_rewrite'::regclass AND r.oid = direct.objid
    JOIN pg_class AS c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
    UNION
    SELECT r.ev_class, v.depth + 1, 'view ' || v.oid::regclass::text
    FROM views AS v
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid
    JOIN pg_rewrite AS r
    ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_class <> v.oid
)
SELECT
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
    c.oid::regclass::text,
    (array_agg(v.label ORDER BY v.depth, v.label))[1],
    pg_get_viewdef(c.oid),
    (SELECT string_agg(pg_get_indexdef(i.indexrelid), '; ') FROM pg_index AS i
     WHERE i.indrelid = c.oid)
FROM views AS v JOIN pg_class AS c ON c.oid = v.oid
GROUP BY c.oid, c.relkind
ORDER BY max(v.depth), c.oid
"""
)
OTHERS = (
    GONE
    + """
SELECT DISTINCT ON (found.classid, found.objid, found.objsubid)
    found.kind, found.name, found.label, found.holder, found.dropped, found.made
FROM (
    SELECT d.classid, d.objid, d.objsubid, d.label, 'rule' AS kind,
        r.rulename || ' on ' || r.ev_class::regclass AS name,
        r.ev_class AS holder_oid, r.ev_class::regclass::text AS holder,
        format('DROP RULE %I ON %s', r.rulename, r.ev_class::regclass) AS dropped,
        pg_get_ruledef(r.oid) AS made
    FROM direct AS d
    JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    JOIN pg_class AS c ON c.oid = r.ev_class AND c.relkind IN ('r', 'p')
    WHERE r.ev_class <> d.tab OR d.num IS NOT NULL
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'trigger',
        t.tgname || ' on ' || t.tgrelid::regclass, t.tgrelid, t.tgrelid::regclass::text,
        format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass),
        pg_get_triggerdef(t.oid)
    FROM direct AS d
    JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    WHERE NOT t.tgisinternal AND d.deptype = 'n'
    AND (t.tgrelid <> d.tab OR d.num IS NOT NULL)
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'policy',
        p.polname || ' on ' || p.polrelid::regclass,
        p.polrelid, p.polrelid::regclass::text,
        format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass),
        format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname,
            p.polrelid::regclass,
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(
                CASE WHEN role = 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
             FROM unnest(p.polroles) AS role))
        || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
        || coalesce(
            ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
    FROM direct AS d
    JOIN pg_policy AS p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    WHERE d.deptype = 'n' AND (p.polrelid <> d.tab OR d.num IS NOT NULL)
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'function',
        d.objid::regprocedure::text, 0, '',
        format('DROP ROUTINE %s', d.objid::regprocedure), pg_get_functiondef(d.objid)
    FROM direct AS d
    JOIN pg_proc AS f ON d.classid = 'pg_proc'::regclass AND f.oid = d.objid
    WHERE d.deptype = 'n' AND f.prokind IN ('f', 'p')
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'generated column',
        x.adrelid::regclass || '.' || a.attname, x.adrelid, a.attname::text,
        format('ALTER TABLE %s DROP COLUMN %I', x.adrelid::regclass, a.attname),
        format('ALTER TABLE %s ADD COLUMN %I %s GENERATED ALWAYS AS (%s) STORED',
            x.adrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
            pg_get_expr(x.adbin, x.adrelid))
    FROM direct AS d
    JOIN pg_attrdef AS x ON d.classid = 'pg_attrdef'::regclass AND x.oid = d.objid
    JOIN pg_attribute AS a ON a.attrelid = x.adrelid AND a.attnum = x.adnum
    WHERE a.attgenerated <> '' AND d.num IS NOT NULL AND x.adnum <> d.num
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'foreign key',
        k.conname || ' of ' || k.conrelid::regclass, k.conrelid, c.relname::text,
        format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
            pg_get_constraintdef(k.oid))
    FROM direct AS d
    JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    JOIN pg_class AS c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.confrelid = d.tab AND k.conrelid <> d.tab
    AND k.conparentid = 0 AND NOT d.retyped
    UNION ALL
    SELECT d.classid, d.objid, d.objsubid, d.label, 'object',
        pg_describe_object(d.classid, d.objid, d.objsubid), 0, '', '', ''
    FROM direct AS d
    WHERE d.deptype = 'n'
    AND d.classid IN ('pg_class'::regclass, 'pg_publication_rel'::regclass)
    AND d.objid <> d.tab AND NOT d.retyped
) AS found
ORDER BY found.classid, found.objid, found.objsubid, found.label
"""
)


def dependents(
    lost: Sequence[Lost],
    ask: Ask,
    spell: Callable[[TableKey], str],
    literal: Callable[[str], str],
    known: Callable[[str, str], bool],
) -> list[Dependent]:
    """
    Return what depends on what is *lost*, views above views too.

    Args:
        known: Whether a model says ``(kind, holder or column)``, so that the change
            takes care of it.
    """
    if not lost:
        return []
    values = ", ".join(row(item, spell, literal) for item in lost)
    if not ask(ANY.format(values=values).strip()):
        return []
    found = [view(*r) for r in ask(VIEWS.format(values=values).strip())]
    for kind, name, label, holder, drop, make in ask(
        OTHERS.format(values=values).strip()
    ):
        if not known(kind, holder):
            found.append(
                Dependent(kind=kind, name=name, uses=label, drop=drop, make=make)
            )
    return found


def row(
    item: Lost, spell: Callable[[TableKey], str], literal: Callable[[str], str]
) -> str:
    """Return one of the VALUES."""
    column = "NULL" if item.column is None else literal(item.column)
    name = literal(spell(item.table))
    retyped = "true" if item.retyped else "false"
    return f"({name}, {column}::text, {literal(str(item))}, {retyped})"


def view(kind: str, name: str, uses: str, text: str, indexes: str | None) -> Dependent:
    """Return a view, with what makes it and its indexes again."""
    make = f"CREATE {kind.upper()} {name} AS\n{text.rstrip().rstrip(';')}"
    if indexes:
        make = f"{make};\n{indexes}"
    drop = f"DROP {kind.upper()} {name}"
    return Dependent(kind=kind, name=name, uses=uses, drop=drop, make=make)


def known_in(tables: Iterable[Table]) -> Callable[[str, str], bool]:
    """Return whether one of *tables* says ``(kind, name)``."""
    computed = {c.name for table in tables for c in table.columns if c.computed}
    holders = {table.name for table in tables if table.foreign_keys}

    def known(kind: str, name: str) -> bool:
        if kind == "generated column":
            return name in computed
        return kind == "foreign key" and name in holders

    return known
