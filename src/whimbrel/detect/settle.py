"""
Which of the possible renames are settled, and which have to be asked.

Place: `detect`, above `questions`. The same rules for models and for fields:
an answer counts more than a hint, a hint more than what is plain to see, and
whatever is left is a question, the likeliest first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from whimbrel.detect.questions import Answers, Question, decided
from whimbrel.errors.detect import ConflictingAnswers

K = TypeVar("K")
V = TypeVar("V")

ASKED = 3
"""How many candidates are asked for one new thing at a time."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[K]):
    """
    A removed thing and an added thing that may be the same.

    Args:
        plain: No doubt about it: the data stays where it is.
    """

    old: K
    new: K
    score: float
    question: Question
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Settled(Generic[K]):
    """
    Args:
        renamed: New → old.

        questions: The open ones, the likeliest first.

        doubtful: New things that an open question is about.
    """

    renamed: Mapping[K, K] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    doubtful: frozenset[K] = frozenset()


def settle(
    candidates: Iterable[Candidate[K]], hints: Mapping[K, K], answers: Answers
) -> Settled[K]:
    """
    Return the settled renames and the open questions.

    Args:
        hints: New → old, as `valid_hints` left them.

    Raises:
        WrongAnswer: DE103.

        ConflictingAnswers: DE104, one thing has two confirmed renames.
    """
    ranked = sorted(candidates, key=lambda c: (-c.score, c.question.id))
    verdicts = {c.question.id: decided(answers, c.question.id) for c in ranked}
    refused = {(c.new, c.old) for c in ranked if verdicts[c.question.id] is False}
    renamed = _confirmed(ranked, verdicts)
    for new, old in hints.items():
        _accept(renamed, new, old, refused)
    for candidate in ranked:
        if candidate.plain:
            _accept(renamed, candidate.new, candidate.old, refused)
    taken = set(renamed.values())
    unsettled = [
        c
        for c in ranked
        if verdicts[c.question.id] is None
        and c.new not in renamed
        and c.old not in taken
    ]
    asked = _likeliest(unsettled)
    return Settled(
        renamed, tuple(c.question for c in asked), frozenset(c.new for c in asked)
    )


def _confirmed(
    ranked: Sequence[Candidate[K]], verdicts: Mapping[str, bool | None]
) -> dict[K, K]:
    renamed: dict[K, K] = {}
    by_side: dict[tuple[str, K], str] = {}
    for candidate in ranked:
        identity = candidate.question.id
        if not verdicts[identity]:
            continue
        for side in (("old", candidate.old), ("new", candidate.new)):
            if side in by_side:
                raise ConflictingAnswers(by_side[side], identity)
            by_side[side] = identity
        renamed[candidate.new] = candidate.old
    return renamed


def _accept(renamed: dict[K, K], new: K, old: K, refused: Container[object]) -> None:
    free = new not in renamed and old not in renamed.values()
    if free and (new, old) not in refused:
        renamed[new] = old


def _likeliest(ranked: Sequence[Candidate[K]]) -> list[Candidate[K]]:
    """Return the few likeliest of each new thing; the others come up after a no."""
    counts: dict[K, int] = {}
    asked = []
    for candidate in ranked:
        counts[candidate.new] = counts.get(candidate.new, 0) + 1
        if counts[candidate.new] <= ASKED:
            asked.append(candidate)
    return asked


def passed_on(
    said: Iterable[tuple[K, K]],
    before: Mapping[K, V],
    after: Mapping[K, V],
    comparable: Callable[[V, V], bool],
) -> frozenset[tuple[K, K]]:
    """
    Return the renames (old, new) about names that are there before and after.

    Nobody can guess those: two things exchange their names, or one takes the name
    of another that has got a new one, or goes. So they must have been *said*. Of
    what was said once and is said again later, nothing is left: a name is not
    taken from what keeps it.

    Args:
        comparable: Whether what has a name may be what had it.
    """

    def stays(name: K) -> bool:
        return name in after and comparable(before[name], after[name])

    left = {(old, new) for old, new in said if old in before and new in after}
    while True:
        losers = {old for old, _ in left}
        kept = {
            (old, new)
            for old, new in left
            if new not in before or new in losers or not stays(old)
        }
        if kept == left:
            break
        left = kept
    return frozenset((old, new) for old, new in left if new in before or old in after)


def free_name(wanted: str, taken: Container[str]) -> str:
    """Return *wanted*, numbered if it is taken."""
    numbered = (f"{wanted}{number}" for number in itertools.count(2))
    return next(n for n in itertools.chain([wanted], numbered) if n not in taken)


def valid_hints(
    hints: Mapping[K, K], before: Container[K], after: Container[K]
) -> dict[K, K]:
    """
    Return the hints (new → old) that say something about these two states.

    A hint stays in the models after its migration was made, so it only counts
    while the old name is there before and gone after, and the new one the other
    way round. Chains count too: a → b where b became c.
    """
    valid: dict[K, K] = {}
    for start in sorted(hints, key=repr):
        if start in before or start not in after:
            continue
        chain: dict[K, K] = {}
        new = start
        while (old := hints.get(new)) is not None and old in before:
            chain[new] = old
            if old not in after:
                if not set(chain.values()) & set(valid.values()):
                    valid |= chain
                break
            if old in chain:
                break
            new = old
    return valid
