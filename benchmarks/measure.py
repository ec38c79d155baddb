"""
Whole processes timed in pairs: a job and its floor, in turn.

The speed of a shared machine drifts, so single seconds mean little; the median
over rounds of job ÷ floor, both taken within the same seconds, means a lot.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 1800
"""Seconds after which a process is given up."""


class Failed(Exception):
    """A measured process ended with an error; the text is the end of its output."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one process cost: seconds on the clock and of the CPU, peak memory."""

    wall: float
    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, where it runs, and what comes before it, untimed."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Pairs:
    """The samples of a job and of its floor, round by round."""

    job: tuple[Sample, ...]
    floor: tuple[Sample, ...]

    def seconds(self) -> tuple[float, float]:
        """Return the median seconds of the job and of the floor."""
        return _median(s.wall for s in self.job), _median(s.wall for s in self.floor)

    def ratio(self) -> float:
        """Return the median of job ÷ floor on the clock."""
        return self._ratio("wall")

    def cpu_ratio(self) -> float:
        """Return the same of the CPU, without what a server needs."""
        return self._ratio("cpu")

    def _ratio(self, what: str) -> float:
        pairs = zip(self.job, self.floor, strict=True)
        return _median(getattr(j, what) / getattr(f, what) for j, f in pairs)


def measure(command: Command, work: Path) -> Sample:
    """
    Run *command* once.

    Raises:
        Failed: It ended with an error or took longer than `LIMIT`.
    """
    command.prepare()
    result, log = work / "meter.json", work / "output.log"
    # The caller's PYTHON* variables would decide; PYTHONDONTWRITEBYTECODE alone
    # doubles a command that mostly imports.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    subprocess.run(
        [
            *(sys.executable, "-I", "-S", str(HERE / "meter.py")),
            *(str(result), str(log), str(LIMIT), "--", *command.argv),
        ],
        cwd=command.folder,
        env={**inherited, **command.environment},
        check=True,
    )
    found = json.loads(result.read_text())
    if found["rc"] or found["timeout"]:
        lines = log.read_text(errors="replace").splitlines()
        raise Failed("\n".join([" ".join(command.argv), *lines[-12:]]))
    cpu = found["user"] + found["sys"]
    return Sample(found["wall"], cpu, found["rss_mb"])


def measure_pairs(job: Command, floor: Command, rounds: int, work: Path) -> Pairs:
    """Run floor and job in turn; once before, uncounted, if they are repeated."""
    jobs: list[Sample] = []
    floors: list[Sample] = []
    for number in range(rounds + (rounds > 1)):
        of_floor, of_job = measure(floor, work), measure(job, work)
        if number or rounds == 1:
            floors.append(of_floor)
            jobs.append(of_job)
    return Pairs(tuple(jobs), tuple(floors))


def _median(values) -> float:
    return statistics.median(values)
