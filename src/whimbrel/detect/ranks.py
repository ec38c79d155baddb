"""
What comes first where nothing else decides: the order that Django's users know.

Place: `detect`, lowest part.
"""

from __future__ import annotations

from whimbrel.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterConstraint,
    AlterField,
    AlterModelBases,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterSequence,
    AlterUniqueTogether,
    CreateModel,
    CreateSequence,
    DeleteModel,
    DeleteSequence,
    Operation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameConstraint,
    RenameIndex,
)

RENAMES = 0
"""Renames, whose order among themselves is fixed, come before all others."""

ORDER: tuple[type[Operation], ...] = (
    CreateSequence,
    AlterSequence,
    CreateModel,
    DeleteModel,
    AlterModelBases,
    AlterModelOptions,
    AlterModelManagers,
    AlterModelTableComment,
    RemoveConstraint,
    RemoveIndex,
    RenameIndex,
    RenameConstraint,
    RemoveField,
    AddField,
    AlterField,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    AddIndex,
    AddConstraint,
    AlterConstraint,
    DeleteSequence,
)
RANKS = {kind: 1 + place for place, kind in enumerate(ORDER)}

EARLY = RANKS[RemoveIndex]
"""Rank of an option that lets go of fields before these are changed."""


def rank_of(operation: Operation) -> int:
    """Return the usual rank of *operation*."""
    return RANKS[type(operation)]
