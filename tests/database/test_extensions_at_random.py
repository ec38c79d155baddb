"""
Random lives of extensions in two apps, one operation a migration.

What the database has is what the states say: after each of them, fused or one by
one, and on the way back. One app has a table whose column is of an extension's type
now and then.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import CITEXT

from whimbrel.execute.executor import Executor
from whimbrel.migrations import (
    AddField,
    AlterExtension,
    AlterField,
    CreateExtension,
    CreateModel,
    DeleteExtension,
    Migration,
    Operation,
    RemoveField,
)
from whimbrel.schema.database import database_for
from whimbrel.state.dissect import dissect
from whimbrel.state.extensions import united
from whimbrel.state.project import ProjectState
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.catalog.objects import Catalog
from whimbrel.testing.databases import Scratch

pytestmark = pytest.mark.needs("extensions")

APPS = ("one", "two")
NAMES = ("citext", "cube", "earthdistance")
NEEDS = {"earthdistance": "cube"}
SCHEMAS = (None, "public", "ext")
EMAIL = {"text": dissect(sa.Column(sa.Text())), "citext": dissect(sa.Column(CITEXT()))}


@dataclass(frozen=True)
class Life:
    """Operations, each with its app, and the states after them, from nothing on."""

    operations: tuple[tuple[str, Operation], ...]
    states: tuple[ProjectState, ...]

    def migrations(self) -> list[Migration]:
        made: list[Migration] = []
        for number, (app, operation) in enumerate(self.operations, 1):
            after = [made[-1].key] if made else []
            made.append(
                Migration.of(
                    app, f"{number:04}_m", dependencies=after, operations=[operation]
                )
            )
        return made


def possible(state: ProjectState) -> list[tuple[str, Operation]]:
    """Return what may come next."""
    has = united(state.extensions)
    found: list[tuple[str, Operation]] = []
    person = state.models.get(("one", "person"))
    email = None if person is None else person.fields.get("email")
    used = email == EMAIL["citext"]
    for app in APPS:
        for name in NAMES:
            holders = [a for a, n in state.extensions if n == name]
            if app not in holders:
                if NEEDS.get(name) in (None, *has):
                    said = has[name].schema if name in has else None
                    schemas = SCHEMAS if said is None else (None, said)
                    found += [(app, CreateExtension(name, schema=s)) for s in schemas]
                continue
            # A function of earthdistance says in its text where cube is.
            if name == "citext":
                found += [(app, AlterExtension(name, schema=s)) for s in SCHEMAS[1:]]
            needed = (used and name == "citext") or any(
                NEEDS.get(other) == name for other in has
            )
            if len(holders) > 1 or not needed:
                found.append((app, DeleteExtension(name)))
    types = [name for name in EMAIL if name == "text" or name in has]
    if person is None:
        key = sa.Column(sa.Integer, primary_key=True)
        fields = [("id", key)]
        found.append(("one", CreateModel("person", fields, {"db_table": "person"})))
    elif email is None:
        found += [("one", AddField("person", "email", EMAIL[t])) for t in types]
    else:
        found.append(("one", RemoveField("person", "email")))
        others = [EMAIL[name] for name in types if EMAIL[name] != email]
        found += [("one", AlterField("person", "email", other)) for other in others]
    return found


@st.composite
def lives(draw: st.DrawFn) -> Life:
    state = ProjectState()
    operations: list[tuple[str, Operation]] = []
    states = [state]
    for _ in range(draw(st.integers(2, 10))):
        app, operation = draw(st.sampled_from(possible(state)))
        state = state.clone()
        operation.state_forwards(app, state)
        operations.append((app, operation))
        states.append(state)
    return Life(tuple(operations), tuple(states))


def search_everywhere(database: Scratch) -> None:
    database.reset()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA ext")


def reached(
    database: Scratch, order: list[Migration], count: int, *, back: int, fuse: bool
) -> Catalog:
    """Return the catalog after *count* migrations and *back* steps on the way back."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET search_path = public, ext")
        connection.commit()
        executor = Executor(
            connection=connection,
            database=database_for(connection.dialect),
            order=order,
            fuse=fuse,
        )
        if not back:
            executor.run([(m, False) for m in order[:count]])
        else:
            executor.run([(m, True) for m in reversed(order[count - back : count])])
        found = catalog(connection)
        connection.rollback()
        connection.invalidate()  # the search path is this connection's own
    return found


def extensions(found: Catalog) -> dict[str, object]:
    """Return the schema of each extension in a catalog."""
    items = found.of_kind("extension")
    return {item.name: dict(item.facts)["schema"] for item in items}


def wanted(state: ProjectState) -> dict[str, object]:
    return {n: e.schema or "public" for n, e in united(state.extensions).items()}


@given(life=lives(), data=st.data())
def test_the_database_has_what_the_states_say(
    life: Life, data: st.DataObject, shared_scratch: Scratch, yardstick: Scratch
) -> None:
    order = life.migrations()
    count = len(order)
    back = data.draw(st.integers(1, count))
    found: dict[tuple[str, bool], Catalog] = {}
    for fuse, database in ((True, shared_scratch), (False, yardstick)):
        search_everywhere(database)
        found["there", fuse] = reached(database, order, count, back=0, fuse=fuse)
        found["back", fuse] = reached(database, order, count, back=back, fuse=fuse)

    for fuse in (True, False):
        assert extensions(found["there", fuse]) == wanted(life.states[count])
        assert extensions(found["back", fuse]) == wanted(life.states[count - back])
    for way in ("there", "back"):
        assert differences(found[way, True], found[way, False]) == []
