"""
Renamed values of enumerations.

Place: `detect`, above `settle`, run after `field_renames`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from whimbrel.detect.likeness import name_likeness
from whimbrel.detect.model_renames import has_table
from whimbrel.detect.questions import Answers, Question, rename_value_id
from whimbrel.detect.settle import Candidate, settle
from whimbrel.detect.wording import ask_rename_value
from whimbrel.state.construct import Construct
from whimbrel.state.enumerations import enumerated
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.tables import Column

Pairs: TypeAlias = Iterable[tuple[ModelState, ModelState]]


@dataclass(frozen=True, slots=True)
class RenamedValues:
    """*renamed*: field → old → new text."""

    renamed: Mapping[tuple[ModelKey, str], Mapping[str, str]] = field(
        default_factory=dict
    )
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Fields whose types change alike: one enumeration, asked about once."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    members: list[tuple[ModelState, str]]

    def identities(self, old: str, new: str) -> Iterator[str]:
        for model, name in self.members:
            yield rename_value_id(model.app_label, model.name, name, old, new)

    def candidates(self) -> Iterator[Candidate[str]]:
        """Yield each value that goes with each that comes."""
        model, name = self.members[0]
        coming = [value for value in self.after if value not in self.before]
        for old in (value for value in self.before if value not in self.after):
            for new in coming:
                asked = ask_rename_value(model, name, model.fields[name], old, new)
                yield Candidate(old, new, self.likeness(old, new), asked)

    def likeness(self, old: str, new: str) -> float:
        same_place = self.before.index(old) == self.after.index(new)
        return 0.7 * name_likeness(old, new) + 0.3 * same_place


def settle_values(pairs: Pairs, answers: Answers) -> RenamedValues:
    """
    Return which values were called otherwise, and what is open.

    A value that goes while another comes may always be the same one: nothing in
    the definition could tell.

    Args:
        pairs: Models before and after, whose fields have their last names.
    """
    renamed: dict[tuple[ModelKey, str], Mapping[str, str]] = {}
    questions: list[Question] = []
    for group in groups_of(pairs):
        candidates = list(group.candidates())
        given = {c.question.id: a for c in candidates for a in said(group, c, answers)}
        settled = settle(candidates, {}, given)
        questions += settled.questions
        moves = {old: new for new, old in settled.renamed.items()}
        ordered = {value: moves[value] for value in group.before if value in moves}
        for model, name in group.members:
            if ordered:
                renamed[model.key, name] = ordered
    return RenamedValues(renamed, tuple(questions))


def said(group: _Group, candidate: Candidate[str], answers: Answers) -> list[object]:
    """Return the answer, if there is one, under the name of any field."""
    known = group.identities(candidate.old, candidate.new)
    return [answers[identity] for identity in known if identity in answers][:1]


def groups_of(pairs: Pairs) -> Iterable[_Group]:
    """Return the enumerations that lose a value and get one, with their fields."""
    groups: dict[tuple[Construct, Construct], _Group] = {}
    for old, new in pairs:
        if not has_table(old) or not has_table(new):
            continue
        for name, after in new.fields.items():
            before = old.fields.get(name)
            if not isinstance(before, Column) or not isinstance(after, Column):
                continue
            had, has = enumerated(before), enumerated(after)
            if had is None or has is None or before.type == after.type:
                continue
            if set(had) - set(has) and set(has) - set(had):
                key = (before.type, after.type)
                group = groups.setdefault(key, _Group(had, has, []))
                group.members.append((new, name))
    return groups.values()
