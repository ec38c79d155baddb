"""
The databases for one subject: one to migrate, others to `create_all` in.

Place: `testing.corpora`, above `outcomes` and `releases`. The yardstick is
SQLAlchemy's `create_all`. A schema that it cannot make on a database is not
possible there, and no failure of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from whimbrel.reflect.metadata import read_metadata
from whimbrel.state.project import ProjectState
from whimbrel.testing.catalog import Catalog, catalog, differences
from whimbrel.testing.corpora.answers import APP
from whimbrel.testing.corpora.outcomes import Different, Impossible
from whimbrel.testing.corpora.releases import Release
from whimbrel.testing.databases import Scratch
from whimbrel.testing.journey import Journey

EXTENSIONS = ("pg_trgm",)
"""PostgreSQL's extensions that applications ask their users to make."""


@dataclass(frozen=True, slots=True)
class Benches:
    """
    Databases of one server.

    Args:
        migrated: For Whimbrel.

        yardstick: For `create_all`; in the end the new release's.

        returned: For `create_all` of the old release, which the rows must fit
            after the way back.
    """

    migrated: Scratch
    yardstick: Scratch
    returned: Scratch


def state_of(release: Release) -> ProjectState:
    """Return the state that Whimbrel reads from a release."""
    read = read_metadata(release.metadata(), APP)
    return ProjectState.of(read.models, read.sequences)


def emptied(scratch: Scratch) -> Catalog:
    """Empty the database, make the extensions, and return its catalog."""
    scratch.reset()
    with scratch.engine.connect() as connection:
        if scratch.name == "postgresql":
            for extension in EXTENSIONS:
                connection.execute(
                    sa.text(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                )
            connection.commit()
        return catalog(connection)


def created(release: Release, scratch: Scratch) -> Catalog:
    """Return the catalog after `create_all`, or raise `Impossible`."""
    emptied(scratch)
    try:
        with scratch.engine.begin() as connection:
            release.metadata().create_all(connection)
    except sa.exc.SQLAlchemyError as error:
        raise Impossible(f"{str(error).splitlines()[0]}") from error
    with scratch.engine.connect() as connection:
        return catalog(connection)


def compare(scratch: Scratch, expected: Catalog) -> None:
    """Raise `Different` unless the database's catalog is the *expected* one."""
    with scratch.engine.connect() as connection:
        found = differences(catalog(connection), expected)
    if found:
        raise Different(found)


def nothing_left(journey: Journey, state: ProjectState) -> None:
    """Raise `Different` if a second makemigrations finds anything."""
    again = journey.make(state)
    if again:
        raise Different(
            [
                f"a second makemigrations finds: {operation.describe()}"
                for migration in again
                for operation in migration.operations
            ]
        )
