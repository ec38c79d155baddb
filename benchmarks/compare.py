#!/usr/bin/env python3
"""Times migration tools on the same histories, as whole processes.

    compare.py --targets whimbrel,django,alembic --size M --db sqlite
    compare.py --size S,M,L --db sqlite,postgresql,mariadb
        --pg postgresql://perf@127.0.0.1:5432 --mysql mysql://root@127.0.0.1:3306

Every case runs the targets in turn (A B A B …), one uncounted warm-up first, and
keeps the median. See README.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import gen
from common import Db

HERE = os.path.dirname(os.path.abspath(__file__))

CASES = [
    "build",
    "noop",
    "check",
    "change",
    "back",
    "forward",
    "list",
    "status",
    "pending",
    "sqlmigrate",
    "squash",
]
READ_ONLY = {"noop", "check", "list", "status", "pending", "sqlmigrate"}
NO_DB = {"squash"}  # the same on every database: measured on the first one only


class Runner:
    def __init__(self, a):
        self.a = a
        self.work = os.path.abspath(a.work)
        os.makedirs(self.work, exist_ok=True)
        self.sqlite_dir = os.path.abspath(
            a.sqlite_dir or os.path.join(self.work, "sqlite")
        )
        os.makedirs(self.sqlite_dir, exist_ok=True)
        # The caller's PYTHON* variables must not decide: PYTHONDONTWRITEBYTECODE
        # alone doubles a command that mostly imports.
        self.environ = {
            k: v for k, v in os.environ.items() if not k.startswith("PYTHON")
        }
        if a.no_bytecode:
            self.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        self.results = []
        if os.path.exists(a.out) and a.append:
            self.results = json.loads(Path(a.out).read_text())

    # ---- one timed process --------------------------------------------
    def timed(self, argv, cwd, env, limit, tag):
        out = os.path.join(self.work, "meter.json")
        log = os.path.join(self.work, "logs", tag + ".log")
        os.makedirs(os.path.dirname(log), exist_ok=True)
        subprocess.run(
            [
                sys.executable,
                "-I",
                "-S",
                os.path.join(HERE, "meter.py"),
                out,
                log,
                str(limit),
                "--",
                *argv,
            ],
            cwd=cwd,
            env={**self.environ, **env},
            check=True,
        )
        r = json.loads(Path(out).read_text())
        r["cpu"] = round(r["user"] + r["sys"], 6)
        r["log"] = log
        return r

    def keep(self, **row):
        runs = row["runs"]
        if runs:
            for k in ("wall", "cpu", "rss_mb"):
                row[k] = round(statistics.median(r[k] for r in runs), 4)
            if "x_ref" in runs[0]:
                row["x_ref"] = round(statistics.median(r["x_ref"] for r in runs), 3)
            row["rc"] = [r["rc"] for r in runs]
            row["spread"] = [
                round(min(r["wall"] for r in runs), 3),
                round(max(r["wall"] for r in runs), 3),
            ]
        row["runs"] = [{k: v for k, v in r.items() if k != "log"} for r in runs]
        row["at"] = round(time.time())
        key = ("target", "size", "db", "case", "variant")
        self.results = [
            x for x in self.results if any(x.get(k) != row.get(k) for k in key)
        ] + [row]
        with open(self.a.out, "w") as fh:
            json.dump(self.results, fh, indent=1)
        print(
            f"{row['size']:>12} {row['db']:<10} {row['target']:<10} {row['case']:<14}"
            + (
                f" wall {row['wall']:9.3f}  cpu {row['cpu']:9.3f}  rss {row['rss_mb']:7.1f}  x{row.get('x_ref', 0):<7.2f} n={len(runs)} rc={set(row['rc'])}"
                if runs
                else f" {row.get('note')}"
            )
            + (f"  {row['note']}" if runs and row.get("note") else ""),
            file=sys.stderr,
            flush=True,
        )

    # ---- databases ----------------------------------------------------
    def db(self, kind, name):
        return Db(
            kind,
            name,
            {"postgresql": self.a.pg, "mariadb": self.a.mysql}.get(kind),
            self.sqlite_dir,
        )

    def reset(self, db):
        if db.kind == "sqlite":
            for tail in ("", "-journal", "-wal", "-shm"):
                if os.path.exists(db.path + tail):
                    os.remove(db.path + tail)
        elif db.kind == "postgresql":
            for sql in (
                f'DROP DATABASE IF EXISTS "{db.name}"',
                f'CREATE DATABASE "{db.name}"',
            ):
                subprocess.run(
                    [*db.client("postgres"), "-c", sql],
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
        else:
            subprocess.run(
                [
                    *db.client(""),
                    "-e",
                    f"DROP DATABASE IF EXISTS `{db.name}`; CREATE DATABASE `{db.name}`",
                ],
                check=True,
            )

    # ---- a size -------------------------------------------------------
    def history(self, size):
        shape = (
            dict(
                zip(
                    ("apps", "models", "migrations"),
                    map(int, size.split("x")),
                    strict=False,
                )
            )
            if "x" in size
            else {"size": size}
        )
        return gen.make(**shape, seed=self.a.seed)

    def size(self, size):
        a = self.a
        h = self.history(size)
        root = os.path.join(self.work, size)
        os.makedirs(root, exist_ok=True)
        targets = []
        for name in a.targets:
            t = importlib.import_module(f"target_{name}").Target(
                h, os.path.join(root, name), a.python
            )
            stamp = os.path.join(t.root, ".generated")
            if a.regenerate or not os.path.exists(stamp):
                t.generate()
                Path(stamp).touch()
            targets.append(t)
        for kind in a.db:
            self.database(size, h, kind, targets, first=kind == a.db[0])

    def database(self, size, h, kind, targets, first):
        a = self.a
        live = []
        for t in targets:
            db = self.db(kind, f"perf_{t.name}_{size.lower()}".replace(".", "_"))
            tag = f"{size}-{kind}-{t.name}"
            if "build" in a.cases:
                self.reset(db)
                for case in (
                    "list",
                    "sqlmigrate",
                ):  # fills the bytecode caches; not counted
                    if t.argv(case):
                        self.timed(
                            t.argv(case), t.root, t.env(db), a.timeout, tag + "-warm"
                        )
            elif (
                set(a.cases) - NO_DB
                and self.timed(
                    t.argv("pending"), t.root, t.env(db), a.timeout, tag + "-warm"
                )["rc"]
            ):
                self.shortcut(size, kind, t, db, tag)
            live.append((t, db, tag))
        for case in a.cases:
            if case in NO_DB and not first:
                continue
            if case == "build":
                self.build(size, kind, live)
                continue
            runs = {t.name: [] for t, _, _ in live}
            dead = set()
            for rep in range(-1, a.reps):
                ref = self.reference(live)
                for t, db, tag in live:
                    argv = t.argv(case)
                    if argv is None or t.name in dead:
                        continue
                    if case == "forward" and not getattr(t, "went_back", False):
                        self.timed(
                            t.argv("back"), t.root, t.env(db), a.timeout, tag + "-back"
                        )
                    if case == "back" and getattr(t, "went_back", False):
                        self.timed(
                            t.argv("forward"),
                            t.root,
                            t.env(db),
                            a.timeout,
                            tag + "-forward",
                        )
                    t.before(case)
                    try:
                        r = self.timed(
                            argv, t.root, t.env(db), a.timeout, f"{tag}-{case}"
                        )
                    finally:
                        t.after(case)
                    t.went_back = case == "back"
                    r["x_ref"], r["ref"] = (
                        round(r["wall"] / ref["wall"], 4),
                        ref["wall"],
                    )
                    if case in ("change", "squash") and not t.new_files:
                        r["rc"] = r["rc"] or 99
                    if rep >= 0 or r["timeout"] or r["wall"] > a.long:
                        runs[t.name].append(r)
                    if r["timeout"] or (
                        r["wall"] > a.long
                        and len(runs[t.name]) >= 1
                        and r["wall"] > 3 * a.long
                    ):
                        dead.add(t.name)
            for t, _, _ in live:
                if t.argv(case) is not None:
                    to = any(r["timeout"] for r in runs[t.name])
                    self.keep(
                        target=t.name,
                        size=size,
                        db=kind,
                        case=case,
                        variant=a.variant,
                        runs=runs[t.name],
                        counts=h["counts"],
                        note=f"stopped at the {a.timeout:.0f} s limit" if to else None,
                    )
            if case == "back":
                for t, db, tag in live:
                    if t.went_back and "forward" not in a.cases:
                        self.timed(
                            t.argv("forward"),
                            t.root,
                            t.env(db),
                            a.timeout,
                            tag + "-forward",
                        )
                        t.went_back = False

    def reference(self, live):
        """Time the yardstick of the moment: import SQLAlchemy, connect, SELECT 1.

        Ratios to it survive a machine whose speed drifts.
        """
        _, db, tag = live[0]
        return self.timed(
            [self.a.python, os.path.join(HERE, "floors.py"), "connect"],
            self.work,
            db.env(),
            self.a.timeout,
            tag + "-ref",
        )

    def build(self, size, kind, live):
        a = self.a
        runs = {t.name: [] for t, _, _ in live}
        stop = set()
        for _rep in range(a.reps):
            for t, db, tag in live:
                if t.name in stop:
                    continue
                self.reset(db)
                ref = self.reference(live)
                r = self.timed(
                    t.argv("build"), t.root, t.env(db), a.timeout, f"{tag}-build"
                )
                r["x_ref"], r["ref"] = round(r["wall"] / ref["wall"], 4), ref["wall"]
                runs[t.name].append(r)
                if r["timeout"] or r["rc"] or r["wall"] > a.long:
                    stop.add(t.name)
        for t, db, tag in live:
            last = runs[t.name][-1]
            note = None
            if last["timeout"] or last["rc"]:
                note = (
                    f"stopped at the {a.timeout:.0f} s limit"
                    if last["timeout"]
                    else f"failed, see {os.path.basename(last['log'])}"
                )
            self.keep(
                target=t.name,
                size=size,
                db=kind,
                case="build",
                variant=a.variant,
                runs=runs[t.name],
                note=note,
            )
            if note:  # an up-to-date database by the shortcut, for the other cases
                self.shortcut(size, kind, t, db, tag)

    def shortcut(self, size, kind, t, db, tag):
        """An up-to-date database without running the history: the final schema, then the record of every migration."""
        self.reset(db)
        root = os.path.join(self.work, size, "alembic")
        if not os.path.exists(os.path.join(root, ".generated")):
            raise SystemExit(
                "the shortcut needs the alembic target's models: add alembic to --targets once"
            )
        self.timed(
            [self.a.python, os.path.join(HERE, "floors.py"), "create_all"],
            root,
            db.env(),
            self.a.timeout,
            f"{tag}-final",
        )
        r = self.timed(
            t.argv("record_only"), t.root, t.env(db), self.a.timeout, f"{tag}-record"
        )
        self.keep(
            target=t.name,
            size=size,
            db=kind,
            case="record_only",
            variant=self.a.variant,
            runs=[r],
            note="one run, set-up only",
        )

    # ---- floors -------------------------------------------------------
    def floors(self, size):
        a = self.a
        root = os.path.join(self.work, size)
        h = self.history(size)
        al, dj = os.path.join(root, "alembic"), os.path.join(root, "django")
        py, fl = a.python, os.path.join(HERE, "floors.py")

        def many(case, db_kind, argv, cwd, env=None, reset=None, stdin=None):
            runs = []
            for rep in range(-1, a.reps):
                if reset:
                    self.reset(reset)
                r = self.timed(
                    argv, cwd, env or {}, a.timeout, f"{size}-{db_kind}-floor-{case}"
                )
                if rep >= 0:
                    runs.append(r)
                if r["wall"] > a.long:
                    runs = [r]
                    break
            self.keep(
                target="floor",
                size=size,
                db=db_kind,
                case=case,
                variant=a.variant,
                runs=runs,
            )

        if a.db[0] == "sqlite" or a.floors == "all":
            empty = {"DJANGO_SETTINGS_MODULE": "settings"}
            for case, argv, cwd, env in [
                ("python", [py, "-c", "pass"], root, None),
                ("python-I-S", [py, "-I", "-S", "-c", "pass"], root, None),
                ("import sqlalchemy", [py, "-c", "import sqlalchemy"], root, None),
                (
                    "import sqlalchemy.orm",
                    [py, "-c", "import sqlalchemy.orm"],
                    root,
                    None,
                ),
                (
                    "import sqlalchemy.schema+dialect",
                    [py, "-c", "import sqlalchemy, sqlalchemy.dialects.sqlite"],
                    root,
                    None,
                ),
                (
                    "import alembic.config",
                    [py, "-c", "import alembic.config, alembic.command"],
                    root,
                    None,
                ),
                ("import django", [py, "-c", "import django"], root, None),
                (
                    "django.setup empty",
                    [
                        py,
                        "-c",
                        "from django.conf import settings; settings.configure(); import django; django.setup()",
                    ],
                    root,
                    None,
                ),
                (
                    "django.setup project",
                    [py, "-c", "import django; django.setup()"],
                    dj,
                    empty,
                ),
                (
                    "import final models (SQLAlchemy)",
                    [py, "-c", "import models"],
                    al,
                    {"PYTHONPATH": al},
                ),
                (
                    "read+unmarshal pyc: django",
                    [py, fl, "read_pyc", os.path.join(dj, "shop")],
                    root,
                    None,
                ),
                (
                    "read+unmarshal pyc: alembic",
                    [py, fl, "read_pyc", os.path.join(al, "migrations", "versions")],
                    root,
                    None,
                ),
                (
                    "stat sources: alembic",
                    [py, fl, "stat_source", os.path.join(al, "migrations", "versions")],
                    root,
                    None,
                ),
            ]:
                many(case, "-", argv, cwd, env)
        for kind in a.db:
            db = self.db(kind, f"perf_floor_{size.lower()}")
            self.reset(db)
            many("driver SELECT 1", kind, [py, fl, "driver"], al, db.env())
            many("connect+SELECT 1", kind, [py, fl, "connect"], al, db.env())
            many("create_all", kind, [py, fl, "create_all"], al, db.env(), reset=db)
            many("reflect all", kind, [py, fl, "reflect"], al, db.env())
            sql = os.path.join(root, f"final-{kind}.sql")
            subprocess.run(
                [py, fl, "ddl", sql],
                cwd=al,
                env={**self.environ, **db.env()},
                check=True,
            )
            shell = {
                "sqlite": 'exec sqlite3 -bail "$DB" < "$SQL"',
                "postgresql": None,
                "mariadb": None,
            }[kind]
            quoted = " ".join(db.client())
            shell = shell or f'exec {quoted} < "$SQL"'
            env = {**db.env(), "SQL": sql, "DB": db.path or ""}
            many("raw DDL, autocommit", kind, ["sh", "-c", shell], root, env, reset=db)
            if kind != "mariadb":
                one = os.path.join(root, f"final-{kind}-tx.sql")
                Path(one).write_text(f"BEGIN;\n{Path(sql).read_text()}COMMIT;\n")
                many(
                    "raw DDL, one transaction",
                    kind,
                    ["sh", "-c", shell],
                    root,
                    {**env, "SQL": one},
                    reset=db,
                )
            for name in a.targets:
                t = importlib.import_module(f"target_{name}").Target(
                    h, os.path.join(root, name), py
                )
                if t.argv("build") is None or not a.replay:
                    continue
                log = os.path.join(root, f"sql-{name}-{kind}.jsonl")
                tdb = self.db(kind, f"perf_log_{size.lower()}")
                if not os.path.exists(log):
                    self.reset(tdb)
                    r = self.timed(
                        t.argv("build"),
                        t.root,
                        {**t.env(tdb), "PERF_SQL_LOG": log},
                        a.timeout,
                        f"{size}-{kind}-{name}-logged",
                    )
                    if r["rc"] or not os.path.exists(log):
                        print("no statement log for", name, kind)
                        continue
                st = json.loads(subprocess.check_output([py, fl, "stats", log]))
                self.reset(tdb)
                runs = []
                for _ in range(a.reps):
                    self.reset(tdb)
                    r = self.timed(
                        [py, fl, "replay", log, name],
                        root,
                        tdb.env(),
                        a.timeout,
                        f"{size}-{kind}-replay-{name}",
                    )
                    runs.append(r)
                    if r["wall"] > a.long:
                        break
                self.keep(
                    target="floor",
                    size=size,
                    db=kind,
                    case=f"replay SQL of {name}",
                    variant=a.variant,
                    runs=runs,
                    statements=st,
                )


def options(arguments=None):
    """Return the options that the command line, or *arguments*, says."""
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    csv = lambda s: [x for x in s.split(",") if x]  # noqa: E731
    p.add_argument(
        "--targets",
        type=csv,
        default=["whimbrel", "django", "alembic"],
        help="names of target_NAME.py, comma separated",
    )
    p.add_argument(
        "--size", type=csv, default=["S"], help="XS, S, M, L or APPSxMODELSxMIGRATIONS"
    )
    p.add_argument(
        "--db", type=csv, default=["sqlite"], help="sqlite,postgresql,mariadb"
    )
    p.add_argument("--cases", type=csv, default=CASES, help=",".join(CASES))
    p.add_argument("--reps", type=int, default=5)
    p.add_argument("--timeout", type=float, default=600, help="seconds for one process")
    p.add_argument(
        "--long",
        type=float,
        default=60,
        help="a process slower than this is not repeated",
    )
    p.add_argument("--work", default=os.environ.get("PERF_WORK", "perf-work"))
    p.add_argument(
        "--python",
        default=os.environ.get("PERF_PYTHON", sys.executable),
        help="the Python that has the peers installed",
    )
    p.add_argument(
        "--pg",
        default=os.environ.get("PERF_PG"),
        help="postgresql://user[:password]@host:port",
    )
    p.add_argument(
        "--mysql",
        default=os.environ.get("PERF_MYSQL"),
        help="mysql://user[:password]@host:port",
    )
    p.add_argument("--sqlite-dir", default=os.environ.get("PERF_SQLITE_DIR"))
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--out", default="results.json")
    p.add_argument("--variant", default="", help="a label kept with the results")
    p.add_argument(
        "--no-bytecode",
        action="store_true",
        help="run without .pyc files, as in a fresh container (use a --work of its own)",
    )
    p.add_argument("--no-append", dest="append", action="store_false")
    p.add_argument("--regenerate", action="store_true")
    p.add_argument("--floors", choices=["no", "only", "all"], default="no")
    p.add_argument(
        "--replay",
        action="store_true",
        help="with --floors: also replay each target's SQL through the bare driver",
    )
    a = p.parse_args(arguments)
    a.out = os.path.abspath(a.out)
    return a


def main():
    a = options()
    r = Runner(a)
    for size in a.size:
        if a.floors != "only":
            r.size(size)
        if a.floors != "no":
            if a.floors == "only":
                saved, a.cases = a.cases, []
                dbs, a.db = a.db, []
                r.size(size)
                a.cases, a.db = saved, dbs
            r.floors(size)


if __name__ == "__main__":
    main()
