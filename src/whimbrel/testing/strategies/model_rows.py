"""
Rows for random projects of Django-style models.

Place: `testing.strategies`, above `rows` and `model_specs`. A foreign key's
column in row *i* holds what the field that it refers to holds there.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from whimbrel.models.table import BuiltTables
from whimbrel.testing.strategies.model_specs import (
    GENERATED,
    FieldSpec,
    ModelSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.rows import RowColumn, RowTable, in_row

KEY = 0
"""The number of a model's primary key, which the spec does not list."""
ORDER = -1
"""The number of the column ``_order``."""


def tables_of_project(
    project: ProjectSpec, built: Mapping[tuple[str, str], BuiltTables]
) -> list[RowTable]:
    """Return what to fill in a project of Django-style models, links included."""
    tables = []
    for model in project.models:
        made = built[model.app, model.name.lower()]
        if made.main is None:
            continue
        tables.append(_of_model(project, model, made.main))
        for field in model.fields:
            if field.many and field.through is None:
                link = made.many_to_many[field.name]
                tables.append(_of_link(project, model, field, link))
    return tables


def _of_model(project: ProjectSpec, model: ModelSpec, table: sa.Table) -> RowTable:
    specs = {field.name: field for field in model.fields}
    columns = []
    for column in table.columns:
        spec = specs.get(column.info["field"])
        if spec is not None:
            columns.append(_of_field(project, spec, column.name))
        elif column.info["field"] == "_order":
            columns.append(
                RowColumn(uid=ORDER, name=column.name, value=int, nullable=False)
            )
        else:
            value = project.key_kind(model).value
            columns.append(
                RowColumn(uid=KEY, name=column.name, value=value, nullable=False)
            )
    return RowTable(uid=model.uid, table=table, columns=tuple(columns))


def _of_field(project: ProjectSpec, spec: FieldSpec, name: str) -> RowColumn:
    """Return the column of a field; where it may be NULL, it is in one row."""
    if spec.kind == GENERATED:
        return RowColumn(uid=spec.uid, name=name, value=None, nullable=True)
    kind = project.kind_of(spec)
    assert kind is not None
    value = in_row(kind.value, spec.null)
    return RowColumn(uid=spec.uid, name=name, value=value, nullable=spec.null)


def _of_link(
    project: ProjectSpec, model: ModelSpec, field: FieldSpec, table: sa.Table
) -> RowTable:
    """Row *i* links row *i* of both sides."""
    ends = [model, project.model(field.target)]
    names = [c.name for c in table.columns if not c.primary_key]
    columns = [
        RowColumn(
            uid=number,
            name=name,
            value=project.key_kind(end).value,
            nullable=False,
        )
        for number, (name, end) in enumerate(zip(names, ends, strict=True), 1)
    ]
    return RowTable(uid=field.uid, table=table, columns=tuple(columns))
