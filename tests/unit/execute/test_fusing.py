"""Which operations and migrations are executed as one, and which never."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from whimbrel import migrations
from whimbrel.execute.batches import Part, batches
from whimbrel.execute.steps import single_steps, steps_of
from whimbrel.execute.together import one_by_one
from whimbrel.migrations import Migration, Operation
from whimbrel.state.project import ProjectState

APP = "library"


def create(name: str = "Book", *extra: str, **options: object) -> Operation:
    fields = [("id", sa.Column(sa.Integer(), primary_key=True))]
    fields += [(column, sa.Column(sa.String(40))) for column in extra]
    given = {"db_table": name.lower(), **options}
    return migrations.CreateModel(name, fields, options=given)


def text(length: int = 40, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(sa.String(length), nullable=nullable)


def alter(column: sa.Column[str], name: str = "title", **more: object) -> Operation:
    return migrations.AlterField("Book", name, column, **more)


DATA = migrations.RunSQL("UPDATE book SET title = 'x'", "")


def made(*operations: Operation) -> ProjectState:
    """Return the state after *operations*: tables that may have rows."""
    state = ProjectState()
    for operation in operations:
        operation.state_forwards(APP, state)
    return state


def counts(operations: Iterable[Operation], state: ProjectState) -> list[int]:
    """Return how many operations each step has."""
    return [len(step.operations) for step in steps_of(APP, operations, state)]


def grouped(
    groups: Iterable[Iterable[Operation]], state: ProjectState, *, atomic: bool = True
) -> list[list[str]]:
    """Return the names of the migrations of each batch."""
    parts = []
    for number, operations in enumerate(groups, 1):
        migration = Migration(f"{number}", APP)
        migration.operations = list(operations)
        migration.atomic = atomic
        steps = single_steps(APP, migration.operations, state, where="")
        parts.append(Part(migration, steps))
    return [[m.name for m in batch.migrations] for batch in batches(parts)]


BOOK = create("Book", "title", "note")


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param(
            [
                alter(text(nullable=False), fill="x"),
                alter(text()),
            ],
            id="not null for a while: rows were filled",
        ),
        pytest.param([alter(text(5)), alter(text(40))], id="short for a while"),
        pytest.param(
            [
                migrations.AddField("Book", "size", text(), fill="1"),
                alter(sa.Column(sa.Integer()), "size", using="size::integer"),
            ],
            id="added, then converted",
        ),
        pytest.param(
            [
                alter(text(5)),
                migrations.RenameField("Book", "title", "name"),
                alter(text(40), "name"),
            ],
            id="short for a while, with a rename between",
        ),
        pytest.param(
            [
                migrations.AlterModelOptions("Book", {"managed": False}),
                migrations.AddField("Book", "size", text()),
            ],
            id="no longer managed",
        ),
    ],
)
def test_what_rows_would_show_is_executed_step_by_step(
    operations: list[Operation],
) -> None:
    assert len(counts(operations, made(BOOK))) > 1


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param([alter(text(5)), alter(text(5), "note")], id="two fields"),
        pytest.param(
            [alter(text(5)), migrations.RemoveField("Book", "title")], id="removed"
        ),
        pytest.param(
            [
                migrations.RemoveField("Book", "title"),
                migrations.AddField("Book", "title", text()),
            ],
            id="removed and added",
        ),
        pytest.param(
            [
                create("Author", "name"),
                migrations.AlterField("Author", "name", text(5)),
                migrations.AlterField("Author", "name", text(40)),
                migrations.RenameModel("Author", "Writer"),
                migrations.AlterField("Writer", "name", text(5)),
            ],
            id="a table that is new has no rows",
        ),
    ],
)
def test_the_rest_is_one_step(operations: list[Operation]) -> None:
    assert counts(operations, made(BOOK)) == [len(operations)]


def test_a_data_step_may_fill_a_new_table() -> None:
    operations = [BOOK, DATA, alter(text(5)), alter(text(40))]

    assert counts(operations, ProjectState()) == [1, 1, 1, 1]


def test_migrations_are_joined_up_to_the_next_data_step() -> None:
    groups = [[BOOK], [alter(text(5))], [alter(text(40))], [DATA], [alter(text(9))]]

    assert grouped(groups, ProjectState()) == [["1", "2", "3"], ["4"], ["5"]]


def test_a_migration_that_would_show_in_rows_begins_anew() -> None:
    groups = [[alter(text(5))], [alter(text(40))], [alter(text(9), "note")]]

    assert grouped(groups, made(BOOK)) == [["1"], ["2", "3"]]


def test_an_empty_migration_joins_and_one_without_a_transaction_does_not() -> None:
    groups = [[BOOK], [], [alter(text(5))]]

    assert grouped(groups, ProjectState()) == [["1", "2", "3"]]
    assert grouped(groups, ProjectState(), atomic=False) == [["1"], ["2"], ["3"]]


def reference(type_: object, *, target: str = "id", **options: object) -> Operation:
    """Return the creation of a table that refers to books."""
    key = sa.ForeignKeyConstraint(["book"], [f"book.{target}"], name="fk")
    fields = [("id", sa.Column(sa.Integer(), primary_key=True))]
    fields.append(("book", sa.Column(type_)))  # type: ignore[call-overload]
    given = {"db_table": "loan", "constraints": [key], **options}
    return migrations.CreateModel("Loan", fields, options=given)


def counts_apart(operations: Iterable[Operation], state: ProjectState) -> list[int]:
    """Return how many operations each step has where each is to run by itself."""
    steps = single_steps(APP, operations, state, where="")
    return [len(step.operations) for step in one_by_one(steps)]


def test_both_ends_of_a_foreign_key_change_their_type_together() -> None:
    """MySQL holds no key between columns of different types."""
    key = sa.Column(sa.BigInteger(), primary_key=True)
    operations = [
        alter(text(50)),
        migrations.AlterField("Book", "id", key),
        alter(text(60)),
        migrations.AlterField("Loan", "book", sa.Column(sa.BigInteger())),
        alter(text(70)),
    ]

    state = made(create("Book", "title"), reference(sa.Integer()))

    assert counts_apart(operations, state) == [1, 3, 1]


def test_what_refers_to_no_key_for_a_while_runs_together() -> None:
    unique = sa.UniqueConstraint("title", name="uq")
    operations = [
        migrations.RemoveConstraint("Book", "uq"),
        alter(text(nullable=False)),
        migrations.AddConstraint("Book", unique),
        alter(text()),
    ]

    state = made(
        create("Book", "title", constraints=[unique]),
        reference(sa.String(40), target="title"),
    )

    assert counts_apart(operations, state) == [3, 1]


def test_a_logged_table_comes_with_the_change_of_an_unlogged_one() -> None:
    """PostgreSQL refuses the reference before."""
    unlogged = {"table_options": {"prefixes": ("UNLOGGED",)}}
    operations = [reference(sa.Integer()), migrations.AlterModelOptions("Book", {})]

    assert counts_apart(operations, made(create(**unlogged))) == [2]


def test_a_foreign_key_that_never_held_joins_nothing() -> None:
    """PostgreSQL and SQLite take it."""
    operations = [alter(text(50)), alter(text(60))]

    state = made(create("Book", "title"), reference(sa.BigInteger()))

    assert counts_apart(operations, state) == [1, 1]


def test_a_data_step_joins_nothing() -> None:
    key = sa.Column(sa.BigInteger(), primary_key=True)
    operations = [
        migrations.AlterField("Book", "id", key),
        DATA,
        migrations.AlterField("Loan", "book", sa.Column(sa.BigInteger())),
    ]

    state = made(create("Book", "title"), reference(sa.Integer()))

    assert counts_apart(operations, state) == [1, 1, 1]


def test_names_are_exchanged_together() -> None:
    unique = sa.UniqueConstraint("title", name="one")
    index = sa.Index("two", "title")
    book = create("Book", "title", constraints=[unique], indexes=[index])
    operations = [
        migrations.RenameIndex("Book", "one", old_name="two"),
        migrations.RenameConstraint("Book", "one", "two"),
    ]

    assert counts_apart(operations, made(book)) == [2]
