"""
`sqlmigrate`: the SQL of migrations, printed and not run.

Place: `project`, above `recorded` and `span`. The same steps and the same statements
as the executor's; no database is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.project import PythonInScript
from whimbrel.execute.editor import PrintingEditor
from whimbrel.execute.executor import name_of, place_of
from whimbrel.execute.recorder import (
    history_table,
    sql_that_ensures,
    sql_that_forgets,
    sql_that_records,
)
from whimbrel.execute.steps import Step, check_reversible, steps_of
from whimbrel.history.history import History
from whimbrel.history.plan import Step as PlannedStep
from whimbrel.history.replay import advance, state_before
from whimbrel.migrations.migration import Migration
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.engine import dialect_for
from whimbrel.project.migrate import order_of, recorded_with_squashes
from whimbrel.project.printed import (
    PrintedFill,
    PrintedLookup,
    PrintedMigration,
    PrintedScript,
    PrintedStatement,
    PrintedStep,
    PrintedUnless,
)
from whimbrel.project.recorded import check_has_migrations, load_history
from whimbrel.project.span import Span
from whimbrel.schema.database import Database, database_for, offline_dialect
from whimbrel.schema.losses import losses_of
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import TableKey
from whimbrel.schema.statement import EachRow, Lookup, Statement, Unless
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
    record: bool = False,
    database: str = DEFAULT,
    dialect: str | None = None,
    server_version: str | None = None,
) -> PrintedMigration:
    """
    Return the SQL of a migration.

    Args:
        name: The migration's name, or the beginning of it.

        record: With the SQL that records it in the history table.

        dialect: "postgresql", "mysql", "sqlite", …; None takes the database's.

        server_version: "15", "8.4.2", "10.11-MariaDB"; None is the oldest that is
            supported, for SQLite that of the loaded library.

    Raises:
        DatabaseUnknown, VersionUnread: SC104, SC107.

        MigrationNotFound, AmbiguousName: HI112, HI113.

        Irreversible: MI103, *backwards* of what cannot be undone.

        PythonInScript: PR124, *record* of one that runs Python code.
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
    printer = _Printer(config, history, target, record)
    steps = printer.steps(migration, state_before(history, migration.key))
    return printer.printed(migration, steps, backwards, first=True)


def sqlmigrations(
    config: Config,
    app: str | None = None,
    span: str | None = None,
    *,
    backwards: bool = False,
    record: bool = False,
    database: str = DEFAULT,
    dialect: str | None = None,
    server_version: str | None = None,
) -> PrintedScript:
    """
    Return the SQL that leads a database from one point of the history to another.

    Each migration is by itself, as `migrate` executes it where it does not join
    several. Those of other apps that it needs, and FROM does not, come with it.

    Args:
        app: None means all apps.

        span: ``FROM:TO``, names or beginnings of names, FROM being what the
            database has; without one of them, from or to the end of the history.
            None is all of it.

        backwards: From TO to FROM. So is a FROM that comes after TO.

    Raises:
        All that `sqlmigrate` raises.
    """
    if app is not None:
        config.app(app)
    target = _target(config, database, dialect, server_version)
    history = load_history(config)
    history.check_conflicts()
    wanted = Span.read(app, span, backwards=backwards)
    history = history.seen_by(wanted.applied(history))
    plan = wanted.steps(history)
    for migration, undone in plan:
        if undone:
            check_reversible(migration.operations, str(migration))
    printer = _Printer(config, history, target, record)
    return PrintedScript(migrations=tuple(printer.plan(plan)))


@dataclass(slots=True)
class _Printer:
    """What all migrations of a script have in common."""

    config: Config
    history: History
    target: Database
    record: bool
    lowering: Lowering = field(init=False)

    def __post_init__(self) -> None:
        self.lowering = Lowering(self.target)

    def plan(self, plan: Sequence[PlannedStep]) -> Iterator[PrintedMigration]:
        """Yield the migrations of *plan*, all of which lead in one direction."""
        backwards = any(undone for _, undone in plan)
        gone = {migration.key for migration, _ in plan} if backwards else set()
        there = {*self.history.applied, *self.history.recorded} - gone
        state = ProjectState()
        for migration in order_of(self.history, plan):
            if migration.key in there:
                advance(state, migration)
        onwards = plan[::-1] if backwards else plan
        steps = {m.key: self.steps(m, state) for m, _ in onwards}
        for place, (migration, _) in enumerate(plan):
            yield self.printed(
                migration, steps[migration.key], backwards, first=not place
            )

    def steps(self, migration: Migration, state: ProjectState) -> tuple[Step, ...]:
        """Return the steps of *migration*; *state* is moved behind it."""
        return steps_of(
            migration.app_label, migration.operations, state, where=name_of(migration)
        )

    def printed(
        self,
        migration: Migration,
        steps: Sequence[Step],
        backwards: bool,
        *,
        first: bool,
    ) -> PrintedMigration:
        """Return one migration; the *first* of a script makes the history table."""
        facts = self.target.facts
        whole = migration.atomic and facts.transactional_ddl
        touched = any(step.touches_schema for step in steps)
        done = tuple(
            replace(
                _printed(migration, step, self.target, self.lowering, backwards),
                transaction=not whole and _is_transaction(migration, step, self.target),
            )
            for step in (reversed(steps) if backwards else steps)
        )
        if self.record and any(step.python for step in done):
            raise PythonInScript(migration.app_label, migration.name)
        ensures = (self.ensures(),) if self.record and first else ()
        records = (self.records(migration, backwards),) if self.record else ()
        version = self.target.version
        return PrintedMigration(
            app=migration.app_label,
            name=migration.name,
            backwards=backwards,
            dialect=self.target.dialect.name,
            version=".".join(map(str, version)) if version else None,
            transaction=whole,
            begin=facts.begins or "BEGIN",
            before=facts.prepares if touched else facts.settles,
            steps=done,
            after=facts.settles,
            ensures=ensures,
            records=records,
        )

    @property
    def table(self) -> sa.Table:
        return history_table(self.config.history_table)

    def ensures(self) -> str:
        return sql_that_ensures(self.table, self.target.dialect)

    def records(self, migration: Migration, backwards: bool) -> str:
        """Return the one statement that records *migration*, or takes that back."""
        replaced = recorded_with_squashes(self.history)
        keys = (*replaced.get(migration.key, ()), migration.key)
        if backwards:
            return sql_that_forgets(keys, self.table, self.target.dialect)
        now = self.target.facts.utc_now
        return sql_that_records(keys, self.table, self.target.dialect, now)


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
    fills = any(statement.each_row for statement in editor.statements)
    if fills:
        notes.append("Python gives rows their values, which a script cannot")
    described = step.describe()
    asks = database.compiler.checks
    for change in editor.changes:
        losses = losses_of(change, asks.read)
        notes += [loss.text for loss in losses]
    return PrintedStep(
        operations=tuple(reversed(described)) if backwards else described,
        statements=tuple(map(_statement, editor.statements)),
        notes=tuple(notes),
        python=fills or bool(editor.data_steps),
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
        unless=_unless(statement.unless),
        finds_violations=statement.finds_violations,
        each_row=None if statement.each_row is None else _fill(statement.each_row),
    )


def _fill(each: EachRow) -> PrintedFill:
    return PrintedFill(
        value=each.fill.words, reads=each.first, writes="?".join(each.write)
    )


def _unless(unless: Unless | None) -> PrintedUnless | None:
    if unless is None:
        return None
    return PrintedUnless(query=unless.query, case=unless.case)


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
