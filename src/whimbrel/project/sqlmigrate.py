"""
`sqlmigrate`: the SQL of a migration, printed and not run.

Place: `project`, above `recorded`. The same steps and the same statements as the
executor's; no database is asked.
"""

from __future__ import annotations

from dataclasses import replace

from whimbrel.errors.base import WhimbrelError
from whimbrel.execute.editor import PrintingEditor
from whimbrel.execute.executor import place_of
from whimbrel.execute.steps import Step, check_reversible, steps_of
from whimbrel.history.history import History
from whimbrel.history.replay import state_before
from whimbrel.migrations.migration import Migration
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.engine import dialect_for
from whimbrel.project.printed import (
    PrintedLookup,
    PrintedMigration,
    PrintedStatement,
    PrintedStep,
)
from whimbrel.project.recorded import check_has_migrations, load_history
from whimbrel.schema.database import Database, database_for, offline_dialect
from whimbrel.schema.losses import losses_of
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import Lookup, Statement
from whimbrel.schema.versions import read_version
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


def sqlmigrate(
    config: Config,
    app: str,
    name: str,
    *,
    backwards: bool = False,
    database: str = DEFAULT,
    dialect: str | None = None,
    server_version: str | None = None,
) -> PrintedMigration:
    """
    Return the SQL of a migration.

    Args:
        name: The migration's name, or the beginning of it.

        dialect: "postgresql", "mysql", "sqlite", …; None takes the database's.

        server_version: "15", "8.4.2", "10.11-MariaDB"; None is the oldest that is
            supported, for SQLite that of the loaded library.

    Raises:
        DatabaseUnknown, VersionUnread: SC104, SC107.

        MigrationNotFound, AmbiguousName: HI112, HI113.

        Irreversible: MI103, *backwards* of what cannot be undone.
    """
    config.app(app)
    target = _target(config, database, dialect, server_version)
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
    whole = migration.atomic and target.facts.transactional_ddl
    lowering = Lowering(target)
    facts = target.facts
    touched = any(step.touches_schema for step in steps)
    return PrintedMigration(
        app=app,
        name=migration.name,
        backwards=backwards,
        dialect=target.dialect.name,
        version=".".join(map(str, target.version)) if target.version else None,
        transaction=whole,
        begin=facts.begins or "BEGIN",
        before=facts.prepares if touched else facts.settles,
        steps=tuple(
            replace(
                _printed(migration, step, target, lowering, backwards),
                transaction=not whole and _is_transaction(migration, step, target),
            )
            for step in (reversed(steps) if backwards else steps)
        ),
        after=facts.settles,
    )


def _target(
    config: Config, alias: str, dialect: str | None, server_version: str | None
) -> Database:
    """Return the database that the SQL is for; opens nothing."""
    found = offline_dialect(dialect) if dialect else dialect_for(config, alias)
    if server_version is None:
        return database_for(found)
    version, is_mariadb = read_version(server_version)
    return database_for(found, version, is_mariadb=is_mariadb or None)


def _is_transaction(migration: Migration, step: Step, target: Database) -> bool:
    """Whether *step* alone is a transaction, and that can be seen."""
    if step.derives_ddl and not target.facts.transactional_ddl:
        return False  # each statement is final
    return step.opens_transaction(migration.atomic, target.facts)


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
        losses = losses_of(change, asks.read)
        notes += [loss.text for loss in losses]
    return PrintedStep(
        operations=tuple(reversed(described)) if backwards else described,
        statements=tuple(map(_statement, editor.statements)),
        notes=tuple(notes),
        checks=tuple(c.sql for change in editor.changes for c in asks.checks(change)),
    )


def _statement(statement: Statement) -> PrintedStatement:
    return PrintedStatement(
        sql=statement.sql,
        does=statement.does,
        table=statement.table and _dotted(statement.table),
        transactional=statement.transactional,
        lookups=tuple(
            PrintedLookup(
                placeholder=lookup.placeholder,
                kind=lookup.kind,
                table=_dotted(lookup.table),
                columns=lookup.columns,
                expected=lookup.expected,
            )
            for lookup in statement.lookups
        ),
        parameters=statement.parameters,
        saves=statement.saves,
        restores=statement.restores,
        finds_violations=statement.finds_violations,
    )


def _dotted(key: TableKey) -> str:
    return ".".join(part for part in key if part is not None)


def _looked_up(lookup: Lookup) -> str:
    kind = NAMELESS[lookup.kind]
    if lookup.kind == "collation":
        return (
            f"{lookup.placeholder}: the collation of the database of "
            f"{lookup.table[1]}, looked up there"
        )
    return (
        f"{lookup.placeholder}: the {kind} of {lookup.table[1]} over "
        f"({', '.join(lookup.columns)}), looked up in the database"
    )
