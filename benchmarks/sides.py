"""
The two sides of `side_by_side.py`: what Whimbrel and Alembic do about one pair.

Both begin at the old release's schema, write one migration, and run it there and
back. Alembic is used as its manual says: a folder of revisions made by
``alembic init``, an ``env.py`` with the documented options, and the commands
``revision --autogenerate``, ``upgrade`` and ``downgrade``. No revision is edited.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from whimbrel.migrations.field_operations import RemoveField
from whimbrel.migrations.model_operations import DeleteModel
from whimbrel.testing.corpora.answers import APP, Fills, answering, edited
from whimbrel.testing.corpora.benches import state_of
from whimbrel.testing.corpora.pairs import Ends, passed_on
from whimbrel.testing.corpora.releases import Pair
from whimbrel.testing.journey import Journey, detected, refuse

VERSION_TABLE = "side_by_side_version"
"""Alembic's own table: an application's models may have the usual name."""

OLD, NEW = "0001", "0002"

ENV = f'''\
from alembic import context

given = context.config.attributes
connection = given["connection"]
context.configure(
    connection=connection,
    target_metadata=given["metadata"],
    compare_type=True,
    compare_server_default=True,
    render_as_batch=connection.dialect.name == "sqlite",
    version_table="{VERSION_TABLE}",
    process_revision_directives=given.get("note"),
)
with context.begin_transaction():
    context.run_migrations()
'''

IMPORTS = '${imports if imports else ""}'
MORE_IMPORTS = f"from sqlalchemy import Text\n{IMPORTS}"
"""Revisions say ``JSONB(astext_type=Text())`` and do not import the name."""

Dropped = set[tuple[str, str | None]]
"""(table, column) that a migration drops; None for the whole table."""


class Side(Protocol):
    """
    One tool on one database with one pair; methods are called in this order.

    Args:
        asked: The questions that were put.
    """

    asked: set[str]

    def start(self) -> None:
        """Give the empty database the old release's schema."""

    def make(self) -> Dropped:
        """Write the migration to the new release."""

    def up(self) -> None: ...

    def again(self) -> int:
        """Return how many changes are found, though none was made."""

    def back(self) -> None: ...


class WhimbrelSide:
    def __init__(
        self,
        pair: Pair,
        ends: Ends,
        fills: tuple[Fills, Fills],
        engine: sa.Engine,
        folder: Path,
    ) -> None:
        self.pair, self.ends, self.engine = pair, ends, engine
        self.fills, self.back_fills = fills
        self.asked: set[str] = set()
        self.journey = Journey((APP,), folder)
        self.wanted = state_of(pair.after)

    def start(self) -> None:
        self.journey.make(state_of(self.pair.before))
        self.leaves = self.journey.leaves()
        self.up()

    def make(self) -> Dropped:
        answer = answering(self.pair.renames, self.fills, self.asked)
        known = passed_on(self.ends.kept, self.ends.new)
        made = self.journey.make(self.wanted, answer, known)
        made = edited(made, self.back_fills, self.ends.kept.tables)
        self.journey.add(made)
        dropped: Dropped = set()
        for operation in (o for migration in made for o in migration.operations):
            if isinstance(operation, RemoveField):
                dropped.add((operation.model_name, operation.name))
            elif isinstance(operation, DeleteModel):
                dropped.add((operation.name, None))
        return dropped

    def up(self) -> None:
        with self.engine.connect() as connection:
            self.journey.migrate(connection)

    def again(self) -> int:
        return len(detected(self.journey.state, self.wanted, refuse).changes)

    def back(self) -> None:
        with self.engine.connect() as connection:
            self.journey.migrate_back(connection, self.leaves)


class AlembicSide:
    def __init__(self, pair: Pair, ends: Ends, engine: sa.Engine, folder: Path) -> None:
        from alembic.config import Config

        self.ends, self.engine, self.folder = ends, engine, folder / "revisions"
        self.asked: set[str] = set()
        self.config = Config(str(folder / "alembic.ini"), stdout=io.StringIO())
        self.config.set_main_option("script_location", str(self.folder))

    def start(self) -> None:
        from alembic import command

        with self.engine.begin() as connection:
            self.ends.old.create_all(connection)
        with self._ready(self.ends.old):
            command.init(self.config, str(self.folder))
            (self.folder / "env.py").write_text(ENV)
            template = self.folder / "script.py.mako"
            text = template.read_text()
            template.write_text(text.replace(IMPORTS, MORE_IMPORTS))
            command.revision(self.config, "old", rev_id=OLD)
            command.stamp(self.config, OLD)

    def make(self) -> Dropped:
        from alembic import command

        dropped: Dropped = set()

        def note(_context: object, _revision: object, directives: list[Any]) -> None:
            for directive in directives:
                dropped.update(_drops(directive.upgrade_ops.ops))

        with self._ready(self.ends.new, note=note):
            command.revision(self.config, "new", autogenerate=True, rev_id=NEW)
        return dropped

    def up(self) -> None:
        from alembic import command

        with self._ready(self.ends.new):
            command.upgrade(self.config, "head")

    def again(self) -> int:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        options = {
            "compare_type": True,
            "compare_server_default": True,
            "version_table": VERSION_TABLE,
        }
        with self.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            return len(compare_metadata(context, self.ends.new))

    def back(self) -> None:
        from alembic import command

        with self._ready(self.ends.new):
            command.downgrade(self.config, OLD)

    @contextlib.contextmanager
    def _ready(self, metadata: sa.MetaData, **more: object) -> Iterator[None]:
        """Give ``env.py`` what it needs; keep what commands print."""
        with (
            self.engine.connect() as connection,
            contextlib.redirect_stdout(io.StringIO()),
        ):
            given = {"connection": connection, "metadata": metadata, **more}
            self.config.attributes.clear()
            self.config.attributes.update(given)
            yield


def _drops(operations: list[Any]) -> Iterator[tuple[str, str | None]]:
    from alembic.operations.ops import DropColumnOp, DropTableOp, OpContainer

    for operation in operations:
        if isinstance(operation, OpContainer):
            yield from _drops(operation.ops)
        elif isinstance(operation, DropColumnOp):
            yield operation.table_name, operation.column_name
        elif isinstance(operation, DropTableOp):
            yield operation.table_name, None
