"""
`sqlmigrate`: the SQL of a migration, printed and not run.

Place: `project`, above `recorded`. The same steps and the same statements as the
executor's; no database is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from whimbrel.errors.base import WhimbrelError
from whimbrel.execute.editor import PrintingEditor
from whimbrel.execute.executor import place_of
from whimbrel.execute.steps import Step, check_reversible, steps_of
from whimbrel.history.history import History
from whimbrel.history.replay import state_before
from whimbrel.migrations.migration import Migration
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.engine import dialect_for
from whimbrel.project.recorded import check_has_migrations, load_history
from whimbrel.schema.database import Database, database_for
from whimbrel.schema.losses import losses_of
from whimbrel.schema.lower import Lowering
from whimbrel.schema.statement import Lookup, Statement
from whimbrel.state.project import ProjectState

NAMELESS = {
    "primary_key": "primary key",
    "foreign_key": "foreign key",
    "unique": "unique constraint",
    "check": "check constraint",
    "exclude": "exclusion constraint",
    "index": "index",
    "collation": "collation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStep:
    """
    Operations that are executed together.

    Args:
        operations: What they do, in words.

        statements: SQL texts without a closing semicolon.

        notes: What cannot be said in SQL, and what is lost.

        checks: What is asked of the rows first; each row of an answer stands in
            the way.
    """

    operations: tuple[str, ...]
    statements: tuple[str, ...]
    notes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedMigration:
    """The SQL of one migration; *transaction* when all of it runs in one."""

    app: str
    name: str
    backwards: bool
    dialect: str
    transaction: bool
    steps: tuple[PrintedStep, ...]


def sqlmigrate(
    config: Config,
    app: str,
    name: str,
    *,
    backwards: bool = False,
    database: str = DEFAULT,
    dialect: str | None = None,
) -> PrintedMigration:
    """
    Return the SQL of a migration.

    Args:
        name: The migration's name, or the beginning of it.

        dialect: "postgresql", "mysql", "sqlite", …; None takes the database's.

    Raises:
        MigrationNotFound, AmbiguousName: HI112, HI113.

        Irreversible: MI103, *backwards* of what cannot be undone.
    """
    config.app(app)
    target = database_for(dialect or dialect_for(config, database))
    history = load_history(config)
    check_has_migrations(history, app)
    migration = history.find(app, name)
    if backwards:
        check_reversible(migration.operations, str(migration))
    if migration.key not in history.graph:
        # A replaced migration is a node again when no squash is used.
        squashes = [key for key, m in history.migrations.items() if m.replaces]
        history = history.seen_by((), unfolded=squashes)
    steps = steps_of(app, migration.operations, _before(history, migration))
    lowering = Lowering(target)
    return PrintedMigration(
        app=app,
        name=migration.name,
        backwards=backwards,
        dialect=target.dialect.name,
        transaction=migration.atomic and target.facts.transactional_ddl,
        steps=tuple(
            _printed(migration, step, target, lowering, backwards)
            for step in (reversed(steps) if backwards else steps)
        ),
    )


def _before(history: History, migration: Migration) -> ProjectState:
    return state_before(history, migration.key)


def _printed(
    migration: Migration,
    step: Step,
    database: Database,
    lowering: Lowering,
    backwards: bool,
) -> PrintedStep:
    editor = PrintingEditor(database, lowering)
    try:
        if backwards:
            step.backwards(editor)
        else:
            step.forwards(editor)
    except WhimbrelError as error:
        raise error.at(place_of(migration, step)) from error.__cause__
    lookups = [item for s in editor.statements for item in s.lookups]
    notes = [_looked_up(item) for item in lookups if item.expected is None]
    if editor.data_steps:
        notes.append("Python code, which cannot be written as SQL")
    elif not editor.statements:
        notes.append("no SQL")
    described = step.describe()
    asks = database.compiler.checks
    for change in editor.changes:
        losses = losses_of(change, asks.read, returning=backwards)
        notes += [loss.text for loss in losses]
    return PrintedStep(
        operations=tuple(reversed(described)) if backwards else described,
        statements=tuple(_text(statement) for statement in editor.statements),
        notes=tuple(notes),
        checks=tuple(c.sql for change in editor.changes for c in asks.checks(change)),
    )


def _text(statement: Statement) -> str:
    if statement.parameters is None:
        return statement.sql
    return f"{statement.sql} -- {statement.parameters!r}"


def _looked_up(lookup: Lookup) -> str:
    kind = NAMELESS[lookup.kind]
    return (
        f"{lookup.placeholder}: the {kind} of {lookup.table[1]} over "
        f"({', '.join(lookup.columns)}), looked up in the database"
    )
