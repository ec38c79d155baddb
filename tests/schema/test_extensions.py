"""Extensions: which statements two states lead to, and in which order."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CITEXT

from whimbrel.migrations.hints import Hints
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.change import SchemaChange
from whimbrel.schema.database import database_for
from whimbrel.schema.lower import Lowering
from whimbrel.schema.transition import compile_change, transition
from whimbrel.state.extensions import Extension
from whimbrel.state.project import ProjectState

POSTGRESQL = database_for("postgresql")


def having(**extensions: Extension) -> ProjectState:
    """Return a state in which app → the extension that it has."""
    state = ProjectState()
    for app, extension in extensions.items():
        state.add_extension(app, extension)
    return state


def sql(before: ProjectState, after: ProjectState, name: str = "") -> list[str]:
    database = database_for(name) if name else POSTGRESQL
    change = transition(before, after, Hints(), Lowering(database))
    return [" ".join(s.sql.split()) for s in compile_change(change, database)]


def extension(
    name: str = "citext", schema: str | None = None, version: str | None = None
) -> Extension:
    return Extension(name=name, schema=schema, version=version)


NOTHING = ProjectState()
PLAIN = having(a=extension())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            NOTHING, PLAIN, ["CREATE EXTENSION IF NOT EXISTS citext"], id="comes"
        ),
        pytest.param(PLAIN, NOTHING, ["DROP EXTENSION IF EXISTS citext"], id="goes"),
        pytest.param(
            NOTHING,
            having(a=extension("uuid-ossp")),
            ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'],
            id="quoted",
        ),
        pytest.param(
            NOTHING,
            having(a=extension(schema="Ext", version="1.4")),
            [
                'CREATE SCHEMA IF NOT EXISTS "Ext"',
                """CREATE EXTENSION IF NOT EXISTS citext SCHEMA "Ext" VERSION '1.4'""",
            ],
            id="comes in a schema",
        ),
        pytest.param(
            PLAIN, having(a=extension(), b=extension()), [], id="another app has it too"
        ),
        pytest.param(
            having(a=extension(), b=extension()), PLAIN, [], id="one of two lets go"
        ),
        pytest.param(
            PLAIN,
            having(a=extension(schema="x")),
            [
                "CREATE SCHEMA IF NOT EXISTS x",
                "ALTER EXTENSION citext SET SCHEMA x",
            ],
            id="moves",
        ),
        pytest.param(
            having(a=extension(schema="x")),
            PLAIN,
            ["ALTER EXTENSION citext SET SCHEMA public"],
            id="moves back",
        ),
        pytest.param(
            PLAIN,
            having(a=extension(version="1.6")),
            ["ALTER EXTENSION citext UPDATE TO '1.6'"],
            id="is updated",
        ),
        pytest.param(
            having(a=extension(version="1.6")), PLAIN, [], id="has any version again"
        ),
        pytest.param(
            having(a=extension("citext"), b=extension("hstore")),
            having(a=extension("ltree"), b=extension("hstore")),
            [
                "CREATE EXTENSION IF NOT EXISTS ltree",
                "DROP EXTENSION IF EXISTS citext",
            ],
            id="one for another",
        ),
    ],
)
def test_what_changes(
    before: ProjectState, after: ProjectState, expected: list[str]
) -> None:
    assert sql(before, after) == expected


@pytest.mark.parametrize("name", ["sqlite", "mysql"])
def test_nothing_happens_where_there_are_none(name: str) -> None:
    assert sql(NOTHING, PLAIN, name) == []
    assert sql(PLAIN, NOTHING, name) == []


def test_one_that_needs_another_comes_after_it_and_goes_before_it() -> None:
    """Only the migrations know; there is no order in the names."""
    after = having(a=extension("postgis"), b=extension("pgrouting"))

    assert sql(NOTHING, after) == [
        "CREATE EXTENSION IF NOT EXISTS postgis",
        "CREATE EXTENSION IF NOT EXISTS pgrouting",
    ]
    assert sql(after, NOTHING) == [
        "DROP EXTENSION IF EXISTS pgrouting",
        "DROP EXTENSION IF EXISTS postgis",
    ]


def test_the_same_extensions_are_no_change() -> None:
    change = transition(PLAIN, PLAIN.clone(), Hints(), Lowering(POSTGRESQL))

    assert change == SchemaChange()


def with_table(state: ProjectState, type_: sa.types.TypeEngine[str]) -> ProjectState:
    """Return *state* with a table in a schema, an enum and an index."""
    metadata = sa.MetaData(schema="x")
    sa.Table(
        "book",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", type_, index=True),
        sa.Column("mood", sa.Enum("sad", name="mood")),
    )
    state = state.clone()
    for model in read_metadata(metadata, "a").models:
        state.add_model(model)
    return state


def test_they_come_before_all_and_go_after_all() -> None:
    full = with_table(having(a=extension(schema="x")), CITEXT())

    assert [text.partition(" (")[0] for text in sql(NOTHING, full)] == [
        "CREATE SCHEMA IF NOT EXISTS x",
        "CREATE EXTENSION IF NOT EXISTS citext SCHEMA x",
        "CREATE TYPE x.mood AS ENUM",
        "CREATE TABLE x.book",
        "CREATE INDEX ix_x_book_title ON x.book",
    ]
    assert sql(full, NOTHING) == [
        "DROP TABLE x.book",
        "DROP TYPE x.mood",
        "DROP EXTENSION IF EXISTS citext",
    ]


def test_a_column_changes_between_the_one_and_the_other() -> None:
    before = with_table(having(a=extension("hstore")), sa.Text())
    after = with_table(having(a=extension("citext")), CITEXT())

    assert sql(before, after) == [
        "CREATE EXTENSION IF NOT EXISTS citext",
        "ALTER TABLE x.book ALTER COLUMN title TYPE CITEXT USING title::CITEXT",
        "DROP EXTENSION IF EXISTS hstore",
    ]
