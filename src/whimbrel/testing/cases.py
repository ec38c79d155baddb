"""
A random change of a project, in the form that the laws take.

Place: `testing`, above `strategies` and `journey`, below `laws`. Both styles of
models become the same thing here: two sides, each with its state, with what
SQLAlchemy's own `create_all` makes of it, and with rows to put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import sqlalchemy as sa
from hypothesis import strategies as st

from whimbrel.detect.questions import Question, rename_field_id, rename_model_id
from whimbrel.facts import Facts
from whimbrel.models.table import BuiltTables, Definition, build_tables
from whimbrel.reflect.metadata import read_metadata
from whimbrel.state.project import ProjectState
from whimbrel.testing.by_hand import casts_by_hand, operations_by_hand, told_answers
from whimbrel.testing.journey import Answer, Author
from whimbrel.testing.strategies.bench import ProjectPair, Rename
from whimbrel.testing.strategies.building import metadata_of
from whimbrel.testing.strategies.edits import SchemaPair, schema_pairs
from whimbrel.testing.strategies.model_rows import tables_of_project
from whimbrel.testing.strategies.model_specs import (
    GENERATED,
    FieldSpec,
    ProjectSpec,
)
from whimbrel.testing.strategies.model_states import state_of
from whimbrel.testing.strategies.project_edits import project_pairs
from whimbrel.testing.strategies.projects import APPS
from whimbrel.testing.strategies.rows import (
    FILL_ROW,
    NULL_ROW,
    RowTable,
    tables_of_schema,
)
from whimbrel.testing.strategies.specs import SchemaSpec

Style: TypeAlias = Literal["sqlalchemy", "django"]
STYLES: tuple[Style, ...] = ("sqlalchemy", "django")

SCHEMA_APP = "app"
"""The app label of SQLAlchemy schemas, which have one app only."""


@dataclass(frozen=True, slots=True)
class Side:
    """
    A project before or after the change.

    Args:
        metadata: The tables as SQLAlchemy makes them: the yardstick.

        tables: How to fill and to read them.
    """

    state: ProjectState
    metadata: sa.MetaData
    tables: tuple[RowTable, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """
    A change; *truth* answers the questions about it as its author would.

    Args:
        pair: As it was drawn; what a failing example shows.

        author, author_back: Answer as the truth about the change, and about the one
            from after to before, and write what no question is asked about.
    """

    pair: SchemaPair | ProjectPair
    labels: tuple[str, ...] = field(repr=False)
    before: Side = field(repr=False)
    after: Side = field(repr=False)
    truth: Answer = field(repr=False)
    author: Author = field(repr=False)
    author_back: Author = field(repr=False)

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self.pair))  # type: ignore[attr-defined]  # Hypothesis' own


def cases(style: Style, database: str, facts: Facts) -> st.SearchStrategy[Case]:
    """Return random changes for a database of these *facts*, in one style."""
    if style == "sqlalchemy":
        return schema_pairs(database, facts).map(
            lambda pair: case_of_schemas(pair, database)
        )
    return project_pairs(database, facts).map(
        lambda pair: case_of_projects(pair, facts)
    )


def side_of_schema(schema: SchemaSpec, other: SchemaSpec) -> Side:
    """Return the side that is a SQLAlchemy schema; *other* is the other one."""
    metadata = metadata_of(schema)
    read = read_metadata(metadata, SCHEMA_APP)
    state = ProjectState.of(read.models, read.sequences)
    return Side(state, metadata, tuple(tables_of_schema(schema, metadata, other)))


def side_of_project(project: ProjectSpec, facts: Facts) -> Side:
    """Return the side that is a project of Django-style models."""
    state = state_of(project)
    metadata, built = built_tables(state, facts)
    return Side(state, metadata, tuple(tables_of_project(project, built)))


def built_tables(
    state: ProjectState, facts: Facts
) -> tuple[sa.MetaData, Mapping[tuple[str, str], BuiltTables]]:
    """Return the SQLAlchemy tables of the Django-style models of *state*."""
    metadata = sa.MetaData()

    def resolve(app_label: str, name: str) -> Definition:
        return state.model(app_label, name)

    return metadata, {
        key: build_tables(model, resolve, metadata, facts)
        for key, model in state.models.items()
    }


def case_of_schemas(pair: SchemaPair, database: str) -> Case:
    """Return the case that a pair of SQLAlchemy schemas is."""
    return Case(
        pair,
        (SCHEMA_APP,),
        side_of_schema(pair.before, pair.after),
        side_of_schema(pair.after, pair.before),
        _truth_of_schemas(pair),
        _author_of_schemas(pair, database),
        _author_of_schemas(SchemaPair(pair.after, pair.before), database),
    )


def _author_of_schemas(pair: SchemaPair, database: str) -> Author:
    return Author(
        _truth_of_schemas(pair),
        told=told_answers(pair, SCHEMA_APP),
        app_label=SCHEMA_APP,
        written=operations_by_hand(pair),
        casts=casts_by_hand(pair, database),
    )


def _truth_of_schemas(pair: SchemaPair) -> Answer:
    values = {
        (table.name.lower(), column.name): column.column_type.value
        for table in pair.after.tables
        for column in table.columns
    }
    tables = {(a.lower(), b.lower()) for a, b in pair.renamed_tables.items()}
    columns = {
        (name.lower(), old, new)
        for (before, after, old), new in pair.renamed_columns.items()
        for name in (before, after)
    }
    return _truth(tables, columns, values, set(_renamed_values(pair)))


def _renamed_values(pair: SchemaPair) -> Iterator[tuple[str, str, str, str]]:
    """Yield table and column after, old and new text of a value."""
    for before, after in pair.kept_tables():
        for old in before.columns:
            new = after.column(old.uid) if old.uid in after.uids else old
            if old.enum is None or new.enum is None:
                continue
            for value in old.enum.values:
                one, other = old.enum.text(value), new.enum.text(value)
                if one != other and value in new.enum.values:
                    yield after.name.lower(), new.name, one, other


def case_of_projects(pair: ProjectPair, facts: Facts) -> Case:
    """Return the case that a pair of Django-style projects is."""
    author = _author_of_projects(pair)
    return Case(
        pair,
        APPS,
        side_of_project(pair.before, facts),
        side_of_project(pair.after, facts),
        author,
        author,
        _author_of_projects(ProjectPair(pair.after, pair.before)),
    )


def _author_of_projects(pair: ProjectPair) -> Author:
    values = {
        (model.name.lower(), field.name): _value_of(pair.after, field)
        for model in pair.after.models
        for field in model.fields
        if not field.many and field.kind != GENERATED
    }
    values |= {
        (model.name.lower(), pair.after.key_name(model)): pair.after.key_kind(
            model
        ).value
        for model in pair.after.models
    }
    models = {(r.old.lower(), r.new.lower()) for r in pair.renames if r.model is None}
    fields = {(r.model.lower(), r.old, r.new) for r in pair.renames if r.model}
    told = {_identity(r): True for r in pair.renames if not r.alone}
    return Author(_truth(models, fields, values), told)


def _identity(rename: Rename) -> str:
    """Return the identity of the question about *rename*."""
    if rename.model is None:
        return rename_model_id(rename.app, rename.old, rename.new)
    return rename_field_id(rename.app, rename.model, rename.old, rename.new)


def _value_of(project: ProjectSpec, spec: FieldSpec) -> Callable[[int], object]:
    """Return the values of a field: a relation's is the key of a row that is there."""
    if spec.field_kind is not None:
        return spec.field_kind.value
    # What no other row refers to, as this one has no value.
    key = project.referenced_kind(spec).value
    return lambda _: key(NULL_ROW)


def _truth(
    models: set[tuple[str, str]],
    fields: set[tuple[str, str, str]],
    values: Mapping[tuple[str, str], Callable[[int], object]],
    renamed_values: Set[tuple[str, str, str, str]] = frozenset(),
) -> Answer:
    """Return what answers every question from what is known of the pair."""

    def answer(question: Question) -> object:
        names = question.id.partition(":")[2].partition(".")[2]
        if question.kind == "default":
            model, _, name = names.rpartition(".")
            value = values[model.lower(), name](FILL_ROW)
            # A field refuses a default that all its rows would share.
            return dict if isinstance(value, dict) else value
        if question.kind == "rename-value":
            model, name, renamed = names.split(".", 2)
            old, _, new = renamed.partition(">")
            return (model.lower(), name, old, new) in renamed_values
        if question.kind == "rename-model":
            old, _, new = names.lower().partition(">")
            return (old, new) in models
        model, _, renamed = names.rpartition(".")
        old, _, new = renamed.partition(">")
        return (model.lower(), old, new) in fields

    return answer


def denying(case: Case) -> Answer:
    """
    Return what answers as the truth, but says no to every rename.

    Only that of a model with children is admitted: without it they would have
    another parent, which no operation can give them.
    """
    parents = _parents(case.pair)

    def answer(question: Question) -> object:
        if question.kind == "default":
            return case.truth(question)
        old = question.id.partition(">")[0].rpartition(".")[2].lower()
        is_parent = question.kind == "rename-model" and old in parents
        return case.truth(question) if is_parent else False

    return answer


def _parents(pair: SchemaPair | ProjectPair) -> set[str]:
    """Return the names before, in lower case, of the models that have children."""
    if isinstance(pair, SchemaPair):
        return set()
    children = {model.parent for model in pair.after.models}
    return {m.name.lower() for m in pair.before.models if m.uid in children}
