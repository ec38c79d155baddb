#!/usr/bin/env python3
"""Fits cost = a + b * n^k over results of several sizes.

    fit.py --x migrations|models results.json […]

Printed: k of the raw cost between the two largest sizes; the same after --base (a
start-up cost per target) was taken off; and, from four sizes on, the least-squares
fit of a + b * n^k.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path


def slope(points):
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    n, mx, my = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    if n < 2:
        return float("nan")
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=False)) / sum(
        (x - mx) ** 2 for x in xs
    )


def curve(points):
    """Least squares of relative errors for a + b * n^k with a >= 0; returns (a, k)."""
    best = None
    for step in range(61):
        k = 0.2 + step * 0.05
        # minimise sum((1 - (a + b x^k) / y)^2), linear in a and b
        s11 = s12 = s22 = t1 = t2 = 0.0
        for x, y in points:
            u, v = 1 / y, x**k / y
            s11 += u * u
            s12 += u * v
            s22 += v * v
            t1 += u
            t2 += v
        det = s11 * s22 - s12 * s12
        a, b = (t1 * s22 - t2 * s12) / det, (s11 * t2 - s12 * t1) / det
        if a < 0:
            a, b = 0.0, t2 / s22
        err = sum((1 - (a + b * x**k) / y) ** 2 for x, y in points)
        if best is None or err < best[0]:
            best = (err, a, k)
    return best[1], best[2]


def shape(row):
    s = row["size"]
    known = {
        "XS": (2, 6, 20),
        "S": (5, 25, 100),
        "M": (20, 200, 1000),
        "L": (50, 1000, 5000),
    }
    a, m, k = known[s] if s in known else map(int, s.split("x"))
    return {"apps": a, "models": m, "migrations": k}


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("files", nargs="+")
    p.add_argument("--x", default="migrations", choices=["migrations", "models"])
    p.add_argument(
        "--fixed",
        help="keep only sizes whose other count is this number (default: no filter)",
        type=int,
    )
    p.add_argument("--db", default="sqlite")
    p.add_argument("--metric", default="cpu")
    p.add_argument(
        "--base", default="", help="target=seconds,... start-up cost taken off"
    )
    a = p.parse_args()
    base = {k: float(v) for k, v in (x.split("=") for x in a.base.split(",") if x)}
    rows = [r for f in a.files for r in json.loads(Path(f).read_text())]
    other = "models" if a.x == "migrations" else "migrations"
    series = {}
    for r in rows:
        if (
            r["target"] == "floor"
            or r["db"] != a.db
            or not r["runs"]
            or any(x["timeout"] for x in r["runs"])
            or any(r["rc"])
        ):
            continue
        s = shape(r)
        if a.fixed and s[other] != a.fixed:
            continue
        series.setdefault((r["target"], r["case"]), {})[s[a.x]] = r[a.metric]
    for (target, case), pts in sorted(series.items()):
        pts = sorted(pts.items())
        if len(pts) < 2:
            continue
        b = base.get(target, 0)
        local = slope(pts[-2:])
        net = [(x, y - b) for x, y in pts if y - b > 0.05]
        print(
            f"{target:10} {case:12} {a.x}: "
            + "  ".join(f"{x}:{y:.2f}" for x, y in pts)
            + f"   k(last two)={local:.2f}  k(net, last two)={slope(net[-2:]):.2f}"
            + (
                "  a + b n^k: a={:.2f} k={:.2f}".format(*curve(pts))
                if len(pts) > 3
                else ""
            )
        )


if __name__ == "__main__":
    main()
