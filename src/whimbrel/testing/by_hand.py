"""
What the author of a change of schemas writes by hand.

Place: `testing`, above `strategies`, below `cases`. Detection is told of a rename by
an answer as long as the old name is gone and the new one was free. Names that
are exchanged, or taken over from what goes, are beyond any question: a person
writes these operations, and lets the rest be detected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.dialects import mysql, postgresql, sqlite

from whimbrel.detect.questions import rename_field_id, rename_model_id
from whimbrel.migrations import Operation, RenameField, RenameModel
from whimbrel.testing.strategies.edits import SchemaPair
from whimbrel.testing.strategies.specs import ColumnSpec, TableSpec

DIALECTS = {
    "sqlite": sqlite.dialect,
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
}

GONE = "gone_"
VIA = "via_"


def operations_by_hand(pair: SchemaPair) -> tuple[Operation, ...]:
    """Return the renames that no question can be asked about."""
    operations: list[Operation] = [*_rename_tables(pair)]
    for before, after in pair.kept_tables():
        moved = before.name if _is_asked(pair, before, after) else after.name
        operations += _rename_columns(moved, before, after)
    return tuple(operations)


def told_answers(pair: SchemaPair, app_label: str) -> dict[str, object]:
    """Return the answers to all other renames, asked or not."""
    answers: dict[str, object] = {}
    for before, after in pair.kept_tables():
        if before.name != after.name and _is_asked(pair, before, after):
            answers[rename_model_id(app_label, before.name, after.name)] = True
        for old, new in _renamed_columns(before, after):
            if _is_column_asked(before, after, old, new):
                identity = rename_field_id(app_label, after.name, old.name, new.name)
                answers[identity] = True
    return answers


def _is_asked(pair: SchemaPair, before: TableSpec, after: TableSpec) -> bool:
    """Tell whether a question can be asked: is this table now called otherwise?"""
    old = {table.name.lower() for table in pair.before.tables}
    new = {table.name.lower() for table in pair.after.tables}
    return after.name.lower() not in old and before.name.lower() not in new


def _rename_tables(pair: SchemaPair) -> Iterator[RenameModel]:
    kept = pair.kept_tables()
    wanted = {table.name.lower() for table in pair.after.tables}
    stay = {before.uid for before, _ in kept}
    for table in pair.before.tables:
        if table.uid not in stay and table.name.lower() in wanted:
            yield RenameModel(table.name, f"{GONE}{table.uid}")
    moves = [
        (before, after)
        for before, after in kept
        if before.name != after.name and not _is_asked(pair, before, after)
    ]
    for before, _ in moves:
        yield RenameModel(before.name, f"{VIA}{before.uid}")
    for before, after in moves:
        yield RenameModel(f"{VIA}{before.uid}", after.name)


def _renamed_columns(
    before: TableSpec, after: TableSpec
) -> list[tuple[ColumnSpec, ColumnSpec]]:
    kept = [(c, after.column(c.uid)) for c in before.columns if c.uid in after.uids]
    return [(old, new) for old, new in kept if old.name != new.name]


def _is_column_asked(
    before: TableSpec, after: TableSpec, old: ColumnSpec, new: ColumnSpec
) -> bool:
    return new.name not in {c.name for c in before.columns} and old.name not in {
        c.name for c in after.columns
    }


def _rename_columns(
    model: str, before: TableSpec, after: TableSpec
) -> Iterator[RenameField]:
    wanted = {column.name for column in after.columns}
    for column in before.columns:
        if column.uid not in after.uids and column.name in wanted:
            yield RenameField(model, column.name, f"{GONE}{column.uid}")
    moves = [
        (old, new)
        for old, new in _renamed_columns(before, after)
        if not _is_column_asked(before, after, old, new)
    ]
    for old, _ in moves:
        yield RenameField(model, old.name, f"{VIA}{old.uid}")
    for old, new in moves:
        yield RenameField(model, f"{VIA}{old.uid}", new.name)


def casts_by_hand(pair: SchemaPair, database: str) -> Mapping[tuple[str, str], str]:
    """Return (table, column) after → the CAST that an `AlterField` carries."""
    quote = DIALECTS[database]().identifier_preparer.quote
    casts: dict[tuple[str, str], str] = {}
    for before, after in pair.kept_tables():
        for old in before.columns:
            if old.uid not in after.uids:
                continue
            new = after.column(old.uid)
            target = new.column_type.cast.get(database)
            plain = old.computed is None and new.computed is None
            # Every other column: databases must convert the rest by themselves.
            if old.type != new.type and target and plain and old.uid % 2:
                cast = f"CAST({quote(new.name)} AS {target})"
                casts[after.name.lower(), new.name] = cast
    return casts
