"""
Columns, constraints and indexes of the state in SQLAlchemy's words.

Place: `state`, above `tables`. One description serves both ways out of the
state: `state.assemble` builds what is said here, `history.writer` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.state import tables
from whimbrel.state.construct import Argument, Call, Construct, DictValue, ListValue

Pairs = Iterable[tuple[str, Argument]]


def spell(
    value: tables.Column | tables.Constraint | tables.Index | tables.Sequence,
    name: str | None = None,
) -> Construct:
    """
    Return the call that makes the SQLAlchemy object *value* stands for.

    Args:
        name: Of a column, where it should be said.
    """
    match value:
        case tables.Column():
            return spell_column(value, name)
        case tables.Index():
            return spell_index(value)
        case tables.Sequence():
            return spell_sequence(value)
        case tables.PrimaryKeyConstraint():
            return constraint("PrimaryKeyConstraint", value.columns, value)
        case tables.UniqueConstraint():
            return constraint("UniqueConstraint", value.columns, value)
        case tables.CheckConstraint():
            return constraint("CheckConstraint", (value.sql,), value)
        case tables.ForeignKeyConstraint():
            return spell_foreign_key(value)
        case tables.ExcludeConstraint():
            return spell_exclude(value)


def spell_column(column: tables.Column, name: str | None = None) -> Construct:
    """Return ``sqlalchemy.Column(…)``."""
    parts = (column.computed, column.identity, column.sequence)
    args: list[Argument] = [] if name is None else [name]
    args += [column.type, *(part for part in parts if part is not None)]
    said: list[tuple[str, Argument]] = []
    if column.primary_key:
        said.append(("primary_key", True))
    # Keys and identities make their column NOT NULL unless told otherwise.
    if column.nullable is (column.primary_key or column.identity is not None):
        said.append(("nullable", column.nullable))
    if column.autoincrement != "auto":
        said.append(("autoincrement", column.autoincrement))
    for key in ("server_default", "server_onupdate", "comment", "quote"):
        if (value := getattr(column, key)) is not None:
            said.append((key, value))
    if column.check_name is not None:
        said.append(("info", DictValue((("check_name", column.check_name),))))
    return Construct("sqlalchemy.Column", tuple(args), (*said, *column.options))


def constraint(
    path: str,
    args: tuple[Argument, ...],
    value: tables.Constraint,
    own: Pairs = (),
) -> Construct:
    """Return the call of a constraint's class with what all of them can say."""
    said: list[tuple[str, Argument]] = []
    if value.name is not None:
        said.append(("name", value.name))
    said += own
    for key in ("deferrable", "initially", "comment"):
        if (given := getattr(value, key)) is not None:
            said.append((key, given))
    calls = conditions(value.dialects)
    path = path if "." in path else f"sqlalchemy.{path}"
    return Construct(path, args, (*said, *value.options), calls)


def conditions(dialects: tuple[str, ...]) -> tuple[Call, ...]:
    """Return the call that limits an item to some databases."""
    if not dialects:
        return ()
    given: Argument = dialects[0] if len(dialects) == 1 else dialects
    return (Call("ddl_if", (), (("dialect", given),)),)


def spell_foreign_key(value: tables.ForeignKeyConstraint) -> Construct:
    """Return ``sqlalchemy.ForeignKeyConstraint([…], […])``."""
    targets = ListValue(f"{value.target}.{column}" for column in value.target_columns)
    own: list[tuple[str, Argument]] = [
        (key, given)
        for key in ("ondelete", "onupdate", "match")
        if (given := getattr(value, key)) is not None
    ]
    if value.use_alter:
        own.append(("use_alter", True))
    args = (ListValue(value.columns), targets)
    return constraint("ForeignKeyConstraint", args, value, own)


def spell_exclude(value: tables.ExcludeConstraint) -> Construct:
    """Return PostgreSQL's ``ExcludeConstraint((element, operator), …)``."""
    own: list[tuple[str, Argument]] = []
    if value.using != "gist":
        own.append(("using", value.using))
    if value.where is not None:
        where = value.where
        text = (
            Construct("sqlalchemy.text", (where,)) if isinstance(where, str) else where
        )
        own.append(("where", text))
    if value.ops:
        own.append(("ops", DictValue(value.ops)))
    path = "sqlalchemy.dialects.postgresql.ExcludeConstraint"
    return constraint(path, value.elements, value, own)


def spell_index(value: tables.Index) -> Construct:
    """Return ``sqlalchemy.Index(name, …)``."""
    unique: tuple[tuple[str, Argument], ...] = (
        (("unique", True),) if value.unique else ()
    )
    return Construct(
        "sqlalchemy.Index",
        (value.name, *value.expressions),
        (*unique, *value.options),
        conditions(value.dialects),
    )


def spell_sequence(value: tables.Sequence) -> Construct:
    """Return ``sqlalchemy.Sequence(name, …)``."""
    schema = (("schema", value.schema),) if value.schema else ()
    return Construct("sqlalchemy.Sequence", (value.name,), (*schema, *value.arguments))
