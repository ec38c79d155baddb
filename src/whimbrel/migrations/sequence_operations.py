"""
Operations on sequences that stand alone (a column's own one comes with it).

Place: `migrations`, above `operation`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from whimbrel.migrations.effects import Effects
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Category, Operation
from whimbrel.state.dissect import dissect
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, eq=False, repr=False)
class CreateSequence(Operation):
    """Create a sequence (a `sqlalchemy.Sequence`)."""

    category: ClassVar[Category] = Category.ADDITION

    sequence: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "sequence", dissect(self.sequence))

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        name = self.sequence.full_name
        match later:
            case DeleteSequence() if later.name == name:
                return ()
            case AlterSequence() if later.sequence.full_name == name:
                return (replace(self, sequence=later.sequence),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.add_sequence(app_label, self.sequence)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(
            makes=frozenset({("sequence", app_label, self.sequence.full_name)})
        )

    def describe(self) -> str:
        return f"Create sequence {self.sequence.full_name}"

    @property
    def migration_name_fragment(self) -> str:
        return str(self.sequence.name).lower()


@dataclass(frozen=True, eq=False, repr=False)
class DeleteSequence(Operation):
    """Drop a sequence by its full name."""

    category: ClassVar[Category] = Category.REMOVAL

    name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_sequence(app_label, self.name)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(removes=frozenset({("sequence", app_label, self.name)}))

    def describe(self) -> str:
        return f"Delete sequence {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"delete_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class AlterSequence(Operation):
    """Change the arguments of a sequence."""

    category: ClassVar[Category] = Category.ALTERATION

    sequence: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "sequence", dissect(self.sequence))

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        name = self.sequence.full_name
        match later:
            case DeleteSequence() if later.name == name:
                return (later,)
            case AlterSequence() if later.sequence.full_name == name:
                return (later,)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.alter_sequence(app_label, self.sequence)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(
            changes=frozenset({("sequence", app_label, self.sequence.full_name)})
        )

    def describe(self) -> str:
        return f"Alter sequence {self.sequence.full_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.sequence.name.lower()}"
