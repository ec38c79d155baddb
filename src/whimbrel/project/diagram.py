"""
`graph --schema`: the tables at one point of the history, and how they refer to
each other.

Place: `project`, above `recorded`. Data only; `drawing` turns it into pictures. No
database is asked: the tables are those that the migrations lead to, in the words of
the database that they are for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from whimbrel.history.plan import target, viewed
from whimbrel.history.replay import state_at
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.engine import dialect_for
from whimbrel.project.recorded import check_has_migrations, load_history
from whimbrel.schema.database import database_for
from whimbrel.schema.lower import Lowering
from whimbrel.schema.objects import Column, ForeignKey, Table, TableKey
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """
    A column.

    Args:
        type: SQL, as the database spells it.

        unique: Alone; a column of a unique group is not.

        refers: It is part of a foreign key.
    """

    name: str
    type: str
    nullable: bool
    primary_key: bool
    unique: bool
    refers: bool
    default: str | None
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """
    A foreign key.

    Args:
        target: The full name of the table that it leads to.

        rules: What happens to it, ``ON DELETE CASCADE``; "" for nothing special.

        optional: One of its columns may be NULL.

        single: At most one row refers to a row of the target.
    """

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    rules: str
    optional: bool
    single: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """
    A table.

    Args:
        name: With its schema, if that is not the default one.

        model: Whose table it is, ``app.Model``; of an automatic table also the
            field that it is for.

        items: Constraints and indexes, in words.

        context: Of another app than the one asked for; its key stands for it.
    """

    name: str
    app: str
    model: str
    columns: tuple[Attribute, ...]
    references: tuple[Reference, ...]
    items: tuple[str, ...]
    comment: str | None
    context: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDiagram:
    """
    Args:
        dialect: Of the database that the tables are for.

        app: Whose tables; None means all.

        migration: After which one; None means the end of the history.
    """

    dialect: str
    app: str | None
    migration: str | None
    entities: tuple[Entity, ...]

    def drawn(self) -> Iterator[tuple[Entity, Reference]]:
        """Yield the references, each with its table, whose target is there too."""
        there = {entity.name for entity in self.entities}
        for entity in self.entities:
            for reference in entity.references:
                if reference.target in there:
                    yield entity, reference


def diagram(
    config: Config,
    app: str | None = None,
    migration: str | None = None,
    *,
    database: str = DEFAULT,
) -> SchemaDiagram:
    """
    Return the tables of *app*, all of them for None, right after *migration*.

    Args:
        migration: A name, or the beginning of one, or "zero"; None is the end of
            the history.

        database: In whose words; it is not asked.

    Raises:
        UnknownApp: PR106.

        NoMigrations: PR118.

        MigrationNotFound, AmbiguousName: HI112, HI113.
    """
    dialect = database_for(dialect_for(config, database))
    name, state = _state(config, app, migration)
    entities = tuple(_entities(state, Lowering(dialect)))
    return SchemaDiagram(
        dialect=dialect.name,
        app=app,
        migration=name,
        entities=entities if app is None else tuple(_around(app, entities)),
    )


def _state(
    config: Config, app: str | None, migration: str | None
) -> tuple[str | None, ProjectState]:
    """Return the full name of *migration* and the state after it."""
    if app is not None:
        config.app(app)
    history = load_history(config)
    if app is None or migration is None:
        return None, state_at(history)
    check_has_migrations(history, app)
    _, name = found = target(history, app, migration)
    if name is None:
        return migration, ProjectState()
    return name, state_at(viewed(history, (), [found]), (app, name))


def _entities(state: ProjectState, lowering: Lowering) -> Iterator[Entity]:
    for key, model in state.models.items():
        lowered = lowering.lower(state, key)
        if lowered.main is not None:
            yield _entity(lowered.main, model.app_label, model.label)
        for field, table in lowered.many_to_many.items():
            yield _entity(table, model.app_label, f"{model.label}.{field}")


def _entity(table: Table, app: str, model: str) -> Entity:
    unique = set(_unique(table))
    refers = {name for key in table.foreign_keys for name in key.columns}
    primary = table.primary_key.columns if table.primary_key else ()
    return Entity(
        name=_full(table.key),
        app=app,
        model=model,
        columns=tuple(
            Attribute(
                name=column.name,
                type=column.type,
                nullable=column.nullable,
                primary_key=column.name in primary,
                unique=(column.name,) in unique,
                refers=column.name in refers,
                default=column.default,
                comment=column.comment,
            )
            for column in table.columns
        ),
        references=tuple(_reference(table, key, unique) for key in table.foreign_keys),
        items=tuple(_items(table)),
        comment=table.comment,
    )


def _reference(
    table: Table, key: ForeignKey, unique: Collection[tuple[str, ...]]
) -> Reference:
    columns: list[Column] = [table.column(name) for name in key.columns]
    return Reference(
        columns=key.columns,
        target=_full(key.target),
        target_columns=key.target_columns,
        rules=key.suffix,
        optional=any(column.nullable for column in columns),
        single=any(set(group) <= set(key.columns) for group in unique),
    )


def _unique(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the groups of columns whose values occur once together."""
    if table.primary_key is not None:
        yield table.primary_key.columns
    for constraint in table.constraints:
        if constraint.kind == "unique":
            yield constraint.columns
    for index in table.indexes:
        # One on a part of the rows, or on what is computed, says less.
        plain = index.sql.startswith("(") and index.sql.endswith(")")
        if index.unique and plain and index.sql.count("(") == 1:
            yield index.columns


def _items(table: Table) -> Iterator[str]:
    for constraint in table.constraints:
        name = f"{constraint.name}: " if constraint.name else ""
        yield f"{name}{constraint.sql}"
    for index in table.indexes:
        yield f"{index.name}: {index.prefix} INDEX {index.sql}".replace(":  ", ": ")


def _full(key: TableKey) -> str:
    schema, name = key
    return f"{schema}.{name}" if schema else name


def _around(app: str, entities: Collection[Entity]) -> Iterator[Entity]:
    """Yield the tables of *app*, and the keys of those that they refer to."""
    own = {entity.name for entity in entities if entity.app == app}
    needed = {
        reference.target
        for entity in entities
        if entity.name in own
        for reference in entity.references
    }
    for entity in entities:
        if entity.name in own:
            yield entity
        elif entity.name in needed:
            keys = tuple(column for column in entity.columns if column.primary_key)
            yield replace(entity, columns=keys, references=(), items=(), context=True)
