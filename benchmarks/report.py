#!/usr/bin/env python3
"""Markdown tables from result files: report.py results/S.json results/M.json …

Cells: wall s / cpu s / peak MB, then (x N): wall as a multiple of the yardstick of
the same round (import SQLAlchemy, connect, SELECT 1). Rows with a variant label
come after the others.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

CASES = [
    ("noop", "1 no-op migrate / upgrade head"),
    ("build", "2 full build from empty"),
    ("check", "3 makemigrations --check / alembic check"),
    ("change", "4 makemigrations, one change"),
    ("back", "5a one migration back"),
    ("forward", "5b one migration forward"),
    ("list", "6a showmigrations / history"),
    ("status", "6b showmigrations --plan / current"),
    ("pending", "6c migrate --check / current --check-heads"),
    ("sqlmigrate", "7a SQL of one migration"),
    ("squash", "7b squash one app"),
    ("record_only", "(set-up: fake / stamp)"),
]
SIZE_ORDER = ["XS", "S", "M", "L"]


def cell(r):
    if r is None:
        return "-"
    if not r["runs"]:
        return r.get("note") or "-"
    t = any(x["timeout"] for x in r["runs"])
    bad = any(x for x in r["rc"]) and not t
    return (
        (">" if t else "")
        + f"{r['wall']:.2f} / {r['cpu']:.2f} / {r['rss_mb']:.0f}"
        + (f" (x{r['x_ref']:.1f})" if r.get("x_ref") else "")
        + (" **rc≠0**" if bad else "")
        + (" 1 run" if len(r["runs"]) == 1 else "")
    )


def paired(a, b):
    """Median of the ratios round by round."""
    if (
        not a
        or not b
        or not a["runs"]
        or not b["runs"]
        or any(x["timeout"] for x in a["runs"] + b["runs"])
    ):
        return "-"
    return f"{statistics.median(x['wall'] / y['wall'] for x, y in zip(a['runs'], b['runs'], strict=False)):.2f}"


def main():
    rows = [r for f in sys.argv[1:] for r in json.loads(Path(f).read_text())]
    get = {
        (r["target"], r["size"], r["db"], r["case"]): r
        for r in rows
        if not r.get("variant")
    }
    rows, labelled = (
        [r for r in rows if not r.get("variant")],
        [r for r in rows if r.get("variant")],
    )
    targets = sorted(
        {r["target"] for r in rows} - {"floor"},
        key=lambda t: (t != "django", t != "alembic", t),
    )
    rivals = [(a, b) for i, b in enumerate(targets) for a in targets[i + 1 :]]
    for size in [s for s in SIZE_ORDER if any(r["size"] == s for r in rows)]:
        for db in ("sqlite", "postgresql", "mariadb"):
            if not any(
                r["size"] == size and r["db"] == db and r["target"] != "floor"
                for r in rows
            ):
                continue
            print(f"\n#### Size {size}, {db}\n")
            print(
                "| case | "
                + " | ".join(targets)
                + " | "
                + " | ".join(f"{a} ÷ {b}" for a, b in rivals)
                + " |"
            )
            print("|---" * (1 + len(targets) + len(rivals)) + "|")
            for case, label in CASES:
                rs = {t: get.get((t, size, db, case)) for t in targets}
                if any(rs.values()):
                    print(
                        f"| {label} | "
                        + " | ".join(cell(rs[t]) for t in targets)
                        + " | "
                        + " | ".join(paired(rs[a], rs[b]) for a, b in rivals)
                        + " |"
                    )
        fl = [r for r in rows if r["target"] == "floor" and r["size"] == size]
        if fl:
            print(
                f"\n#### Size {size}: floors\n\n| floor | no database | sqlite | postgresql | mariadb |\n|---|---|---|---|---|"
            )
            for case in dict.fromkeys(r["case"] for r in fl):
                c = [
                    get.get(("floor", size, db, case))
                    for db in ("-", "sqlite", "postgresql", "mariadb")
                ]
                extra = [
                    ""
                    if r is None or "statements" not in r
                    else f", {r['statements']['statements']} stmts"
                    for r in c
                ]
                print(
                    f"| {case} | "
                    + " | ".join(
                        (cell(r) if r else "") + e
                        for r, e in zip(c, extra, strict=False)
                    )
                    + " |"
                )
    if labelled:
        print(
            "\n#### Variants\n\n| size | database | case | target | variant | wall / cpu / MB |\n|---|---|---|---|---|---|"
        )
        for r in labelled:
            print(
                f"| {r['size']} | {r['db']} | {r['case']} | {r['target']} | {r['variant']} | {cell(r)} |"
            )


if __name__ == "__main__":
    main()
