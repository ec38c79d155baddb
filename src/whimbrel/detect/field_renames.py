"""
Renamed fields: the state as it is after them.

Place: `detect`, above `settle` and `script`, run after `model_renames`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from whimbrel.detect.claims import link_table_name
from whimbrel.detect.likeness import (
    field_likeness,
    name_likeness,
    neighbours,
    references,
)
from whimbrel.detect.model_renames import has_table
from whimbrel.detect.questions import Answers, admitted, rename_field_id
from whimbrel.detect.script import Script
from whimbrel.detect.settle import (
    Candidate,
    Settled,
    free_name,
    passed_on,
    settle,
    valid_hints,
)
from whimbrel.detect.wording import ask_rename_field
from whimbrel.migrations import AlterField, RenameField
from whimbrel.models import Field, OneToOneField
from whimbrel.models.relations import lower_reference
from whimbrel.state.model import ModelKey, ModelState

ALIKE_TYPE = 0.4
ALIKE_NAME = 0.5
VERY_ALIKE_NAME = 0.8

ASIDE = "aside"
"""What a field is called while another takes its name."""

FieldHints: TypeAlias = Mapping[tuple[str, str, str], str]
"""App label, model in lower case, field → its name before (``renamed_from``)."""


def settle_fields(
    old: ModelState, new: ModelState, hints: Mapping[str, str], answers: Answers
) -> Settled[str]:
    """Return which fields of *new* were called otherwise in *old*."""
    valid = valid_hints(hints, old.fields, new.fields)
    return settle(candidates(old, new, answers), valid, answers)


def candidates(
    old: ModelState, new: ModelState, answers: Answers
) -> Iterator[Candidate[str]]:
    """Yield the pairs of a removed and an added field that may be one."""
    kept = frozenset(old.fields).intersection(new.fields)
    places, targets = places_and_targets(old, kept), places_and_targets(new, kept)
    for name in (n for n in new.fields if n not in kept):
        for former in (n for n in old.fields if n not in kept):
            score = score_of(old, former, new, name, places, targets)
            asked = rename_field_id(new.app_label, new.name, former, name)
            if (score and has_table(old) and has_table(new)) or asked in answers:
                yield Candidate(
                    former,
                    name,
                    score,
                    ask_rename_field(new, former, name, new.fields[name]),
                    plain=stays_in_column(old, former, new, name)
                    or links_to_one_parent(old.fields[former], new.fields[name]),
                )
    for former, name in exchanged(old, new, answers):
        question = ask_rename_field(new, former, name, new.fields[name])
        yield Candidate(former, name, 1.0, question)


def exchanged(
    old: ModelState, new: ModelState, answers: Answers
) -> frozenset[tuple[str, str]]:
    """Return the said renames (old, new) about names that the model keeps."""
    stem = rename_field_id(new.app_label, new.name, "", "").removesuffix(">")
    return passed_on(admitted(answers, stem), old.fields, new.fields, comparable)


Places: TypeAlias = tuple[Mapping[str, Any], Mapping[str, str]]


def places_and_targets(model: ModelState, kept: frozenset[str]) -> Places:
    """Return what tells fields apart besides their definition."""
    return neighbours(model.fields, kept), references(model)


def score_of(
    old: ModelState,
    former: str,
    new: ModelState,
    name: str,
    before: Places,
    after: Places,
) -> float:
    """Return how likely it is that field *former* became *name*; 0: not at all."""
    (places, targets), (new_places, new_targets) = before, after
    refers = former in targets and name in new_targets
    if refers and targets[former] != new_targets[name]:
        return 0.0
    alike = field_likeness(old.fields[former], new.fields[name])
    named = name_likeness(former, name)
    same_place = bool(places[former] == new_places[name])
    score = 0.5 * alike + 0.35 * named + 0.15 * same_place
    if alike == 1.0 or (alike >= ALIKE_TYPE and (named >= ALIKE_NAME or same_place)):
        return score
    if refers:  # to the same table: the key changed its type, and the reference too
        return score
    convertible = comparable(old.fields[former], new.fields[name])
    return score if named >= VERY_ALIKE_NAME and convertible else 0.0


def comparable(old: Any, new: Any) -> bool:
    """Return whether a value of one field could be kept in the other at all."""
    if not (isinstance(old, Field) and isinstance(new, Field)):
        return type(old) is type(new)
    if old.is_relation or new.is_relation:
        return field_likeness(old, new) > 0
    return old.concrete is new.concrete


def stays_in_column(old: ModelState, former: str, new: ModelState, name: str) -> bool:
    """Return whether the data stays where it is: same column, same definition."""
    before, after = old.fields[former], new.fields[name]
    if not (isinstance(before, Field) and isinstance(after, Field)):
        return False
    if not before.concrete or not after.concrete:
        return False
    same = before.column_name(former) == after.column_name(name)
    return same and field_likeness(before, after) == 1.0


def links_to_one_parent(before: Any, after: Any) -> bool:
    """Return whether both are the link to one parent: a model has one for each,
    whose name follows the parent's."""
    return (
        (isinstance(before, OneToOneField) and isinstance(after, OneToOneField))
        and (before.parent_link and after.parent_link)
        and lower_reference(before.to) == lower_reference(after.to)
    )


def rename_fields(
    script: Script, key: ModelKey, new: ModelState, renamed: Mapping[str, str]
) -> None:
    """
    Run the renames of fields of the model *key*.

    Args:
        renamed: New → old name, as settled.
    """
    left = dict(sorted(renamed.items()))
    while left:
        fields = script.state.models[key].fields
        name = next((name for name in left if name not in fields), None)
        if name is None:
            # They exchange their names: one makes room first.
            name = next(iter(left))
            aside = free_name(ASIDE, {*fields, *new.fields})
            left = {n: aside if f == name else f for n, f in left.items()}
            script.run(RenameField(new.name, name, aside), key)
        former = left.pop(name)
        pinned = pinned_field(script.state.models[key], former, new, name)
        if pinned is not None:
            # Said first, so that the data never leaves its place.
            script.run(AlterField(new.name, former, pinned), key)
        script.run(RenameField(new.name, former, name), key)


def pinned_field(
    old: ModelState, former: str, new: ModelState, name: str
) -> Any | None:
    """Return field *former* with the column or table name that the new one keeps."""
    before, after = old.fields[former], new.fields[name]
    if not (isinstance(before, Field) and isinstance(after, Field)):
        return None
    column = before.column_name(former)
    if (
        (before.concrete and after.concrete)
        and (after.db_column and after.db_column != before.db_column)
        and column == after.column_name(name)
    ):
        return before.clone(db_column=after.db_column)
    table = link_table_name(old, former, before)
    given = getattr(after, "db_table", None)
    if table is not None and given == table != getattr(before, "db_table", None):
        return before.clone(db_table=given)
    return None
