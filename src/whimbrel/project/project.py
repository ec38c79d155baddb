"""
The facade: everything that the command line does, as calls.

Place: `project`, top. Each method is one function of this package; nothing here
prints or asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from whimbrel.detect.questions import Question
from whimbrel.execute.executor import Progress, ignore
from whimbrel.history.history import History
from whimbrel.models import session as current_session
from whimbrel.project import engine
from whimbrel.project.check import Checked, check
from whimbrel.project.config import (
    AUTO_FIELD,
    DEFAULT,
    HISTORY_TABLE,
    Config,
    load_config,
    make_app,
    make_databases,
)
from whimbrel.project.diagram import SchemaDiagram, diagram
from whimbrel.project.drawing.draw import Form, Subject, draw
from whimbrel.project.graph import MigrationGraph, graph
from whimbrel.project.makemigrations import (
    Ask,
    MadeMigrations,
    MakeRequest,
    makemigrations,
    open_questions,
)
from whimbrel.project.migrate import Migrated, Request, migrate
from whimbrel.project.optimize import OptimizedMigration, optimizemigration
from whimbrel.project.printed import PrintedMigration, PrintedScript
from whimbrel.project.recorded import load_history, recorded_state
from whimbrel.project.showmigrations import ShownMigrations, showmigrations
from whimbrel.project.sqlmigrate import sqlmigrate, sqlmigrations
from whimbrel.project.squash import (
    SquashedMigrations,
    SquashRequest,
    squashmigrations,
)
from whimbrel.project.wanted import read_wanted
from whimbrel.schema.statement import Statement
from whimbrel.state.project import ProjectState

T = TypeVar("T")


class Project:
    """
    A project: its apps and its databases.

    Args:
        apps: Label → a package ("library"), or a mapping with ``models``
            ("module:attribute", or several) and ``migrations`` (a folder).

        databases: Alias → URL; "default" is `sqlite:///db.sqlite3` unless given.

        folder: What relative paths are relative to, first on `sys.path`; None
            is the working folder.
    """

    def __init__(
        self,
        apps: Mapping[str, str | Mapping[str, Any]],
        databases: Mapping[str, str] | None = None,
        *,
        folder: str | Path | None = None,
        history_table: str = HISTORY_TABLE,
        default_auto_field: str = AUTO_FIELD,
    ) -> None:
        self.config = Config(
            folder=Path(folder or Path.cwd()).resolve(),
            history_table=history_table,
            default_auto_field=default_auto_field,
            databases=make_databases(databases or {}),
            apps=MappingProxyType(
                {label: make_app(label, value) for label, value in apps.items()}
            ),
        )

    @classmethod
    def from_config(cls, path: str | Path | None = None) -> Project:
        """
        Return the project that a configuration describes.

        Args:
            path: The file, or its folder; None searches upwards from the
                working folder.
        """
        project = cls({})
        project.config = load_config(path)
        return project

    def wanted_state(self) -> ProjectState:
        """Return the state of the models as they are now; imports them."""
        return read_wanted(self.config).state

    def history(self, database: str | None = None) -> History:
        """Return all migrations, as *database* sees them; None asks no database."""
        if database is None:
            return load_history(self.config)
        shown = showmigrations(self.config, database=database)
        recorded = [(one.app, one.name) for one in shown.plan if one.recorded]
        return load_history(self.config, [*recorded, *shown.lost])

    def recorded_state(self) -> ProjectState:
        """Return the state after all migrations."""
        return recorded_state(self.history())

    def makemigrations(
        self,
        *labels: str,
        ask: Ask | None = None,
        answers: Mapping[str, object] | None = None,
        rename: bool = True,
        merge: bool = False,
        empty: bool = False,
        name: str | None = None,
        header: bool = True,
        dry_run: bool = False,
    ) -> MadeMigrations:
        """Write migrations for what changed; see `project.makemigrations`."""
        request = MakeRequest(
            labels=labels,
            answers=answers or {},
            rename=rename,
            merge=merge,
            empty=empty,
            name=name,
            header=header,
            dry_run=dry_run,
        )
        return makemigrations(self.config, request, ask=ask)

    def questions(
        self, *labels: str, answers: Mapping[str, object] | None = None
    ) -> tuple[Question, ...]:
        """Return what `makemigrations` would ask."""
        request = MakeRequest(labels=labels, answers=answers or {})
        return open_questions(self.config, request)

    def migrate(
        self,
        app: str | None = None,
        target: str | None = None,
        *,
        database: str = DEFAULT,
        fake: bool = False,
        fake_initial: bool = False,
        plan_only: bool = False,
        prune: bool = False,
        progress: Callable[[Progress], None] = ignore,
        observe: Callable[[Statement], None] = ignore,
        notice: Callable[[str], None] = ignore,
    ) -> Migrated:
        """Bring a database to a point of the history; see `project.migrate`."""
        request = Request(
            app=app,
            target=target,
            database=database,
            plan_only=plan_only,
            fake=fake,
            fake_initial=fake_initial,
            prune=prune,
        )
        return migrate(
            self.config, request, progress=progress, observe=observe, notice=notice
        )

    def showmigrations(self, *labels: str, database: str = DEFAULT) -> ShownMigrations:
        """Return the migrations, and which of them *database* has."""
        return showmigrations(self.config, labels, database=database)

    def squashmigrations(
        self,
        app: str,
        end: str,
        *,
        start: str | None = None,
        optimized: bool = True,
        name: str | None = None,
        header: bool = True,
    ) -> SquashedMigrations:
        """Write one migration that stands for several; see `project.squash`."""
        request = SquashRequest(
            app=app, end=end, start=start, optimized=optimized, name=name, header=header
        )
        return squashmigrations(self.config, request)

    def optimizemigration(
        self, app: str, name: str, *, dry_run: bool = False
    ) -> OptimizedMigration:
        """Write a migration with fewer operations; see `project.optimize`."""
        return optimizemigration(self.config, app, name, dry_run=dry_run)

    def graph(self, *labels: str, database: str | None = DEFAULT) -> MigrationGraph:
        """Return the migrations and what they come after; see `project.graph`."""
        return graph(self.config, labels, database=database)

    def diagram(
        self,
        app: str | None = None,
        migration: str | None = None,
        *,
        database: str = DEFAULT,
    ) -> SchemaDiagram:
        """Return the tables at a point of the history; see `project.diagram`."""
        return diagram(self.config, app, migration, database=database)

    def draw(self, subject: Subject, form: Form) -> str:
        """Return the picture of a graph or diagram as the text of a file."""
        return draw(subject, form)

    def sqlmigrate(
        self,
        app: str,
        name: str,
        *,
        backwards: bool = False,
        record: bool = False,
        database: str = DEFAULT,
        dialect: str | None = None,
        server_version: str | None = None,
    ) -> PrintedMigration:
        """Return the SQL of a migration; see `project.sqlmigrate`."""
        return sqlmigrate(
            self.config,
            app,
            name,
            backwards=backwards,
            record=record,
            database=database,
            dialect=dialect,
            server_version=server_version,
        )

    def sqlmigrations(
        self,
        app: str | None = None,
        span: str | None = None,
        *,
        backwards: bool = False,
        record: bool = False,
        database: str = DEFAULT,
        dialect: str | None = None,
        server_version: str | None = None,
    ) -> PrintedScript:
        """Return the SQL from one point to another; see `project.sqlmigrate`."""
        return sqlmigrations(
            self.config,
            app,
            span,
            backwards=backwards,
            record=record,
            database=database,
            dialect=dialect,
            server_version=server_version,
        )

    def check(self) -> Checked:
        """Return all problems that can be found without changing anything."""
        return check(self.config)

    def connect(self, database: str = DEFAULT) -> AbstractContextManager[Connection]:
        """Return a connection to *database*, closed at the end of the block."""
        return engine.connect(self.config, database)

    def run(self, job: Callable[[Connection], T], database: str = DEFAULT) -> T:
        """Return what *job* returns, given a connection; any driver will do."""
        return engine.run(self.config, database, job)

    @contextmanager
    def session(self, database: str = DEFAULT) -> Iterator[Session]:
        """Yield a session that `Model.objects` uses; committed without an error."""
        with (
            self.connect(database) as connection,
            Session(connection) as session,
            current_session.use(session),
            session.begin(),
        ):
            yield session
