#!/usr/bin/env python3
"""Deterministic generator of an evolving schema history.

It makes ONE neutral history (a JSON document, see README.md "The neutral
history") and hands it to each target's renderer (target_NAME.py, class
Target, method ``generate``), so that all the targets migrate through the
same steps to the same schema.

    gen.py --size M --out DIR [--targets django,alembic] [--seed 7]
    gen.py --apps 20 --models 200 --migrations 500 --out DIR
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import importlib
import json
import os
import random

SIZES = {
    # label: (apps, models in the final schema, migrations)
    "XS": (2, 6, 20),
    "S": (5, 25, 100),
    "M": (20, 200, 1000),
    "L": (50, 1000, 5000),
}

APP_NAMES = (
    "accounts billing catalog orders shipping inventory payments customers support marketing "
    "analytics reporting reviews wishlist loyalty suppliers warehouse returns promotions "
    "subscriptions invoicing contracts projects tasks documents messaging notifications events "
    "bookings tickets assets audits compliance recruiting payroll benefits training courses exams "
    "grades library media gallery blog forum polls surveys partners affiliates geo vehicles routes "
    "fleet sensors devices telemetry alerts incidents releases licences"
).split()
NOUNS = "Account Order Product Invoice Payment Address Contact Ticket Message Document Report Project Task Event Booking Asset Policy Plan Profile Session".split()
SUFFIXES = [
    "",
    "Item",
    "Log",
    "Rule",
    "Group",
    "Entry",
    "Type",
    "Link",
    "Status",
    "Batch",
]

FIELD_NAMES = {
    "char": "title code status reference label city country phone email slug currency locale color source channel region sku barcode postcode street".split(),
    "text": "description notes body summary comment payload instructions terms".split(),
    "int": "quantity position priority score attempts retries stock visits points duration".split(),
    "smallint": "level rank stars month weekday".split(),
    "bigint": "external_ref size_bytes sequence checksum counter".split(),
    "bool": "active archived verified public locked featured taxable visible default_choice billable".split(),
    "date": "due_on starts_on ends_on born_on valid_from valid_until".split(),
    "datetime": "created_at updated_at deleted_at published_at sent_at seen_at expires_at processed_at".split(),
    "decimal": "amount price discount tax weight balance rate fee".split(),
    "float": "ratio latitude longitude temperature distance".split(),
}
TYPE_WEIGHTS = [
    ("char", 34),
    ("int", 14),
    ("bool", 11),
    ("datetime", 11),
    ("text", 8),
    ("decimal", 9),
    ("date", 5),
    ("smallint", 3),
    ("bigint", 3),
    ("float", 2),
]
# kinds of ordinary migrations and their weights
OP_WEIGHTS = [
    ("add_null", 23),
    ("add_default", 17),
    ("alter_length", 9),
    ("alter_null", 8),
    ("alter_type", 6),
    ("rename", 6),
    ("add_index", 10),
    ("add_unique", 4),
    ("add_fk", 7),
    ("remove_field", 6),
    ("remove_index", 2),
    ("add_m2m", 2),
]
DATA_SHARE = 0.03  # migrations that are one data step
DELETE_SHARE = 0.04  # extra models that are created and later deleted


def short(name, limit=60):
    """An identifier that fits every database; long ones keep a hash."""
    if len(name) <= limit:
        return name
    return name[: limit - 9] + "_" + hashlib.md5(name.encode()).hexdigest()[:8]


def weighted(rng, pairs):
    return rng.choices([p[0] for p in pairs], [p[1] for p in pairs])[0]


class Generator:
    def __init__(self, apps, models, migrations, seed, data=True):
        self.rng = random.Random(seed)
        self.seed = seed
        self.n_models, self.n_steps, self.data = models, migrations, data
        self.apps = [
            APP_NAMES[i] if i < len(APP_NAMES) else f"app{i:03d}" for i in range(apps)
        ]
        self.models = {}  # (app, model) -> live description
        self.created = 0
        self.steps = []
        self.leaf = {}  # app -> last migration name
        self.number = dict.fromkeys(self.apps, 0)
        self.used_names = {a: set() for a in self.apps}

    # ---- fields -------------------------------------------------------
    def new_name(self, m, type_):
        pool = [n for n in FIELD_NAMES[type_] if n not in m["used"]]
        name = (
            self.rng.choice(pool)
            if pool
            else f"{self.rng.choice(FIELD_NAMES[type_])}_{len(m['used'])}"
        )
        m["used"].add(name)
        return name

    def plain_field(self, m, type_=None, null=None, default=False):
        rng = self.rng
        if default:
            type_ = type_ or weighted(
                rng,
                [
                    (t, w)
                    for t, w in TYPE_WEIGHTS
                    if t
                    in ("char", "int", "bool", "decimal", "smallint", "bigint", "float")
                ],
            )
        type_ = type_ or weighted(rng, TYPE_WEIGHTS)
        f = {"name": self.new_name(m, type_), "type": type_}
        f["column"] = f["name"]
        f["null"] = rng.random() < 0.35 if null is None else null
        if type_ == "char":
            f["max_length"] = rng.choice([20, 30, 40, 50, 64, 80, 100])
        if type_ == "decimal":
            f["max_digits"], f["decimal_places"] = rng.choice(
                [(8, 2), (10, 2), (10, 4)]
            )
        if default or (
            not f["null"] and type_ in ("bool", "int") and rng.random() < 0.6
        ):
            f["default"] = self.default_for(type_)
        return f

    def default_for(self, type_):
        r = self.rng
        return {
            "char": r.choice(["", "new", "draft", "eur", "unknown"]),
            "bool": r.random() < 0.4,
            "int": r.choice([0, 1, 10]),
            "smallint": r.choice([0, 1]),
            "bigint": 0,
            "decimal": r.choice(["0", "1"]),
            "float": 0.0,
        }[type_]

    def fk_field(self, m, null):
        """A foreign key to a model created earlier: the reference graph is acyclic."""
        rng = self.rng
        older = [
            x for x in self.models.values() if x["seq"] < m["seq"] and not x["doomed"]
        ]
        if not older:
            return None
        local = [x for x in older if x["app"] == m["app"]]
        target = rng.choice(local if local and rng.random() < 0.65 else older)
        name = target["model"].lower()
        if name in m["used"]:
            name = f"{name}_{len(m['used'])}"
        m["used"].add(name)
        target["incoming"] += 1
        return {
            "name": name,
            "type": "fk",
            "column": name + "_id",
            "null": null,
            "to": [target["app"], target["model"]],
            "to_table": target["table"],
            "fk_name": short(f"fk_{m['table']}_{name}_id"),
            "ix_name": short(f"ix_{m['table']}_{name}_id"),
        }

    # ---- models -------------------------------------------------------
    def create_model(self, app, doomed):
        rng = self.rng
        names = [
            n + s for s in SUFFIXES for n in NOUNS if n + s not in self.used_names[app]
        ]
        head = names[:12] or [f"Model{self.created}"]
        name = rng.choice(head)
        self.used_names[app].add(name)
        m = {
            "app": app,
            "model": name,
            "table": f"{app}_{name.lower()}",
            "fields": [],
            "indexes": [],
            "uniques": [],
            "m2m": [],
            "seq": self.created,
            "doomed": doomed,
            "incoming": 0,
            "used": {"id"},
            "n_names": 0,
        }
        self.created += 1
        m["fields"].append(self.plain_field(m, "char", null=False))
        for _ in range(rng.randint(3, 8)):
            m["fields"].append(self.plain_field(m))
        for _ in range(rng.choice([0, 1, 1, 2])):
            f = self.fk_field(m, null=rng.random() < 0.4)
            if f:
                m["fields"].append(f)
        if rng.random() < 0.25:
            m["indexes"].append(self.index_def(m, 1))
        if rng.random() < 0.2:
            u = self.index_def(m, 2, "uq")
            if u:
                m["uniques"].append(u)
        self.models[(app, name)] = m
        return {"op": "create_model", **self.describe(m)}

    def index_def(self, m, n, kind="ix"):
        """An index or unique constraint on n indexable plain columns (a FK column never first)."""
        taken = [tuple(x["columns"]) for x in m["indexes"] + m["uniques"]]
        cand = [
            f
            for f in m["fields"]
            if f["type"]
            in (
                "char",
                "int",
                "bigint",
                "smallint",
                "date",
                "datetime",
                "bool",
                "decimal",
            )
        ]
        if not cand:
            return None
        picks = self.rng.sample(cand, min(n, len(cand)))
        cols = [f["column"] for f in picks]
        if tuple(cols) in taken:
            return None
        m["n_names"] += 1
        digest = hashlib.md5(f"{m['table']}{cols}{m['n_names']}".encode()).hexdigest()[
            :6
        ]
        return {
            "name": f"{m['table'][:20]}_{digest}_{kind}"[:30],
            "fields": [f["name"] for f in picks],
            "columns": cols,
        }

    @staticmethod
    def describe(m):
        return {
            "app": m["app"],
            "model": m["model"],
            "table": m["table"],
            "fields": copy.deepcopy(m["fields"]),
            "indexes": copy.deepcopy(m["indexes"]),
            "uniques": copy.deepcopy(m["uniques"]),
            "m2m": copy.deepcopy(m["m2m"]),
        }

    @staticmethod
    def covered(m):
        return {c for x in m["indexes"] + m["uniques"] for c in x["columns"]}

    # ---- one ordinary operation ---------------------------------------
    def ordinary(self, m, kind):
        rng = self.rng
        base = {"app": m["app"], "model": m["model"], "table": m["table"]}
        covered = self.covered(m)
        plain = [f for f in m["fields"] if f["type"] != "fk"]
        if kind in ("add_null", "add_default"):
            f = self.plain_field(
                m, null=kind == "add_null", default=kind == "add_default"
            )
            m["fields"].append(f)
            return {"op": "add_field", **base, "field": copy.deepcopy(f)}
        if kind == "add_fk":
            f = self.fk_field(m, null=True)
            if not f:
                return None
            m["fields"].append(f)
            return {"op": "add_field", **base, "field": copy.deepcopy(f)}
        if kind in ("alter_length", "alter_null", "alter_type"):
            return self.alter(m, base, kind, plain, covered)
        if kind == "rename":
            cand = [f for f in plain if f["name"] not in covered]
            if not cand:
                return None
            f = rng.choice(cand)
            old = copy.deepcopy(f)
            f["name"] = f["column"] = self.new_name(m, f["type"])
            return {
                "op": "rename_field",
                **base,
                "old_name": old["name"],
                "new_name": f["name"],
                "old": old,
                "field": copy.deepcopy(f),
            }
        if kind == "remove_field":
            cand = [f for f in m["fields"] if f["column"] not in covered]
            if len(m["fields"]) < 5 or not cand:
                return None
            f = rng.choice(cand)
            m["fields"].remove(f)
            if f["type"] == "fk":
                self.models[tuple(f["to"])]["incoming"] -= 1
            return {"op": "remove_field", **base, "field": f}
        if kind in ("add_index", "add_unique"):
            key = "indexes" if kind == "add_index" else "uniques"
            x = self.index_def(
                m,
                rng.choice([1, 1, 2]) if key == "indexes" else 2,
                "ix" if key == "indexes" else "uq",
            )
            if not x or len(m["indexes"]) + len(m["uniques"]) > 8:
                return None
            m[key].append(x)
            return {
                "op": kind,
                **base,
                "name": x["name"],
                "fields": x["fields"],
                "columns": x["columns"],
            }
        if kind == "remove_index":
            if not m["indexes"]:
                return None
            x = m["indexes"].pop(rng.randrange(len(m["indexes"])))
            return {
                "op": "remove_index",
                **base,
                "name": x["name"],
                "fields": x["fields"],
                "columns": x["columns"],
            }
        if kind == "add_m2m":
            older = [
                x
                for x in self.models.values()
                if x["seq"] < m["seq"] and not x["doomed"]
            ]
            if not older or m["doomed"]:
                return None
            t = rng.choice(older)
            name = t["model"].lower() + "s"
            if name in m["used"]:
                return None
            m["used"].add(name)
            t["incoming"] += 1
            table = f"{m['table']}_{name}"
            a, b = m["model"].lower() + "_id", t["model"].lower() + "_id"
            if a == b:
                return None
            x = {
                "name": name,
                "to": [t["app"], t["model"]],
                "to_table": t["table"],
                "table": table,
                "from_column": a,
                "to_column": b,
                "unique": short(f"uq_{table}"),
                "fk_names": [short(f"fk_{table}_{a}"), short(f"fk_{table}_{b}")],
                "ix_names": [short(f"ix_{table}_{a}"), short(f"ix_{table}_{b}")],
            }
            m["m2m"].append(x)
            return {"op": "add_m2m", **base, "m2m": copy.deepcopy(x)}
        raise AssertionError(kind)

    def alter(self, m, base, kind, plain, covered):
        rng = self.rng
        if kind == "alter_length":
            cand = [f for f in plain if f["type"] == "char" and f["max_length"] < 180]
            if not cand:
                return None
            f = rng.choice(cand)
            old = copy.deepcopy(f)
            f["max_length"] += rng.choice([10, 20, 50])
        elif kind == "alter_null":
            cand = [f for f in plain if f["null"] or f["column"] not in covered]
            cand = [
                f
                for f in cand
                if not f["null"]
                or f["type"]
                in ("char", "int", "bool", "decimal", "smallint", "bigint", "float")
            ]
            if not cand:
                return None
            f = rng.choice(cand)
            old = copy.deepcopy(f)
            f["null"] = not f["null"]
            if f["null"]:
                f.pop("default", None)
            else:
                f["default"] = self.default_for(f["type"])
        else:
            cand = [
                f
                for f in plain
                if f["type"] in ("int", "smallint", "decimal", "date")
                or (
                    f["type"] == "char"
                    and f["column"] not in covered
                    and "default" not in f
                )
            ]
            if not cand:
                return None
            f = rng.choice(cand)
            old = copy.deepcopy(f)
            if f["type"] == "char":
                f["type"] = "text"
                del f["max_length"]
            elif f["type"] == "decimal":
                f["max_digits"] += 4
                f["decimal_places"] += 1
                if f["max_digits"] > 24:
                    f.update(old)
                    return None
            else:
                f["type"] = {"int": "bigint", "smallint": "int", "date": "datetime"}[
                    f["type"]
                ]
        return {"op": "alter_field", **base, "old": old, "field": copy.deepcopy(f)}

    # ---- steps ---------------------------------------------------------
    def add_step(self, app, ops, slug):
        self.number[app] += 1
        name = f"{self.number[app]:04d}_{slug}"[:55]
        deps = []
        if app in self.leaf:
            deps.append([app, self.leaf[app]])
        others = set()
        for op in ops:
            fields = (
                op.get("fields") if op["op"] == "create_model" else [op.get("field")]
            )
            for f in fields or []:
                if f and f.get("type") == "fk" and op["op"] != "remove_field":
                    others.add(f["to"][0])
            if op["op"] == "add_m2m":
                others.add(op["m2m"]["to"][0])
        deps += [[a, self.leaf[a]] for a in sorted(others - {app})]
        self.steps.append(
            {
                "n": len(self.steps) + 1,
                "app": app,
                "name": name,
                "deps": deps,
                "ops": ops,
            }
        )
        self.leaf[app] = name

    def run(self):
        rng, A, M, K = self.rng, len(self.apps), self.n_models, self.n_steps
        quota = {a: M // A + (1 if i < M % A else 0) for i, a in enumerate(self.apps)}
        first = {a: max(1, int(q * 0.4)) for a, q in quota.items()}
        n_doomed = round(M * DELETE_SHARE)
        creates = [(a, False) for a in self.apps for _ in range(quota[a] - first[a])]
        doomed = [(rng.choice(self.apps), True) for _ in range(n_doomed)]
        n_data = round(K * DATA_SHARE) if self.data else 0
        n_ord = K - A - len(creates) - 2 * n_doomed - n_data - 1
        if n_ord < 0:
            raise SystemExit(f"{K} migrations are too few for {M} models in {A} apps")
        mid = [("create", c) for c in creates] + [("create", c) for c in doomed]
        mid += (
            [("ordinary", None)] * n_ord
            + [("data", None)] * n_data
            + [("delete", None)] * n_doomed
        )
        rng.shuffle(mid)
        # apps start spread over the first 40% of the history, the first at once
        early = max(2, int(K * 0.4))
        slots = [0, *sorted(rng.randrange(1, early) for _ in range(A - 1))]
        sched = list(mid)
        for slot, app in zip(slots, self.apps, strict=True):
            sched.insert(min(slot, len(sched)), ("initial", app))
        weight = {a: 1 / (i + 1) ** 0.6 for i, a in enumerate(rng.sample(self.apps, A))}
        live, waiting = [], []
        queue = sched
        while queue or waiting:
            # creates whose app has not started, deletes with nothing to delete: later
            item = None
            for i, w in enumerate(waiting):
                if self.ready(w, live):
                    item = waiting.pop(i)
                    break
            if item is None:
                if not queue:
                    waiting = [("ordinary", None)] * len(waiting)
                    continue
                item = queue.pop(0)
                if not self.ready(item, live):
                    waiting.append(item)
                    continue
            kind, arg = item
            if kind == "initial":
                live.append(arg)
                self.add_step(
                    arg,
                    [self.create_model(arg, False) for _ in range(first[arg])],
                    "initial",
                )
            elif kind == "create":
                app, is_doomed = arg
                op = self.create_model(app, is_doomed)
                self.add_step(app, [op], op["model"].lower())
            elif kind == "delete":
                m = rng.choice([x for x in self.models.values() if x["doomed"]])
                del self.models[(m["app"], m["model"])]
                for f in m["fields"]:
                    if f["type"] == "fk":
                        self.models[tuple(f["to"])]["incoming"] -= 1
                self.add_step(
                    m["app"],
                    [{"op": "delete_model", **self.describe(m)}],
                    f"delete_{m['model'].lower()}",
                )
            elif kind == "data":
                self.data_step(weighted(rng, [(a, weight[a]) for a in live]))
            else:
                self.ordinary_step(weighted(rng, [(a, weight[a]) for a in live]))
        # the last step is always the same easy one: a nullable column
        m = rng.choice([x for x in self.models.values() if not x["doomed"]])
        self.add_step(m["app"], [self.ordinary(m, "add_null")], "last_addition")
        change_m = rng.choice([x for x in self.models.values() if not x["doomed"]])
        change = {
            "app": change_m["app"],
            "model": change_m["model"],
            "table": change_m["table"],
            "field": {
                "name": "small_change",
                "column": "small_change",
                "type": "char",
                "max_length": 40,
                "null": True,
            },
        }
        counts = {}
        for s in self.steps:
            for op in s["ops"]:
                counts[op["op"]] = counts.get(op["op"], 0) + 1
        final = sorted(self.models.values(), key=lambda m: m["seq"])
        return {
            "format": 1,
            "seed": self.seed,
            "apps": self.apps,
            "counts": {
                "apps": A,
                "models": len(final),
                "migrations": len(self.steps),
                "operations": dict(sorted(counts.items())),
            },
            "steps": self.steps,
            "final": [self.describe(m) for m in final],
            "change": change,
        }

    def ready(self, item, live):
        kind, arg = item
        if kind == "create":
            return arg[0] in live
        if kind == "delete":
            return any(m["doomed"] for m in self.models.values())
        if kind in ("ordinary", "data"):
            return bool(live)
        return True

    def data_step(self, app):
        rng = self.rng
        cand = [
            (m, f)
            for m in self.models.values()
            if m["app"] == app
            for f in m["fields"]
            if f["type"] in ("char", "int")
        ]
        if not cand:
            self.ordinary_step(app)
            return
        m, f = rng.choice(cand)
        a, b = ("", "filled") if f["type"] == "char" else (0, 1)
        self.add_step(
            app,
            [
                {
                    "op": "data",
                    "app": app,
                    "model": m["model"],
                    "table": m["table"],
                    "field_name": f["name"],
                    "column": f["column"],
                    "type": f["type"],
                    "from": a,
                    "to": b,
                }
            ],
            f"fill_{m['model'].lower()}_{f['name']}",
        )

    def ordinary_step(self, app):
        rng = self.rng
        n = rng.choices([1, 2, 3, 5], [60, 25, 12, 3])[0]
        ops, m = [], None
        pool = [m for m in self.models.values() if m["app"] == app]
        while not ops:
            for _ in range(n):
                if m is None or rng.random() < 0.3:
                    m = rng.choice(pool)
                for _try in range(5):
                    op = self.ordinary(m, weighted(rng, OP_WEIGHTS))
                    if op:
                        ops.append(op)
                        break
        o = ops[0]
        what = (
            o["field"]["name"]
            if "field" in o
            else o["m2m"]["name"]
            if "m2m" in o
            else o["op"]
        )
        self.add_step(app, ops, f"{o['model'].lower()}_{what}")


def make(size=None, apps=None, models=None, migrations=None, seed=7, data=True):
    """Return the neutral history; without data steps if *data* is false."""
    if size and not apps:
        apps, models, migrations = SIZES[size]
    h = Generator(apps, models, migrations, seed, data).run()
    h["size"] = size or f"{apps}x{models}x{migrations}"
    assert h["counts"]["migrations"] == migrations, h["counts"]
    return h


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--size", choices=SIZES, default=None)
    ap.add_argument("--apps", type=int)
    ap.add_argument("--models", type=int)
    ap.add_argument("--migrations", type=int)
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--out", required=True)
    ap.add_argument(
        "--targets",
        default="whimbrel,django,alembic",
        help="comma list; the JSON is always written",
    )
    a = ap.parse_args()
    if not a.size and not (a.apps and a.models and a.migrations):
        ap.error("--size, or --apps, --models and --migrations")
    h = make(a.size, a.apps, a.models, a.migrations, a.seed)
    os.makedirs(a.out, exist_ok=True)
    with open(os.path.join(a.out, "history.json"), "w") as fh:
        json.dump(h, fh, indent=1)

    for t in filter(None, a.targets.split(",")):
        mod = importlib.import_module(f"target_{t}")
        mod.Target(h, os.path.join(a.out, t)).generate()
    print(json.dumps(h["counts"]))


if __name__ == "__main__":
    main()
