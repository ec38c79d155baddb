"""
Errors of the `models` layer: what a models.py says wrongly.

Place: `errors`. Codes MO1xx. Each class builds its own text; the places that
raise it pass names only.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.errors.base import WhimbrelError, did_you_mean, listing


class ModelError(WhimbrelError):
    """Base of the errors in a model, a field, an index or a constraint."""

    code = "MO100"


class UnknownFieldOption(ModelError):
    """A field was given an argument that its class does not take."""

    code = "MO101"

    def __init__(self, field: str, option: str, known: Iterable[str]) -> None:
        super().__init__(
            f"{field} has no option {option!r}", fix=did_you_mean(option, known)
        )


class BadFieldOption(ModelError):
    """A field's options contradict each other, or one lacks."""

    code = "MO102"

    def __init__(self, field: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{field}: {problem}", fix=fix)


class FrozenValue(ModelError, AttributeError):
    """Somebody assigned to an attribute of a field, an index or a constraint."""

    code = "MO103"

    def __init__(self, value: str, attribute: str) -> None:
        super().__init__(
            f"{value} is a value: its attribute {attribute!r} cannot be set",
            fix=f"make a changed copy: field.clone({attribute}=…)",
        )


class UnknownMetaOption(ModelError):
    """`class Meta` has an attribute that means nothing."""

    code = "MO104"

    def __init__(self, model: str, option: str, known: Iterable[str]) -> None:
        super().__init__(
            f"class Meta has an unknown option {option!r}",
            where=model,
            fix=did_you_mean(option, known),
        )


class FieldClash(ModelError):
    """Two fields of one model have the same name or the same column."""

    code = "MO105"

    def __init__(self, model: str, field: str, other: str, what: str) -> None:
        super().__init__(
            f"field {field!r} clashes with {other}: {what}",
            where=model,
            fix="rename one of the two",
        )


class ReservedFieldName(ModelError):
    """A field has a name that the query language needs for itself."""

    code = "MO106"

    def __init__(self, model: str, field: str, why: str) -> None:
        super().__init__(
            f"{field!r} cannot be the name of a field: {why}",
            where=model,
            fix="choose another name; db_column keeps the column's name",
        )


class ModelClash(ModelError):
    """Two classes claim the same model name in one app."""

    code = "MO107"

    def __init__(self, label: str, first: str, second: str) -> None:
        super().__init__(
            f"two classes are called {label!r}: {first} and {second}",
            fix="rename one, or give one another Meta.app_label",
        )


class TableClash(ModelError):
    """Two models, or a model and a many-to-many field, use one table."""

    code = "MO108"

    def __init__(self, table: str, first: str, second: str) -> None:
        super().__init__(
            f"{first} and {second} use the same table {table!r}",
            fix="give one of them another db_table, or set managed = False on it",
        )


class UnknownModel(ModelError, LookupError):
    """A name of a model leads nowhere."""

    code = "MO109"

    def __init__(
        self, label: str, known: Iterable[str], *, where: str | None = None
    ) -> None:
        super().__init__(
            f"there is no model {label!r}",
            where=where,
            fix=did_you_mean(label, known)
            or "import the module that defines it, or add its app",
        )


class BadPrimaryKey(ModelError):
    """A model has two primary keys, or an `id` that is none."""

    code = "MO110"

    def __init__(self, model: str, problem: str, *, fix: str) -> None:
        super().__init__(problem, where=model, fix=fix)


class BadOnDelete(ModelError):
    """*on_delete* is missing or is none of the actions a database knows."""

    code = "MO111"

    def __init__(self, field: str, given: str) -> None:
        super().__init__(
            f"{field}: {given} is no on_delete action",
            fix="use one of: CASCADE, DO_NOTHING, PROTECT, RESTRICT, SET_DEFAULT, "
            "SET_NULL",
        )


class ComputedOnDelete(ModelError):
    """`SET(value)` was asked for; no database can call a function on delete."""

    code = "MO112"

    def __init__(self) -> None:
        super().__init__(
            "on_delete=SET(…) cannot be enforced by a database",
            fix="use SET_DEFAULT with db_default=…, or SET_NULL",
        )


class UnknownField(ModelError, LookupError):
    """Something names a field that its model does not have."""

    code = "MO113"

    def __init__(
        self, field: str, known: Iterable[str], *, where: str | None = None
    ) -> None:
        super().__init__(
            f"there is no field {field!r}", where=where, fix=did_you_mean(field, known)
        )


class BadIndex(ModelError):
    """The arguments of an index do not fit together."""

    code = "MO114"

    def __init__(self, kind: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{kind}: {problem}", fix=fix)


class BadConstraint(ModelError):
    """The arguments of a constraint do not fit together."""

    code = "MO115"

    def __init__(self, kind: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{kind}: {problem}", fix=fix)


class BadExpression(ModelError):
    """An expression or a condition was put together wrongly."""

    code = "MO116"

    def __init__(self, kind: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{kind}: {problem}", fix=fix)


class UnknownLookup(ModelError, LookupError):
    """A condition uses a lookup that does not exist."""

    code = "MO117"

    def __init__(self, lookup: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no lookup {lookup!r}", fix=did_you_mean(lookup, known)
        )


class NotImportable(ModelError, ValueError):
    """A class marked deconstructible cannot be found where it says it lives."""

    code = "MO118"

    def __init__(self, name: str, module: str) -> None:
        super().__init__(
            f"class {name!r} cannot be imported from module {module!r}",
            fix="move it to the top level of the module; migration files import it",
        )


class BadInheritance(ModelError):
    """A model's bases or its proxy, abstract or swappable settings clash."""

    code = "MO119"

    def __init__(self, model: str, problem: str, *, fix: str) -> None:
        super().__init__(problem, where=model, fix=fix)


class BadRelation(ModelError):
    """A relation's arguments do not fit together, or fit no model."""

    code = "MO120"

    def __init__(self, field: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{field}: {problem}", fix=fix)


class AbstractModel(ModelError, TypeError):
    """An abstract model was used as if it had a table."""

    code = "MO121"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} is abstract: it has no table and no instances",
            fix="use a concrete model that inherits from it",
        )


class NotMappable(ModelError):
    """No mapper is installed for the models of a registry."""

    code = "MO122"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} cannot be mapped: its registry has no mapper",
            fix="import whimbrel.models before using the class",
        )


class UnknownArguments(ModelError, TypeError):
    """An instance was made with arguments that are no fields."""

    code = "MO123"

    def __init__(
        self, model: str, arguments: Iterable[str], known: Iterable[str]
    ) -> None:
        given = sorted(arguments)
        super().__init__(
            f"{model}() has no field called {listing(given)}",
            fix=did_you_mean(given[0], known),
        )


class BadChoices(ModelError):
    """*choices* is no list of (value, label) pairs."""

    code = "MO124"

    def __init__(self, given: str) -> None:
        super().__init__(
            f"choices cannot be {given}",
            fix="give a list of (value, label) pairs, a mapping, a Choices class "
            "or a function that returns one of these",
        )
