"""
Operations on whole models: create, delete, rename, move to another table.

Place: `migrations`, above `operation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from whimbrel.errors.migrations import DuplicateName
from whimbrel.migrations import resources
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.hints import Hints
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Category, Operation
from whimbrel.models import Model
from whimbrel.state.dissect import dissect
from whimbrel.state.frozen import FrozenDict
from whimbrel.state.model import ModelState, freeze_options
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, eq=False, repr=False)
class ModelOperation(Operation):
    """Base of the operations that name one model."""

    name: str

    @property
    def name_lower(self) -> str:
        return self.name.lower()

    @property
    def one_model(self) -> tuple[str, str]:
        return self.name_lower, self.name_lower


@dataclass(frozen=True, eq=False, repr=False)
class CreateModel(ModelOperation):
    """
    Create a model and its table.

    Args:
        fields: Pairs of name and field, in order; fields are Whimbrel's or
            `sqlalchemy.Column`.

        options: Meta options. For tables of SQLAlchemy also ``schema``,
            ``table_options`` (dialect keyword arguments), and in ``indexes``
            and ``constraints`` SQLAlchemy's own objects.

        bases: ``"app.Model"`` strings and classes.

        managers: Pairs of name and manager.

    Raises:
        DuplicateName: MI101, two fields, bases or managers with one name.
    """

    serialization_expand_args: ClassVar[tuple[str, ...]] = (
        "fields",
        "options",
        "managers",
    )
    category: ClassVar[Category] = Category.ADDITION

    fields: Iterable[tuple[str, Any]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    bases: tuple[Any, ...] = (Model,)
    managers: Iterable[tuple[str, Any]] = ()

    def __post_init__(self) -> None:
        pairs = tuple((name, dissect(value)) for name, value in self.fields)
        object.__setattr__(self, "fields", pairs)
        object.__setattr__(self, "options", dissected_options(self.options))
        object.__setattr__(self, "bases", tuple(self.bases) or (Model,))
        object.__setattr__(self, "managers", tuple(self.managers))
        unique(self.name, "field", (name for name, _ in self.fields))
        unique(self.name, "base", map(base_name, self.bases))
        unique(self.name, "manager", (name for name, _ in self.managers))

    def model_state(self, app_label: str) -> ModelState:
        """Return the state of the model that this creates."""
        return ModelState(
            app_label, self.name, self.fields, self.options, self.bases, self.managers
        )

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.add_model(self.model_state(app_label))

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        return Hints(new_models=frozenset({(app_label, self.name_lower)}))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        owner = self.model_state(app_label)
        return Effects(
            reads=resources.model_needs(owner, after),
            makes=resources.model_parts(owner),
        )

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """Take in all that is done to the model alone: it becomes what that leaves."""
        if later.one_model is None or later.one_model[0] != self.name_lower:
            return None
        if isinstance(later, DeleteModel):
            return ()
        app_label = meeting.app_label
        alone = ProjectState.of([self.model_state(app_label)])
        later.state_forwards(app_label, alone)
        return (created(alone.model(app_label, later.one_model[1])),)

    def describe(self) -> str:
        kind = "proxy model" if self.options.get("proxy") else "model"
        return f"Create {kind} {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return self.name_lower


@dataclass(frozen=True, eq=False, repr=False)
class DeleteModel(ModelOperation):
    """Delete a model, its table and the rows in it."""

    category: ClassVar[Category] = Category.REMOVAL

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_model(app_label, self.name)

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        return Hints(gone_models=frozenset({(app_label, self.name_lower)}))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        owner = before.model(app_label, self.name)
        return Effects(
            releases=resources.model_needs(owner, before),
            removes=resources.model_parts(owner),
        )

    def swallows(
        self, earlier: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """What was done to the model alone is gone with it."""
        if earlier.one_model is None or earlier.one_model[1] != self.name_lower:
            return None
        if isinstance(earlier, RenameModel):
            return (replace(self, name=earlier.old_name),)
        return (self,)

    def describe(self) -> str:
        return f"Delete model {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"delete_{self.name_lower}"


@dataclass(frozen=True, eq=False, repr=False)
class RenameModel(Operation):
    """Rename a model; relations to it follow, and its table unless that is fixed."""

    category: ClassVar[Category] = Category.ALTERATION

    old_name: str
    new_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.rename_model(app_label, self.old_name, self.new_name)

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        old, new = self.old_name.lower(), self.new_name.lower()
        if old == new:
            return Hints()
        return Hints(models={(app_label, old): (app_label, new)})

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        old = before.model(app_label, self.old_name)
        new = after.model(app_label, self.new_name)
        return Effects(
            # They are repointed, and so have to be there.
            reads=resources.users_elsewhere(old, before),
            releases=resources.model_needs(old, before),
            removes=resources.model_parts(old),
            makes=resources.model_parts(new),
        )

    @property
    def one_model(self) -> tuple[str, str]:
        return self.old_name.lower(), self.new_name.lower()

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        if not isinstance(later, RenameModel):
            return None
        if later.old_name.lower() != self.new_name.lower():
            return None
        if later.new_name == self.old_name:
            return ()
        return (replace(self, new_name=later.new_name),)

    def describe(self) -> str:
        return f"Rename model {self.old_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"rename_{self.old_name.lower()}_{self.new_name.lower()}"


def created(model: ModelState) -> CreateModel:
    """Return the operation that creates *model* as it is."""
    return CreateModel(
        name=model.name,
        fields=tuple(model.fields.items()),
        options=dict(model.options),
        bases=model.bases,
        managers=model.managers,
    )


def unique(model: str, kind: str, names: Iterable[str]) -> None:
    """Raise `DuplicateName` if a name occurs twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DuplicateName(model, kind, name)
        seen.add(name)


def base_name(base: Any) -> str:
    """Return the name by which bases are compared."""
    if isinstance(base, str):
        return base.lower()
    return f"{base.__module__}.{base.__qualname__}"


def dissected_options(options: Mapping[str, Any]) -> FrozenDict[str, Any]:
    """Return options whose indexes and constraints are values; empty ones left out."""
    given = dict(options)
    for key in ("indexes", "constraints"):
        if key in given:
            given[key] = tuple(dissect(item) for item in given[key])
    frozen = freeze_options(given)
    empty = [k for k in ("indexes", "constraints") if not frozen[k]]
    return FrozenDict({k: v for k, v in frozen.items() if k not in empty})
