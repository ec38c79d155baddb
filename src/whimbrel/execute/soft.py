"""
Does the database have already what an initial migration would make?

Place: `execute`, above `recorder`. For ``--fake-initial``: tables and columns
are looked for by name; types, indexes and constraints are not compared.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from whimbrel.migrations.field_operations import AddField
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.model_operations import CreateModel
from whimbrel.schema.lower import Lowering
from whimbrel.state.project import ProjectState


def exists_already(
    connection: Connection,
    migration: Migration,
    state: ProjectState,
    lowering: Lowering,
) -> bool:
    """Return whether *migration* is initial and all that it makes is there.

    Args:
        state: The state before the migration; left as it is.
    """
    if not is_initial(migration):
        return False
    after = state.clone()
    migration.mutate_state(after)
    inspector = sa.inspect(connection)
    checked = 0
    for operation in migration.operations:
        if isinstance(operation, CreateModel):
            name = operation.name
        elif isinstance(operation, AddField):
            name = operation.model_name
        else:
            continue
        key = (migration.app_label, name.lower())
        if key not in after.models:
            continue
        lowered = lowering.lower(after, key)
        tables = [*lowered.many_to_many.values()]
        if lowered.main is not None:
            tables.append(lowered.main)
        for table in tables:
            checked += 1
            if not inspector.has_table(table.name, table.schema):
                return False
            there = {c["name"] for c in inspector.get_columns(table.name, table.schema)}
            if not {column.name for column in table.columns} <= there:
                return False
    return checked > 0


def is_initial(migration: Migration) -> bool:
    """Return whether it says so or, saying nothing, follows none of its own app."""
    if migration.initial is not None:
        return bool(migration.initial)
    return all(app != migration.app_label for app, _ in migration.dependencies)
