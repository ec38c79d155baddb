"""
How long the whole history takes to replay in memory: prints JSON.

    replay.py ROUNDS

Runs inside a project. The files are loaded once, untimed by the budget; what a
budget is on is `state_forwards` of all operations, in seconds of the CPU.
"""

from __future__ import annotations

import json
import sys
from time import process_time

from whimbrel import Project
from whimbrel.history.replay import state_at


def main() -> None:
    started = process_time()
    history = Project.from_config().history()
    loaded = process_time() - started
    history.graph.full_plan()
    runs = []
    for _ in range(int(sys.argv[1])):
        started = process_time()
        state = state_at(history)
        runs.append(process_time() - started)
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
