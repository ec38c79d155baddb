"""Errors of operations."""

from __future__ import annotations

from whimbrel.errors.base import WhimbrelError


class OperationError(WhimbrelError):
    """Base of the errors of operations."""

    code = "MI100"


class DuplicateName(OperationError):
    """An operation lists two fields, bases or managers of one name."""

    code = "MI101"

    def __init__(self, model: str, kind: str, name: str) -> None:
        super().__init__(
            f"model {model!r} is created with two {kind}s called {name!r}",
            fix=f"remove or rename one {kind}",
        )


class WrongArgument(OperationError):
    """An operation was given something that it cannot work with."""

    code = "MI102"


class Irreversible(OperationError):
    """A migration cannot be undone because one of its operations cannot."""

    code = "MI103"

    def __init__(self, operation: str, where: str | None = None) -> None:
        super().__init__(
            f"the operation cannot be undone: {operation}",
            where=where,
            fix="give it its reverse (reverse_code=, reverse_sql=), or migrate "
            "forwards with a new migration",
        )


class ValuesDecidedTwice(OperationError):
    """Two arguments of one operation say what becomes of the same values."""

    code = "MI105"

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(
            f"using= and renamed_values= of {field} both say what becomes of values",
            fix="rename the values in an AlterField of its own, and convert them in "
            "one after it",
        )


class ValueNotRenamed(OperationError):
    """Values of an enumeration cannot be renamed as an operation says."""

    code = "MI104"

    def __init__(self, field: str, old: str, new: str, problem: str) -> None:
        self.field, self.old, self.new = field, old, new
        super().__init__(
            f"value {old!r} of {field} cannot be renamed to {new!r}: {problem}",
            fix="correct renamed_values; to make two values one, change the rows in "
            "a RunSQL or RunPython before the value is removed",
        )
