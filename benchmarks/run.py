"""
`make bench`: every budget against its floor, then the same jobs of the peers.

    run.py                                    sizes S and M, every database found
    run.py --size S,M,L --database sqlite     100, 1,000 and 5,000 migrations
    run.py --format json > figures.json

The result goes to stdout, the talk to stderr. Exit status 1: over budget.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import compare
from budgets import BUDGETS, FLOORS, Bench, Figure, growth

from whimbrel.testing.databases import Server, ServerMissing, find_server, server_names

PEERS = ("django", "alembic")
CASES = {
    "noop": "migrate, nothing to do",
    "build": "the whole history",
    "check": "makemigrations, nothing changed",
    "change": "makemigrations, one change",
    "back": "one migration back",
    "forward": "one migration forward",
    "sqlmigrate": "SQL of one migration",
}
ONCE = 20
"""Seconds; a slower process is measured once."""


def main() -> int:
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    figures = list(budget_figures(options))
    rows = [] if options.no_peers else list(peer_rows(options))
    if options.format == "json":
        print(json.dumps({"budgets": as_json(figures), "peers": rows}, indent=2))
    else:
        print_figures(figures)
        print_peers(rows)
    return 0 if all(figure.within for figure in figures) else 1


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )

    def words(text: str) -> list[str]:
        return [word for word in text.split(",") if word]

    add = parser.add_argument
    add("--size", type=words, default=["S", "M"], help="of XS, S, M, L")
    add("--database", type=server_names, default=server_names(None))
    add("--rounds", type=int, default=5, help="of each pair")
    add("--builds", type=int, default=2, help="of each whole history; 0: none")
    add("--peer-size", type=words, default=["S"], help="sizes for the peers")
    add("--peer-database", type=words, default=["sqlite"])
    add("--no-peers", action="store_true")
    add("--format", choices=["text", "json"], default="text")
    work = Path(tempfile.gettempdir(), "whimbrel-bench")
    add("--work", type=Path, default=work, help="where projects are generated")
    return parser.parse_args()


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# ---- the budgets ----------------------------------------------------------
def budget_figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Yield all figures, size by size."""
    servers = list(found_servers(options.database))
    replays = []
    for size in options.size:
        bench = Bench(size, options.work, options.rounds, options.builds, tell)
        for server in servers:
            for figure in bench.figures(server):
                tell(f"    {one_line(figure)}")
                yield figure
        replays.append(bench.replay())
        yield replays[-1]
    grown = growth(replays)
    if grown is not None:
        yield grown


def found_servers(names: tuple[str, ...]) -> Iterator[Server]:
    for name in names:
        try:
            server = find_server(name)
        except ServerMissing as missing:
            tell(f"left out: {missing}")
            continue
        tell(server.description)
        yield server


def one_line(figure: Figure) -> str:
    return f"{figure.job}: {figure.value:.2f} {figure.unit} {figure.note}".rstrip()


def as_json(figures: list[Figure]) -> list[dict[str, object]]:
    return [
        {**asdict(f), "budget": BUDGETS[f.job], "within": f.within} for f in figures
    ]


def print_figures(figures: list[Figure]) -> None:
    """Print the budgets as a table, and what the floors are."""
    rows = [("size", "database", "job", "is", "budget", "", "cpu", "job s", "floor s")]
    for f in figures:
        rows.append(
            (
                *(f.size, f.database, f.job),
                f"{f.value:.2f} {f.unit}",
                f"{BUDGETS[f.job]:g}",
                "ok" if f.within else "OVER",
                *(number(f.cpu), number(f.seconds), number(f.floor)),
            )
        )
    print_table(rows)
    print()
    for f in figures:
        if f.note:
            print(f"{f.size}, {f.database}, {f.job}: {f.note}")
    print()
    for job, floor in FLOORS.items():
        print(f"floor of {job!r}: {floor}")


# ---- the peers ------------------------------------------------------------
def peer_rows(options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield what the same jobs cost Whimbrel and the peers that are installed."""
    found = [name for name in PEERS if importlib.util.find_spec(name)]
    for name in set(PEERS) - set(found):
        tell(f"left out: {name} is not installed (pip install {name})")
    if not found:
        return
    out = options.work / "peers.json"
    out.unlink(missing_ok=True)
    said = [
        *("--targets", ",".join(["whimbrel", *found])),
        *("--db", ",".join(options.peer_database)),
        *("--cases", ",".join(["build", *(c for c in CASES if c != "build")])),
        *("--reps", str(options.rounds), "--long", str(ONCE)),
        *("--work", str(options.work / "peers"), "--out", str(out)),
    ]
    for name, option in (("postgresql", "--pg"), ("mariadb", "--mysql")):
        if name in options.peer_database:
            said += [option, address(find_server(name.replace("mariadb", "mysql")))]
    runner = compare.Runner(compare.options(said))
    for size in options.peer_size:
        runner.size(size)
    for row in runner.results:
        if row["case"] in CASES and row["runs"]:
            keys = ("target", "size", "db", "case", "wall", "cpu", "rss_mb", "x_ref")
            yield {key: row[key] for key in keys}


def address(server: Server) -> str:
    """Return *server* as the comparison wants it: no driver, no database."""
    url = server.url.set(drivername=server.name, database=None)
    return url.render_as_string(hide_password=False)


def print_peers(rows: list[dict[str, object]]) -> None:
    """Print one line per job: the times of Whimbrel and of each peer."""
    if not rows:
        return
    targets = [t for t in ("whimbrel", *PEERS) if any(r["target"] == t for r in rows)]
    cells = {(r["size"], r["db"], r["case"], r["target"]): r for r in rows}
    head = ("size", "database", "job", *(f"{t} s (x yardstick)" for t in targets))
    table = [head]
    for size, db in dict.fromkeys((r["size"], r["db"]) for r in rows):
        for case, job in CASES.items():
            found = [cells.get((size, db, case, t)) for t in targets]
            if any(found):
                table.append((size, db, job, *map(peer_cell, found)))
    print("\nThe yardstick: start Python, import SQLAlchemy, connect, SELECT 1.\n")
    print_table(table)


def peer_cell(row: dict[str, object] | None) -> str:
    return "-" if row is None else f"{row['wall']:.2f} ({row['x_ref']:.1f})"


# ---- tables ---------------------------------------------------------------
def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print *rows* in columns, the first as the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for place, row in enumerate(rows):
        cells = [cell.ljust(w) for cell, w in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
        if place == 0:
            print("  ".join("-" * width for width in widths))


if __name__ == "__main__":
    os.environ.pop("WHIMBREL_DATABASE_URL", None)
    sys.exit(main())
