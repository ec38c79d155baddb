"""
SQLAlchemy and SQLModel metadata → model states.

Place: `reflect`, above `read` and `model_names`.

No mapper is configured and no database asked. Tables come in the order of their
definition: `MetaData.sorted_tables` gives up on cycles of foreign keys.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from whimbrel.detect.comparison import PythonDefault
from whimbrel.errors.reflect import NoModels
from whimbrel.errors.state import StateError
from whimbrel.reflect.model_names import model_names
from whimbrel.reflect.python_defaults import python_default
from whimbrel.reflect.read import ReadModels
from whimbrel.state.construct import Argument
from whimbrel.state.dissect import dissect_column, dissect_constraint, dissect_index
from whimbrel.state.dissect.arguments import plain_text
from whimbrel.state.dissect.columns import is_type_bound
from whimbrel.state.dissect.constraints import says_more
from whimbrel.state.dissect.items import options_of
from whimbrel.state.dissect.sequences import sequence_value
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.model import ModelState
from whimbrel.state.tables import Constraint, Sequence

LEFT_OUT = ("skip_migrations", "is_view")
"""Keys of ``Table.info`` that keep a table out of migrations."""


def read_metadata(
    source: object, app_label: str, *, only: Collection[str] | None = None
) -> ReadModels:
    """
    Return the tables of *source* as models of *app_label*.

    Args:
        source: A MetaData, a declarative base class, a mapped class, a registry,
            or a SQLModel class; all tables of its MetaData are read.

        only: Full names of the tables to read instead, where apps share one.

    Raises:
        NoModels: RE101, *source* is nothing of the kind.

        ModelNameTaken: RE102.

        StateError: ST120 to ST129, something of a table cannot be kept.
    """
    metadata = metadata_of(source)
    tables = [
        table
        for name, table in metadata.tables.items()
        if (only is None or name in only) and not is_left_out(table)
    ]
    names = model_names(tables, app_label)
    renamed_models: dict[tuple[str, str], str] = {}
    renamed_fields: dict[tuple[str, str, str], str] = {}
    defaults: dict[tuple[str, str, str], PythonDefault] = {}
    for table in tables:
        key = (app_label, names[table].lower())
        if "renamed_from" in table.info:
            renamed_models[key] = table.info["renamed_from"]
        for column in table.columns:
            if "renamed_from" in column.info:
                renamed_fields[*key, column.name] = column.info["renamed_from"]
            if (default := python_default(column)) is not None:
                defaults[*key, column.name] = default
    return ReadModels(
        models=tuple(table_state(table, app_label, names[table]) for table in tables),
        sequences=tuple((app_label, s) for s in lone_sequences(metadata)),
        renamed_models=renamed_models,
        renamed_fields=renamed_fields,
        defaults=defaults,
    )


def metadata_of(source: object) -> sa.MetaData:
    """Return the MetaData that *source* is, or has."""
    if isinstance(source, sa.MetaData):
        return source
    found = getattr(source, "metadata", None)
    if not isinstance(found, sa.MetaData):
        raise NoModels(source)
    return found


def is_left_out(table: sa.Table) -> bool:
    """Return whether *table* says that migrations do not concern it."""
    # SQLAlchemy itself knows views since 2.1.
    view = getattr(table, "is_view", False)
    return view or any(table.info.get(key) for key in LEFT_OUT)


def table_state(table: sa.Table, app_label: str, name: str) -> ModelState:
    """Return the state of one table.

    Raises:
        StateError: something of it cannot be kept; says where.
    """
    try:
        fields = {
            plain_text(column.name): dissect_column(column)
            for column in table.columns
            if not column.system
        }
        return ModelState(app_label, name, fields, table_model_options(table, name))
    except StateError as error:
        raise error.at(f"table {table.fullname}") from None


def table_model_options(table: sa.Table, name: str) -> dict[str, Any]:
    """Return what the state of *table* says besides its columns."""
    options: dict[str, Any] = {}
    if table.name != name:
        options["db_table"] = plain_text(table.name)
    if table.schema:
        options["schema"] = plain_text(table.schema)
    if table.comment:
        options["db_table_comment"] = table.comment
    if said := table_options(table):
        options["table_options"] = FrozenDict(said)
    indexes = map(dissect_index, table.indexes)
    # A set in SQLAlchemy: names are the only order there is.
    options["indexes"] = tuple(sorted(indexes, key=lambda index: index.name))
    options["constraints"] = tuple(table_constraints(table))
    return options


def table_options(table: sa.Table) -> dict[str, Argument]:
    """Return dialect arguments as ordered there, and the plain ones that DDL shows."""
    known = dict(options_of(table, table))
    said: dict[str, Argument] = {
        k: known[k] for k in table.dialect_kwargs if k in known
    }
    if table._prefixes:
        said["prefixes"] = tuple(map(str, table._prefixes))
    for key, part in (("quote", table.name), ("quote_schema", table.schema)):
        if (quote := getattr(part, "quote", None)) is not None:
            said[key] = quote
    return said


def table_constraints(table: sa.Table) -> list[Constraint]:
    """Return the constraints in order of definition, without those that types bring."""
    found: list[Constraint] = []
    key = table.primary_key
    if len(key.columns) and says_more(key):
        found.append(dissect_constraint(key))
    on_columns = (c for column in table.columns for c in column.constraints)
    rest = {*table.constraints, *on_columns} - {key}
    for constraint in sorted(rest, key=lambda c: c._creation_order):
        if is_type_bound(constraint) or is_empty(constraint):
            continue
        found.append(dissect_constraint(constraint))
    return found


def is_empty(constraint: sa.Constraint) -> bool:
    """Return whether SQLAlchemy would leave a constraint out: it has no columns."""
    if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
        return not len(constraint.columns)
    return False


def lone_sequences(metadata: sa.MetaData) -> list[Sequence]:
    """Return the sequences of *metadata* that are no column's default, by name."""
    known = metadata._sequences
    if not known:
        return []
    owned = {
        id(column.default)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.default, sa.Sequence)
    }
    alone = (s for _, s in sorted(known.items()) if id(s) not in owned)
    return [sequence_value(sequence) for sequence in alone]
