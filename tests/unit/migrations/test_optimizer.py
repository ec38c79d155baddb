"""What the optimizer merges, what it leaves, and what it costs."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from whimbrel import migrations as m
from whimbrel import models
from whimbrel.migrations.operation import Operation
from whimbrel.migrations.optimizer import optimize
from whimbrel.state.project import ProjectState

APP = "app"
ID = ("id", models.BigAutoField(primary_key=True))
TEXT = models.CharField(max_length=40)
LONG = models.CharField(max_length=400)
NUMBER = models.IntegerField()


def create(name: str, *more: tuple[str, object], **given: object) -> m.CreateModel:
    return m.CreateModel(name, [ID, *more], **given)  # type: ignore[arg-type]


def key(to: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(f"{APP}.{to}", models.CASCADE, **options)


def state_of(*operations: Operation) -> ProjectState:
    state = ProjectState()
    for operation in operations:
        operation.state_forwards(APP, state)
    return state


def optimized(
    *operations: Operation, before: tuple[Operation, ...] = ()
) -> list[Operation]:
    """Return the optimized list; it reaches what the list reaches, and is final."""
    start = state_of(*before)
    found = optimize(APP, operations, start)
    assert state_of(*before, *found) == state_of(*before, *operations)
    assert optimize(APP, found, start) == found
    return list(found)


A = create("A", ("x", TEXT))
B = create("B", ("x", TEXT))
INDEX = models.Index(fields=["x"], name="by_x")
CHECK = models.CheckConstraint(condition=models.Q(x="1"), name="one")
OTHER_CHECK = models.CheckConstraint(condition=models.Q(x="2"), name="one")


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        pytest.param([A, m.DeleteModel("a")], [], id="create, delete"),
        pytest.param(
            [A, m.RenameModel("A", "C")], [create("C", ("x", TEXT))], id="rename"
        ),
        pytest.param(
            [A, m.AddField("A", "y", NUMBER)],
            [create("A", ("x", TEXT), ("y", NUMBER))],
            id="add field",
        ),
        pytest.param(
            [A, m.AddField("A", "y", models.IntegerField(default=5), False)],
            [create("A", ("x", TEXT), ("y", NUMBER))],
            id="a one-off default does not stay",
        ),
        pytest.param(
            [A, m.AlterField("A", "x", LONG)], [create("A", ("x", LONG))], id="alter"
        ),
        pytest.param([A, m.RemoveField("A", "x")], [create("A")], id="remove field"),
        pytest.param(
            [A, m.AddIndex("A", INDEX), m.RenameField("A", "x", "y")],
            [
                create(
                    "A",
                    ("y", TEXT),
                    options={"indexes": [models.Index(fields=["y"], name="by_x")]},
                )
            ],
            id="items follow a renamed field",
        ),
        pytest.param(
            [A, m.AddIndex("A", INDEX), m.RenameIndex("A", "by_y", "by_x")],
            [
                create(
                    "A",
                    ("x", TEXT),
                    options={"indexes": [models.Index(fields=["x"], name="by_y")]},
                )
            ],
            id="rename index",
        ),
        pytest.param(
            [A, m.AddIndex("A", INDEX), m.RemoveIndex("A", "by_x")], [A], id="index"
        ),
        pytest.param(
            [
                A,
                m.AddConstraint("A", CHECK),
                m.AlterConstraint("A", "one", OTHER_CHECK),
            ],
            [create("A", ("x", TEXT), options={"constraints": [OTHER_CHECK]})],
            id="constraint",
        ),
        pytest.param(
            [A, m.AlterUniqueTogether("A", [("id", "x")])],
            [create("A", ("x", TEXT), options={"unique_together": [("id", "x")]})],
            id="unique together",
        ),
        pytest.param(
            [
                A,
                m.AlterModelOptions("A", {"ordering": ["x"], "verbose_name": "a"}),
                m.AlterModelOptions("A", {"ordering": ["x"]}),
                m.AlterModelTable("A", "t"),
                m.AlterModelManagers("A", []),
            ],
            [create("A", ("x", TEXT), options={"ordering": ["x"], "db_table": "t"})],
            id="options",
        ),
        pytest.param(
            [A, B, m.DeleteModel("A")], [B], id="through a model that has no part in it"
        ),
        pytest.param(
            [A, B, m.DeleteModel("B"), m.DeleteModel("A")], [], id="interleaved"
        ),
        pytest.param(
            [A, create("B", ("a", key("A"))), m.DeleteModel("B"), m.DeleteModel("A")],
            [],
            id="what is gone stands in nobody's way",
        ),
        pytest.param(
            [A, B, m.AddField("A", "b", key("B"))],
            [B, create("A", ("x", TEXT), ("b", key("B")))],
            id="a model waits for what a field of it needs",
        ),
        pytest.param(
            [A, create("B", ("a", key("A"))), m.AddField("A", "b", key("B"))],
            [A, create("B", ("a", key("A"))), m.AddField("A", "b", key("B"))],
            id="models that need each other",
        ),
        pytest.param(
            [A, create("B", ("a", key("A"))), m.AddField("A", "y", NUMBER)],
            [create("A", ("x", TEXT), ("y", NUMBER)), create("B", ("a", key("A")))],
            id="past a model that refers to it",
        ),
        pytest.param(
            [A, m.RunSQL("SELECT 1"), m.AddField("A", "y", NUMBER)],
            [A, m.RunSQL("SELECT 1"), m.AddField("A", "y", NUMBER)],
            id="nothing passes raw SQL",
        ),
        pytest.param(
            [A, m.AlterModelOptions("A", {"managed": False})],
            [A, m.AlterModelOptions("A", {"managed": False})],
            id="whether a table is ours is never merged",
        ),
    ],
)
def test_a_list_from_nothing(
    operations: list[Operation], left: list[Operation]
) -> None:
    """Django merges the same, and less of indexes, constraints and renames."""
    assert optimized(*operations) == left


IN_PLACE = [
    pytest.param([m.AddField("A", "y", NUMBER), m.RemoveField("A", "y")], [], id="add"),
    pytest.param(
        [m.AddField("A", "y", NUMBER), m.RenameField("A", "y", "z")],
        [m.AddField("A", "z", NUMBER)],
        id="add, rename",
    ),
    pytest.param(
        [
            m.AddField("A", "y", models.IntegerField(default=5), False),
            m.RenameField("A", "y", "z"),
        ],
        [m.AddField("A", "z", models.IntegerField(default=5), False)],
        id="a one-off default stays one",
    ),
    pytest.param(
        [
            m.AddField("A", "y", models.IntegerField(default=5), False),
            m.AlterField("A", "y", models.IntegerField(help_text="h")),
        ],
        [m.AddField("A", "y", models.IntegerField(help_text="h"), fill=5)],
        id="rows keep what they were given",
    ),
    pytest.param(
        [
            m.AddField("A", "y", models.IntegerField(null=True)),
            m.AlterField("A", "y", NUMBER, fill=7),
        ],
        [m.AddField("A", "y", NUMBER, fill=7)],
        id="NULLs that are filled",
    ),
    pytest.param(
        [m.AlterField("A", "x", LONG), m.RemoveField("A", "x")],
        [m.RemoveField("A", "x")],
        id="alter, remove",
    ),
    pytest.param(
        [
            m.AlterField("A", "x", models.CharField(max_length=40, help_text="h")),
            m.RenameField("A", "x", "y"),
            m.AlterField("A", "y", LONG),
        ],
        [m.RenameField("A", "x", "y"), m.AlterField("A", "y", LONG)],
        id="alter, rename, alter",
    ),
    pytest.param(
        [m.AlterField("A", "x", LONG), m.RenameField("A", "x", "y")],
        [m.AlterField("A", "x", LONG), m.RenameField("A", "x", "y")],
        id="no other order for its own sake",
    ),
    pytest.param(
        [m.AlterField("A", "x", LONG, using="x"), m.AlterField("A", "x", LONG)],
        [m.AlterField("A", "x", LONG, using="x")],
        id="a cast survives",
    ),
    pytest.param(
        [m.RenameField("A", "x", "y"), m.RenameField("A", "y", "z")],
        [m.RenameField("A", "x", "z")],
        id="renamed twice",
    ),
    pytest.param(
        [m.RenameField("A", "x", "y"), m.RenameField("A", "y", "x")], [], id="back"
    ),
    pytest.param(
        [m.RenameModel("A", "C"), m.RenameModel("C", "D")],
        [m.RenameModel("A", "D")],
        id="models renamed twice",
    ),
    pytest.param(
        [m.RenameField("A", "x", "y"), m.RemoveField("A", "y", fill_back="v")],
        [m.RemoveField("A", "x", fill_back="v")],
        id="the value for the way back survives",
    ),
    pytest.param(
        [m.RemoveField("A", "x"), m.AlterModelTable("A", "t"), m.DeleteModel("A")],
        [m.DeleteModel("A")],
        id="all that is done to a deleted model",
    ),
    pytest.param(
        [m.RenameModel("A", "C"), m.DeleteModel("C")], [m.DeleteModel("A")], id="both"
    ),
    pytest.param(
        [m.AlterModelTable("A", "t"), m.AlterModelTable("A", None)],
        [m.AlterModelTable("A", None)],
        id="the last word counts",
    ),
    pytest.param(
        [m.AddIndex("A", INDEX), m.RenameIndex("A", "by_y", "by_x")],
        [m.AddIndex("A", models.Index(fields=["x"], name="by_y"))],
        id="index, renamed",
    ),
    pytest.param(
        [
            m.AddConstraint("A", CHECK),
            m.AlterConstraint("A", "one", OTHER_CHECK),
            m.RenameConstraint("A", "one", "two"),
            m.RemoveConstraint("A", "two"),
        ],
        [],
        id="constraint",
    ),
    pytest.param(
        [m.AddIndex("A", INDEX), m.RemoveIndex("B", "by_x")],
        [m.AddIndex("A", INDEX), m.RemoveIndex("B", "by_x")],
        id="equal names in two models",
    ),
    pytest.param(
        [m.RemoveField("A", "x"), m.AddField("A", "x", TEXT, fill="")],
        [m.RemoveField("A", "x"), m.AddField("A", "x", TEXT, fill="")],
        id="values that go are gone",
    ),
    pytest.param(
        [m.AlterField("A", "x", LONG), m.AlterField("A", "x", NUMBER)],
        [m.AlterField("A", "x", LONG), m.AlterField("A", "x", NUMBER)],
        id="rows are converted twice",
    ),
    pytest.param(
        [
            m.AddField("A", "y", models.IntegerField(default=5)),
            m.AlterField("A", "y", models.TextField()),
        ],
        [
            m.AddField("A", "y", models.IntegerField(default=5)),
            m.AlterField("A", "y", models.TextField()),
        ],
        id="a value of another type",
    ),
    pytest.param(
        [
            m.RenameField("A", "x", "t"),
            m.AddField("A", "x", NUMBER, fill=1),
            m.RenameField("A", "t", "y"),
        ],
        [m.RenameField("A", "x", "y"), m.AddField("A", "x", NUMBER, fill=1)],
        id="past a field that takes the name",
    ),
    pytest.param(
        [
            m.AlterModelTable("A", "t"),
            m.AlterModelTable("B", f"{APP}_a"),
            m.AlterModelTable("A", f"{APP}_b"),
        ],
        [
            m.AlterModelTable("A", "t"),
            m.AlterModelTable("B", f"{APP}_a"),
            m.AlterModelTable("A", f"{APP}_b"),
        ],
        id="tables that exchange their names",
    ),
]


@pytest.mark.parametrize(("operations", "left"), IN_PLACE)
def test_a_list_for_tables_with_rows(
    operations: list[Operation], left: list[Operation]
) -> None:
    """What rows would show is not merged, and what fills them survives."""
    with_index = create("B", ("x", TEXT), options={"indexes": [INDEX]})
    assert optimized(*operations, before=(A, with_index)) == left


def test_tables_of_sqlalchemy() -> None:
    """Columns and constraints are merged like fields and theirs."""
    number = sa.Column(sa.Integer(), primary_key=True)
    book = m.CreateModel("book", [("id", number)], options={"db_table": "book"})
    unique = sa.UniqueConstraint("name")
    found = optimized(
        book,
        m.AddField("book", "name", sa.Column(sa.String(9), nullable=False), fill="x"),
        m.AddConstraint("book", unique),
        m.AlterField("book", "name", sa.Column(sa.String(20), nullable=False)),
        m.CreateSequence(sa.Sequence("s")),
        m.AlterSequence(sa.Sequence("s", start=5)),
    )
    columns = [("id", number), ("name", sa.Column(sa.String(20), nullable=False))]
    options = {"db_table": "book", "constraints": [unique]}
    assert found == [
        m.CreateModel("book", columns, options=options),
        m.CreateSequence(sa.Sequence("s", start=5)),
    ]


def test_extensions() -> None:
    """Nobody says what uses an extension, so only what stands beside is merged."""
    update = m.AlterExtension("hstore", version="1.8")
    assert optimized(m.HStoreExtension(), m.DeleteExtension("hstore")) == []
    between = [m.HStoreExtension(), A, update]
    assert optimized(*between) == between


def test_a_step_of_ones_own_stays_where_it_is() -> None:
    class Own(m.AddField):
        def database_forwards(self, *args: object) -> None:
            """Do something else."""

    own = Own("A", "y", NUMBER)
    assert optimized(A, own, m.RemoveField("A", "y")) == [
        A,
        own,
        m.RemoveField("A", "y"),
    ]


def test_the_cost_grows_with_the_list() -> None:
    """A list of five times the length takes about five times as long."""

    def took(count: int) -> float:
        operations: list[Operation] = [A]
        for number in range(count // 4):
            name = f"M{number}"
            operations += [
                create(name, ("a", key("A"))),
                m.AddField("A", f"f{number}", NUMBER),
                m.AlterField(name, "a", key("A", null=True)),
                m.AddIndex(name, models.Index(fields=["a"], name=f"i{number}")),
            ]
        start = time.process_time()
        left = optimize(APP, operations, ProjectState())
        assert len(left) == count // 4 + 1
        return time.process_time() - start

    small, large = took(200), took(1000)
    # A square would be 25 times as much.
    assert large < 15 * small
