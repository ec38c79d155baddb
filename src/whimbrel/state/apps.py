"""
Historical models: classes mapped from the state, for data steps.

Place: `state`, below `project`. Mapping a class is slow, so nothing is mapped
before somebody asks for it, and then only that model and those it is related to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from whimbrel.errors.state import ModelNotInState

if TYPE_CHECKING:
    from whimbrel.state.model import ModelState


class StateApps:
    """The registry that a data step gets as ``apps``."""

    def __init__(self, models: Mapping[tuple[str, str], ModelState]) -> None:
        self._models = models
