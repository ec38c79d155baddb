"""
Operations that are not a change of state alone: raw SQL, Python code, and a
change of state that differs from what is done to the database.

Place: `migrations`, above `operation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from whimbrel.errors.migrations import Irreversible, WrongArgument
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.operation import Category, Editor, Operation
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, eq=False, repr=False)
class RunSQL(Operation):
    """
    Run SQL, forwards and (given *reverse_sql*) backwards.

    Args:
        sql: A script; or a list of statements, each a string or a pair of
            statement and parameters. ``RunSQL.noop`` does nothing.

        state_operations: What the SQL means for the state.

        hints: For a router that decides on which database it runs.
    """

    noop: ClassVar[str] = ""
    category: ClassVar[Category] = Category.SQL
    serialization_expand_args: ClassVar[tuple[str, ...]] = ("state_operations",)

    sql: Any
    reverse_sql: Any = None
    state_operations: Iterable[Operation] = ()
    hints: Mapping[str, Any] | None = None
    elidable: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "state_operations", tuple(self.state_operations or ()))
        if self.hints is not None:
            object.__setattr__(self, "hints", FrozenDict(self.hints))
        for given in (self.sql, self.reverse_sql):
            check_statements(given)

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # derived, not set
        return self.reverse_sql is not None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for operation in self.state_operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        run(schema_editor, self.sql)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if self.reverse_sql is None:
            raise Irreversible(self.describe())
        run(schema_editor, self.reverse_sql)

    def describe(self) -> str:
        return "Raw SQL operation"


@dataclass(frozen=True, eq=False, repr=False)
class RunPython(Operation):
    """
    Call Python code with historical models.

    Args:
        code: ``code(apps, schema_editor)``; ``apps.get_model("app", "Model")``
            gives the model as it is at this point of the history.

        reverse_code: The same for the way back; without it the migration
            cannot be undone. ``RunPython.noop`` does nothing.

        atomic: None: as the migration; False: outside a transaction where the
            migration is; True: in one of its own.

    Raises:
        WrongArgument: MI102, something that cannot be called.
    """

    category: ClassVar[Category] = Category.PYTHON

    code: Callable[[Any, Any], None]
    reverse_code: Callable[[Any, Any], None] | None = None
    atomic: bool | None = None
    hints: Mapping[str, Any] | None = None
    elidable: bool = False

    reduces_to_sql = False

    def __post_init__(self) -> None:
        if self.hints is not None:
            object.__setattr__(self, "hints", FrozenDict(self.hints))
        for given in (self.code, self.reverse_code):
            if given is not None and not callable(given):
                raise WrongArgument(
                    f"RunPython was given {given!r}, which cannot be called",
                    fix="give it a function of (apps, schema_editor)",
                )

    @staticmethod
    def noop(apps: Any, schema_editor: Any) -> None:
        """Do nothing."""

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # derived, not set
        return self.reverse_code is not None

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        schema_editor.call(self.code, from_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if self.reverse_code is None:
            raise Irreversible(self.describe())
        schema_editor.call(self.reverse_code, from_state)

    def describe(self) -> str:
        return "Raw Python operation"


@dataclass(frozen=True, eq=False, repr=False)
class SeparateDatabaseAndState(Operation):
    """Do one thing to the database and another to the state."""

    category: ClassVar[Category] = Category.MIXED
    serialization_expand_args: ClassVar[tuple[str, ...]] = (
        "database_operations",
        "state_operations",
    )

    database_operations: Iterable[Operation] = ()
    state_operations: Iterable[Operation] = ()

    def __post_init__(self) -> None:
        for name in ("database_operations", "state_operations"):
            object.__setattr__(self, name, tuple(getattr(self, name) or ()))

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # derived, not set
        return all(operation.reversible for operation in self.database_operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for operation in self.state_operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        before = from_state
        for operation in self.database_operations:
            after = before.clone()
            operation.state_forwards(app_label, after)
            operation.database_forwards(app_label, schema_editor, before, after)
            before = after

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Editor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        steps = []
        before = to_state
        for operation in self.database_operations:
            after = before.clone()
            operation.state_forwards(app_label, after)
            steps.append((operation, before, after))
            before = after
        for operation, older, newer in reversed(steps):
            operation.database_backwards(app_label, schema_editor, newer, older)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(opaque=True)

    def describe(self) -> str:
        return "Custom state/database change combination"


def check_statements(given: Any) -> None:
    """Raise `WrongArgument` unless RunSQL can run *given*."""
    if given is None or isinstance(given, str):
        return
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise WrongArgument(
            f"RunSQL was given {given!r}",
            fix="give it a string, or a list of statements",
        )
    for statement in given:
        if isinstance(statement, str):
            continue
        if isinstance(statement, tuple | list) and len(statement) == 2:
            continue
        raise WrongArgument(
            f"RunSQL was given the statement {statement!r}",
            fix="write a string, or a pair of statement and parameters",
        )


def run(schema_editor: Editor, given: Any) -> None:
    """Hand a script, or a list of statements, to the editor."""
    if isinstance(given, str):
        schema_editor.run_sql(given)
        return
    for statement in given or ():
        if isinstance(statement, str):
            schema_editor.run_sql(statement)
        else:
            schema_editor.execute(statement[0], statement[1])
