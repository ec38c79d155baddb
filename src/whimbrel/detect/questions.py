"""
Questions are data: what detection cannot know and a person must say.

Place: `detect`, lowest part. The command line asks them; flags, files and
``renamed_from`` hints answer them. Identities are stable: the same models and
the same history give the same questions in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["rename-model", "rename-field", "default", "merge"]

Answers: TypeAlias = Mapping[str, object]
"""Identity of a question → its answer: a bool for a rename or merge, a value
or callable for a default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    Args:
        id: ``rename-field:shop.Order.stat>status``,
            ``rename-model:shop.Purchase>Order``, ``default:shop.Order.status``,
            ``merge:shop``.

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
