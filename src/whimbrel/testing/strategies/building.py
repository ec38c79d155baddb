"""
The SQLAlchemy `MetaData` that a spec stands for, as a user would have written it.

Place: `testing.strategies`, above `settling`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from whimbrel.testing.strategies.schema_settling import is_number
from whimbrel.testing.strategies.specs import (
    ColumnSpec,
    ItemSpec,
    SchemaSpec,
    TableSpec,
    is_plain,
)

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TEXTS = ("z", "it''s", "50% off", "a: b", 'say "x"', "back\\\\slash", "?")
"""What checks forbid, as it stands inside quotes; no row holds it."""


def metadata_of(schema: SchemaSpec) -> sa.MetaData:
    """Return a new `MetaData` of *schema*."""
    metadata = sa.MetaData(naming_convention=CONVENTION if schema.convention else None)
    sequences = {
        spec.uid: sa.Sequence(
            spec.name,
            start=spec.start,
            increment=spec.increment,
            cycle=spec.cycle or None,
            metadata=metadata,
        )
        for spec in schema.sequences
    }
    for table in schema.tables:
        items = [_item(schema, table, item) for item in table.items]
        sa.Table(
            table.name,
            metadata,
            *(_column(table, column, sequences) for column in table.columns),
            *([_primary_key(table)] if table.key else ()),
            *items,
            comment=table.comment,
            schema=table.schema,
            sqlite_autoincrement=table.autoincrement,
            **{name: _plain(value) for name, value in table.options},
        )
    return metadata


def _plain(value: object) -> Any:
    """Return an option's value; pairs are a dict, which no spec can hold."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _column(
    table: TableSpec, column: ColumnSpec, sequences: dict[int, sa.Sequence]
) -> sa.Column[Any]:
    extra: list[Any] = []
    if column.computed is not None:
        text = _formula(table, column)
        extra.append(sa.Computed(text, persisted=column.persisted))
    if column.identity is not None:
        said = column.identity
        identity = sa.Identity(
            always=said.always, start=said.start, increment=said.increment
        )
        extra.append(identity)
    kind = column.column_type
    made = kind.make()
    if column.collation is not None:
        made.collation = column.collation
    default: Any = None
    if column.default is not None:
        default = kind.defaults[column.default].make()
    if column.sequence is not None:
        default = sequences[column.sequence].next_value()
    return sa.Column(
        column.name,
        made,
        *extra,
        nullable=column.nullable,
        server_default=default,
        comment=column.comment,
    )


def _formula(table: TableSpec, column: ColumnSpec) -> Any:
    base = table.column(column.computed or -1)
    if base.column_type.family == "text":
        made = (sa.func.lower, sa.func.upper)[column.formula % 2]
        return made(sa.column(base.name, sa.String))
    number = column.formula + 1
    if is_plain(base.name):
        return f"{base.name} + {number}"
    return sa.column(base.name, sa.Integer) * sa.literal_column(str(number))


def _primary_key(table: TableSpec) -> sa.PrimaryKeyConstraint:
    names = [table.column(uid).name for uid in table.key]
    return sa.PrimaryKeyConstraint(*names, name=table.key_name)


def _item(schema: SchemaSpec, table: TableSpec, item: ItemSpec) -> Any:
    names = [table.column(uid).name for uid in item.columns]
    match item.kind:
        case "unique":
            return sa.UniqueConstraint(
                *names,
                name=item.name,
                deferrable=item.deferrable or None,
                initially="DEFERRED" if item.deferred else None,
                **_unique_options(table, item),
            )
        case "check":
            return sa.CheckConstraint(_check(table, item), name=item.name)
        case "exclude":
            return postgresql.ExcludeConstraint((names[0], "&&"), name=item.name)
        case "foreign_key":
            return _foreign_key(schema, names, item)
        case "index":
            return _index(schema, table, item, names)


def _unique_options(table: TableSpec, item: ItemSpec) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if item.nulls_not_distinct:
        options["postgresql_nulls_not_distinct"] = True
    if item.include:
        names = [table.column(uid).name for uid in item.include]
        options["postgresql_include"] = names
    return options


def _check(table: TableSpec, item: ItemSpec) -> Any:
    terms = [_term(table.column(uid), item) for uid in item.columns]
    if all(isinstance(term, str) for term in terms):
        return " OR ".join(terms)
    return sa.or_(*(sa.text(t) if isinstance(t, str) else t for t in terms))


def _term(column: ColumnSpec, item: ItemSpec) -> Any:
    """Return a condition that all rows meet: SQL text, or an expression."""
    forbidden = f"'{TEXTS[item.text]}'"
    if not is_number(column):
        if is_plain(column.name) and item.bound:
            return f"{column.name} <> {forbidden}"
        return sa.column(column.name, sa.String) != sa.literal_column(forbidden)
    if is_plain(column.name) and item.bound:
        return f"{column.name} >= {item.bound}"
    return sa.column(column.name) >= sa.literal_column(str(item.bound))


def _foreign_key(
    schema: SchemaSpec, names: list[str], item: ItemSpec
) -> sa.ForeignKeyConstraint:
    target = schema.table(item.target if item.target is not None else -1)
    return sa.ForeignKeyConstraint(
        names,
        [
            f"{target.full_name}.{target.column(uid).name}"
            for uid in schema.referred(item)
        ],
        name=item.name,
        ondelete=item.ondelete,
        onupdate=item.onupdate,
        match=item.match,
        deferrable=item.deferrable or None,
        initially="DEFERRED" if item.deferred else None,
        use_alter=item.use_alter,
    )


def _index(
    schema: SchemaSpec, table: TableSpec, item: ItemSpec, names: list[str]
) -> sa.Index:
    terms: list[Any] = list(names)
    if item.expression:
        terms[0] = sa.func.lower(sa.column(names[0]))
    elif item.order is not None:
        first: Any = sa.column(names[0])
        first = first.desc() if item.order.startswith("desc") else first.asc()
        if item.order.endswith("last"):
            first = first.nulls_last()
        if item.order.endswith("first"):
            first = first.nulls_first()
        terms[0] = first
    where = sa.column(names[0]).is_not(None) if item.where else None
    name = item.name
    if name is None and not (schema.convention and isinstance(terms[0], str)):
        name = f"ix_{table.name}_{'_'.join(names)}"
    options = _unique_options(table, item)
    if item.method is not None:
        options["postgresql_using"] = item.method
    if item.opclass:
        options["postgresql_ops"] = {names[0]: "text_pattern_ops"}
    if item.length is not None:
        options["mysql_length"] = {names[0]: item.length}
    if item.prefix is not None:
        options["mysql_prefix"] = item.prefix
    return sa.Index(
        name,
        *terms,
        unique=item.unique,
        postgresql_where=where,
        sqlite_where=where,
        **options,
    )
