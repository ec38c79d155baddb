"""Short ways to make states of both vocabularies, and to read what was detected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from whimbrel import models
from whimbrel.detect.changes import Detection
from whimbrel.detect.detect import detect
from whimbrel.migrations import Operation
from whimbrel.reflect.metadata import table_state
from whimbrel.state.model import ModelState
from whimbrel.state.project import ProjectState

CHAR = models.CharField(max_length=10)
INTEGER = models.IntegerField()
NULLABLE = models.IntegerField(null=True)


def fk(to: str, **options: Any) -> models.ForeignKey:
    """A foreign key that may be NULL, unless *options* say otherwise."""
    return models.ForeignKey(to, models.CASCADE, **{"null": True, **options})


def model(
    label: str,
    /,
    options: Mapping[str, Any] | None = None,
    bases: tuple[Any, ...] | None = None,
    managers: Iterable[tuple[str, Any]] = (),
    key: bool = True,
    **fields: Any,
) -> ModelState:
    """A Django-style model ``app.Name``; with *key* it has the usual ``id``."""
    app_label, _, name = label.partition(".")
    numbered = {"id": models.BigAutoField(primary_key=True)} if key else {}
    return ModelState(app_label, name, {**numbered, **fields}, options, bases, managers)


def proxy(label: str, *bases: str) -> ModelState:
    """A proxy of *bases*."""
    return model(label, {"proxy": True}, bases, key=False)


def table(label: str, /, *items: Any, name: str | None = None, **options: Any) -> Any:
    """
    A SQLAlchemy-style model.

    Args:
        items: Columns, constraints, indexes.

        name: Of the table, where the model is called otherwise.

        options: Of the table: ``schema``, ``comment``, dialect arguments.
    """
    app_label, _, model_name = label.partition(".")
    made = sa.Table(name or model_name, sa.MetaData(), *items, **options)
    return table_state(made, app_label, model_name)


def key(name: str = "id", **options: Any) -> sa.Column[Any]:
    """The integer column that is a table's primary key."""
    return sa.Column(name, sa.Integer(), primary_key=True, **options)


def found(
    before: Iterable[ModelState],
    after: Iterable[ModelState],
    answers: Mapping[str, object] | None = None,
    **options: Any,
) -> Detection:
    """Detect between two lists of models, and hold L2 to it."""
    old, new = ProjectState.of(before), ProjectState.of(after)
    detection = detect(old, new, answers or {}, **options)
    if options.get("apps") is None:
        assert applied(detection, old) == new
    assert detect(new, new).changes == ()
    assert detect(old, new, answers or {}, **options) == detection
    return detection


def applied(detection: Detection, state: ProjectState) -> ProjectState:
    """Return *state* after the changes of *detection*."""
    reached = state.clone()
    for change in detection.changes:
        change.operation.state_forwards(change.app_label, reached)
    return reached


def said(detection: Detection) -> list[str]:
    """Return each operation in a few words."""
    return [change.operation.describe() for change in detection.changes]


def operations(detection: Detection) -> list[Operation]:
    return [change.operation for change in detection.changes]


def asked(detection: Detection) -> list[str]:
    """Return the identities of the open questions."""
    return [question.id for question in detection.questions]
