"""
The state that migrations lead to, computed in memory.

Place: `history`, above `history`.
"""

from __future__ import annotations

from whimbrel.errors.base import WhimbrelError
from whimbrel.history.history import History, Key
from whimbrel.migrations.migration import Migration
from whimbrel.state.project import ProjectState


def state_at(history: History, *keys: Key) -> ProjectState:
    """
    Return the state right after *keys* and all that comes before them.

    Args:
        keys: Nodes of the graph; none means the end of the whole history.
    """
    graph = history.graph
    plan = graph.forwards_plan(*keys) if keys else graph.full_plan()
    return replayed(history, plan)


def state_before(history: History, *keys: Key) -> ProjectState:
    """Return the state right before *keys*: that of everything they depend on."""
    plan = history.graph.forwards_plan(*keys)
    return replayed(history, tuple(key for key in plan if key not in keys))


def replayed(history: History, plan: tuple[Key, ...]) -> ProjectState:
    """Return the state after the migrations of *plan*, in its order."""
    state = ProjectState()
    for key in plan:
        advance(state, history.migrations[key], history.files.get(key))
    return state


def advance(
    state: ProjectState, migration: Migration, file: str | None = None
) -> ProjectState:
    """Change *state* by *migration*; an error says which operation it came from."""
    for number, operation in enumerate(migration.operations, 1):
        try:
            operation.state_forwards(migration.app_label, state)
        except WhimbrelError as error:
            count = len(migration.operations)
            place = f"operation {number} of {count}, {operation.describe()}"
            raise error.at(f"{file or migration}, {place}") from error
    return state
