"""
Many releases on several servers, by several processes.

Place: `testing.corpora`, above `check`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from whimbrel.testing.corpora.benches import Benches
from whimbrel.testing.corpora.check import check_pair, check_release
from whimbrel.testing.corpora.outcomes import Outcome
from whimbrel.testing.corpora.releases import Release, pairs_of
from whimbrel.testing.databases import Server, scratch_database


@dataclass(frozen=True, slots=True)
class Job:
    """All releases of one application on one database, and the steps between."""

    releases: tuple[Release, ...]
    server: Server
    pairs: bool = True


def run_job(job: Job) -> list[Outcome]:
    """Check all of one job; its databases are made and dropped here."""
    with (
        scratch_database(job.server) as migrated,
        scratch_database(job.server) as yardstick,
        scratch_database(job.server) as returned,
    ):
        benches = Benches(migrated, yardstick, returned)
        outcomes = [check_release(release, benches) for release in job.releases]
        if job.pairs:
            pairs = pairs_of(job.releases)
            outcomes += [check_pair(pair, benches) for pair in pairs]
        return outcomes


def jobs_for(
    releases: Sequence[Release], servers: Sequence[Server], *, pairs: bool = True
) -> list[Job]:
    """Return a job for each application and server."""
    applications = dict.fromkeys(release.application for release in releases)
    return [
        Job(tuple(r for r in releases if r.application == name), server, pairs)
        for name in applications
        for server in servers
    ]


def outcomes_of(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """Yield the outcomes of *jobs* as they come."""
    if processes == 1:
        for job in jobs:
            yield from run_job(job)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for future in as_completed([pool.submit(run_job, job) for job in jobs]):
            yield from future.result()
