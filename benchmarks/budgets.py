"""
The jobs that have a budget, each measured against its floor.

One project with SQLAlchemy models and a history without data steps; its database
is built by `migrate` while that is measured, compared with what `create_all`
makes, and then used for the jobs that find nothing to do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import gen
from measure import HERE, Command, Pairs, measure, measure_pairs
from target_whimbrel import Target

from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch, Server, scratch_database

UP_TO_DATE, FRESH, UNCHANGED, REPLAY, GROWTH, MEMORY = (
    "migrate, nothing to do",
    "fresh database",
    "makemigrations, nothing changed",
    "replay in memory",
    "growth of the replay",
    "memory",
)
BUDGETS = {
    UP_TO_DATE: 1.5,
    FRESH: 1.3,
    UNCHANGED: 1.3,
    REPLAY: 20.0,
    GROWTH: 1.5,
    MEMORY: 1.5,
}
"""Job → what it may cost: a multiple of its floor; µs an operation for the replay;
for its growth, µs an operation at the largest size ÷ at the smallest."""

FLOORS = {
    UP_TO_DATE: "start Python, import SQLAlchemy, connect, SELECT 1",
    FRESH: "import the models, create_all",
    UNCHANGED: "import the models",
    REPLAY: "-",
    GROWTH: "the smallest size",
    MEMORY: "import the models",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured job; *value* is what its budget is about."""

    size: str
    database: str
    job: str
    value: float
    unit: str = "x"
    cpu: float | None = None
    seconds: float | None = None
    floor: float | None = None
    note: str = ""

    @property
    def within(self) -> bool:
        return self.value <= BUDGETS[self.job]


@dataclass(slots=True)
class Bench:
    """
    The measurements of one size.

    Args:
        rounds: How often each pair is run.

        builds: How often a database is built; 0 builds none and uses a shortcut.

        tell: Called with a line about what is going on.
    """

    size: str
    work: Path
    rounds: int
    builds: int
    tell: Callable[[str], None]
    memory: list[tuple[float, str]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.work / f"budgets-{self.size}"

    def generate(self) -> None:
        """Write the project, unless an earlier run has."""
        if (self.root / "whimbrel.toml").exists():
            return
        self.tell(f"{self.size}: writing the project")
        history = gen.make(self.size, data=False)
        Target(history, str(self.root), sys.executable).generate()

    def figures(self, server: Server) -> Iterator[Figure]:
        """Yield the figures of the jobs that need a database."""
        self.generate()
        kind = server.name
        with ExitStack() as stack:
            built, made = (
                stack.enter_context(self.scratch(server, name)) for name in "ab"
            )
            self.warm(built)
            yield from self.fresh(kind, built, made)
            self.tell(f"{self.size}, {kind}: nothing to do")
            job = self.whimbrel(built, "migrate")
            pairs = self.pairs(job, self.floor(built, "connect"), "migrate")
            yield self.figure(kind, UP_TO_DATE, pairs)
            self.tell(f"{self.size}, {kind}: nothing changed")
            job = self.whimbrel(built, "makemigrations", "--check")
            pairs = self.pairs(job, self.floor(built, "models"), "makemigrations")
            yield self.figure(kind, UNCHANGED, pairs)
            yield self.of_memory(kind, min(s.megabytes for s in pairs.floor))

    def fresh(self, kind: str, built: Scratch, made: Scratch) -> Iterator[Figure]:
        """Build the database; what comes out must be what `create_all` makes."""
        create_all = self.floor(made, "create_all", prepare=made.reset)
        if not self.builds:
            self.tell(f"{self.size}, {kind}: the database, by a shortcut")
            measure(self.floor(built, "create_all", prepare=built.reset), self.work)
            measure(self.whimbrel(built, "migrate", "--fake"), self.work)
            return
        self.tell(f"{self.size}, {kind}: the whole history")
        job = self.whimbrel(built, "migrate", prepare=built.reset)
        pairs = self.pairs(job, create_all, "migrate from nothing", self.builds)
        found = schema_differences(built, made)
        note = f"{len(found)} differences, {found[0]}" if found else "same catalog"
        yield self.figure(kind, FRESH, pairs, note=note)

    def replay(self) -> Figure:
        """Return the figure of the replay; needs no database."""
        self.generate()
        self.tell(f"{self.size}: replay")
        text = subprocess.check_output(
            [sys.executable, str(HERE / "replay.py"), str(max(3, self.rounds))],
            cwd=self.root,
            env={**os.environ, "PERF_DB_URL": "sqlite://"},
        )
        found = json.loads(text)
        best = min(found["runs"])
        return Figure(
            size=self.size,
            database="-",
            job=REPLAY,
            value=best / found["operations"] * 1e6,
            unit="µs",
            seconds=best,
            note=f"{found['migrations']} migrations, {found['operations']} operations, "
            f"loaded in {found['load']:.2f} s",
        )

    def of_memory(self, kind: str, floor: float) -> Figure:
        most, job = max(self.memory)
        self.memory.clear()
        return Figure(
            size=self.size,
            database=kind,
            job=MEMORY,
            value=most / floor,
            note=f"{job}: {most:.0f} MB, floor {floor:.0f} MB",
        )

    def warm(self, scratch: Scratch) -> None:
        """Fill the bytecode caches."""
        measure(self.whimbrel(scratch, "showmigrations"), self.work)
        measure(self.floor(scratch, "models"), self.work)

    def scratch(self, server: Server, name: str):
        file = self.work / f"budgets-{self.size}-{name}.sqlite3"
        file.unlink(missing_ok=True)
        return scratch_database(server, file=file)

    def pairs(
        self, job: Command, floor: Command, name: str, rounds: int | None = None
    ) -> Pairs:
        pairs = measure_pairs(job, floor, rounds or self.rounds, self.work)
        self.memory.append((max(s.megabytes for s in pairs.job), name))
        return pairs

    def figure(self, kind: str, job: str, pairs: Pairs, note: str = "") -> Figure:
        seconds, floor = pairs.seconds()
        return Figure(
            size=self.size,
            database=kind,
            job=job,
            value=pairs.ratio(),
            cpu=pairs.cpu_ratio(),
            seconds=seconds,
            floor=floor,
            note=note,
        )

    def whimbrel(self, scratch: Scratch, *arguments: str, **options) -> Command:
        argv = [sys.executable, "-m", "whimbrel", *arguments]
        return self.command(argv, scratch, **options)

    def floor(self, scratch: Scratch, name: str, **options) -> Command:
        argv = [sys.executable, str(HERE / "floors.py"), name]
        return self.command(argv, scratch, **options)

    def command(self, argv: list[str], scratch: Scratch, **options) -> Command:
        return Command(argv, self.root, {"PERF_DB_URL": scratch.url}, **options)


def schema_differences(built: Scratch, made: Scratch) -> list[str]:
    """Return how two databases differ, Whimbrel's own tables left out."""
    catalogs = []
    for scratch in (built, made):
        with scratch.engine.connect() as connection:
            found = catalog(connection)
        items = [i for i in found.items if not str(i.name).startswith("whimbrel_")]
        catalogs.append(replace(found, items=tuple(items)))
    return differences(*catalogs)


def growth(replays: list[Figure]) -> Figure | None:
    """Return how the cost of an operation grows with the history."""
    if len(replays) < 2:
        return None
    first, last = replays[0], replays[-1]
    return Figure(
        size=f"{first.size}-{last.size}",
        database="-",
        job=GROWTH,
        value=last.value / first.value,
        note="1.0 is linear",
    )
