"""
What `migrate` prints when there is something to do.

Place: `cli`, loaded by `migrate` when it finds work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from whimbrel.cli.call import counted, say
from whimbrel.cli.colours import symbol
from whimbrel.execute.executor import Progress
from whimbrel.project.describe import Described
from whimbrel.project.migrate import Migrated, PlannedMigration
from whimbrel.schema.statement import Statement

COUNTED = 10
"""From how many migrations on each line says how far the run is."""


@dataclass(slots=True)
class Report:
    """
    Prints a run as it goes.

    Args:
        verbosity: 1 prints what each migration does, 2 every statement.
    """

    verbosity: int = 0
    total: int = 0
    started: int = 0
    line_is_open: bool = False

    def starting(self, plan: Sequence[PlannedMigration]) -> None:
        """Say what the run is about to do."""
        self.total = len(plan)
        apps = ", ".join(sorted({migration.app for migration in plan}))
        verb = "Taking back" if plan[0].backwards else "Applying"
        say(
            click.style(
                f"{verb} {counted(self.total, 'migration')} of {apps}", bold=True
            )
        )

    def progress(self, event: Progress) -> None:
        """Print the start of a line when migrations start, its end when they end."""
        if event.kind == "start":
            self._start(event)
            return
        if event.kind == "apart":
            click.echo(
                click.style("failed and taken back; now one by one", fg="yellow")
            )
            self.line_is_open = False
            self.started -= len(event.migrations)
            return
        outcome = "FAKED" if event.faked else "OK"
        text = click.style(outcome, fg="yellow" if event.faked else "green")
        timing = "" if event.faked else f" ({event.seconds:.2f} s)"
        click.echo(f"{'' if self.line_is_open else '  '}{text}{timing}")
        self.line_is_open = False

    def observe(self, statement: Statement) -> None:
        """Print a statement before it is executed."""
        if self.verbosity > 1:
            self.close_line()
            click.echo(click.style(f"    {statement.sql};", dim=True))

    def notice(self, text: str) -> None:
        """Print what a person should know, and that stops nothing."""
        self.close_line()
        say(click.style(f"    note: {text}", fg="yellow"))

    def close_line(self) -> None:
        """End a line that nothing will end any more."""
        if self.line_is_open:
            click.echo()
            self.line_is_open = False

    def _start(self, event: Progress) -> None:
        verb = "Unapplying" if event.backwards else "Applying"
        for place, migration in enumerate(event.migrations):
            self.close_line()
            self.started += 1
            count = f"[{self.started}/{self.total}] " if self.total >= COUNTED else ""
            word = f"{'and':>{len(verb)}}" if place else verb
            name = click.style(migration, bold=True)
            last = place == len(event.migrations) - 1
            end = "… " if last else ""
            click.echo(f"  {count}{word} {name}{end}", nl=False)
            self.line_is_open = True
            if self.verbosity:
                self.close_line()
                for operation in migration.operations:
                    click.echo(f"    {operation.formatted_description()}")


def print_plan(result: Migrated) -> None:
    """Print what would be done."""
    if not result.plan:
        click.echo("No planned migration operations.")
    for migration in result.plan:
        name = click.style(f"{migration.app}.{migration.name}", bold=True)
        click.echo(name + (" (taken back)" if migration.backwards else ""))
        for operation in migration.operations:
            click.echo(f"  {_planned(operation, migration.backwards)}")
        for loss in migration.losses:
            click.echo(f"  {click.style(f'! {loss.text}', fg='yellow')}")


def print_end(result: Migrated) -> None:
    """Print what a run that did nothing, or only pruned, came to."""
    for app, name in result.pruned:
        click.echo(f"Pruned {app}.{name}")
    if not result.pruned and not result.plan:
        click.echo("No migrations to apply.")


def as_json(result: Migrated) -> dict[str, Any]:
    """Return the plan for a program."""
    plan = [asdict(migration) for migration in result.plan]
    return {"database": result.database, "plan": plan}


def _planned(operation: Described, backwards: bool) -> str:
    text = f"Undo {operation.text}" if backwards else operation.text
    detail = f" -> {operation.detail}" if operation.detail else ""
    if backwards and not operation.reversible:
        detail = click.style(" -> IRREVERSIBLE", fg="red")
    return f"{symbol(operation.symbol)} {text}{detail}"
