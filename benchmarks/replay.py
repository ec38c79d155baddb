"""
How long the whole history takes to replay in memory: prints JSON.

    replay.py ROUNDS

Runs inside a project. The files are loaded once, untimed by the budget; what a
budget is on is `state_forwards` of all operations.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

from whimbrel import Project
from whimbrel.history.replay import state_at


def main() -> None:
    started = perf_counter()
    history = Project.from_config().history()
    loaded = perf_counter() - started
    history.graph.full_plan()
    runs = []
    for _ in range(int(sys.argv[1])):
        started = perf_counter()
        state = state_at(history)
        runs.append(perf_counter() - started)
    migrations = history.migrations.values()
    print(
        json.dumps(
            {
                "migrations": len(migrations),
                "operations": sum(len(m.operations) for m in migrations),
                "models": len(state.models),
                "load": loaded,
                "runs": runs,
            }
        )
    )


if __name__ == "__main__":
    main()
