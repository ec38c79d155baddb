"""
A migration as steps: what is done to the database in one go.

Place: `execute`, above `editor` and `fusing`. Neighbouring operations whose DDL
follows from the states alone are one step, as far as `fusing` allows it: the change
from before the first to after the last. What a data step or a custom
operation does stands between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.migrations import Irreversible
from whimbrel.execute.editor import SchemaEditor
from whimbrel.execute.fusing import NOTHING, Rows, Touched, composed, touched_by
from whimbrel.facts import Facts
from whimbrel.migrations.hints import Hints, ModelKey
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

        touched: What it does to rows; of one operation only.

        data_before, data_after: Whether a data step stands on that side of it in
            the same migration.

        outer: The states before and after its migration as a whole.
    """

    app_label: str
    operations: tuple[Operation, ...]
    before: ProjectState
    after: ProjectState
    first: int
    hints: Hints = NO_HINTS
    derives_ddl: bool = True
    touched: Touched = NOTHING
    data_before: bool = False
    data_after: bool = False
    outer: tuple[ProjectState, ProjectState] | None = None

    @property
    def atomic(self) -> bool | None:
        """What the one operation of a data step asks for; None for a schema step."""
        return None if self.derives_ddl else self.operations[0].atomic

    @property
    def touches_schema(self) -> bool:
        """Whether it may run DDL: all but Python code that changes rows."""
        return self.derives_ddl or self.operations[0].reduces_to_sql

    def opens_transaction(self, atomic: bool, facts: Facts) -> bool:
        """
        Whether it is a transaction of its own where its migration is none.

        Args:
            atomic: What the migration asks for.
        """
        if self.derives_ddl:
            return atomic or facts.begins is not None  # a rebuild needs one
        return bool(self.atomic or (atomic and self.atomic is not False))

    def forwards(self, editor: SchemaEditor) -> None:
        editor.data_follows = self.data_after
        editor.leads_to = self.outer and self.outer[1]
        if self.derives_ddl:
            editor.transition(self.before, self.after, self.hints)
            return
        self.operations[0].database_forwards(
            self.app_label, editor, self.before, self.after
        )

    def backwards(self, editor: SchemaEditor) -> None:
        editor.data_follows = self.data_before
        editor.leads_to = self.outer and self.outer[0]
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
) -> tuple[Step, ...]:
    """Return the steps of *operations*; *state* is moved to after the last one.

    Args:
        where: The migration, for the place of an error.
    """
    steps = single_steps(app_label, operations, state, where=where)
    return tuple(run.step() for run in runs(steps))


def single_steps(
    app_label: str, operations: Iterable[Operation], state: ProjectState, *, where: str
) -> tuple[Step, ...]:
    """Return a step for each operation; arguments as of `steps_of`."""
    steps: list[Step] = []
    start = state.clone()
    for place, operation in enumerate(operations, 1):
        before = state.clone()
        try:
            operation.state_forwards(app_label, state)
        except WhimbrelError as error:
            raise error.at(
                f"{where}, operation {place}: {operation.describe()}"
            ) from error
        steps.append(single(app_label, operation, before, state.clone(), place))
    data = [place for place, step in enumerate(steps) if not step.derives_ddl]
    first, last = (data[0], data[-1]) if data else (len(steps), -1)
    outer = (start, state.clone())
    return tuple(
        replace(step, data_before=first < place, data_after=place < last, outer=outer)
        for place, step in enumerate(steps)
    )


def single(
    app_label: str,
    operation: Operation,
    before: ProjectState,
    after: ProjectState,
    place: int,
) -> Step:
    """Return the step of one operation."""
    if not operation.derives_ddl:
        return Step(app_label, (operation,), before, after, place, derives_ddl=False)
    hints = operation.transition_hints(app_label, before, after)
    touched = touched_by(operation, app_label, before, after, hints)
    return Step(app_label, (operation,), before, after, place, hints, touched=touched)


@dataclass(slots=True)
class Run:
    """
    Neighbouring steps that are executed as one.

    Args:
        rows: What is known of the rows after the last one.

        made: Models that the run itself makes: of their tables, only the last
            form is ever seen.
    """

    rows: Rows
    steps: list[Step] = field(default_factory=list)
    hints: list[Hints] = field(default_factory=list)
    made: set[ModelKey] = field(default_factory=set)

    def takes(self, step: Step) -> bool:
        """Whether *step* may be executed as one with those that are here."""
        if not self.steps:
            return True
        both = self.steps[-1].derives_ddl and step.derives_ddl
        return both and self.rows.allow(step.touched)

    def add(self, step: Step) -> None:
        hints = step.hints
        self.steps.append(step)
        if not hints.only_fields_of(self.made):
            self.hints.append(hints)
        self.made = {hints.models.get(k, k) for k in self.made - hints.gone_models}
        self.made |= step.touched.fresh
        self.rows.follow(step.touched, hints)
        if not step.derives_ddl:
            self.rows.empty = set()

    def step(self) -> Step:
        """Return one step that does what all of them do in turn."""
        first, last = self.steps[0], self.steps[-1]
        if first is last:
            return first
        return Step(
            first.app_label,
            tuple(o for step in self.steps for o in step.operations),
            first.before,
            last.after,
            first.first,
            composed(self.hints),
            data_before=first.data_before,
            data_after=last.data_after,
            outer=first.outer and last.outer and (first.outer[0], last.outer[1]),
        )


def runs(steps: Iterable[Step], empty: Iterable[ModelKey] = ()) -> Iterator[Run]:
    """
    Yield *steps* in runs, each as long as it can be.

    Args:
        empty: Models whose tables have no rows before the first step.
    """
    run = Run(Rows(set(empty)))
    for step in steps:
        if not run.takes(step):
            yield run
            run = Run(run.rows.later())
        run.add(step)
    if run.steps:
        yield run


def check_reversible(operations: Sequence[Operation], where: str) -> None:
    """Raise `Irreversible` (MI103) before anything is touched."""
    for operation in operations:
        if not operation.reversible:
            raise Irreversible(operation.describe(), where)
