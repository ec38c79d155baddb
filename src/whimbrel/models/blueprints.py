"""
Blueprints of Django-style models: what of a definition is mapped.

Place: `models`, above `mapping` and `table`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from whimbrel.facts import Facts
from whimbrel.models.definition import ORDER, find_field
from whimbrel.models.fields.temporal import Stamped
from whimbrel.models.mapping import Between, Blueprint, Key, Reference
from whimbrel.models.relations import ForeignKey, ManyToManyField, reference_key
from whimbrel.models.table import Definition, build_tables

Resolve = Callable[[str, str], Definition]
"""Gives the definition of (app label, model name in lower case)."""


def blueprint(
    definition: Definition, resolve: Resolve, metadata: sa.MetaData, facts: Facts
) -> Blueprint:
    """Return what to map for *definition*; its tables are made in *metadata*."""
    key = (definition.app_label, definition.name.lower())
    built = build_tables(definition, resolve, metadata, facts)
    columns = attribute_columns(definition, built.main)
    return Blueprint(
        key=key,
        label=f"{definition.app_label}.{definition.name}",
        table=built.main,
        columns=columns,
        names={
            name: field.attname(name)
            for name, field in definition.fields.items()
            if field.concrete
        },
        references=tuple(references(definition, resolve)),
        between=tuple(
            between(
                definition,
                name,
                field,
                built.many_to_many.get(name),
                resolve,
            )
            for name, field in definition.fields.items()
            if isinstance(field, ManyToManyField)
        ),
        parent=parent_key(definition),
        defaults=defaults(definition),
        filled=tuple(filled(definition)),
        ordering=ordering(definition),
        counted_by=counted_by(definition, resolve),
    )


def ordering(definition: Definition) -> tuple[Any, ...]:
    """Return the order of queries that do not say one."""
    if definition.options.get("order_with_respect_to"):
        return (ORDER,)
    return tuple(definition.options.get("ordering") or ())


def counted_by(definition: Definition, resolve: Resolve) -> str | None:
    """Return the attribute that ``order_with_respect_to`` names."""
    name = definition.options.get("order_with_respect_to")
    if not name:
        return None
    return str(find_field(definition, name, resolve).field.attname(name))


def attribute_columns(
    definition: Definition, table: sa.Table | None
) -> dict[str, sa.Column[Any]]:
    """Return attribute → column of the model's own table."""
    if table is None:
        return {}
    columns = {}
    for column in table.columns:
        name = column.info.get("field", column.name)
        field = definition.fields.get(name)
        columns[field.attname(name) if field else name] = column
    return columns


def references(definition: Definition, resolve: Resolve) -> Iterator[Reference]:
    """Yield the foreign keys of *definition*."""
    app, name = definition.app_label, definition.name
    default = definition.options.get("default_related_name")
    for field_name, field in definition.fields.items():
        if not isinstance(field, ForeignKey):
            continue
        target = field.target(app, name)
        yield Reference(
            name=field_name,
            attribute=field.attname(field_name),
            target=target,
            target_attribute=referenced_attribute(field, resolve(*target), resolve),
            accessor=field.accessor(app, name, default),
            query_name=field.query_name(app, name, default),
            single=field.one_to_one,
        )


def referenced_attribute(
    field: ForeignKey, target: Definition, resolve: Resolve
) -> str:
    """Return the attribute of *target* whose value the key holds."""
    if field.to_field:
        return str(target.fields[field.to_field].attname(field.to_field))
    return key_attribute(target, resolve)


def key_attribute(definition: Definition, resolve: Resolve) -> str:
    """Return the attribute of the primary key; a proxy's is its parent's."""
    for name, field in definition.fields.items():
        if field.concrete and field.primary_key:
            return str(field.attname(name))
    parent = parent_key(definition)
    return key_attribute(resolve(*parent), resolve) if parent else "id"


def parent_key(definition: Definition) -> Key | None:
    """Return the key of the concrete model that this one inherits from."""
    for base in definition.bases:
        if isinstance(base, str):
            return reference_key(base, definition.app_label, definition.name)
    return None


def between(
    definition: Definition,
    name: str,
    field: ManyToManyField,
    table: sa.Table | None,
    resolve: Resolve,
) -> Between:
    """Return the many-to-many relation that *field* makes."""
    app, model = definition.app_label, definition.name
    default = definition.options.get("default_related_name")
    target = field.target(app, model)
    through = None
    if table is not None:
        own, far = automatic_columns(table)
    else:
        through = reference_key(str(field.through), app, model)
        own, far = through_columns(
            field, resolve(*through), (app, model.lower()), target
        )
    return Between(
        name=name,
        target=target,
        table=table,
        through=through,
        own=own,
        far=far,
        accessor=field.accessor(app, model, default),
        query_name=field.query_name(app, model, default),
        symmetrical=field.symmetrical,
    )


def automatic_columns(table: sa.Table) -> tuple[str, str]:
    """Return the columns of an automatic table that hold this side and the other."""
    _, own, far = (column.name for column in table.columns)
    return own, far


def through_columns(
    field: ManyToManyField, through: Definition, own: Key, far: Key
) -> tuple[str, str]:
    """Return the columns of a model between that hold this side and the other."""

    def columns(to: Key) -> list[str]:
        return [
            key.column_name(name)
            for name, key in through.fields.items()
            if isinstance(key, ForeignKey)
            and key.target(through.app_label, through.name) == to
        ]

    if field.through_fields:
        first, second = field.through_fields
        return (
            through.fields[first].column_name(first),
            through.fields[second].column_name(second),
        )
    return columns(own)[0], columns(far)[-1]


def defaults(definition: Definition) -> dict[str, Callable[[], Any]]:
    """Return attribute → what gives its value in a new object."""
    return {
        field.attname(name): field.get_default
        for name, field in definition.fields.items()
        if field.concrete
        and not field.generated
        and (field.has_default or (field.stores_text and not field.null))
        and not field.has_db_default
        and not field.auto_increment
    }


def filled(
    definition: Definition,
) -> Iterator[tuple[str, Callable[[], Any], bool]]:
    """Yield the attributes that take the current time when a row is written."""
    for name, field in definition.fields.items():
        if isinstance(field, Stamped) and (field.auto_now or field.auto_now_add):
            yield field.attname(name), field.now, field.auto_now
