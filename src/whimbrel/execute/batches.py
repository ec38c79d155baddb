"""
Migrations that are executed together.

Place: `execute`, above `steps` and `together`. Neighbouring migrations that hold
schema steps alone, and that may be executed as one, are a batch: one change of the
schema, one transaction, and a record for each. Any other migration is a batch by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whimbrel.execute.fusing import Rows
from whimbrel.execute.steps import Run, Step, runs
from whimbrel.execute.together import one_by_one
from whimbrel.migrations.hints import ModelKey
from whimbrel.migrations.migration import Migration

LARGEST = 250
"""How many new models a batch makes at most. A transaction holds a lock for every
table and index that it makes, and PostgreSQL has room for 6,400 by default."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One migration to be executed.

    Args:
        singles: A step for each of its operations.

        faked: It is recorded, and nothing else is done.
    """

    migration: Migration
    singles: tuple[Step, ...]
    faked: bool = False

    @property
    def is_schema_alone(self) -> bool:
        """Whether it may be joined with others."""
        schema = all(step.derives_ddl for step in self.singles)
        return schema and self.migration.atomic and not self.faked


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Migrations that are executed as one.

    Args:
        parts, steps: In the order of applying them, also where they are undone.
    """

    parts: tuple[Part, ...]
    steps: tuple[Step, ...]

    @property
    def migrations(self) -> tuple[Migration, ...]:
        return tuple(part.migration for part in self.parts)

    @property
    def faked(self) -> bool:
        return self.parts[0].faked

    @property
    def atomic(self) -> bool:
        return self.parts[0].migration.atomic

    def apart(self) -> list[Batch]:
        """Return a batch for each of its migrations."""
        return [alone(part) for part in self.parts]


def alone(part: Part, *, fuse: bool = True) -> Batch:
    """
    Return *part* as a batch by itself.

    Args:
        fuse: False leaves every operation a step of its own, if it can be.
    """
    if not fuse:
        return Batch((part,), tuple(one_by_one(part.singles)))
    return Batch((part,), tuple(run.step() for run in runs(part.singles)))


def batches(parts: Iterable[Part]) -> Iterator[Batch]:
    """Yield *parts*, given in the order of applying them, in batches."""
    growing = Growing()
    for part in parts:
        if growing.parts and not growing.takes(part):
            yield growing.batch()
            growing = Growing(empty=growing.left_empty())
        growing.add(part)
    if growing.parts:
        yield growing.batch()


class Growing:
    """A batch as it grows: runs of steps, the last of which may take more."""

    def __init__(self, empty: Iterable[ModelKey] = ()) -> None:
        self.parts: list[Part] = []
        self.runs: list[Run] = []
        self.empty = set(empty)

    def takes(self, part: Part) -> bool:
        """Whether *part* may join what is here."""
        if not (self.parts[-1].is_schema_alone and part.is_schema_alone):
            return False
        if not self.runs or not part.singles:
            return True
        last = self.runs[-1]
        return len(last.made) < LARGEST and last.takes(part.singles[0])

    def add(self, part: Part) -> None:
        """Add *part*; where its own steps may not be one, another run begins."""
        self.parts.append(part)
        for step in part.singles:
            if not self.runs:
                self.runs.append(Run(Rows(self.empty)))
            elif not self.runs[-1].takes(step):
                self.runs.append(Run(self.runs[-1].rows.later()))
            self.runs[-1].add(step)

    def left_empty(self) -> set[ModelKey]:
        """Return the models whose tables have no rows after all."""
        return self.runs[-1].rows.empty if self.runs else self.empty

    def batch(self) -> Batch:
        return Batch(tuple(self.parts), tuple(run.step() for run in self.runs))
