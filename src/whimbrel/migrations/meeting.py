"""
Two operations that stand next to each other: what is known when they are merged.

Place: `migrations`, below `operation`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True)
class Meeting:
    """
    Args:
        before: Gives the state before the first of the two.

        no_rows: Whether the table of the model that they are about has no rows yet,
            whatever the database: it was made before, and no data step came since.
    """

    app_label: str
    before: Callable[[], ProjectState]
    no_rows: bool = False

    def model_before(self, name: str) -> ModelState:
        """Return model *name* as it is before the first of the two."""
        return self.before().model(self.app_label, name)
