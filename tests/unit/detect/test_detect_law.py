"""
L2: applying what was detected between A and B to A gives B.

Whatever A and B are, and however the questions are answered.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.building import applied
from detect.random_states import FIELD_NAMES, django_states, table_states
from detect.whole import missing
from whimbrel.detect.changes import Detection
from whimbrel.detect.detect import detect
from whimbrel.state.project import ProjectState

ROUNDS = 20
STATES = pytest.mark.parametrize(
    "states",
    [
        pytest.param(django_states(), id="Django-style"),
        pytest.param(table_states(), id="SQLAlchemy-style"),
    ],
)


def answered(
    draw: Any, before: ProjectState, after: ProjectState
) -> tuple[Detection, dict[str, object]]:
    """Detect, answer one question by chance, and so on until none is open."""
    answers: dict[str, object] = {}
    for _ in range(ROUNDS):
        detection = detect(before, after, answers)
        if not detection.questions:
            break
        question = draw(st.sampled_from(detection.questions))
        assert question.id not in answers
        is_value = question.kind == "default"
        answers[question.id] = 1 if is_value else draw(st.booleans())
    return detection, answers


@STATES
@given(data=st.data())
def test_the_changes_lead_to_the_wanted_state(
    states: st.SearchStrategy[ProjectState], data: st.DataObject
) -> None:
    """L2, with every question answered by chance."""
    before, after = data.draw(states), data.draw(states)

    detection, _ = answered(data.draw, before, after)

    assert applied(detection, before) == after


@STATES
@given(data=st.data())
def test_open_questions_count_as_no(
    states: st.SearchStrategy[ProjectState], data: st.DataObject
) -> None:
    """Without answers the changes still lead there, only at a loss."""
    before, after = data.draw(states), data.draw(states)

    detection = detect(before, after)

    assert applied(detection, before) == after
    refusals = {q.id: q.kind == "default" for q in detection.questions}
    renames = {k: v for k, v in refusals.items() if not v}
    assert detect(before, after, renames).changes == detection.changes


@STATES
@given(data=st.data())
def test_nothing_changed_means_no_changes(
    states: st.SearchStrategy[ProjectState], data: st.DataObject
) -> None:
    """L2: detect(A, A) is empty, for equal states as for one and the same."""
    before = data.draw(states)
    same = ProjectState.of(before.models.values())
    for (app_label, _), sequence in before.sequences.items():
        same.add_sequence(app_label, sequence)

    assert detect(before, same) == Detection(())


@STATES
@given(data=st.data())
def test_every_effect_is_respected(
    states: st.SearchStrategy[ProjectState], data: st.DataObject
) -> None:
    """Whoever makes a thing comes before those who read it, and so on."""
    before, after = data.draw(states), data.draw(states)

    changes = detect(before, after).changes

    made: set[Any] = set()
    removed: set[Any] = set()
    for change in changes:
        effects = change.effects
        assert not (effects.reads | effects.changes | effects.releases) & (
            removed - made
        )
        made |= effects.makes
        removed = (removed - effects.makes) | effects.removes
        made -= effects.removes


@STATES
@given(data=st.data())
def test_no_state_on_the_way_misses_anything(
    states: st.SearchStrategy[ProjectState], data: st.DataObject
) -> None:
    """Between two operations, whatever a model refers to is there."""
    before, after = data.draw(states), data.draw(states)
    detection, _ = answered(data.draw, before, after)

    reached = before.clone()
    for change in detection.changes:
        change.operation.state_forwards(change.app_label, reached)
        assert missing(reached, FIELD_NAMES) == [], change.operation
