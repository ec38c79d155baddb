"""
Constraints and indexes that somebody else made, under names that nobody foresees.

What has no name in the models is found by its kind and columns. SQLite needs no
names: a table is rebuilt, and what no model speaks of is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from running import run

from whimbrel.errors.execute import NameAmbiguous, NameNotFound
from whimbrel.facts import Facts
from whimbrel.schema.change import SchemaChange, TableChange
from whimbrel.schema.database import database_for
from whimbrel.schema.statement import Statement
from whimbrel.testing.catalog import catalog, differences
from whimbrel.testing.databases import Scratch

Items = Callable[[], list[sa.Constraint]]


@dataclass(frozen=True)
class Case:
    """
    Something that goes.

    Args:
        model: What the models say of it.

        found: What is in the database: *mine* goes.

        stays: What of *found* is left, in the models too or not.

        double: What leaves it unclear which one is meant.
    """

    model: Items
    found: Items
    stays: Items
    double: Items


def nothing() -> list[sa.Constraint]:
    return []


def unique(*names: str | None) -> Items:
    return lambda: [sa.UniqueConstraint("a", "b", name=name) for name in names]


def foreign_key(*names: str | None) -> Items:
    return lambda: [
        sa.ForeignKeyConstraint(["a"], ["author.id"], name=name) for name in names
    ]


def check(*names: str | None, text: str = "a in (1, 2)") -> Items:
    return lambda: [sa.CheckConstraint(text, name=name) for name in names]


def key(name: str | None) -> Items:
    return lambda: [sa.PrimaryKeyConstraint("id", name=name)]


def both(one: Items, other: Items) -> Items:
    return lambda: [*one(), *other()]


YOURS = check("yours", text="a < 9")
CASES = {
    "unique": Case(unique(None), unique("mine"), nothing, unique("mine", "yours")),
    "foreign key": Case(
        foreign_key(None), foreign_key("mine"), nothing, foreign_key("mine", "yours")
    ),
    "check": Case(check(None), check("mine"), nothing, check("mine", "yours")),
    "one of two checks": Case(
        check(None),
        both(YOURS, check("mine")),
        YOURS,
        both(YOURS, check("m", text="a > 1")),
    ),
    "one beside another that has a name": Case(
        both(check(None), YOURS), both(YOURS, check("mine")), YOURS, check("m", "n")
    ),
}


def build(items: Items, name: str = "book") -> sa.MetaData:
    """Return authors, and a table with *items* besides its columns."""
    metadata = sa.MetaData()
    sa.Table("author", metadata, sa.Column("id", sa.Integer, primary_key=True))
    columns = [sa.Column(n, sa.Integer, nullable=False) for n in ("id", "a", "b")]
    sa.Table(name, metadata, *columns, *items())
    return metadata


@pytest.fixture
def connection(database: Scratch) -> Iterator[sa.Connection]:
    database.reset()
    with database.engine.connect() as found:
        yield found.execution_options(no_parameters=True)


def built(metadata: sa.MetaData, yardstick: Scratch) -> object:
    yardstick.reset()
    with yardstick.engine.connect() as other:
        metadata.create_all(other)
        return catalog(other)


def make(connection: sa.Connection, items: Items) -> None:
    """Make the table, then what it has: doubles are left out of a CREATE TABLE."""
    if not database_for(connection.dialect).facts.alters_constraints:
        build(items).create_all(connection)
        return
    build(nothing).create_all(connection)
    table = build(nothing).tables["book"]
    for constraint in items():
        table.append_constraint(constraint)
        connection.execute(sa.schema.AddConstraint(constraint))


def statements(
    connection: sa.Connection, before: sa.MetaData, after: sa.MetaData
) -> list[Statement]:
    """Return the change of the table that is no author's."""
    database = database_for(connection.dialect)
    [old], [new] = (
        [t for name, t in side.tables.items() if name != "author"]
        for side in (before, after)
    )
    change = TableChange(
        before=database.lower_table(old), after=database.lower_table(new)
    )
    return database.compile(SchemaChange(tables=(change,)))


def drop(connection: sa.Connection, case: Case, found: Items) -> None:
    """Make the table with *found*, then drop what the models say without a name."""
    make(connection, found)
    left = [i for i in case.model() if getattr(i, "name", None) is not None]
    changed = build(case.model), build(lambda: left)
    run(connection, statements(connection, *changed))


@pytest.mark.parametrize("name", CASES)
def test_what_has_another_name_is_found(
    name: str, connection: sa.Connection, yardstick: Scratch, facts: Facts
) -> None:
    case = CASES[name]
    named = name == "one beside another that has a name"
    rebuilt = not facts.alters_constraints and not named
    wanted = built(build(nothing if rebuilt else case.stays), yardstick)

    drop(connection, case, case.found)

    assert differences(catalog(connection), wanted) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_of_two_that_fit_none_is_taken(
    name: str, connection: sa.Connection, facts: Facts
) -> None:
    case = CASES[name]
    if not facts.alters_constraints:
        drop(connection, case, case.double)  # a rebuild asks for no name
        return

    with pytest.raises(NameAmbiguous) as caught:
        drop(connection, case, case.double)

    assert "[EX103]" in str(caught.value)


@pytest.mark.parametrize("name", ["unique", "foreign key", "check"])
def test_what_is_not_there_cannot_go(
    name: str, connection: sa.Connection, facts: Facts
) -> None:
    case = CASES[name]
    if not facts.alters_constraints:
        drop(connection, case, nothing)  # a rebuild asks for no name
        return

    with pytest.raises(NameNotFound) as caught:
        drop(connection, case, nothing)

    assert "[EX102]" in str(caught.value)


def test_one_with_the_expected_name_is_taken_before_others(
    connection: sa.Connection, yardstick: Scratch, facts: Facts
) -> None:
    """The database's own name for it tells them apart."""
    expected = {"postgresql": "book_a_b_key", "mysql": "a", "mariadb": "a"}
    name = expected.get(connection.dialect.name)
    stays = unique("yours") if facts.alters_constraints else nothing
    wanted = built(build(stays), yardstick)

    drop(connection, CASES["unique"], unique("yours", name))

    assert differences(catalog(connection), wanted) == []  # type: ignore[arg-type]


def test_what_has_another_name_gets_the_expected_one_with_its_table(
    connection: sa.Connection, yardstick: Scratch
) -> None:
    """A rename goes the same way: from whatever it was called to what it should be."""
    found = both(key("mine"), both(unique("our"), foreign_key("their")))
    model = both(key(None), both(unique(None), foreign_key(None)))
    wanted = built(build(model, "volume"), yardstick)
    build(found).create_all(connection)

    changed = build(model), build(both(model, unique("named")), "volume")
    run(connection, statements(connection, *changed))
    changed = changed[1], build(model, "volume")
    run(connection, statements(connection, *changed))

    shown = catalog(connection)
    if database_for(connection.dialect).facts.renames_constraints:
        assert differences(shown, wanted) == []  # type: ignore[arg-type]


def test_a_statement_asks_once_and_only_if_it_must(connection: sa.Connection) -> None:
    """One query for all names of a statement; none where all of them were given."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        if statement.lstrip().startswith("SELECT") and "constraint" in statement:
            asked.append(statement)

    model = both(unique(None), both(foreign_key("fk"), check(None)))
    build(model).create_all(connection)
    changes = statements(connection, build(model), build(nothing))
    looking = [statement for statement in changes if statement.lookups]
    sa.event.listen(connection, "before_cursor_execute", note)

    run(connection, changes)

    assert len(asked) <= len(looking)
