#!/usr/bin/env python3
"""Says where one command's time goes: py-spy's samples, summed by phase.

    profile_phases.py --work DIR --size M --db sqlite --targets whimbrel,django
        --cases noop,build,check --pyspy PATH

Rules of another target: in its module,
PHASES = {"outer": [(phase, regular expression), …], "inner": […]},
matched against frames like 'Class.method (package/file.py:12)'.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from compare import Runner

# OUTER: a sample below such a frame belongs to it whatever it does inside.
# INNER: else the innermost frame that a rule names decides.
DRIVER = (
    "SQL: driver and server",
    r"\(psycopg/|\(psycopg_|\(pymysql/|sqlite3/base\.py|\bdo_(execute|commit|rollback|executemany)\b|\b(_commit|_rollback)\b|backends/utils\.py",
)
PHASES = {
    "django": {
        "outer": [
            ("import: migration modules", r"\bload_disk "),
            ("import: the project's models", r"\bApps\.populate "),
            ("system checks", r"\brun_checks |BaseCommand\.check "),
        ],
        "inner": [
            DRIVER,
            (
                "state: render model classes",
                r"\b(ModelState\.render|StateApps\.render_multiple|StateApps\.__init__|StateApps\.register_model|StateApps\.unregister_model|StateApps\.clone|from_model)\b",
            ),
            (
                "state: render model classes",
                r"ProjectState\.(_reload|reload_model|reload_models|_find_reload_model|clear_delayed_apps_cache)\b|get_related_models",
            ),
            (
                "state: clone / deepcopy",
                r"\b(ProjectState\.clone|ModelState\.clone|deepcopy) ",
            ),
            (
                "state: resolve relations",
                r"resolve_fields_and_relations|resolve_model_(field_)?relations|update_model_field_relation",
            ),
            (
                "state: mutate (state_forwards)",
                r"\bstate_forwards |Migration\.mutate_state|ProjectState\.(add|alter|remove|rename)_|ProjectState\.from_apps",
            ),
            (
                "migration graph",
                r"migrations/graph\.py|MigrationLoader\.(build_graph|add_\w+dependencies|check_key|check_consistent_history|detect_conflicts)",
            ),
            ("migration plan", r"MigrationExecutor\.migration_plan"),
            ("autodetector", r"migrations/autodetector\.py"),
            ("optimizer", r"migrations/optimizer\.py"),
            ("introspection", r"introspection\.py"),
            ("schema editor (Python)", r"backends/.*schema\.py"),
            ("recorder", r"migrations/recorder\.py"),
            ("pre/post migrate signals", r"emit_(pre|post)_migrate"),
            ("data steps", r"RunPython\."),
        ],
    },
    "alembic": {
        "outer": [
            (
                "revision scripts: load",
                r"Script\._from_filename|ScriptDirectory\._load_revisions|_list_py_dir",
            ),
            ("import: the project's models", r"<module> \(.*/alembic/models/"),
            (
                "import: sqlalchemy/alembic/drivers",
                r"<module> \((?!alembic/__main__)(sqlalchemy|alembic|psycopg|pymysql)/",
            ),
        ],
        "inner": [
            DRIVER,
            (
                "reflection (Python)",
                r"engine/reflection\.py|dialects/.*\b(get_|_reflect)|\.get_(multi_)?\w+ \(.*dialects/",
            ),
            ("autogenerate compare", r"alembic/autogenerate/"),
            ("revision map", r"alembic/script/"),
            ("batch table rebuild (Python)", r"operations/batch\.py"),
            ("DDL compile", r"sql/(ddl|compiler)\.py|alembic/ddl/"),
            ("operations", r"alembic/operations/"),
        ],
    },
}
# SQL inside reflection is told apart from SQL of the migrations themselves
SPLIT_SQL = {
    "alembic": [
        ("reflection: SQL", r"engine/reflection\.py|\bget_(multi_)?\w+ \(.*dialects/")
    ],
    "django": [("introspection: SQL", r"introspection\.py")],
}


def compiled(rules):
    return [(n, re.compile(x)) for n, x in rules]


def phase(frames, rules):
    for f in frames:
        for name, rx in rules["outer"]:
            if rx.search(f):
                return name
    for f in reversed(frames):
        for name, rx in rules["inner"]:
            if rx.search(f):
                if name.startswith("SQL"):
                    for other, rx2 in rules["sql"]:
                        if any(rx2.search(g) for g in frames):
                            return other
                return name
    return (
        "interpreter start and exit"
        if not frames or not any(frames)
        else "import: other"
        if any("importlib" in f for f in frames)
        else "other"
    )


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    csv = lambda s: s.split(",")  # noqa: E731
    p.add_argument("--targets", type=csv, default=["django", "alembic"])
    p.add_argument("--size", default="M")
    p.add_argument("--db", default="sqlite")
    p.add_argument("--cases", type=csv, default=["noop", "build", "check"])
    p.add_argument("--work", default=os.environ.get("PERF_WORK", "perf-work"))
    p.add_argument("--python", default=os.environ.get("PERF_PYTHON", sys.executable))
    p.add_argument("--pg", default=os.environ.get("PERF_PG"))
    p.add_argument("--mysql", default=os.environ.get("PERF_MYSQL"))
    p.add_argument("--sqlite-dir", default=os.environ.get("PERF_SQLITE_DIR"))
    p.add_argument("--pyspy", default=os.environ.get("PERF_PYSPY", "py-spy"))
    p.add_argument(
        "--reuse", action="store_true", help="only sum again the samples that are there"
    )
    p.add_argument("--rate", type=int, default=250)
    p.add_argument(
        "--top",
        type=int,
        default=12,
        help="also the functions with the most samples of their own",
    )
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--out", default="profile.json")
    a = p.parse_args()
    a.no_bytecode = False
    a.out, a.append, out_path = os.devnull, False, os.path.abspath(a.out)
    r = Runner(a)
    h = r.history(a.size)
    results = []
    for name in a.targets:
        mod = importlib.import_module(f"target_{name}")
        t = mod.Target(h, os.path.join(r.work, a.size, name), a.python)
        own_rules = getattr(mod, "PHASES", None) or PHASES[name]
        rules = {
            "outer": compiled(own_rules["outer"]),
            "inner": compiled([DRIVER] + own_rules["inner"]),
            "sql": compiled(own_rules.get("sql", SPLIT_SQL.get(name, []))),
        }
        for case in a.cases:
            db = r.db(
                a.db, f"perf_{'log' if case == 'build' else name}_{a.size.lower()}"
            )
            raw = os.path.join(r.work, f"pyspy-{a.size}-{a.db}-{name}-{case}.raw")
            if case == "build" and not a.reuse:
                r.reset(db)
            a.reuse or subprocess.run(
                [
                    a.pyspy,
                    "record",
                    "--idle",
                    "--full-filenames",
                    "-r",
                    str(a.rate),
                    "-f",
                    "raw",
                    "-o",
                    raw,
                    "--",
                    *t.argv(case),
                ],
                cwd=t.root,
                env={**r.environ, **t.env(db)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            total, by, own = 0, {}, {}
            for line in Path(raw).read_text().splitlines():
                stack, n = line.rsplit(" ", 1)
                n = int(n)
                frames = stack.split(";")
                frames = [re.sub(r"\(.*?site-packages/", "(", f) for f in frames]
                total += n
                k = phase(frames, rules)
                by[k] = by.get(k, 0) + n
                leaf = re.sub(r":\d+\)$", ")", frames[-1])
                own[leaf] = own.get(leaf, 0) + n
            row = {
                "target": name,
                "size": a.size,
                "db": a.db,
                "case": case,
                "samples": total,
                "seconds": total / a.rate,
                "phases": dict(
                    sorted(
                        ((k, round(100 * v / total, 1)) for k, v in by.items()),
                        key=lambda x: -x[1],
                    )
                ),
                "own": dict(
                    sorted(
                        ((k, round(100 * v / total, 1)) for k, v in own.items()),
                        key=lambda x: -x[1],
                    )[: a.top]
                ),
            }
            results.append(row)
            print(f"\n{name} {case} ({a.size}, {a.db}): {row['seconds']:.1f} s sampled")
            for k, v in row["phases"].items():
                print(f"   {v:5.1f} %  {k}")
            print(
                "   own time:",
                "; ".join(f"{k} {v}%" for k, v in list(row["own"].items())[:6]),
            )
    with open(out_path, "w") as fh:
        json.dump(results, fh, indent=1)


if __name__ == "__main__":
    main()
