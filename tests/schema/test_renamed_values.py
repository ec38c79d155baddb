"""
Values of enumerations that are called otherwise, from hints to rows.

Random renames, removals and additions: every row has the new text of its value,
and the old one after the way back; the schema is as `create_all` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from running import run
from sqlalchemy.exc import DBAPIError

from whimbrel.migrations.hints import Hints
from whimbrel.reflect.metadata import read_metadata
from whimbrel.schema.database import database_for
from whimbrel.schema.lower import Lowering
from whimbrel.schema.transition import compile_change, transition
from whimbrel.state.project import ProjectState
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

KEY = ("shop", "item", "state")
TEXTS = ("new", "lent", "lost", "sold", "it's 5%", "a")
FORMS = {
    "plain": {},
    "checked": {"native_enum": False, "create_constraint": True},
    "text": {"native_enum": False},
}


@dataclass(frozen=True)
class Case:
    """*moves*: old → new text of each value that stays; *form*: of the type."""

    form: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    moves: Mapping[str, str]
    default: bool
    unique: bool

    def metadata(self, values: tuple[str, ...], default: str | None) -> sa.MetaData:
        metadata = sa.MetaData()
        type_ = sa.Enum(*values, name="state", **FORMS[self.form])
        state = sa.Column("state", type_, server_default=default)
        items: list[sa.SchemaItem] = [sa.Column("id", sa.Integer, primary_key=True)]
        items += [sa.Column("owner", sa.Integer), state]
        if self.unique:
            items.append(sa.UniqueConstraint("owner", "state", name="uq"))
        sa.Table("item", metadata, *items)
        return metadata

    def sides(self) -> tuple[sa.MetaData, sa.MetaData]:
        old = next(iter(self.moves)) if self.default else None
        new = None if old is None else self.moves[old]
        return self.metadata(self.before, old), self.metadata(self.after, new)

    @property
    def hints(self) -> Hints:
        moves = {old: new for old, new in self.moves.items() if old != new}
        return Hints(values={KEY: moves})


class RowsFound(Exception):
    """A question to the rows before the change found some in the way."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    before = draw(st.permutations(TEXTS))[: draw(st.integers(2, 5))]
    after = draw(st.permutations(TEXTS))[: draw(st.integers(2, 5))]
    kept = draw(st.integers(1, min(len(before), len(after))))
    moves = dict(zip(before[:kept], after[:kept], strict=True))
    # A value of both that is in no pair stays itself: no other may have its text.
    gone = {v for v in before[kept:] if v in after[kept:]}
    moves |= {value: value for value in gone}
    return Case(
        form=draw(st.sampled_from(sorted(FORMS))),
        before=tuple(draw(st.permutations(before))),
        after=tuple(draw(st.permutations(after))),
        moves=moves,
        default=draw(st.booleans()),
        unique=draw(st.booleans()),
    )


def states(case: Case) -> tuple[ProjectState, ProjectState]:
    before, after = case.sides()
    return (
        ProjectState.of(read_metadata(before, "shop").models),
        ProjectState.of(read_metadata(after, "shop").models),
    )


def travel(
    connection: sa.Connection,
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
    *,
    asks: bool = True,
) -> None:
    database = database_for(connection.dialect)
    change = transition(before, after, hints, Lowering(database))
    exact = connection.execution_options(no_parameters=True)
    for check in database.compiler.checks.checks(change) if asks else ():
        if rows := exact.exec_driver_sql(check.sql).fetchall():
            raise RowsFound(check, rows)
    for statement in database.facts.prepares:
        exact.exec_driver_sql(statement)
    run(exact, compile_change(change, database))
    connection.commit()


def shown(connection: sa.Connection) -> list[str]:
    text = "CAST(state AS CHAR(20))"
    query = sa.text(f"SELECT trim({text}) FROM item ORDER BY id")
    return [value for (value,) in connection.execute(query)]


def filled(connection: sa.Connection, values: list[str]) -> None:
    """Put all values into the table, twice, for two owners."""
    table = sa.table("item", *map(sa.column, ("id", "owner", "state")))
    rows = [
        {"id": 10 * owner + place, "owner": owner, "state": value}
        for owner in (1, 2)
        for place, value in enumerate(values)
    ]
    connection.execute(table.insert(), rows)
    connection.commit()


@given(case=cases())
def test_rows_follow_their_values_there_and_back(
    database: Scratch, yardstick: Scratch, case: Case
) -> None:
    before, after = states(case)
    wanted = []
    for metadata in case.sides():
        yardstick.reset()
        with yardstick.engine.begin() as connection:
            metadata.create_all(connection)
            wanted.append(catalog(connection))
    database.reset()
    olds = [*case.moves]
    with database.engine.connect() as connection:
        travel(connection, ProjectState(), before, Hints())
        filled(connection, olds)

        travel(connection, before, after, case.hints)

        assert shown(connection) == [case.moves[value] for value in olds] * 2
        assert differences(catalog(connection), wanted[1]) == []

        travel(connection, after, before, case.hints.inverted())

        assert shown(connection) == olds * 2
        assert differences(catalog(connection), wanted[0]) == []

        travel(connection, before, after, case.hints)

        assert shown(connection) == [case.moves[value] for value in olds] * 2


@pytest.mark.parametrize(
    "form",
    ["checked", pytest.param("plain", marks=pytest.mark.needs("native_enums"))],
)
def test_rows_of_a_removed_value_stop_the_run_before_it_begins(
    database: Scratch, form: str
) -> None:
    case = Case(form, ("new", "lent"), ("new",), {"lent": "new"}, False, False)
    before, after = states(case)
    with database.engine.connect() as connection:
        travel(connection, ProjectState(), before, Hints())
        filled(connection, ["new", "lent"])

        with pytest.raises(RowsFound):
            travel(connection, before, after, case.hints)


@pytest.mark.parametrize(
    "form",
    ["checked", pytest.param("plain", marks=pytest.mark.needs("native_enums"))],
)
def test_rows_of_a_removed_value_are_not_given_to_the_one_that_takes_its_text(
    database: Scratch, form: str
) -> None:
    """Two operations in one step: *new* is removed, then *lent* is called *new*."""
    case = Case(form, ("new", "lent"), ("new",), {"lent": "new"}, False, False)
    before, after = states(case)
    with database.engine.connect() as connection:
        travel(connection, ProjectState(), before, Hints())
        filled(connection, ["new", "lent"])

        with pytest.raises(DBAPIError):
            travel(connection, before, after, case.hints, asks=False)
        connection.rollback()
