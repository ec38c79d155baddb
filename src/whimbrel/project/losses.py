"""
What the migrations of a plan lose, before any of them runs.

Place: `project`, above `execute.steps`. The same steps as the executor's, followed
in the states alone; no row is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whimbrel.errors.base import WhimbrelError
from whimbrel.execute.executor import name_of, place_of
from whimbrel.execute.steps import Step, steps_of
from whimbrel.history.history import Key
from whimbrel.history.plan import Step as PlannedStep
from whimbrel.history.replay import advance
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.operation import Category
from whimbrel.schema.database import Database
from whimbrel.schema.losses import Loss, losses_of
from whimbrel.schema.lower import Lowering
from whimbrel.schema.transition import transition
from whimbrel.state.project import ProjectState


def losses_of_plan(
    plan: Sequence[PlannedStep],
    order: Iterable[Migration],
    applied: Iterable[Key],
    database: Database,
) -> list[tuple[Loss, ...]]:
    """
    Return what each migration of *plan* loses.

    Args:
        order: All migrations of the history, each after its dependencies.

        applied: What the database has when the plan begins.

    Raises:
        SchemaError: SC1xx, a migration has no words in this database.
    """
    backwards = any(undone for _, undone in plan)
    gone = {migration.key for migration, _ in plan} if backwards else set()
    there = set(applied) - gone
    state = ProjectState()
    for migration in order:
        if migration.key in there:
            advance(state, migration)
    lowering = Lowering(database)
    found: dict[Key, tuple[Loss, ...]] = {}
    for migration, _ in reversed(plan) if backwards else plan:
        steps = steps_of(
            migration.app_label, migration.operations, state, where=name_of(migration)
        )
        found[migration.key] = losses_of_steps(migration, steps, lowering, backwards)
    return [found[migration.key] for migration, _ in plan]


def losses_of_steps(
    migration: Migration, steps: Sequence[Step], lowering: Lowering, backwards: bool
) -> tuple[Loss, ...]:
    """Return what the schema steps of one migration lose, in the order of doing."""
    losses: list[Loss] = []
    for step in reversed(steps) if backwards else steps:
        try:
            losses += losses_of_step(step, lowering, backwards)
        except WhimbrelError as error:
            raise error.at(place_of(migration, step)) from error.__cause__
    return tuple(losses)


def losses_of_step(step: Step, lowering: Lowering, backwards: bool) -> tuple[Loss, ...]:
    """Return what one step loses; a data step says nothing about what it does."""
    if not step.derives_ddl or (not backwards and only_adds(step)):
        return ()
    if backwards:
        hints = step.hints.inverted()
        leads_to = step.outer and step.outer[0]
        change = transition(step.after, step.before, hints, lowering, leads_to)
    else:
        leads_to = step.outer and step.outer[1]
        change = transition(step.before, step.after, step.hints, lowering, leads_to)
    read = lowering.database.compiler.checks.read
    return losses_of(change, read)


def only_adds(step: Step) -> bool:
    """Whether nothing that was there can be lost, so that nobody need look."""
    return all(operation.category is Category.ADDITION for operation in step.operations)
