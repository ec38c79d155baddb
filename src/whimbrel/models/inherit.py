"""
What a model class takes over from its bases: fields, `Meta`, managers, links.

Place: `models`, between `options` and `model`. Functions on classes that are
being made; the rules are Django's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from whimbrel.errors.models import (
    BadInheritance,
    BadPrimaryKey,
    FieldClash,
    ReservedFieldName,
)
from whimbrel.models import fields as field_classes
from whimbrel.models.fields.base import Field
from whimbrel.models.on_delete import CASCADE
from whimbrel.models.options import Options
from whimbrel.models.relations import OneToOneField

RESERVED = {"pk": "it means the primary key", "objects": "it is the manager"}


def model_parents(bases: Iterable[type]) -> list[Any]:
    """Return those of *bases* that are models, `Model` itself not among them."""
    return [base for base in bases if getattr(base, "_meta", None) is not None]


def is_manager(value: object) -> bool:
    """Return whether *value* is a manager (a class does not count)."""
    return bool(getattr(value, "_whimbrel_manager", False)) and not isinstance(
        value, type
    )


def check_name(model: str, name: str) -> None:
    """
    Refuse names that queries could not tell from something else.

    Raises:
        ReservedFieldName: MO106.
    """
    if name.endswith("_"):
        raise ReservedFieldName(model, name, "it ends with an underscore")
    if "__" in name:
        raise ReservedFieldName(model, name, "'__' separates lookups")
    if name == "pk":
        raise ReservedFieldName(model, name, RESERVED["pk"])


def collect_fields(
    cls: type, own: Mapping[str, Field], namespace: Mapping[str, Any], label: str
) -> dict[str, Field]:
    """
    Return the local fields: *own* ones and those of abstract bases.

    Args:
        namespace: Body of the class; any name there hides an inherited field.
    """
    inherited = _fields_of_concrete_bases(cls)
    for name in own:
        if name in inherited:
            raise FieldClash(
                label, name, f"the field of {inherited[name]}", "it is inherited"
            )
    found = dict(own)
    for base in cls.__mro__[1:]:
        meta = getattr(base, "_meta", None)
        if meta is None or not meta.abstract or _taken_over(cls, base):
            continue
        for name, field in meta.fields.items():
            if name in found or name in namespace:
                continue
            if _hidden_by_other(cls, base, name):
                continue
            if name in inherited:
                raise FieldClash(
                    label, name, f"the field of {inherited[name]}", "it is inherited"
                )
            found[name] = field
    return found


def _taken_over(cls: type, base: type) -> bool:
    """Whether a concrete parent already has the fields of the abstract *base*."""
    return any(
        issubclass(other, base)
        for other in cls.__mro__[1:]
        if (meta := getattr(other, "_meta", None)) is not None and not meta.abstract
    )


def _hidden_by_other(cls: type, base: type, name: str) -> bool:
    """Whether a class before *base* in the order of bases redefines *name*."""
    for other in cls.__mro__[1:]:
        if other is base:
            return False
        if name in vars(other):
            return True
    return False


def _fields_of_concrete_bases(cls: type) -> dict[str, str]:
    """Return name of each inherited field → label of the model that has it."""
    found: dict[str, str] = {}
    for base in cls.__mro__[1:]:
        meta = getattr(base, "_meta", None)
        if meta is not None and not meta.abstract:
            for name in meta.fields:
                found.setdefault(name, meta.label)
    return found


def parent_links(
    bases: Iterable[type], fields: Mapping[str, Field], app_label: str
) -> dict[Any, str | None]:
    """
    Return concrete parent class → name of the field that links to its row.

    The name is that of an explicit ``parent_link`` field, or ``<parent>_ptr``,
    which the caller adds.
    """
    explicit = {
        field.target(app_label, ""): name
        for name, field in fields.items()
        if isinstance(field, OneToOneField) and field.parent_link
    }
    links: dict[Any, str | None] = {}
    for parent in _concrete_parents(bases):
        meta = parent._meta.concrete_model._meta
        key = (meta.app_label, meta.model_name)
        links[parent] = explicit.get(key, f"{meta.model_name}_ptr")
    return links


def _concrete_parents(bases: Iterable[type]) -> list[Any]:
    """Return the nearest concrete models above, through abstract ones, once each."""
    found: dict[type, None] = {}
    for base in model_parents(bases):
        if base._meta.abstract:
            found.update(dict.fromkeys(_concrete_parents(base.__bases__)))
        else:
            found[base] = None
    return list(found)


def proxied(bases: Iterable[type], fields: Mapping[str, Field], label: str) -> Any:
    """
    Return the concrete model behind a proxy.

    Raises:
        BadInheritance: MO119.
    """
    parents = {
        parent._meta.concrete_model: parent for parent in _concrete_parents(bases)
    }
    if len(parents) != 1:
        raise BadInheritance(
            label,
            f"a proxy has exactly one concrete parent, not {len(parents)}",
            fix="inherit from one model that has a table",
        )
    if fields:
        raise BadInheritance(
            label,
            f"a proxy cannot have fields of its own: {', '.join(fields)}",
            fix="remove the fields or proxy = True",
        )
    return next(iter(parents.values()))


def with_primary_key(
    fields: dict[str, Field], links: Mapping[Any, str | None], options: Options
) -> dict[str, Field]:
    """
    Return *fields* in order, with links to parents and an ``id`` added as needed.

    Raises:
        BadPrimaryKey: MO110.
    """
    label = options.label
    added: dict[str, Field] = {}
    keys = [name for name, field in fields.items() if field.primary_key]
    if len(keys) > 1:
        raise BadPrimaryKey(
            label,
            f"there are {len(keys)} primary keys: {', '.join(keys)}",
            fix="keep primary_key=True on one field",
        )
    for parent, name in links.items():
        if name is None or name in fields:
            continue
        added[name] = OneToOneField(
            parent._meta.concrete_model,
            CASCADE,
            parent_link=True,
            auto_created=True,
            primary_key=not keys and not added,
            serialize=False,
        )
    fields = _linked_key(fields, links) if not keys else fields
    if not any(f.primary_key for f in (*fields.values(), *added.values())):
        if "id" in fields:
            raise BadPrimaryKey(
                label,
                "the field 'id' is not the primary key",
                fix="set primary_key=True on it, or rename it",
            )
        added["id"] = automatic_key(options.apps.auto_field(options.app_label))
    return {**added, **_ordered(fields)}


def _linked_key(
    fields: dict[str, Field], links: Mapping[Any, str | None]
) -> dict[str, Field]:
    """Make the first explicit link to a parent the primary key, as Django does."""
    for name in links.values():
        if name in fields and name is not None:
            return {**fields, name: fields[name].clone(primary_key=True)}
    return fields


def automatic_key(path: str) -> Field:
    """Return the automatic primary key of the field class *path*."""
    name = path.rpartition(".")[2]
    found: Any = getattr(field_classes, name, None)
    if found is None:
        raise BadPrimaryKey(
            path,
            f"default_auto_field names no field class: {path!r}",
            fix="use BigAutoField, AutoField or SmallAutoField",
        )
    made: Field = found(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    return made


def _ordered(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Return fields in the order of their making, many-to-many ones last."""
    by_making = sorted(fields.items(), key=lambda item: item[1].creation)
    return dict(sorted(by_making, key=lambda item: item[1].many_to_many))


def check_columns(label: str, fields: Mapping[str, Field]) -> None:
    """
    Refuse two fields with one column, or one attribute.

    Raises:
        FieldClash: MO105.
    """
    columns: dict[str, str] = {}
    for name, field in fields.items():
        if not field.concrete:
            continue
        column = field.column_name(name)
        if column in columns:
            raise FieldClash(
                label, name, repr(columns[column]), f"both use the column {column!r}"
            )
        columns[column] = name
        attname = field.attname(name)
        if attname != name and attname in fields:
            raise FieldClash(
                label, name, repr(attname), f"it uses the name {attname!r}"
            )


def collect_managers(cls: type, own: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return (name, manager) of the class and its bases, nearest definition first."""
    found: dict[str, Any] = dict(own)
    for base in cls.__mro__[1:]:
        meta = getattr(base, "_meta", None)
        for name, manager in meta.managers if meta is not None else ():
            if name not in found and name not in vars(cls):
                found[name] = copy.copy(manager)
    counted = sorted(found.items(), key=lambda item: getattr(item[1], "creation", 0))
    return tuple(counted)


def migration_bases(cls: type, root: type) -> tuple[str | type, ...]:
    """Return the bases of *cls* as migrations write them."""

    def flattened(base: type) -> Iterable[type]:
        meta = getattr(base, "_meta", None)
        if meta is not None and meta.abstract:
            for above in base.__bases__:
                yield from flattened(above)
        else:
            yield base

    flat = dict.fromkeys(f for base in cls.__bases__ for f in flattened(base))
    in_order = sorted(flat, key=cls.__mro__.index)
    bases = [
        base._meta.label_lower if getattr(base, "_meta", None) is not None else base  # type: ignore[attr-defined]
        for base in in_order
        if base is not object and getattr(base, "__name__", "") != "Generic"
    ]
    return tuple(bases) or (root,)
