"""
The definition of a model, live or historical, and how models find each other.

Place: `models`, below `table`. Pure functions over `Definition`s; `resolve`
finds the definition that a name means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import UnknownField
from whimbrel.facts import Facts
from whimbrel.models.fields.base import Field
from whimbrel.models.fields.identity import OrderWrt
from whimbrel.models.names import default_table_name, truncate_name
from whimbrel.models.relations import ForeignKey, RelatedField

ORDER = "_order"
"""Field of the models with ``order_with_respect_to``."""


class Definition(Protocol):
    """
    What `Options` of a live model and `ModelState` have in common.

    *fields* holds local fields only; *bases* names concrete parents as
    ``"app.Model"``; *options* are those of `class Meta`.
    """

    @property
    def app_label(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def options(self) -> Mapping[str, Any]: ...
    @property
    def bases(self) -> tuple[Any, ...]: ...


Resolve: TypeAlias = Callable[[str, str], Definition]
"""(app label, lower-case model name) → definition; raises `UnknownModel`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A field and the model that holds it."""

    definition: Definition
    name: str
    field: Field

    @property
    def column(self) -> str:
        return self.field.column_name(self.name)


def parents(definition: Definition, resolve: Resolve) -> Iterator[Definition]:
    """Yield the concrete parents of *definition*."""
    for base in definition.bases:
        if isinstance(base, str):
            app, _, name = base.rpartition(".")
            yield resolve(app or definition.app_label, name.lower())


def concrete(definition: Definition, resolve: Resolve) -> Definition:
    """Return the definition whose table *definition* uses: behind any proxies."""
    while definition.options.get("proxy"):
        definition = next(parents(definition, resolve))
    return definition


def managed(definition: Definition) -> bool:
    """Return whether *definition* has a table that Whimbrel makes."""
    options = definition.options
    return not (options.get("proxy") or options.get("abstract")) and bool(
        options.get("managed", True)
    )


def table_name(definition: Definition, resolve: Resolve, facts: Facts) -> str:
    """Return the table of *definition*, as long as the database allows."""
    definition = concrete(definition, resolve)
    given = definition.options.get("db_table")
    if given:
        return str(given)
    default = default_table_name(definition.app_label, definition.name)
    return truncate_name(default, facts.identifier_length)


def local_fields(definition: Definition) -> dict[str, Field]:
    """Return the fields with a column or table, ``_order`` among them."""
    fields = dict(definition.fields)
    if definition.options.get("order_with_respect_to") and ORDER not in fields:
        fields[ORDER] = OrderWrt(default=0)
    return fields


def key_of(definition: Definition, resolve: Resolve) -> Reference:
    """
    Return the primary key of *definition*.

    Raises:
        UnknownField: MO113, it has none.
    """
    definition = concrete(definition, resolve)
    for name, field in definition.fields.items():
        if field.primary_key:
            return Reference(definition, name, field)
    raise UnknownField("pk", definition.fields, where=_label(definition))


def find_field(definition: Definition, name: str, resolve: Resolve) -> Reference:
    """
    Return the field *name* of *definition* or of one of its concrete parents.

    Raises:
        UnknownField: MO113.
    """
    definition = concrete(definition, resolve)
    if name == "pk":
        return key_of(definition, resolve)
    fields = local_fields(definition)
    if name in fields:
        return Reference(definition, name, fields[name])
    for parent in parents(definition, resolve):
        try:
            return find_field(parent, name, resolve)
        except UnknownField:
            continue
    raise UnknownField(name, fields, where=_label(definition))


def target_of(
    definition: Definition, field: RelatedField, resolve: Resolve
) -> Definition:
    """Return the definition that *field* refers to, proxies resolved."""
    found = resolve(*field.target(definition.app_label, definition.name))
    return concrete(found, resolve)


def referenced(
    definition: Definition, field: ForeignKey, resolve: Resolve
) -> Reference:
    """Return the field that the foreign key *field* of *definition* refers to."""
    target = target_of(definition, field, resolve)
    if field.to_field:
        return find_field(target, field.to_field, resolve)
    return key_of(target, resolve)


def end_of(definition: Definition, field: Field, resolve: Resolve) -> Field:
    """Follow foreign keys to the field whose type *field* has in the end."""
    while isinstance(field, ForeignKey):
        reference = referenced(definition, field, resolve)
        definition, field = reference.definition, reference.field
    return field


def column_type(
    definition: Definition, field: Field, resolve: Resolve
) -> TypeEngine[Any]:
    """Return the type of the column of *field*, that of its target for a key."""
    if not isinstance(field, ForeignKey):
        return field.sqlalchemy_type()
    return end_of(definition, field, resolve).reference_type()


def collation_of(definition: Definition, field: Field, resolve: Resolve) -> str | None:
    """Return the collation of the column of *field*; a key has its target's."""
    return end_of(definition, field, resolve).collation


def _label(definition: Definition) -> str:
    return f"{definition.app_label}.{definition.name}"
