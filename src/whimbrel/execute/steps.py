"""
A migration as steps: what is done to the database in one go.

Place: `execute`, above `editor`. Neighbouring operations whose DDL follows from
the states alone are one step: the change from before the first to after the
last. What a data step or a custom operation does stands between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.migrations import Irreversible
from whimbrel.execute.editor import SchemaEditor
from whimbrel.migrations.hints import Hints
from whimbrel.migrations.operation import Operation
from whimbrel.state.project import ProjectState

NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Step:
    """
    Operations that are executed together.

    Args:
        first: The place of its first operation in the migration, from 1.

        hints: Composed over the operations; only where `derives_ddl`.
    """

    app_label: str
    operations: tuple[Operation, ...]
    before: ProjectState
    after: ProjectState
    first: int
    hints: Hints = NO_HINTS
    derives_ddl: bool = True

    @property
    def atomic(self) -> bool | None:
        """What the one operation of a data step asks for; None for a schema step."""
        return None if self.derives_ddl else self.operations[0].atomic

    @property
    def touches_schema(self) -> bool:
        """Whether it may run DDL: all but Python code that changes rows."""
        return self.derives_ddl or self.operations[0].reduces_to_sql

    def forwards(self, editor: SchemaEditor) -> None:
        if self.derives_ddl:
            editor.transition(self.before, self.after, self.hints)
            return
        self.operations[0].database_forwards(
            self.app_label, editor, self.before, self.after
        )

    def backwards(self, editor: SchemaEditor) -> None:
        if self.derives_ddl:
            editor.transition(self.after, self.before, self.hints.inverted())
            return
        self.operations[0].database_backwards(
            self.app_label, editor, self.after, self.before
        )

    def describe(self) -> tuple[str, ...]:
        return tuple(operation.describe() for operation in self.operations)


def steps_of(
    app_label: str,
    operations: Iterable[Operation],
    state: ProjectState,
    *,
    where: str = "",
    fuse: bool = True,
) -> tuple[Step, ...]:
    """Return the steps of *operations*; *state* is moved to after the last one.

    Args:
        where: The migration, for the place of an error.

        fuse: False makes every operation a step of its own.
    """
    steps: list[Step] = []
    for place, operation in enumerate(operations, 1):
        before = state.clone()
        try:
            operation.state_forwards(app_label, state)
        except WhimbrelError as error:
            raise error.at(
                f"{where}, operation {place}: {operation.describe()}"
            ) from error
        after = state.clone()
        step = single(app_label, operation, before, after, place)
        if fuse and steps and steps[-1].derives_ddl and step.derives_ddl:
            steps[-1] = joined(steps[-1], step)
        else:
            steps.append(step)
    return tuple(steps)


def single(
    app_label: str,
    operation: Operation,
    before: ProjectState,
    after: ProjectState,
    place: int,
) -> Step:
    """Return the step of one operation."""
    derives = operation.derives_ddl
    hints = operation.transition_hints(app_label, before, after) if derives else Hints()
    return Step(app_label, (operation,), before, after, place, hints, derives)


def joined(first: Step, second: Step) -> Step:
    """Return one step that does what two neighbours do."""
    return Step(
        first.app_label,
        first.operations + second.operations,
        first.before,
        second.after,
        first.first,
        first.hints.then(second.hints),
    )


def check_reversible(operations: Sequence[Operation], where: str) -> None:
    """Raise `Irreversible` (MI103) before anything is touched."""
    for operation in operations:
        if not operation.reversible:
            raise Irreversible(operation.describe(), where)
