"""
What detection found: operations with their effects, and the open questions.

Place: `detect`, lowest part. `history.arrange` cuts changes into migrations.
"""

from __future__ import annotations

from dataclasses import dataclass

from whimbrel.detect.questions import Question
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.operation import Operation


@dataclass(frozen=True, slots=True)
class Change:
    """One operation on the models of one app, and what it touches."""

    app_label: str
    operation: Operation
    effects: Effects


@dataclass(frozen=True, slots=True)
class Detection:
    """
    Args:
        changes: In an order in which they may run one after another.

        questions: Those that still lack an answer; the changes are only
            valid when there are none.
    """

    changes: tuple[Change, ...]
    questions: tuple[Question, ...] = ()

    def by_app(self) -> dict[str, tuple[Change, ...]]:
        """Return the changes per app label, each in their order."""
        apps: dict[str, list[Change]] = {}
        for change in self.changes:
            apps.setdefault(change.app_label, []).append(change)
        return {label: tuple(found) for label, found in apps.items()}
