"""Errors of detection: what two states cannot be turned into operations for."""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import WhimbrelError, listing


class DetectionError(WhimbrelError):
    """Base of the errors of detection."""

    code = "DE100"


class BasesChanged(DetectionError):
    """An existing model got other concrete parents."""

    code = "DE101"

    def __init__(self, model: str, before: Iterable[str], after: Iterable[str]) -> None:
        self.model = model
        self.before, self.after = tuple(before), tuple(after)
        super().__init__(
            f"the parents of an existing model changed: "
            f"{_parents(self.before)} before, {_parents(self.after)} now",
            where=model,
            fix="no operation moves rows between tables: add a new model with "
            "these parents, copy the rows with RunPython, then delete the old one; "
            "or write AlterModelBases and the operations on fields by hand",
        )


class VocabularyChanged(DetectionError):
    """A Django-style model became a SQLAlchemy table, or the other way round."""

    code = "DE102"

    def __init__(self, model: str, *, now_a_table: bool) -> None:
        self.model = model
        before, now = "a Django-style model", "a SQLAlchemy model"
        if not now_a_table:
            before, now = now, before
        super().__init__(
            f"{before} became {now}",
            where=model,
            fix="if the table stays as it is, write a migration with "
            "SeparateDatabaseAndState whose state_operations delete the old model "
            "and create the new one",
        )


class WrongAnswer(DetectionError):
    """A question about a rename was not answered by true or false."""

    code = "DE103"

    def __init__(self, identity: str, answer: object) -> None:
        self.identity, self.answer = identity, answer
        super().__init__(
            f"the answer is {answer!r}, neither true nor false",
            where=identity,
            fix=f"write --answer '{identity}=true' or --answer '{identity}=false'",
        )


class ConflictingAnswers(DetectionError):
    """Two renames were confirmed that exclude each other."""

    code = "DE104"

    def __init__(self, first: str, second: str) -> None:
        self.identities = (first, second)
        super().__init__(
            f"{first!r} and {second!r} cannot both be true",
            where=second,
            fix="answer one of them with false",
        )


class Unorderable(DetectionError):
    """Each of some operations would have to run before the others."""

    code = "DE105"

    def __init__(self, operations: Iterable[str]) -> None:
        self.operations = tuple(operations)
        super().__init__(
            f"there is no order for these operations: {listing(self.operations)}",
            fix="make the change in two steps: run makemigrations after each",
        )


class Inexpressible(DetectionError):
    """The operations found do not lead to the wanted state."""

    code = "DE106"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"no operation expresses this change: {what}",
            where=where,
            fix="make the change in two steps (run makemigrations after each), or "
            "write the migration by hand",
        )


def _parents(labels: tuple[str, ...]) -> str:
    return ", ".join(labels) or "none"
