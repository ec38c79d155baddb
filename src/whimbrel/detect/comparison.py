"""
The two states that are compared once renames are done.

Place: `detect`, above `script`; every file that compares one kind of object gets
a `Comparison` and yields drafts and questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from whimbrel.detect.changes import Change
from whimbrel.detect.claims import claims_of
from whimbrel.detect.questions import Answers, Question
from whimbrel.detect.ranks import rank_of
from whimbrel.detect.script import Draft
from whimbrel.migrations.operation import Operation
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.project import ProjectState

Found: TypeAlias = Draft | Question


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonDefault:
    """
    The value that new rows get from Python, where no state has it.

    Args:
        refused: Why existing rows cannot get it; there is no *value* then.
    """

    value: object = None
    refused: str | None = None


PythonDefaults: TypeAlias = Mapping[tuple[str, str, str], PythonDefault]
"""App, model in lower case, column → its default."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Args:
        before: The old state after all renames.

        doubtful: Fields that may yet turn out to be renamed; nothing else is
            asked about them.

        renamed_values: Field → old → new text of values of its enumeration.

        recreated: Model → fields that are removed and added under one name.

        defaults: Of columns of SQLAlchemy tables, in Python.
    """

    before: ProjectState
    after: ProjectState
    answers: Answers = field(default_factory=dict)
    doubtful: frozenset[tuple[ModelKey, str]] = frozenset()
    renamed_values: Mapping[tuple[ModelKey, str], Mapping[str, str]] = field(
        default_factory=dict
    )
    recreated: Mapping[ModelKey, frozenset[str]] = field(default_factory=dict)
    defaults: PythonDefaults = field(default_factory=dict)

    def draft(
        self,
        model: ModelState,
        operation: Operation,
        *,
        before: ProjectState | None = None,
        rank: int | None = None,
    ) -> Draft:
        """
        Return *operation* on *model* as a draft.

        Args:
            before: The state from which its effects are seen, if not the old one.

            rank: If not the usual one of this operation.
        """
        return self.app_draft(model.app_label, operation, before=before, rank=rank)

    def app_draft(
        self,
        app_label: str,
        operation: Operation,
        *,
        before: ProjectState | None = None,
        rank: int | None = None,
    ) -> Draft:
        """Return *operation* of *app_label* as a draft."""
        old = self.before if before is None else before
        effects = operation.effects(app_label, old, self.after)
        claims = claims_of(app_label, operation, old, self.after)
        usual = rank_of(operation) if rank is None else rank
        return Draft(Change(app_label, operation, effects), usual, claims)
