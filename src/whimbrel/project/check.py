"""
`check`: look for problems, change nothing.

Place: `project`, above the other jobs. Each check is independent where it can
be: one problem does not hide the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from whimbrel.errors.base import WhimbrelError, listing
from whimbrel.history.history import History
from whimbrel.project.config import Config
from whimbrel.project.engine import dialect_for
from whimbrel.project.makemigrations import changes_of
from whimbrel.project.recorded import check_files, load_history, read_recorded
from whimbrel.project.wanted import Wanted, read_wanted
from whimbrel.schema.database import Database, database_for
from whimbrel.schema.lower import Lowering


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One problem.

    Args:
        code: Of the error, or CH1xx of a check of its own.
    """

    code: str
    what: str
    where: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings, and what was looked at: label → how many of it."""

    findings: tuple[Finding, ...]
    apps: int
    models: int
    migrations: int
    databases: tuple[str, ...]


def check(config: Config) -> Checked:
    """Return all problems with the configuration, models, migrations, databases."""
    findings: list[Finding] = []
    if not config.apps:
        findings.append(
            Finding(
                code="CH101",
                what="no apps are configured",
                where=str(config.file) if config.file else None,
                fix='write, under [tool.whimbrel.apps], library = "library"',
            )
        )
    wanted: Wanted | None = None
    history: History | None = None
    with _noting(findings):
        wanted = read_wanted(config)
    with _noting(findings):
        history = load_history(config)
    if history is not None:
        with _noting(findings):
            history.check_conflicts()
    if wanted is not None and history is not None:
        with _noting(findings):
            findings += _changes(wanted, history)
    for alias in config.databases:
        with _noting(findings):
            if wanted is not None:
                findings += _names(wanted, database_for(dialect_for(config, alias)))
            if history is not None:
                _check_database(config, alias, history)
    return Checked(
        findings=tuple(findings),
        apps=len(config.apps),
        models=len(wanted.state.models) if wanted else 0,
        migrations=len(history.migrations) if history else 0,
        databases=tuple(config.databases),
    )


@contextmanager
def _noting(findings: list[Finding]) -> Iterator[None]:
    """Turn an error into a finding, once."""
    try:
        yield
    except WhimbrelError as error:
        finding = Finding(
            code=error.code, what=error.what, where=error.where, fix=error.fix
        )
        if finding not in findings:
            findings.append(finding)


def _changes(wanted: Wanted, history: History) -> Iterator[Finding]:
    apps = changes_of(wanted, history)
    if apps:
        yield Finding(
            code="CH102",
            what=f"models have changes that no migration has: {listing(apps)}",
            fix="run `whimbrel makemigrations`",
        )


def _check_database(config: Config, alias: str, history: History) -> None:
    """Raise what is wrong with the database and with what it has recorded."""
    seen = history.seen_by(read_recorded(config, alias))
    where = f"database {alias!r}, table {config.history_table}"
    check_files(seen, where=where)
    seen.check_consistent(where)


def _names(wanted: Wanted, database: Database) -> Iterator[Finding]:
    """Yield the names that are longer than *database* keeps."""
    limit = database.facts.identifier_length
    lowering = Lowering(database)
    for key, model in wanted.state.models.items():
        lowered = lowering.lower(wanted.state, key)
        tables = [t for t in (lowered.main, *lowered.many_to_many.values()) if t]
        for table in tables:
            names = [table.name, *(column.name for column in table.columns)]
            for name in names:
                if len(name) > limit:
                    yield Finding(
                        code="CH103",
                        what=f"the name {name!r} has {len(name)} characters, and "
                        f"{database.name} keeps {limit}",
                        where=model.label,
                        fix="give the table or column a shorter name",
                    )
