"""
Random states of both vocabularies, from so few names that two of them overlap.

Unlike the pairs of `whimbrel.testing.strategies`, which are what a database can
migrate, two of these have nothing to do with each other: every kind of change
happens, most of them at once.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from whimbrel import models
from whimbrel.state import tables
from whimbrel.state.construct import Construct
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState

MODEL_NAMES = ("A", "B", "C", "D")
FIELD_NAMES = ("a", "b", "c", "d")
APPS = ("one", "two")

PLAIN = (
    models.CharField(max_length=10),
    models.CharField(max_length=20),
    models.CharField(max_length=10, blank=True),
    models.IntegerField(),
    models.IntegerField(null=True),
    models.IntegerField(default=1, help_text="how many"),
    models.DateTimeField(auto_now_add=True),
    models.IntegerField(db_column="col"),
)

TYPES = (
    Construct("sqlalchemy.Integer"),
    Construct("sqlalchemy.String", (10,)),
    Construct("sqlalchemy.String", (20,)),
)


@st.composite
def django_states(draw: st.DrawFn) -> ProjectState:
    """Return states of Django-style models."""
    names = draw(st.lists(st.sampled_from(MODEL_NAMES), unique=True, max_size=4))
    labels = [f"{draw(st.sampled_from(APPS))}.{name}" for name in names]
    made = [draw(django_model(label, labels)) for label in labels]
    made += [
        ModelState(
            made[0].app_label, f"{model.name}Proxy", {}, {"proxy": True}, (model.label,)
        )
        for model in made
        if draw(st.integers(0, 5)) == 0
    ]
    return ProjectState.of(made)


@st.composite
def django_model(draw: st.DrawFn, label: str, labels: list[str]) -> ModelState:
    """Return a model that may refer to any of *labels*."""
    names = draw(st.lists(st.sampled_from(FIELD_NAMES), unique=True, max_size=4))
    fields: dict[str, Any] = {"id": models.BigAutoField(primary_key=True)}
    for name in names:
        fields[name] = draw(django_field(labels, names, name))
    app_label, _, name = label.partition(".")
    plain = [name for name in names if fields[name].concrete]
    options = draw(django_options(name.lower(), plain)) if plain else {}
    keys = [name for name in plain if fields[name].is_relation]
    if draw(st.booleans()) and keys:
        options["order_with_respect_to"] = draw(st.sampled_from(keys))
    bases = draw(st.sampled_from((None, None, None, (models.Model, Mixin))))
    return ModelState(app_label, name, fields, options, bases)


class Mixin:
    """A base without fields."""


@st.composite
def django_field(
    draw: st.DrawFn, labels: list[str], names: list[str], name: str
) -> models.Field:
    """Return a field; a generated one is over another of *names*."""
    kind = draw(st.integers(0, 9))
    target = draw(st.sampled_from(("self", *labels)))
    if kind == 0:
        through = draw(st.sampled_from((None, *labels)))
        return models.ManyToManyField(target, through=through)
    if kind <= 2:
        null = draw(st.booleans())
        return models.ForeignKey(target, models.CASCADE, null=null)
    others = [other for other in names if other < name]
    if kind == 3 and others:
        return models.GeneratedField(
            expression=models.F(draw(st.sampled_from(others))),
            output_field=models.IntegerField(),
            db_persist=draw(st.booleans()),
        )
    return draw(st.sampled_from(PLAIN))


@st.composite
def django_options(draw: st.DrawFn, model: str, names: list[str]) -> dict[str, Any]:
    """Return options over the columns of *names*."""
    some = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    options: dict[str, Any] = {
        "indexes": [
            models.Index(fields=draw(some), name=f"{model}_ix{number}")
            for number in draw(st.sets(st.integers(0, 3), max_size=2))
        ],
        "constraints": [
            models.UniqueConstraint(
                fields=draw(some),
                name=f"{model}_uq{number}",
                violation_error_message=draw(st.sampled_from((None, "no"))),
            )
            for number in draw(st.sets(st.integers(0, 1), max_size=2))
        ],
    }
    if draw(st.booleans()):
        options["unique_together"] = draw(
            st.lists(some.map(tuple), max_size=2, unique=True)
        )
    for option, values in (
        ("db_table", ["kept", "moved"]),
        ("db_table_comment", ["text"]),
        ("ordering", [["a"], ["-a"]]),
        ("managed", [False, True]),
        ("db_tablespace", ["fast"]),
    ):
        if draw(st.integers(0, 3)) == 0:
            options[option] = draw(st.sampled_from(values))
    return options


@st.composite
def table_states(draw: st.DrawFn) -> ProjectState:
    """Return states of SQLAlchemy-style models, with sequences."""
    names = draw(st.lists(st.sampled_from(MODEL_NAMES), unique=True, max_size=4))
    made = [draw(table_model(name, names)) for name in names]
    made = list({model.full_table: model for model in made}.values())
    # A foreign key refers to a column "a" that is there.
    known = {None, *(model.full_table for model in made if "a" in model.fields)}
    state = ProjectState.of(
        model.with_items(
            "constraints",
            [c for c in model.constraints if getattr(c, "target", None) in known],
        )
        for model in made
    )
    for name in draw(st.sets(st.sampled_from(("s", "t")))):
        start = (("start", draw(st.integers(1, 2))),)
        state.add_sequence("one", tables.Sequence(name=name, arguments=start))
    return state


@st.composite
def table_model(draw: st.DrawFn, name: str, names: list[str]) -> ModelState:
    """Return a table that may refer to the tables of *names*."""
    columns = draw(
        st.lists(st.sampled_from(FIELD_NAMES), unique=True, min_size=1, max_size=4)
    )
    fields = {column: draw(table_column(columns, column)) for column in columns}
    options: dict[str, Any] = {
        "indexes": [
            tables.Index(
                name=f"{name}_ix{number}",
                expressions=(draw(st.sampled_from(columns)),),
                unique=draw(st.booleans()),
            )
            for number in draw(st.sets(st.integers(0, 3), max_size=2))
        ]
    }
    drawn = draw(st.lists(table_constraint(columns, names), max_size=3))
    options["constraints"] = list({item.identity: item for item in drawn}.values())
    for option, values in (
        ("db_table", ["kept", "moved"]),
        ("schema", ["elsewhere"]),
        ("db_table_comment", ["text"]),
        ("table_options", [{"mysql_engine": "InnoDB"}]),
    ):
        if draw(st.integers(0, 3)) == 0:
            options[option] = draw(st.sampled_from(values))
    return ModelState("one", name, fields, options)


@st.composite
def table_column(draw: st.DrawFn, columns: list[str], name: str) -> tables.Column:
    """Return a column; a computed one is over another of *columns*."""
    others = [other for other in columns if other < name]
    computed = None
    if others and draw(st.integers(0, 4)) == 0:
        text = f"{draw(st.sampled_from(others))} + 1"
        computed = Construct("sqlalchemy.Computed", (text,))
    return tables.Column(
        type=draw(st.sampled_from(TYPES)),
        nullable=draw(st.booleans()),
        primary_key=False,
        server_default=draw(st.sampled_from((None, None, "1"))),
        comment=draw(st.sampled_from((None, "text"))),
        computed=computed,
    )


@st.composite
def table_constraint(
    draw: st.DrawFn, columns: list[str], names: list[str]
) -> tables.Constraint:
    """Return a constraint over *columns*, named or not."""
    column = draw(st.sampled_from(columns))
    name = draw(st.sampled_from((None, f"rule_{column}")))
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return tables.UniqueConstraint(columns=(column,), name=name)
    if kind == 1:
        return tables.CheckConstraint(sql=f"{column} > 0", name=name)
    if kind == 2:
        return tables.PrimaryKeyConstraint(columns=(column,), name=name)
    target = draw(st.sampled_from((*names, "kept", "elsewhere.A")))
    ondelete = draw(st.sampled_from((None, "CASCADE")))
    return tables.ForeignKeyConstraint(
        columns=(column,),
        target=target,
        target_columns=("a",),
        name=name,
        ondelete=ondelete,
    )
