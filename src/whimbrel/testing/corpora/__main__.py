"""
``python -m whimbrel.testing.corpora DIR``: the table of all real schemas.

Place: `testing.corpora`, top.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from whimbrel.testing.corpora.jobs import jobs_for, outcomes_of
from whimbrel.testing.corpora.releases import releases_in
from whimbrel.testing.corpora.report import (
    as_json,
    details,
    is_good,
    table,
    totals_text,
)
from whimbrel.testing.databases import (
    DATABASES,
    ServerMissing,
    find_server,
    server_names,
)


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
