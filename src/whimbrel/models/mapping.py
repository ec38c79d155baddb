"""
Classes mapped by SQLAlchemy, from the definitions of models.

Place: `models`, top; used for live classes and, by `state.apps`, for historical
ones. A `Mapper` maps a class when somebody asks for it, with those that it
refers to, and nothing else: mapping is slow.

Of each class a `Blueprint` says what to map; where it comes from (a Django-style
definition, a SQLAlchemy table) is the business of who makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import registry, relationship

from whimbrel.errors.query import DoesNotExist, MultipleObjectsReturned
from whimbrel.models.entity import Entity, Link, Through, entity_of
from whimbrel.models.related import ToMany, ToOneBack

Key = tuple[str, str]
"""App label and model name in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key of a model: relation *name*, kept in *attribute*."""

    name: str
    attribute: str
    target: Key
    target_attribute: str
    accessor: str | None
    query_name: str
    single: bool = False
    """No two rows refer to the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """
    A many-to-many relation; *own* and *far* are columns of the table between.

    Args:
        table: The automatic table; None if a model of its own is between.

        through: The key of that model.
    """

    name: str
    target: Key
    table: sa.Table | None
    through: Key | None
    own: str
    far: str
    accessor: str | None
    query_name: str
    symmetrical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """
    What to map.

    Args:
        table: None for a proxy, which shares its parent's.

        columns: Attribute → column.

        names: Further names in queries → attribute (field and column names).

        counted_by: The attribute whose rows of one value ``_order`` counts.
    """

    key: Key
    label: str
    table: sa.Table | None
    columns: Mapping[str, sa.Column[Any]]
    names: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    between: tuple[Between, ...] = ()
    parent: Key | None = None
    defaults: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    filled: tuple[tuple[str, Callable[[], Any], bool], ...] = ()
    ordering: tuple[Any, ...] = ()
    counted_by: str | None = None

    @property
    def targets(self) -> frozenset[Key]:
        """The models that its relations lead to."""
        one = {reference.target for reference in self.references}
        return frozenset(one | {relation.target for relation in self.between})


class Source(Protocol):
    """Where a mapper finds classes and blueprints."""

    def blueprint(self, key: Key) -> Blueprint:
        """Return what to map for the model *key*."""

    def class_for(self, key: Key) -> type:
        """Return the class of the model *key*, not necessarily mapped yet."""

    def references_to(self, key: Key) -> Iterable[Key]:
        """Return the models that have a relation to *key*."""


class Mapper:
    """Maps classes of one *source* into one SQLAlchemy registry."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.registry = registry()
        self._blueprints: dict[Key, Blueprint] = {}
        self._mapped: dict[Key, type] = {}

    def blueprint(self, key: Key) -> Blueprint:
        if key not in self._blueprints:
            self._blueprints[key] = self.source.blueprint(key)
        return self._blueprints[key]

    def mapped(self, key: Key) -> type:
        """Return the class of *key*, mapped together with all that it refers to."""
        if key not in self._mapped:
            for needed in self._closure(key):
                self._map(needed)
        return self._mapped[key]

    def _closure(self, key: Key) -> list[Key]:
        """Return what *key* refers to, itself included, parents first."""
        found: dict[Key, None] = {}
        open_: set[Key] = set()

        def visit(at: Key) -> None:
            if at in self._mapped or at in found or at in open_:
                return
            open_.add(at)
            plan = self.blueprint(at)
            if plan.parent is not None:
                visit(plan.parent)
            found[at] = None
            for target in plan.targets:
                visit(target)

        visit(key)
        return list(found)

    def _map(self, key: Key) -> None:
        if key in self._mapped:
            return
        plan = self.blueprint(key)
        cls: Any = self.source.class_for(key)
        self._mapped[key] = cls
        parent = self._mapped[plan.parent] if plan.parent else None
        cls._entity = self._entity(plan, parent)
        arguments: dict[str, Any] = {"properties": self._properties(plan, parent)}
        if parent is not None:
            arguments["inherits"] = parent
        elif plan.table is not None and not plan.table.primary_key.columns:
            arguments["primary_key"] = list(plan.table.columns)
        for error in (DoesNotExist, MultipleObjectsReturned):
            if error.__name__ not in vars(cls):
                setattr(cls, error.__name__, type(error.__name__, (error,), {}))
        self.registry.map_imperatively(cls, plan.table, **arguments)
        for link in self._many_to_many(plan):
            setattr(cls, link.name, ToMany(link))
        for accessor, link, single in self._back(plan):
            attach(cls, accessor, link, single)
        self._attach_to_targets(plan)

    def _attach_to_targets(self, plan: Blueprint) -> None:
        """Show a class that came later to those that it refers to."""
        for target in plan.targets - {plan.key}:
            cls: Any = self._mapped.get(target)
            if cls is None:
                continue
            for accessor, link, single in self._back_from(plan, target):
                cls._entity.links.setdefault(link.name, link)
                attach(cls, accessor, link, single)

    def _properties(self, plan: Blueprint, parent: type | None) -> dict[str, Any]:
        properties: dict[str, Any] = dict(plan.columns)
        for reference in plan.references:
            if reference.name in properties:
                continue
            target = self.blueprint(reference.target)
            remote = target.columns.get(reference.target_attribute)
            if remote is None:
                continue
            local = plan.columns[reference.attribute]
            properties[reference.name] = relationship(
                partial(self.mapped, reference.target),
                primaryjoin=local == sa.orm.remote(remote),
                foreign_keys=[local],
                uselist=False,
                # A row of a model that inherits from the target is one of it.
                enable_typechecks=False,
                passive_deletes="all",
                overlaps="*",
            )
        return properties

    def _entity(self, plan: Blueprint, parent: type | None) -> Entity:
        inherited: Entity | None = getattr(parent, "_entity", None)
        attributes = {name: name for name in plan.columns}
        attributes |= {
            column.name: name
            for name, column in plan.columns.items()
            if column.name not in attributes
        }
        attributes |= {k: v for k, v in plan.names.items() if k not in attributes}
        keys = key_attributes(plan)
        links = {link.name: link for link in self._links(plan)}
        if inherited is not None:
            attributes = {**inherited.attributes, **attributes}
            own = {*plan.columns, *plan.names}
            above = {k: v for k, v in inherited.links.items() if k not in own}
            links = {**above, **links}
            keys = inherited.keys
        for reference in plan.references:
            attributes.setdefault(reference.name, reference.attribute)
        return Entity(
            label=plan.label,
            attributes=attributes,
            keys=keys,
            links=links,
            defaults={**(inherited.defaults if inherited else {}), **plan.defaults},
            filled=(*(inherited.filled if inherited else ()), *plan.filled),
            ordering=plan.ordering or (inherited.ordering if inherited else ()),
            counted_by=plan.counted_by or (inherited.counted_by if inherited else None),
        )

    def _links(self, plan: Blueprint) -> Iterable[Link]:
        for reference in plan.references:
            yield Link(
                name=reference.name,
                target=partial(self.mapped, reference.target),
                join=attributes_equal(reference.attribute, reference.target_attribute),
                many=False,
                attribute=reference.attribute,
                target_attribute=reference.target_attribute,
            )
        yield from self._many_to_many(plan)
        for accessor, link, _ in self._back(plan):
            yield link
            if accessor and accessor != link.name:
                yield renamed(link, accessor)

    def _many_to_many(self, plan: Blueprint) -> Iterable[Link]:
        for relation in plan.between:
            yield self._between(relation.name, relation, relation.target, swap=False)

    def _between(
        self, name: str, relation: Between, target: Key, *, swap: bool
    ) -> Link:
        own, far = relation.own, relation.far
        if swap:
            own, far = far, own
        key = relation.through
        table = self._table_of(key) if key is not None else relation.table
        assert table is not None, name
        return Link(
            name=name,
            target=partial(self.mapped, target),
            join=through_table(table, own, far),
            many=True,
            through=Through(
                table=table,
                own=own,
                far=far,
                symmetrical=relation.symmetrical,
                model=partial(self.mapped, key) if key is not None else None,
            ),
        )

    def _table_of(self, key: Key) -> sa.Table | None:
        """Return the table that the rows of *key* are in; a proxy's is its parent's."""
        plan = self.blueprint(key)
        if plan.table is None and plan.parent is not None:
            return self._table_of(plan.parent)
        return plan.table

    def _back(self, plan: Blueprint) -> Iterable[tuple[str | None, Link, bool]]:
        """Yield accessor, link and singleness of all relations to *plan*'s model."""
        for source in self.source.references_to(plan.key):
            yield from self._back_from(self.blueprint(source), plan.key)

    def _back_from(
        self, other: Blueprint, target: Key
    ) -> Iterable[tuple[str | None, Link, bool]]:
        """Yield the ways back from *target* that the relations of *other* make."""
        for reference in other.references:
            if reference.target == target:
                link = self._reverse(other.key, reference)
                yield reference.accessor, link, reference.single
        for relation in other.between:
            if relation.target == target and not relation.symmetrical:
                name = relation.query_name
                link = self._between(name, relation, other.key, swap=True)
                yield relation.accessor, link, False

    def _reverse(self, source: Key, reference: Reference) -> Link:
        return Link(
            name=reference.query_name,
            target=partial(self.mapped, source),
            join=attributes_equal(reference.target_attribute, reference.attribute),
            many=not reference.single,
            back=reference.name,
        )


def attach(cls: Any, accessor: str | None, link: Link, single: bool) -> None:
    """Give *cls* the attribute that leads back, unless it has one of that name."""
    if accessor and accessor not in vars(cls):
        setattr(cls, accessor, ToOneBack(link) if single else ToMany(link))


def key_attributes(plan: Blueprint) -> tuple[str, ...]:
    """Return the attributes of the primary key; of a table without one, all."""
    if plan.table is None:
        return ()
    keys = set(plan.table.primary_key.columns) or set(plan.table.columns)
    return tuple(name for name, column in plan.columns.items() if column in keys)


def attributes_equal(own: str, far: str) -> Callable[[Any, Any], Any]:
    """Return a join by equality of two attributes."""

    def join(owner: Any, target: Any) -> Any:
        return getattr(target, far) == getattr(owner, own)

    return join


def through_table(table: sa.Table, own: str, far: str) -> Callable[[Any, Any], Any]:
    """Return a join over a table between."""

    def join(owner: Any, target: Any) -> Any:
        between = table.alias()
        return (
            sa.exists()
            .where(between.c[own] == key_value(owner))
            .where(between.c[far] == key_value(target))
            .correlate_except(between)
        )

    return join


def key_value(side: Any) -> Any:
    """Return the key of a class, an alias (a column) or an instance (a value)."""
    return getattr(side, entity_of(side).keys[0])


def renamed(link: Link, name: str) -> Link:
    """Return the same link under another name."""
    return replace(link, name=name)
