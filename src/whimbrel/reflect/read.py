"""
What reading an app's models gives.

Place: lowest part of `reflect`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whimbrel.detect.comparison import PythonDefaults
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.tables import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModels:
    """
    The models of one app, and the hints that they hold.

    Args:
        models: In the order of definition.

        sequences: (app label, sequence) for those that no column owns.

        renamed_models: (app, name in lower case) → the old name that
            ``renamed_from`` says.

        renamed_fields: (app, model in lower case, field) → the old name.

        defaults: The same → what new rows get from Python in a column.
    """

    models: tuple[ModelState, ...]
    sequences: tuple[tuple[str, Sequence], ...] = ()
    renamed_models: Mapping[ModelKey, str] = field(default_factory=dict)
    renamed_fields: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    defaults: PythonDefaults = field(default_factory=dict)
