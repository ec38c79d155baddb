"""
From two states to the operations between them, and the questions that are open.

Place: `detect`, on top. Renames come first, and everything else is compared in
terms of the state after them. Each file beside this one compares one kind of
object; `order` finds the order of what they yield.

Invariants: the same states and answers give the same operations in the same
order. Applied to the old state they give the new one (`check`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from whimbrel.detect.changes import Change, Detection
from whimbrel.detect.comparison import Comparison, Found, PythonDefaults
from whimbrel.detect.field_renames import (
    FieldHints,
    exchanged,
    rename_fields,
    settle_fields,
)
from whimbrel.detect.fields import compare_fields
from whimbrel.detect.items import compare_items
from whimbrel.detect.model_renames import (
    is_replaced,
    rename_models,
    settle_models,
)
from whimbrel.detect.models import created_models, deleted_models
from whimbrel.detect.options import compare_options, parent_keys
from whimbrel.detect.order import ordered
from whimbrel.detect.questions import Answers, Question
from whimbrel.detect.recreated import recreated_fields
from whimbrel.detect.script import Draft, Script
from whimbrel.detect.sequences import compare_sequences
from whimbrel.detect.taken_over import loosen_keys
from whimbrel.detect.value_renames import settle_values
from whimbrel.detect.verify import check
from whimbrel.errors.detect import VocabularyChanged
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.project import ProjectState

NOTHING: Mapping[str, object] = {}
NO_MODELS: Mapping[ModelKey, str] = {}
NO_FIELDS: FieldHints = {}
NO_DEFAULTS: PythonDefaults = {}


def detect(
    before: ProjectState,
    after: ProjectState,
    answers: Answers = NOTHING,
    *,
    renamed_models: Mapping[ModelKey, str] = NO_MODELS,
    renamed_fields: FieldHints = NO_FIELDS,
    defaults: PythonDefaults = NO_DEFAULTS,
    apps: Set[str] | None = None,
) -> Detection:
    """
    Return the operations that lead from *before* to *after*, and open questions.

    An open question about a rename counts as "no" for the operations, which
    are only of use when no question is open.

    Args:
        renamed_models: Key in *after* → name before, the models' own hints.

        renamed_fields: App label, model in *after* in lower case, field → name
            before.

        defaults: What existing rows get in a column where they need a value.

        apps: Only changes of these apps and those that they need; None: all.

    Raises:
        BasesChanged: DE101.

        VocabularyChanged: DE102.

        WrongAnswer: DE103.

        ConflictingAnswers: DE104.

        Unorderable: DE105.

        Inexpressible: DE106.
    """
    after = with_unsaid(before, after)
    if before == after:
        return Detection(())
    script = Script(before)
    models = settle_models(before, after, renamed_models, answers)
    loosen_keys(script, after, models.renamed)
    rename_models(script, after, models.renamed)
    if awaits_parents(script.state, after, models.doubtful):
        return Detection((), models.questions)
    doubtful, questions = settle_all_fields(script, after, renamed_fields, answers)
    values = settle_values(kept_models(script.state, after), answers)
    comparison = Comparison(
        script.state, after, answers, doubtful, values.renamed, defaults=defaults
    )
    found = list(compare(comparison))
    drafts = [*script.drafts, *(f for f in found if isinstance(f, Draft))]
    asked = [*models.questions, *questions, *values.questions, *defaults_asked(found)]
    order, needs = ordered(drafts)
    changes = [draft.change for draft in order]
    check(before, after, changes)
    if apps is not None:
        changes, labels = limited(changes, needs, apps)
        asked = [question for question in asked if question.app in labels | set(apps)]
    return Detection(tuple(changes), tuple(asked))


def with_unsaid(before: ProjectState, after: ProjectState) -> ProjectState:
    """Return *after* with what only migrations say, not models: extensions."""
    if after.extensions == before.extensions:
        return after
    after = after.clone()
    after.extensions = before.extensions
    return after


def awaits_parents(
    before: ProjectState, after: ProjectState, doubtful: Set[ModelKey]
) -> bool:
    """Return whether a kept model has other parents, unless a question about a
    renamed one is answered with yes: without it there is no way from here."""
    return any(
        old.bases != new.bases and not doubtful.isdisjoint(parent_keys(new))
        for old, new in kept_models(before, after)
    )


def settle_all_fields(
    script: Script, after: ProjectState, hints: FieldHints, answers: Answers
) -> tuple[frozenset[tuple[ModelKey, str]], list[Question]]:
    """Run the renames of all fields; return the doubtful fields and questions."""
    hints_of: dict[ModelKey, dict[str, str]] = {}
    for (app, model, field), former in hints.items():
        hints_of.setdefault((app, model), {})[field] = former
    doubtful: set[tuple[ModelKey, str]] = set()
    questions: list[Question] = []
    for old, new in kept_models(script.state, after):
        if old.fields.keys() == new.fields.keys() and not exchanged(old, new, answers):
            continue
        settled = settle_fields(old, new, hints_of.get(new.key, {}), answers)
        rename_fields(script, new.key, new, settled.renamed)
        questions += settled.questions
        doubtful |= {(new.key, field) for field in settled.doubtful}
    return frozenset(doubtful), questions


def kept_models(
    before: ProjectState, after: ProjectState
) -> Iterator[tuple[ModelState, ModelState]]:
    """
    Yield the models of both states that are not equal, by key.

    Raises:
        VocabularyChanged: DE102.
    """
    for key in sorted(before.models.keys() & after.models.keys()):
        old, new = before.models[key], after.models[key]
        if old is new or old == new or is_replaced(old, new):
            continue
        if old.is_table != new.is_table and old.fields and new.fields:
            raise VocabularyChanged(new.label, now_a_table=new.is_table)
        yield old, new


def compare(comparison: Comparison) -> Iterator[Found]:
    """Yield all operations and questions, in no order."""
    before, after = comparison.before, comparison.after
    kept = list(kept_models(before, after))
    replaced = {
        key
        for key in before.models.keys() & after.models.keys()
        if is_replaced(before.models[key], after.models[key])
    }
    gone = sorted((before.models.keys() - after.models.keys()) | replaced)
    fresh = sorted((after.models.keys() - before.models.keys()) | replaced)
    comparison = replace(comparison, recreated=recreated_fields(kept))
    yield from deleted_models(comparison, [before.models[key] for key in gone])
    yield from created_models(comparison, [after.models[key] for key in fresh])
    for old, new in kept:
        yield from compare_options(comparison, old, new)
        yield from compare_fields(comparison, old, new)
    for old, new in all_kept(comparison) if comparison.recreated else kept:
        yield from compare_items(comparison, old, new)
    yield from compare_sequences(comparison)


def all_kept(comparison: Comparison) -> Iterator[tuple[ModelState, ModelState]]:
    """Yield every model of both states: its keys may refer to a field made anew."""
    before, after = comparison.before.models, comparison.after.models
    for key in sorted(before.keys() & after.keys()):
        if not is_replaced(before[key], after[key]):
            yield before[key], after[key]


def defaults_asked(found: list[Found]) -> list[Question]:
    """Return the questions among what was found, in order."""
    return [one for one in found if isinstance(one, Question)]


def limited(
    changes: list[Change], needs: list[frozenset[int]], apps: Set[str]
) -> tuple[list[Change], set[str]]:
    """Return the changes of *apps* and all that they need, and whose they are."""
    wanted = {place for place, c in enumerate(changes) if c.app_label in apps}
    for place in range(len(changes) - 1, -1, -1):
        if place in wanted:
            wanted |= needs[place]
    kept = [changes[place] for place in sorted(wanted)]
    return kept, {change.app_label for change in kept}
