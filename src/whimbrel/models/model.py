"""
The base class of Django-style models.

Place: `models`, above `options`. A class statement only collects: it fills
`_meta` and registers the class. The SQLAlchemy mapping is made when somebody
uses the class (`Book.title`, `Book()`, `select(Book)`, `inspect(Book)`), by the
mapper of the class's registry.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from sqlalchemy import inspection

from whimbrel.errors.models import (
    AbstractModel,
    BadConstraint,
    BadIndex,
    UnknownArguments,
    UnknownField,
)
from whimbrel.models.constraints import BaseConstraint
from whimbrel.models.definition import ORDER
from whimbrel.models.fields.base import Field
from whimbrel.models.indexes import Index
from whimbrel.models.inherit import (
    check_columns,
    check_name,
    collect_fields,
    collect_managers,
    is_manager,
    migration_bases,
    model_parents,
    parent_links,
    proxied,
    with_primary_key,
)
from whimbrel.models.options import (
    NOT_STATE,
    Options,
    meta_attributes,
    normalise_unique_together,
)
from whimbrel.models.persistence import Saved
from whimbrel.models.registry import Apps
from whimbrel.models.registry import apps as live_apps
from whimbrel.models.relations import RelatedField

M = TypeVar("M", bound="Model")

MAPPED_NAMES = frozenset({"__table__", "__mapper__"})
"""Double-underscore attributes that exist only once a class is mapped."""


class ModelBase(type):
    """Metaclass of models: collects at the class statement, maps on first use."""

    _meta: Options

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        **kwargs: Any,
    ) -> Any:
        if not any(isinstance(base, ModelBase) for base in bases):
            return super().__new__(mcs, name, bases, namespace, **kwargs)
        own = {k: v for k, v in namespace.items() if isinstance(v, Field)}
        managers = {k: v for k, v in namespace.items() if is_manager(v)}
        plain = {
            key: value
            for key, value in namespace.items()
            if key not in own and key not in managers and key != "Meta"
        }
        if any(not parent._meta.abstract for parent in model_parents(bases)):
            mcs = ChildBase
        cls = type.__new__(mcs, name, bases, plain, **kwargs)
        _define(cls, namespace, own, managers)
        return cls

    def __getattr__(cls, name: str) -> Any:
        # Only names that mapping may bring: introspection must not map anything.
        if name.startswith("_") and name not in MAPPED_NAMES:
            raise AttributeError(
                f"type object {cls.__name__!r} has no attribute {name!r}"
            )
        if not needs_mapping(cls):
            raise AttributeError(
                f"type object {cls.__name__!r} has no attribute {name!r}"
            )
        ensure_mapped(cls)
        return type.__getattribute__(cls, name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        ensure_mapped(cls)
        return super().__call__(*args, **kwargs)


class ChildBase(ModelBase):
    """
    Metaclass of models with a concrete parent.

    A parent that is mapped would answer for a child that is not yet:
    ``Novel.title`` would be the title of any book.
    """

    def __getattribute__(cls, name: str) -> Any:
        hidden = not name.startswith("_") and name not in cls.__dict__
        if hidden and needs_mapping(cls) and name in cls._meta.all_attributes:
            ensure_mapped(cls)
        return super().__getattribute__(name)


def needs_mapping(cls: type) -> bool:
    """Return whether *cls* is a model with a table of its own or a proxy, unmapped."""
    meta = cls.__dict__.get("_meta")
    return (
        meta is not None
        and not meta.abstract
        and not _is_mapped(cls)
        and not meta.__dict__.get("mapping", False)
    )


def _is_mapped(cls: type) -> bool:
    """Whether SQLAlchemy has a mapper for *cls*, perhaps one still in the making."""
    manager = cls.__dict__.get("_sa_class_manager")
    return manager is not None and manager.is_mapped


def ensure_mapped(cls: type) -> None:
    """
    Map *cls* on its table, if it is not yet.

    Raises:
        AbstractModel: MO121. Whatever is wrong with its relations.
    """
    meta = cls.__dict__.get("_meta")
    if meta is None or meta.abstract:
        raise AbstractModel(cls.__name__)
    if not needs_mapping(cls):
        return
    meta.mapping = True
    try:
        meta.apps.map(cls)
    finally:
        meta.mapping = False


@inspection._inspects(ModelBase)
def _inspect_model(cls: type) -> None:
    # Returns nothing, so that SQLAlchemy goes on to what it knows of mapped classes.
    if needs_mapping(cls):
        ensure_mapped(cls)


def _define(
    cls: Any, namespace: dict[str, Any], own: dict[str, Field], managers: dict[str, Any]
) -> None:
    """Fill ``cls._meta`` from the class statement and register the class."""
    given: Any = namespace.get("Meta") or getattr(cls, "Meta", None)
    attributes = meta_attributes(given, cls.__name__)
    apps: Apps = attributes.get("apps") or live_apps
    options = Options(
        apps=apps,
        app_label=attributes.get("app_label") or _app_label(apps, cls.__module__),
        object_name=cls.__name__,
        meta=attributes,
    )
    for name in own:
        check_name(options.label, name)
    own = {n: _completed(f, options.app_label) for n, f in own.items()}
    fields = collect_fields(cls, own, namespace, options.label)
    if options.abstract:
        options.fields = MappingProxyType(fields)
        cls.Meta = type("Meta", (given,), {"abstract": False})
    else:
        _complete(cls, options, fields)
    options.model = cls
    options.managers = _managers(cls, options, managers)
    cls._meta = options
    for name, manager in options.managers:
        _attach_manager(cls, name, manager)
    if not options.abstract:
        apps.register(cls)


def _completed(field: Field, app_label: str) -> Field:
    if not isinstance(field, RelatedField):
        return field
    resolved = field.resolved(app_label)
    resolved_at = field.creation
    if resolved is not field:
        object.__setattr__(resolved, "creation", resolved_at)
    return resolved


def _complete(cls: Any, options: Options, fields: dict[str, Field]) -> None:
    """Add what only a model with a place in the database has: key, links, bases."""
    if options.proxy:
        options.parents = {proxied(cls.__bases__, fields, options.label): None}
    else:
        links = parent_links(cls.__bases__, fields, options.app_label)
        fields = with_primary_key(fields, links, options)
        check_columns(options.label, fields)
        options.parents = links
    options.fields = MappingProxyType(fields)
    options.bases = migration_bases(cls, Model)
    options.options = MappingProxyType(_explicit(options))


def _app_label(apps: Apps, module: str) -> str:
    known = apps.app_for_module(module)
    if known is not None:
        return known
    return module.partition(".")[0].strip("_")


def _explicit(options: Options) -> dict[str, Any]:
    """Return what Meta says, normalised: tuples, every index and constraint named."""
    explicit = {k: v for k, v in options.meta.items() if k not in NOT_STATE}
    if "unique_together" in explicit:
        explicit["unique_together"] = normalise_unique_together(
            explicit["unique_together"]
        )
    indexes = [_named_index(index, options) for index in explicit.get("indexes", ())]
    constraints = []
    for constraint in explicit.get("constraints", ()):
        if not isinstance(constraint, BaseConstraint):
            raise BadConstraint(
                options.label, f"{constraint!r} is no constraint", fix="see Meta"
            )
        constraints.append(
            constraint.interpolated(options.app_label, options.object_name)
        )
    return {**explicit, "indexes": tuple(indexes), "constraints": tuple(constraints)}


def _named_index(index: Any, options: Options) -> Index:
    if not isinstance(index, Index):
        raise BadIndex(
            options.label, f"{index!r} is no index", fix="give models.Index(fields=[…])"
        )
    columns = []
    for name in index.fields:
        plain = name.removeprefix("-")
        if plain not in options.fields:
            raise UnknownField(plain, options.fields, where=f"{options.label}.Meta")
        columns.append(options.fields[plain].column_name(plain))
    interpolated: Index = index.interpolated(options.app_label, options.object_name)
    named: Index = interpolated.named(options.db_table, columns)
    return named


def _managers(
    cls: type, options: Options, own: dict[str, Any]
) -> tuple[tuple[str, Any], ...]:
    managers = collect_managers(cls, own)
    if managers or options.abstract or "objects" in options.fields:
        return managers
    default = options.apps.make_default_manager()
    return (("objects", default),) if default is not None else ()


def _attach_manager(cls: type, name: str, manager: Any) -> None:
    attach = getattr(manager, "contribute_to_class", None)
    if attach is not None:
        attach(cls, name)
    else:
        setattr(cls, name, manager)


class Model(Saved, metaclass=ModelBase):
    """
    Base of all Django-style models.

    A subclass is a real SQLAlchemy mapped class: `sqlalchemy.select`, sessions and
    relationships work with it.
    """

    _meta: ClassVar[Options]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """
        Make an instance; fields that are not given get their defaults.

        Raises:
            UnknownArguments: MO123.
        """
        meta = type(self)._meta
        fields = {n: f for n, f in meta.all_fields.items() if not f.many_to_many}
        given = dict(zip(fields, args, strict=False)) | kwargs
        if "pk" in given:
            key = given.pop("pk")
            related = isinstance(key, Saved)
            given[meta.pk_name if related else type(self)._entity.keys[0]] = key
        for name, field in fields.items():
            attname = field.attname(name)
            if name not in given and attname not in given:
                value = field.get_default()
                if value is not None:
                    setattr(self, attname, value)
        known = {a for n, f in fields.items() for a in (n, f.attname(n))}
        if type(self)._entity.counted_by is not None:
            known.add(ORDER)
        unknown = [n for n in given if n not in known and not _settable(self, n)]
        if unknown:
            raise UnknownArguments(meta.object_name, unknown, known)
        for name, value in given.items():
            setattr(self, name, value)

    @property
    def pk(self) -> Any:
        """The value of the primary key."""
        return getattr(self, type(self)._entity.keys[0])

    @pk.setter
    def pk(self, value: Any) -> None:
        setattr(self, type(self)._entity.keys[0], value)

    def __str__(self) -> str:
        return f"{type(self).__name__} object ({self.pk})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


def _settable(instance: Model, name: str) -> bool:
    """Whether *name* is a property that may be set in the constructor."""
    found = getattr(type(instance), name, None)
    return isinstance(found, property) and found.fset is not None
