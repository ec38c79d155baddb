"""
Questions are data: what detection cannot know and a person must say.

Place: `detect`, lowest part. The command line asks them; flags, files and
``renamed_from`` hints answer them. Identities are stable: the same models and
the same history give the same questions in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from whimbrel.errors.detect import WrongAnswer

Kind: TypeAlias = Literal[
    "rename-model", "rename-field", "rename-value", "default", "merge"
]

Answers: TypeAlias = Mapping[str, object]
"""Identity of a question → its answer: a bool for a rename or merge, a value
or callable for a default."""

NO_FILL: Final = None
"""The answer to a ``default`` question that gives no value: existing rows stay
NULL, and where there are any, the database refuses the migration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    Args:
        id: ``rename-field:shop.Order.stat>status``,
            ``rename-model:shop.Purchase>Order``, ``default:shop.Order.status``,
            ``rename-value:shop.Order.status.old>new``, ``merge:shop``.

        type: The field's type as it is written in a migration file, or None.

        text: The question in one sentence.

        choices: The answers to choose from; empty for a free value.

        default: The answer on Enter, as text; None if one must be given.
    """

    id: str
    kind: Kind
    app: str
    model: str | None = None
    field: str | None = None
    type: str | None = None
    text: str
    choices: tuple[str, ...] = ()
    default: str | None = None


def rename_model_id(app_label: str, old: str, new: str) -> str:
    """Return the identity of the question whether model *old* is now *new*."""
    return f"rename-model:{app_label}.{old}>{new}"


def rename_field_id(app_label: str, model: str, old: str, new: str) -> str:
    """Return the identity of the question whether field *old* is now *new*."""
    return f"rename-field:{app_label}.{model}.{old}>{new}"


def rename_value_id(app_label: str, model: str, field: str, old: str, new: str) -> str:
    """Return the identity of the question whether value *old* is now *new*."""
    return f"rename-value:{app_label}.{model}.{field}.{old}>{new}"


def default_id(app_label: str, model: str, field: str) -> str:
    """Return the identity of the question for the value of existing rows."""
    return f"default:{app_label}.{model}.{field}"


def admitted(answers: Answers, stem: str) -> Iterator[tuple[str, str]]:
    """
    Yield what is said to be renamed, asked or not, as (old, new).

    Args:
        stem: What the identities begin with, ``rename-field:shop.Order.``.
    """
    for identity, answer in answers.items():
        if answer is True and identity.startswith(stem):
            old, _, new = identity.removeprefix(stem).partition(">")
            yield old, new


def decided(answers: Answers, identity: str) -> bool | None:
    """
    Return the answer to a question about a rename; None if there is none.

    Raises:
        WrongAnswer: DE103, the answer is no bool.
    """
    if identity not in answers:
        return None
    answer = answers[identity]
    if not isinstance(answer, bool):
        raise WrongAnswer(identity, answer)
    return answer
