"""Values for existing rows: when one is asked for, and where the answer goes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from detect.building import (
    CHAR,
    INTEGER,
    asked,
    fk,
    found,
    key,
    model,
    operations,
    table,
)
from whimbrel import models
from whimbrel.detect.questions import NO_FILL
from whimbrel.migrations import AddField, AlterField
from whimbrel.models import ManyToManyField

ID = "default:lib.Book.a"
TYPE = sa.String(5)


@pytest.mark.parametrize(
    ("field", "asks"),
    [
        pytest.param(INTEGER, True, id="a number"),
        pytest.param(CHAR, True, id="a text"),
        pytest.param(fk("lib.Book", null=False), True, id="a foreign key"),
        pytest.param(models.DateTimeField(auto_now_add=True), True, id="auto_now_add"),
        pytest.param(models.IntegerField(blank=True), True, id="a blank number"),
        pytest.param(models.IntegerField(null=True), False, id="nullable"),
        pytest.param(models.IntegerField(default=0), False, id="with a default"),
        pytest.param(models.IntegerField(default=None), False, id="default None"),
        pytest.param(models.IntegerField(db_default=0), False, id="with db_default"),
        pytest.param(CHAR.clone(blank=True), False, id="a blank text"),
        pytest.param(models.DateField(auto_now=True), False, id="auto_now"),
        pytest.param(
            models.DateField(auto_now_add=True, null=True), False, id="nullable stamp"
        ),
        pytest.param(ManyToManyField("lib.Book"), False, id="many-to-many"),
        pytest.param(
            models.GeneratedField(
                expression=models.F("id"), output_field=INTEGER, db_persist=True
            ),
            False,
            id="generated",
        ),
    ],
)
def test_which_new_fields_need_a_value(field: Any, asks: bool) -> None:
    """Those that cannot be NULL and have nothing to fill them with."""
    detection = found([model("lib.Book")], [model("lib.Book", a=field)])

    assert asked(detection) == [ID] * asks


@pytest.mark.parametrize(
    ("column", "asks"),
    [
        pytest.param(sa.Column("a", TYPE, nullable=False), True, id="not null"),
        pytest.param(sa.Column("a", TYPE), False, id="nullable"),
        pytest.param(
            sa.Column("a", TYPE, nullable=False, server_default="x"),
            False,
            id="with a server default",
        ),
        pytest.param(
            sa.Column("a", sa.Integer, sa.Identity(), nullable=False),
            False,
            id="an identity",
        ),
        pytest.param(
            sa.Column("a", sa.Integer, sa.Computed("id + 1"), nullable=False),
            False,
            id="computed",
        ),
        pytest.param(
            sa.Column("a", sa.Integer, sa.Sequence("s"), nullable=False),
            False,
            id="with a sequence",
        ),
    ],
)
def test_which_new_columns_need_a_value(column: Any, asks: bool) -> None:
    """The same for SQLAlchemy's columns; their Python defaults fill no rows."""
    detection = found([table("lib.Book", key())], [table("lib.Book", key(), column)])

    assert asked(detection) == [ID] * asks


def test_a_key_that_numbers_itself_needs_no_value() -> None:
    """An integer primary key without more is numbered by the database."""
    bare = table("lib.Book", sa.Column("x", sa.Integer))
    numbered = table("lib.Book", sa.Column("x", sa.Integer), key("a"))
    named = table(
        "lib.Book", sa.Column("x", sa.Integer), sa.Column("a", TYPE, primary_key=True)
    )

    assert asked(found([bare], [numbered])) == []
    assert asked(found([bare], [named])) == [ID]


@pytest.mark.parametrize(
    ("columns", "asks"),
    [
        pytest.param([key(), key("a")], True, id="one of two key columns"),
        pytest.param(
            [key(), sa.Column("a", sa.Integer, primary_key=True, autoincrement=True)],
            False,
            id="one of two, but told to number",
        ),
        pytest.param(
            [sa.Column("a", sa.Integer, sa.ForeignKey("lib_one.id"), primary_key=True)],
            True,
            id="a key that refers to another table",
        ),
    ],
)
def test_keys_that_do_not_number_themselves(columns: list[Any], asks: bool) -> None:
    """
    SQLAlchemy lets the database number only a key of one column that refers nowhere.

    Nothing was asked for an integer that joined a key, and rows were refused.
    """
    one = table("lib.lib_one", key())
    others = [key() for c in columns if c.name != "a"]
    before = table("lib.Book", sa.Column("x", sa.Integer), *others)
    after = table("lib.Book", sa.Column("x", sa.Integer), *columns)

    assert asked(found([one, before], [one, after])) == [ID] * asks


def test_the_answer_is_a_default_that_is_not_preserved() -> None:
    """As Django writes it: the state keeps the field without the default."""
    detection = found([model("lib.Book")], [model("lib.Book", a=INTEGER)], {ID: 3})

    assert operations(detection) == [
        AddField("Book", "a", INTEGER.clone(default=3), preserve_default=False)
    ]


def test_the_answer_for_a_column_is_a_fill() -> None:
    """A `sqlalchemy.Column` says nothing of existing rows; the operation does."""
    column = sa.Column("a", TYPE, nullable=False)

    detection = found(
        [table("lib.Book", key())], [table("lib.Book", key(), column)], {ID: "x"}
    )

    column = sa.Column("a", TYPE, nullable=False)
    assert operations(detection) == [AddField("Book", "a", column, fill="x")]


def test_a_stamp_is_filled_without_a_default() -> None:
    """``auto_now_add`` and ``default`` exclude each other in a field."""
    stamp = models.DateTimeField(auto_now_add=True)

    detection = found([model("lib.Book")], [model("lib.Book", a=stamp)], {ID: "now"})

    assert operations(detection) == [AddField("Book", "a", stamp, fill="now")]


@pytest.mark.parametrize(
    ("field", "suggestion"),
    [
        (
            models.DateTimeField(auto_now_add=True),
            "datetime.datetime.now(timezone.utc)",
        ),
        (models.DateField(auto_now_add=True), "datetime.date.today()"),
        (models.TimeField(auto_now_add=True), "datetime.datetime.now().time()"),
        (INTEGER, None),
    ],
)
def test_a_stamp_suggests_now(field: Any, suggestion: str | None) -> None:
    """Enter takes the present moment."""
    detection = found([model("lib.Book")], [model("lib.Book", a=field)])

    assert detection.questions[0].default == suggestion


def test_going_on_without_a_value() -> None:
    """The answer None leaves it to the database to refuse."""
    detection = found(
        [model("lib.Book")], [model("lib.Book", a=INTEGER)], {ID: NO_FILL}
    )

    assert operations(detection) == [AddField("Book", "a", INTEGER)]


@pytest.mark.parametrize(
    ("before", "after", "asks"),
    [
        pytest.param(INTEGER.clone(null=True), INTEGER, True, id="made not null"),
        pytest.param(INTEGER, INTEGER.clone(null=True), False, id="made nullable"),
        pytest.param(
            INTEGER.clone(null=True), INTEGER.clone(default=1), False, id="with default"
        ),
        pytest.param(
            INTEGER.clone(null=True),
            INTEGER.clone(db_default=1),
            False,
            id="db_default",
        ),
        pytest.param(
            CHAR.clone(null=True, blank=True), CHAR.clone(blank=True), True, id="text"
        ),
    ],
)
def test_fields_that_become_not_null(before: Any, after: Any, asks: bool) -> None:
    """Rows that are NULL so far need a value."""
    detection = found([model("lib.Book", a=before)], [model("lib.Book", a=after)])

    assert asked(detection) == [ID] * asks


def test_the_answer_for_a_field_made_not_null() -> None:
    """It fills the rows that are NULL."""
    null = INTEGER.clone(null=True)

    filled = found([model("lib.Book", a=null)], [model("lib.Book", a=INTEGER)], {ID: 3})
    ignored = found(
        [model("lib.Book", a=null)], [model("lib.Book", a=INTEGER)], {ID: NO_FILL}
    )

    assert operations(filled) == [
        AlterField("Book", "a", INTEGER.clone(default=3), preserve_default=False)
    ]
    assert operations(ignored) == [AlterField("Book", "a", INTEGER)]


def test_a_column_made_not_null() -> None:
    """The same in SQLAlchemy's words, after a rename too."""
    before = table("lib.Book", key(), sa.Column("b", TYPE))
    after = table("lib.Book", key(), sa.Column("a", TYPE, nullable=False))
    yes = {"rename-field:lib.Book.b>a": True}

    assert asked(found([before], [after])) == ["rename-field:lib.Book.b>a"]
    assert asked(found([before], [after], yes)) == [ID]


def test_the_text_of_the_question() -> None:
    """It says why, and what a unique field needs."""
    unique = models.UUIDField(unique=True)

    question = found([model("lib.Book")], [model("lib.Book", a=unique)]).questions[0]

    assert question.kind == "default"
    assert (question.model, question.field) == ("Book", "a")
    assert question.type == "models.UUIDField(unique=True)"
    assert question.text == (
        "lib.Book.a is new, cannot be NULL and has no default. Which value do "
        "existing rows get? It is unique: give a function, it is called for each "
        "row. (None: go on without a value; the database refuses if there are rows "
        "that need one.)"
    )


def test_a_function_is_an_answer() -> None:
    """It is kept as it is, to be called for each row."""
    field = models.UUIDField(unique=True)

    detection = found(
        [model("lib.Book")], [model("lib.Book", a=field)], {ID: uuid.uuid4}
    )

    assert operations(detection) == [
        AddField("Book", "a", field.clone(default=uuid.uuid4), preserve_default=False)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([], [model("lib.Book", a=INTEGER)], id="created"),
        pytest.param(
            [model("lib.Book", {"managed": False})],
            [model("lib.Book", {"managed": False}, a=INTEGER)],
            id="unmanaged",
        ),
        pytest.param(
            [],
            [
                model("lib.Book", a=fk("lib.Other", null=False)),
                model("lib.Other", b=fk("lib.Book", null=False)),
            ],
            id="of a cycle",
        ),
    ],
)
def test_no_rows_no_question(before: Any, after: Any) -> None:
    """A model that is created now, or by somebody else, has no rows to fill."""
    assert asked(found(before, after)) == []
