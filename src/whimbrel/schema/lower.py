"""
From a model's state to the tables that a database sees, remembered.

Place: `schema`, above `lower_table` and `database`. A model is lowered once for
each state that it is in, as long as what it depends on (the models that its
foreign keys take their types from) is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa

from whimbrel.errors.models import UnknownModel
from whimbrel.models.table import BuiltTables, Definition, build_tables
from whimbrel.schema.database import Database
from whimbrel.schema.objects import Extension, Sequence, Table
from whimbrel.state.assemble import assemble_sequence, assemble_table
from whimbrel.state.extensions import united
from whimbrel.state.model import ModelKey, ModelState
from whimbrel.state.project import ProjectState

REMEMBERED = 4
"""How many states of one model are remembered: before and after, of two apps."""


@dataclass(frozen=True, slots=True)
class LoweredModel:
    """
    The tables of one model.

    Args:
        main: None for a proxy, and for a model that is not managed.

        many_to_many: Field → its automatic table.

        columns: Field → name of its column, in order.

        managed: Whether its table is Whimbrel's business.
    """

    main: Table | None
    many_to_many: Mapping[str, Table] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    managed: bool = True

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, the main one first."""
        main = () if self.main is None else (self.main,)
        return (*main, *self.many_to_many.values())


@dataclass(frozen=True, slots=True)
class _Memory:
    model: ModelState
    depends_on: tuple[tuple[ModelKey, ModelState], ...]
    lowered: LoweredModel


class Lowering:
    """Lowers the models of any number of states for one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._memories: dict[ModelKey, list[_Memory]] = {}

    def lower(self, state: ProjectState, key: ModelKey) -> LoweredModel:
        """
        Return the tables of model *key* in *state*.

        Raises:
            KeyError: There is no such model.

            SchemaError: SC101, SC102, the database has no words for it.
        """
        models = state.models
        model = models[key]
        memories = self._memories.setdefault(key, [])
        for memory in memories:
            if memory.model is model and all(
                models.get(other) is seen for other, seen in memory.depends_on
            ):
                return memory.lowered
        built, depends_on = self.build(state, model)
        lowered = self._lowered(model, built)
        memories.insert(0, _Memory(model, depends_on, lowered))
        del memories[REMEMBERED:]
        return lowered

    def build(
        self, state: ProjectState, model: ModelState
    ) -> tuple[BuiltTables, tuple[tuple[ModelKey, ModelState], ...]]:
        """Return the SQLAlchemy tables of *model*, and the models it depends on."""
        metadata = sa.MetaData()
        if model.is_table:
            return BuiltTables(assemble_table(model, metadata)), ()
        models = state.models
        seen: dict[ModelKey, ModelState] = {}

        def resolve(app_label: str, name: str) -> Definition:
            other = models.get((app_label, name))
            if other is None:
                known = [m.label for m in models.values()]
                raise UnknownModel(f"{app_label}.{name}", known, where=model.label)
            seen[app_label, name] = other
            return other

        built = build_tables(model, resolve, metadata, self.database.facts)
        seen.pop(model.key, None)
        return built, tuple(seen.items())

    def sequences(self, state: ProjectState) -> dict[Any, Sequence]:
        """Return the sequences of *state* that stand alone, by key."""
        if not self.database.facts.sequences or not state.sequences:
            return {}
        lowered = (
            self.database.tables.sequence(assemble_sequence(sequence))
            for sequence in state.sequences.values()
        )
        return {sequence.key: sequence for sequence in lowered}

    def extensions(self, state: ProjectState) -> dict[str, Extension]:
        """Return the extensions of *state*, each once, in the order of creation."""
        if not self.database.facts.extensions:
            return {}
        return {
            name: Extension(name=name, schema=said.schema, version=said.version)
            for name, said in united(state.extensions).items()
        }

    def column_type(self, state: ProjectState, key: ModelKey, name: str) -> Any:
        """Return the SQLAlchemy type of the column of field *name*."""
        built, _ = self.build(state, state.models[key])
        assert built.main is not None
        for column in built.main.columns:
            if column.info.get("field", column.name) == name:
                return column.type
        raise KeyError(name)

    def _lowered(self, model: ModelState, built: BuiltTables) -> LoweredModel:
        if not model.options.get("managed", True):
            return LoweredModel(None, managed=False)
        if built.main is None:
            return LoweredModel(None)
        lower = self.database.lower_table
        return LoweredModel(
            main=lower(built.main),
            many_to_many={n: lower(t) for n, t in built.many_to_many.items()},
            columns={
                cast(str, c.info.get("field", c.name)): str(c.name)
                for c in built.main.columns
            },
        )
