"""
``python -m whimbrel.testing.corpora DIR``: the table of all real schemas.

Place: `testing.corpora`, top.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from whimbrel.testing.corpora.check import (
    Benches,
    Outcome,
    check_pair,
    check_release,
)
from whimbrel.testing.corpora.releases import Release, pairs_of, releases_in
from whimbrel.testing.corpora.report import (
    as_json,
    details,
    is_good,
    table,
    totals_text,
)
from whimbrel.testing.databases import (
    DATABASES,
    Server,
    ServerMissing,
    find_server,
    scratch_database,
    server_names,
)


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
    ):
        benches = Benches(migrated, yardstick)
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return 1 if something is not exact."""
    options = _parser().parse_args(arguments)
    servers = []
    for name in server_names(options.database):
        try:
            servers.append(find_server(name))
        except ServerMissing as missing:
            print(f"not tested: {missing}", file=sys.stderr)
    releases = releases_in(options.folder, options.only or ())
    outcomes = []
    for outcome in outcomes_of(
        jobs_for(releases, servers, pairs=not options.no_pairs), options.jobs
    ):
        outcomes.append(outcome)
        print(
            f"{outcome.subject} {outcome.database}: {outcome.verdict}", file=sys.stderr
        )
    outcomes.sort(key=lambda outcome: (">" in outcome.subject, outcome.subject))
    if options.format == "json":
        print(as_json(outcomes))
    else:
        print(table(outcomes, [server.name for server in servers]))
        print()
        print(details(outcomes, options.details))
        print()
        print(totals_text(outcomes))
    return 0 if outcomes and all(map(is_good, outcomes)) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m whimbrel.testing.corpora",
        description="Migrate real schemas and compare with SQLAlchemy's create_all.",
    )
    parser.add_argument("folder", type=Path, help="modules with a MetaData each")
    parser.add_argument("--database", help=f"of {','.join(DATABASES)}; all")
    parser.add_argument("--only", action="append", help="applications or files")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--no-pairs", action="store_true", help="releases alone")
    parser.add_argument("--details", type=int, default=5, help="lines for each")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    return parser


if __name__ == "__main__":
    sys.exit(main())
