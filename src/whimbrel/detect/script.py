"""
Operations one after another, and the state that they lead to.

Place: `detect`, above `changes` and `claims`.
"""

from __future__ import annotations

from dataclasses import dataclass

from whimbrel.detect.changes import Change
from whimbrel.detect.claims import NONE, Claims, moved
from whimbrel.migrations.operation import Operation
from whimbrel.state.model import ModelKey
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A change that has no place in the order yet.

    Args:
        rank: What comes first where nothing else decides (`detect.ranks`).
    """

    change: Change
    rank: int
    claims: Claims = NONE


class Script:
    """
    A running state; `run` applies an operation to it and keeps the change.

    Every change's effects are seen from the states right before and after it.
    """

    def __init__(self, state: ProjectState) -> None:
        self.state = state
        self.drafts: list[Draft] = []

    def run(
        self,
        operation: Operation,
        key: ModelKey,
        after_key: ModelKey | None = None,
    ) -> None:
        """Apply *operation* to the model *key*, which it may rename."""
        after = self.state.clone()
        operation.state_forwards(key[0], after)
        effects = operation.effects(key[0], self.state, after)
        claims = moved(self.state.models[key], after.models[after_key or key])
        self.drafts.append(Draft(Change(key[0], operation, effects), 0, claims))
        self.state = after
