"""
Errors of the state: something that an operation names is not there, or (ST120 on)
a SQLAlchemy object cannot be kept or put together again.
"""

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
    """An operation names an item that its model does not have (or has already)."""

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


class ExtensionNotInState(StateError):
    """An operation names an extension that its app does not have, or has already."""

    code = "ST107"

    def __init__(self, app_label: str, name: str, *, taken: bool = False) -> None:
        there = "has been created" if taken else "is not there"
        super().__init__(
            f"extension {name!r} of app {app_label!r} {there} at this point",
            fix="look at the operations on extensions in this app's migrations; each "
            "app creates what it needs itself",
        )


class ExtensionsDisagree(StateError):
    """Two apps want one extension in two schemas or versions."""

    code = "ST108"

    def __init__(
        self,
        name: str,
        argument: str,
        apps: tuple[str, str],
        values: tuple[object, object],
    ) -> None:
        super().__init__(
            f"app {apps[0]!r} wants extension {name!r} with {argument}={values[0]!r}, "
            f"app {apps[1]!r} has it with {argument}={values[1]!r}; a database has an "
            "extension once",
            fix=f"leave {argument} out in one of the two, or change it for all apps "
            "with AlterExtension",
        )


class TypeNotUnderstood(StateError):
    """A column type cannot be taken apart into a constructor call."""

    code = "ST120"

    def __init__(self, name: str, reason: str, *, where: str | None = None) -> None:
        self.name, self.reason = name, reason
        super().__init__(
            f"the type {name} cannot be written in a migration: {reason}",
            where=where,
            fix="define it at the top of a module, and keep each argument of its "
            "__init__ in an attribute of the same name",
        )


class ColumnWithoutType(StateError):
    """A column has no type, and no foreign key gives it one."""

    code = "ST121"

    def __init__(self, where: str | None = None) -> None:
        super().__init__(
            "the column has no type",
            where=where,
            fix="give it one, or a foreign key to a column of the same MetaData",
        )


class ExpressionNotUnderstood(StateError):
    """An SQL expression cannot be taken apart into constructor calls."""

    code = "ST122"

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        super().__init__(
            f"an expression of class {name} cannot be written in a migration",
            fix=f"write it as text: sqlalchemy.text({text!r})",
        )


class ColumnSaysTooMuch(StateError):
    """A column given to an operation carries a key, an index or a check."""

    code = "ST123"

    def __init__(self, said: str, instead: str) -> None:
        self.said, self.instead = said, instead
        super().__init__(
            f"a column in a migration cannot say {said}",
            fix=f"say it with {instead}, an operation of its own",
        )


class IndexWithoutName(StateError):
    """An index has no name and no naming convention gives it one."""

    code = "ST124"

    def __init__(self, where: str | None = None) -> None:
        super().__init__(
            "an index has no name",
            where=where,
            fix="name it: sqlalchemy.Index('ix_…', …)",
        )


class ConditionNotUnderstood(StateError):
    """``ddl_if(callable_=…)`` hides when an item exists."""

    code = "ST125"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} exists only under a condition that is a function (ddl_if)",
            fix="name the databases instead: .ddl_if(dialect=('postgresql', …))",
        )


class NotASchemaItem(StateError):
    """A constraint is of a class that the state has no form for."""

    code = "ST126"

    def __init__(self, value: object) -> None:
        super().__init__(
            f"an object of class {type(value).__name__} has no form in a migration",
            fix="use a constraint of sqlalchemy's or postgresql.ExcludeConstraint",
        )


class NameNotFound(StateError):
    """A dotted path in a state names nothing that can be imported."""

    code = "ST127"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"cannot import {path!r}, which a migration uses",
            fix="keep it where migrations find it, or edit the migrations that use it",
        )


class ColumnNameMismatch(StateError):
    """A column given to an operation has another name than the operation says."""

    code = "ST128"

    def __init__(self, said: str, name: str) -> None:
        self.said, self.name = said, name
        super().__init__(
            f"the column is called {said!r} and the operation says {name!r}",
            fix="leave the name out of sqlalchemy.Column(…)",
        )


class NamingConventionFailed(StateError):
    """SQLAlchemy cannot apply the naming convention to a constraint."""

    code = "ST129"

    def __init__(self, reason: str, *, where: str | None = None) -> None:
        self.reason = reason
        super().__init__(
            f"the naming convention cannot name a constraint: {reason}",
            where=where,
            fix="give the constraint, or the Boolean or Enum type, a name",
        )
