"""Errors of the state: something that an operation names is not there."""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import WhimbrelError, did_you_mean


class StateError(WhimbrelError):
    """Base of the errors of the state."""

    code = "ST100"


class FieldNotInState(StateError):
    """An operation names a field that its model does not have (or has already)."""

    code = "ST101"

    def __init__(
        self, model: str, field: str, known: Iterable[str], *, taken: bool = False
    ) -> None:
        self.model, self.field = model, field
        if taken:
            super().__init__(
                f"model {model!r} has a field {field!r} already",
                fix="choose another name, or remove that field first",
            )
            return
        super().__init__(
            f"model {model!r} has no field {field!r}", fix=did_you_mean(field, known)
        )


class ItemNotInState(StateError):
    """An operation names an index or constraint that its model does not have (or has already)."""

    code = "ST102"

    def __init__(
        self,
        model: str,
        kind: str,
        name: str,
        known: Iterable[str],
        *,
        taken: bool = False,
    ) -> None:
        self.model, self.kind, self.name = model, kind, name
        if taken:
            super().__init__(
                f"model {model!r} has {name!r} among its {kind} already",
                fix="choose another name, or remove that one first",
            )
            return
        super().__init__(
            f"model {model!r} has no {kind} {name!r}", fix=did_you_mean(name, known)
        )


class UnnamedItem(StateError):
    """An index or constraint in the state has no name."""

    code = "ST103"

    def __init__(self, model: str, item: object) -> None:
        super().__init__(
            f"an index or constraint of model {model!r} has no name: {item!r}",
            fix="give it a name",
        )


class ModelNotInState(StateError):
    """An operation or a data step names a model that does not exist then."""

    code = "ST104"

    def __init__(self, app_label: str, name: str, known: Iterable[str]) -> None:
        self.app_label, self.name = app_label, name
        super().__init__(
            f"there is no model {app_label}.{name} at this point of the history",
            fix=did_you_mean(name, known)
            or f"add a dependency on the migration of {app_label!r} that makes it",
        )


class ModelInState(StateError):
    """An operation makes a model that is there already."""

    code = "ST105"

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(
            f"model {label} exists already at this point of the history",
            fix="rename one of the two, or remove the operation that makes it again",
        )


class SequenceNotInState(StateError):
    """An operation names a sequence that does not exist, or makes one again."""

    code = "ST106"

    def __init__(self, app_label: str, name: str, *, taken: bool = False) -> None:
        there = "exists already" if taken else "does not exist"
        super().__init__(
            f"sequence {name!r} of app {app_label!r} {there} at this point",
            fix="look at the operations on sequences in this app's migrations",
        )
