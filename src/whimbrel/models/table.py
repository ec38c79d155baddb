"""
From the definition of a model to SQLAlchemy tables.

Place: the top of the tables' part of `models`; `schema.lower` and the mapping
of model classes both build on it. Types and names are Django's, also what it
leaves unnamed; what the database cannot do (`Facts`) is left out as Django does.

Invariants: foreign keys name their target by string, so a table can be built
alone. Every column knows its field (``column.info["field"]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from whimbrel.errors.models import UnknownField
from whimbrel.facts import Facts
from whimbrel.models.column_types import collated
from whimbrel.models.defaults import (
    NO_DEFAULT,
    effective_default,
    empty_value,
    server_default,
)
from whimbrel.models.definition import (
    Definition,
    Resolve,
    collation_of,
    column_type,
    key_of,
    local_fields,
    managed,
    referenced,
    table_name,
    target_of,
)
from whimbrel.models.expressions import Column, resolve_expression
from whimbrel.models.fields.base import Field
from whimbrel.models.fields.generated import GeneratedField
from whimbrel.models.fields.identity import AutoField, BigAutoField
from whimbrel.models.fields.special import JSONField
from whimbrel.models.names import (
    automatic_name,
    foreign_key_name,
    many_to_many_columns,
    many_to_many_table_name,
    split_table,
    truncate_name,
)
from whimbrel.models.on_delete import CASCADE
from whimbrel.models.relations import ForeignKey, ManyToManyField
from whimbrel.models.table_indexes import (
    add_constraint,
    add_field_indexes,
    add_index,
    add_unique,
)

__all__ = [
    "NO_DEFAULT",
    "BuiltTables",
    "Definition",
    "Resolve",
    "build_tables",
    "effective_default",
    "empty_value",
    "many_to_many_definition",
]


@dataclass(frozen=True, slots=True)
class BuiltTables:
    """
    The tables of one model.

    Args:
        main: None for a proxy or an abstract model.

        many_to_many: Name of the field → the automatic table between.
    """

    main: sa.Table | None
    many_to_many: Mapping[str, sa.Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThroughDefinition:
    """The definition of an automatic table between two models."""

    app_label: str
    name: str
    fields: Mapping[str, Field]
    options: Mapping[str, Any]
    bases: tuple[Any, ...] = ()


def build_tables(
    definition: Definition, resolve: Resolve, metadata: sa.MetaData, facts: Facts
) -> BuiltTables:
    """
    Return the tables of *definition*, made in *metadata*.

    Args:
        resolve: Finds the models that relations and bases name.

        facts: What the database can do; decides names and what is left out.

    Raises:
        UnknownModel: MO109. UnknownField: MO113.
    """
    if definition.options.get("proxy") or definition.options.get("abstract"):
        return BuiltTables(None)
    main = _build_table(definition, resolve, metadata, facts)
    between = {}
    for name, made in definition.fields.items():
        if isinstance(made, ManyToManyField) and made.automatic:
            through = many_to_many_definition(definition, name, resolve, facts)
            between[name] = _build_table(through, resolve, metadata, facts, definition)
    return BuiltTables(main, between)


def many_to_many_definition(
    definition: Definition, name: str, resolve: Resolve, facts: Facts
) -> ThroughDefinition:
    """Return the definition of the automatic table of the field *name*."""
    relation = definition.fields[name]
    target = target_of(definition, relation, resolve)
    same = (target.app_label, target.name.lower()) == (
        definition.app_label,
        definition.name.lower(),
    )
    source_name, target_name = many_to_many_columns(
        definition.name, target.name, same=same
    )
    table = relation.db_table or truncate_name(
        many_to_many_table_name(table_name(definition, resolve, facts), name),
        facts.identifier_length,
    )
    options = {"db_constraint": relation.db_constraint, "related_name": "+"}
    source = f"{definition.app_label}.{definition.name}"
    return ThroughDefinition(
        app_label=definition.app_label,
        name=f"{definition.name}_{name}",
        fields={
            "id": _between_key(definition),
            source_name: ForeignKey(source, CASCADE, **options),
            target_name: ForeignKey(
                f"{target.app_label}.{target.name}", CASCADE, **options
            ),
        },
        options={
            "db_table": table,
            "managed": managed(definition),
            "unique_together": ((source_name, target_name),),
        },
    )


def _between_key(definition: Definition) -> Field:
    """Return the key of an automatic table: of the kind that the model itself has."""
    for made in definition.fields.values():
        if isinstance(made, AutoField) and made.auto_created:
            return type(made)(primary_key=True)
    return BigAutoField(primary_key=True)


def _build_table(
    definition: Definition,
    resolve: Resolve,
    metadata: sa.MetaData,
    facts: Facts,
    owner: Definition | None = None,
) -> sa.Table:
    full_name = table_name(definition, resolve, facts)
    schema, name = split_table(full_name)
    fields = {n: f for n, f in local_fields(definition).items() if f.concrete}
    columns = [_column(definition, n, f, resolve, facts) for n, f in fields.items()]
    options = definition.options
    comments = facts.comments or facts.inline_comments
    arguments: dict[str, Any] = {}
    if any(f.auto_increment for f in fields.values()):
        arguments["sqlite_autoincrement"] = True
    if options.get("db_tablespace"):
        arguments["postgresql_tablespace"] = options["db_tablespace"]
    table = sa.Table(
        name,
        metadata,
        *columns,
        schema=schema,
        comment=options.get("db_table_comment") or None if comments else None,
        info={"model": (definition.app_label, definition.name.lower())},
        **arguments,
    )
    find = _finder(table, definition, resolve)
    _compute_columns(table, fields, find)
    for field_name, made in fields.items():
        _add_field_constraints(table, definition, field_name, made, resolve, facts)
    for names in options.get("unique_together") or ():
        found = [find(n) for n in names]
        columns_named = [c.name for c in found]
        unique = automatic_name(
            name, columns_named, "_uniq", limit=facts.identifier_length
        )
        add_unique(table, found, unique, facts)
    for field_name, made in fields.items():
        add_field_indexes(table, find(field_name), made, facts)
    for constraint in options.get("constraints", ()):
        add_constraint(table, constraint, find, facts)
    for index in options.get("indexes", ()):
        add_index(table, index, find, facts)
    return table


def _column(
    definition: Definition, name: str, made: Field, resolve: Resolve, facts: Facts
) -> sa.Column[Any]:
    """Return the column of one field; a computed one gets its expression later."""
    type_ = column_type(definition, made, resolve)
    collation = collation_of(definition, made, resolve)
    if collation:
        type_ = collated(type_, collation)
    arguments: dict[str, Any] = {}
    if facts.comments or facts.inline_comments:
        arguments["comment"] = made.db_comment or None
    extra: list[Any] = []
    if made.auto_increment:
        arguments["autoincrement"] = True
        extra.append(sa.Identity(always=False))
    elif made.primary_key:
        arguments["autoincrement"] = False
    if not made.auto_increment and not made.generated:
        arguments["server_default"] = server_default(made, type_)
    return sa.Column(
        made.column_name(name),
        type_,
        *extra,
        primary_key=made.primary_key,
        nullable=(made.null or made.generated) and not made.primary_key,
        info={"field": name},
        **arguments,
    )


def _finder(table: sa.Table, definition: Definition, resolve: Resolve) -> Any:
    """Return the function from a field's name to its column in *table*."""
    by_name: dict[str, Column] = {}
    for column in table.columns:
        name = column.info["field"]
        made = local_fields(definition)[name]
        by_name[name] = column
        by_name.setdefault(made.attname(name), column)

    def find(name: str) -> Column:
        if name == "pk":
            name = key_of(definition, resolve).name
        if name not in by_name:
            where = f"{definition.app_label}.{definition.name}"
            raise UnknownField(name, by_name, where=where)
        return by_name[name]

    return find


def _compute_columns(table: sa.Table, fields: Mapping[str, Field], find: Any) -> None:
    """Give the generated columns of *table* their expressions."""
    for name, made in fields.items():
        if isinstance(made, GeneratedField):
            expression = resolve_expression(made.expression, find)
            computed = sa.Computed(expression, persisted=made.db_persist)
            computed._set_parent(find(name))


def _add_field_constraints(
    table: sa.Table,
    definition: Definition,
    name: str,
    made: Field,
    resolve: Resolve,
    facts: Facts,
) -> None:
    """Add the foreign key, uniqueness and checks that a field itself brings."""
    column: Any = table.columns[made.column_name(name)]
    if isinstance(made, ForeignKey):
        if made.db_constraint:
            _add_foreign_key(table, definition, column, made, resolve, facts)
    elif facts.check_constraints:
        checks = list(made.column_checks(column))
        document = made.output_field if isinstance(made, GeneratedField) else made
        if isinstance(document, JSONField) and not facts.native_json:
            checks.append(document.valid(column))
        for check in checks:
            constraint = sa.CheckConstraint(check, info={"column": column.name})
            table.append_constraint(constraint)
    if made.unique and not made.primary_key:
        table.append_constraint(sa.UniqueConstraint(column))


def _add_foreign_key(
    table: sa.Table,
    definition: Definition,
    column: sa.Column[Any],
    made: ForeignKey,
    resolve: Resolve,
    facts: Facts,
) -> None:
    reference = referenced(definition, made, resolve)
    full_name = table_name(reference.definition, resolve, facts)
    schema, target = split_table(full_name)
    # Django leaves foreign keys unnamed where they are part of the table only.
    name = (
        foreign_key_name(
            table.name,
            column.name,
            target,
            reference.column,
            limit=facts.identifier_length,
        )
        if facts.alters_constraints
        else None
    )
    qualified = f"{schema}.{target}" if schema else target
    deferrable = made.deferrable
    table.append_constraint(
        sa.ForeignKeyConstraint(
            [column.name],
            [f"{qualified}.{reference.column}"],
            name=name,
            ondelete=made.on_delete.sql,
            deferrable=True if deferrable else None,
            initially=deferrable.value if deferrable else None,
        )
    )
