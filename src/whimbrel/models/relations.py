"""
Fields that refer to other models.

Place: `models`, above `fields`. A relation keeps its target as a string, never
as a class: ``"app.Model"``, ``"Model"`` (of the same app) or ``"self"``.

Invariants: equality ignores the case of a model's name, as migration files
write it in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar, Unpack

from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption, BadOnDelete, BadRelation
from whimbrel.models.constraints import Deferrable
from whimbrel.models.deconstruct import Deconstruction
from whimbrel.models.fields.base import Field, FieldOptions
from whimbrel.models.on_delete import SET_DEFAULT, SET_NULL, OnDelete

R = TypeVar("R", bound="RelatedField")

SELF = "self"


def model_reference(target: Any, field: str) -> str:
    """Return *target*, a class or a string, as a string."""
    meta = getattr(target, "_meta", None)
    if meta is not None:
        if meta.abstract:
            raise BadRelation(
                field,
                f"the target {meta.object_name} is abstract",
                fix="refer to a model that has a table",
            )
        return f"{meta.app_label}.{meta.object_name}"
    if not isinstance(target, str) or not target:
        raise BadRelation(
            field,
            f"the target is {target!r}",
            fix="give a model class, 'app.Model', 'Model' or 'self'",
        )
    return target


def lower_reference(reference: str) -> str:
    """Return *reference* with the model's name in lower case."""
    app, dot, name = reference.rpartition(".")
    return f"{app}{dot}{name.lower()}"


class RelatedField(Field):
    """Base of the fields that refer to a model."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "to": None,
        "related_name": None,
        "related_query_name": None,
        "limit_choices_to": None,
        "db_constraint": True,
    }
    ALWAYS_WRITTEN = frozenset({"to"})
    is_relation = True
    stores_text = False
    empty = None
    REFERENCES: ClassVar[tuple[str, ...]] = ("to",)
    """Options whose value is the name of a model."""

    to: str
    related_name: str | None
    related_query_name: str | None
    limit_choices_to: Any
    db_constraint: bool

    def target(self, app_label: str, model_name: str) -> tuple[str, str]:
        """Return app and lower-case name of the model that this field refers to."""
        return reference_key(self.to, app_label, model_name)

    def resolved(self: R, app_label: str) -> R:
        """Return this field with names of models completed by *app_label*."""
        changes = {}
        for option in self.REFERENCES:
            reference = getattr(self, option)
            if reference and reference != SELF and "." not in reference:
                changes[option] = f"{app_label}.{reference}"
        return self.retargeted(**changes) if changes else self

    def retargeted(self: R, **references: str) -> R:
        """Return this field with other references, kept in their case."""
        kept = {option: getattr(self, option) for option in self.REFERENCES}
        changes = {k: v for k, v in {**kept, **references}.items() if v is not None}
        return self.clone(**changes)

    def deconstruct(self) -> Deconstruction:
        path, args, kwargs = super().deconstruct()
        for option in self.REFERENCES:
            if kwargs.get(option):
                kwargs[option] = lower_reference(kwargs[option])
        return path, args, kwargs

    def accessor(
        self, app_label: str, object_name: str, default: str | None = None
    ) -> str | None:
        """
        Return the attribute of the target that leads back; None if it is hidden.

        Args:
            default: ``Meta.default_related_name`` of the model with this field.
        """
        name = self.related_name or default
        if name is None:
            lower = object_name.lower()
            return lower if self.one_to_one else f"{lower}_set"
        if name.endswith("+"):
            return None
        return _interpolated(name, app_label, object_name)

    def query_name(
        self, app_label: str, object_name: str, default: str | None = None
    ) -> str:
        """Return the name under which conditions on the target find this model."""
        name = self.related_query_name or self.related_name or default
        return _interpolated(name or object_name.lower(), app_label, object_name)

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        raise BadRelation(
            type(self).__name__,
            "its type is that of the key it refers to",
            fix="build the table (models.table), which knows the other model",
        )


def reference_key(reference: str, app_label: str, model_name: str) -> tuple[str, str]:
    """Return app and lower-case name of the model that *reference* means."""
    if reference == SELF:
        return app_label, model_name.lower()
    app, _, name = reference.rpartition(".")
    return app or app_label, name.lower()


def _interpolated(name: str, app_label: str, object_name: str) -> str:
    if "%" not in name:
        return name
    lower = object_name.lower()
    return name % {"app_label": app_label, "class": lower, "model_name": lower}


class ForeignKey(RelatedField):
    """
    A reference to one row of another model, in the column ``<name>_id``.

    Args:
        to_field: The referenced field; None for the primary key.

        db_constraint: False leaves the reference unchecked by the database.

        deferrable: When the database checks it; None at once, as it comes.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "on_delete": None,
        "parent_link": False,
        "to_field": None,
        "db_index": True,
        "deferrable": None,
        "swappable": True,
    }
    ALWAYS_WRITTEN = frozenset({"to", "on_delete"})

    on_delete: OnDelete
    parent_link: bool
    to_field: str | None
    deferrable: Deferrable | None

    def __init__(
        self,
        to: Any,
        on_delete: OnDelete,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        parent_link: bool = False,
        to_field: str | None = None,
        db_constraint: bool = True,
        *,
        verbose_name: str | None = None,
        deferrable: Deferrable | None = None,
        swappable: bool = True,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"verbose_name": verbose_name, **options}
        given |= {"to": model_reference(to, type(self).__name__)}
        given |= {"on_delete": on_delete, "related_name": related_name}
        given |= {"related_query_name": related_query_name, "to_field": to_field}
        given |= {"limit_choices_to": limit_choices_to, "parent_link": parent_link}
        given |= {"db_constraint": db_constraint, "deferrable": deferrable}
        self._store({**given, "swappable": swappable})

    def _check_options(self) -> None:
        super()._check_options()
        name = type(self).__name__
        if not isinstance(self.on_delete, OnDelete):
            raise BadOnDelete(name, repr(self.on_delete))
        if self.on_delete is SET_NULL and not self.null:
            raise BadFieldOption(
                name,
                "on_delete=SET_NULL on a field that cannot be null",
                fix="set null=True, or choose another on_delete",
            )
        unset = not self.has_db_default and (
            not self.has_default or callable(self.default)
        )
        if self.on_delete is SET_DEFAULT and unset:
            raise BadFieldOption(
                name,
                "on_delete=SET_DEFAULT without a default that the database knows",
                fix="set db_default=…, or a default that is no function",
            )

    def attname(self, name: str) -> str:
        return f"{name}_id"


class OneToOneField(ForeignKey):
    """A reference that no two rows share."""

    OPTIONS: ClassVar[Mapping[str, Any]] = {"unique": True}
    one_to_one = True


class ManyToManyField(RelatedField):
    """
    References to many rows of another model, in a table between the two.

    Args:
        symmetrical: Only for ``"self"``: a row refers back. Default there: True.

        through: A model of one's own for the table between; None makes one.

        through_fields: The names of its two foreign keys, this side first.

        db_table: Name of the automatic table.
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "symmetrical": None,
        "through": None,
        "through_fields": None,
        "db_table": None,
        "swappable": True,
    }
    REFERENCES = ("to", "through")
    many_to_many = True
    concrete = False

    symmetrical: bool
    through: str | None
    through_fields: tuple[str, str] | None
    db_table: str | None

    def __init__(
        self,
        to: Any,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        symmetrical: bool | None = None,
        through: Any = None,
        through_fields: Iterable[str] | None = None,
        db_constraint: bool = True,
        db_table: str | None = None,
        *,
        verbose_name: str | None = None,
        swappable: bool = True,
        **options: Unpack[FieldOptions],
    ) -> None:
        name = type(self).__name__
        given: dict[str, Any] = {"verbose_name": verbose_name, **options}
        given |= {"to": model_reference(to, name), "related_name": related_name}
        given |= {"related_query_name": related_query_name, "db_table": db_table}
        given |= {"limit_choices_to": limit_choices_to, "symmetrical": symmetrical}
        given |= {"db_constraint": db_constraint, "swappable": swappable}
        if through is not None:
            given["through"] = model_reference(through, name)
        if through_fields is not None:
            given["through_fields"] = tuple(through_fields)
        self._store(given)

    def _check_options(self) -> None:
        super()._check_options()
        name = type(self).__name__
        if self.through and self.db_table:
            raise BadRelation(
                name,
                "db_table and through exclude each other",
                fix="set db_table in the Meta of the through model",
            )
        if self.through_fields is not None and (
            not self.through or len(self.through_fields) != 2
        ):
            raise BadRelation(
                name,
                f"through_fields is {self.through_fields!r}",
                fix="give two names of foreign keys of the through model",
            )
        if self.null or self.unique or self.has_default:
            raise BadRelation(
                name,
                "null, unique and default mean nothing on a many-to-many field",
                fix="remove them",
            )
        if self.symmetrical is None:
            self.symmetrical = self.to == SELF

    def deconstruct(self) -> Deconstruction:
        path, args, kwargs = super().deconstruct()
        if self.symmetrical == (self.to == SELF):
            kwargs.pop("symmetrical", None)
        return path, args, kwargs

    def through_key(self, app_label: str) -> tuple[str, str]:
        """Return app and lower-case name of the `through` model."""
        return reference_key(self.through or "", app_label, "")

    @property
    def automatic(self) -> bool:
        """Whether the table between is made by this field."""
        return self.through is None

    def accessor(
        self, app_label: str, object_name: str, default: str | None = None
    ) -> str | None:
        if self.symmetrical:
            return None
        return super().accessor(app_label, object_name, default)
