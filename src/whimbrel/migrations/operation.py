"""
The base of every operation: a change of state that a migration file says.

Place: `migrations`. An operation changes state and gives hints; it carries no
SQL. The schema editor derives the DDL from the states before and after, so a
custom operation may override `state_forwards` alone. One that overrides
`database_forwards` and `database_backwards` too does its own SQL through the
editor that it is handed.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, ClassVar, Protocol, Self

from whimbrel.migrations.effects import Effects
from whimbrel.migrations.hints import Hints
from whimbrel.migrations.meeting import Meeting
from whimbrel.models.deconstruct import freeze
from whimbrel.state.project import ProjectState


class Category(Enum):
    """What kind of change an operation is; the value is its symbol in listings."""

    ADDITION = "+"
    REMOVAL = "-"
    ALTERATION = "~"
    PYTHON = "p"
    SQL = "s"
    MIXED = "?"


class Editor(Protocol):
    """What an operation may ask of the schema editor."""

    def transition(
        self, before: ProjectState, after: ProjectState, hints: Hints
    ) -> None:
        """Run, or collect, the DDL that leads from one state to the other."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run, or collect, one statement."""

    def run_sql(self, script: str) -> None:
        """Run, or collect, a script of several statements."""

    def call(self, code: Any, state: ProjectState) -> None:
        """Call a data step with the historical models of *state*."""

    def atomic(self) -> AbstractContextManager[Any]:
        """A transaction of its own, where none is open."""


class Operation:
    """
    Base of all operations; custom ones subclass it.

    The base describes a custom operation by the arguments that its constructor
    was called with.
    """

    reversible: bool = True
    reduces_to_sql: bool = True
    atomic: bool | None = False
    elidable: bool = False
    serialization_expand_args: ClassVar[Sequence[str]] = ()
    category: ClassVar[Category] = Category.MIXED

    _arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = object.__new__(cls)
        # A dataclass has them as attributes, taken apart: SQLAlchemy's own objects,
        # which are large, need not live on.
        if not is_dataclass(cls):
            object.__setattr__(self, "_arguments", (args, kwargs))
        return self

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return class name, positional and keyword arguments that make it again."""
        if is_dataclass(self):
            return type(self).__name__, (), _said(self)
        args, kwargs = self._arguments
        return type(self).__name__, args, dict(kwargs)

    def arguments(self) -> dict[str, Any]:
        """Return all constructor arguments by name, in the signature's order."""
        _, args, kwargs = self.deconstruct()
        if not args:
            return kwargs
        signature = inspect.signature(type(self).__init__)
        given = signature.bind_partial(self, *args, **kwargs).arguments
        for parameter in signature.parameters.values():
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                given.update(given.pop(parameter.name, {}))
        return {k: v for k, v in given.items() if k != "self"}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change *state* in place. The base changes nothing."""

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        """Return what the two states cannot say about this change."""
        return Hints()

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        """Return what it touches, given the states on both sides of the change.

        Of a custom operation nothing is known: it commutes with nothing.
        """
        return Effects(opaque=True)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Bring the database from *from_state* to the newer *to_state*."""
        hints = self.transition_hints(app_label, from_state, to_state)
        schema_editor.transition(from_state, to_state, hints)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Bring the database from *from_state* back to the older *to_state*."""
        hints = self.transition_hints(app_label, to_state, from_state).inverted()
        schema_editor.transition(from_state, to_state, hints)

    @property
    def one_model(self) -> tuple[str, str] | None:
        """The model that it is about, if nothing else is but what follows by itself.

        Its name before and afterwards.
        """
        return None

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """
        Return what does the same as this and then *later*, to the rows too.

        Both derive their DDL, and nothing has to come between them. None: nothing
        shorter does the same. As many as before: the two in another order.
        """
        return None

    def swallows(
        self, earlier: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """The same as `merged_with`, asked of the second of the two."""
        return None

    @property
    def derives_ddl(self) -> bool:
        """Whether all it does to a database follows from the two states."""
        cls = type(self)
        return (
            cls.database_forwards is Operation.database_forwards
            and cls.database_backwards is Operation.database_backwards
        )

    def describe(self) -> str:
        """Return what it does, in a few words."""
        _, args, kwargs = self.deconstruct()
        return f"{type(self).__name__}: {(args, kwargs)}"

    def formatted_description(self) -> str:
        """Return the symbol of its category and what it does."""
        return f"{self.category.value} {self.describe()}"

    @property
    def migration_name_fragment(self) -> str | None:
        """What it adds to the name of its migration; None for no suggestion."""
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Operation) or type(other) is not type(self):
            return NotImplemented
        # By name: what was given by position is written, and read again, by name.
        return freeze(self.arguments()) == freeze(other.arguments())

    def __hash__(self) -> int:
        return hash((type(self), freeze(self.arguments())))

    def __repr__(self) -> str:
        said = ", ".join(f"{k}={v!r}" for k, v in self.arguments().items())
        return f"<{type(self).__name__} {said}>"


def _said(operation: Any) -> dict[str, Any]:
    """Return the arguments of a dataclass that differ from their defaults."""
    said = {}
    for argument in fields(operation):
        value = getattr(operation, argument.name)
        if argument.default is not MISSING:
            default = argument.default
        elif argument.default_factory is not MISSING:
            default = argument.default_factory()
        else:
            default = MISSING
        if default is MISSING or value != default:
            said[argument.name] = value
    return said
