"""
Operations on indexes and constraints.

Place: `migrations`, above `operation`. An item without a name (SQLAlchemy's
unnamed constraints) goes by its identity, ``unique(a, b)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from whimbrel.errors.migrations import WrongArgument
from whimbrel.migrations import resources
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Category, Operation
from whimbrel.state.dissect import dissect
from whimbrel.state.mentions import mentioned_fields
from whimbrel.state.model import identity
from whimbrel.state.project import ProjectState, renamed_item


@dataclass(frozen=True, eq=False, repr=False)
class ItemOperation(Operation):
    """Base: *kind* is ``index`` or ``constraint``."""

    kind: ClassVar[str]

    model_name: str

    @property
    def one_model(self) -> tuple[str, str]:
        return self.model_name.lower(), self.model_name.lower()

    @property
    def goes_by(self) -> tuple[str | None, str | None]:
        """Name or identity of the item before and afterwards, if known and there."""
        raise TypeError(f"{type(self).__name__} does not say what it is about")

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        if not isinstance(later, ItemOperation) or self.kind != later.kind:
            return None
        mine, next_ = self.goes_by[1], later.goes_by[0]
        if self.one_model != later.one_model or mine is None or mine != next_:
            return None
        return self.followed_by(later)

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        """Return the two as one; *later* is about the same item."""
        return None

    def made(
        self, app_label: str, item: Any, before: ProjectState, after: ProjectState
    ) -> Effects:
        """Return the effects of adding *item*."""
        owner = after.model(app_label, self.model_name)
        return Effects(
            reads=frozenset({resources.model(*owner.key)})
            | resources.item_needs(owner, item, after),
            makes=frozenset({resources.item(self.kind, *owner.key, identity(item))}),
        )

    def removed(self, app_label: str, name: str, before: ProjectState) -> Effects:
        """Return the effects of removing the item called *name*."""
        owner = before.model(app_label, self.model_name)
        get = {
            "index": owner.get_index_by_name,
            "constraint": owner.get_constraint_by_name,
        }[self.kind]
        return Effects(
            releases=frozenset({resources.model(*owner.key)})
            | resources.item_needs(owner, get(name), before),
            removes=frozenset({resources.item(self.kind, *owner.key, name)}),
        )


@dataclass(frozen=True, eq=False, repr=False)
class AddIndex(ItemOperation):
    """Create an index. It must have a name."""

    kind: ClassVar[str] = "index"
    category: ClassVar[Category] = Category.ADDITION

    index: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", dissect(self.index))
        if not self.index.name:
            raise WrongArgument(
                f"the index that AddIndex adds to {self.model_name} has no name",
                fix="give it one: Index(…, name=…)",
            )

    @property
    def goes_by(self) -> tuple[None, str]:
        return None, identity(self.index)

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        match later:
            case RemoveIndex():
                return ()
            case RenameIndex():
                return (replace(self, index=renamed_item(self.index, later.new_name)),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.add_index(app_label, self.model_name, self.index)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return self.made(app_label, self.index, before, after)

    def describe(self) -> str:
        columns = mentioned(self.index)
        over = f" on {columns}" if columns else ""
        return f"Create index {self.index.name}{over} of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_{self.index.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RemoveIndex(ItemOperation):
    """Drop an index."""

    kind: ClassVar[str] = "index"
    category: ClassVar[Category] = Category.REMOVAL

    name: str

    @property
    def goes_by(self) -> tuple[str, None]:
        return self.name, None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_index(app_label, self.model_name, self.name)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return self.removed(app_label, self.name, before)

    def describe(self) -> str:
        return f"Remove index {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name.lower()}_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RenameIndex(ItemOperation):
    """
    Rename an index.

    Args:
        old_fields: Instead of *old_name*: the fields of the unnamed index (a
            group of a former ``index_together``).
    """

    kind: ClassVar[str] = "index"
    category: ClassVar[Category] = Category.ALTERATION

    new_name: str
    old_name: str | None = None
    old_fields: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if (self.old_name is None) == (self.old_fields is None):
            raise WrongArgument(
                f"RenameIndex of {self.model_name} needs old_name or old_fields",
                fix="give exactly one of the two",
            )
        if self.old_fields is not None:
            object.__setattr__(self, "old_fields", tuple(self.old_fields))

    @property
    def goes_by(self) -> tuple[str | None, str]:
        return self.old_name, self.new_name

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        match later:
            case RemoveIndex() if self.old_name is not None:
                return (replace(later, name=self.old_name),)
            case RenameIndex() if later.new_name == self.old_name:
                return ()
            case RenameIndex():
                return (replace(self, new_name=later.new_name),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        old = self._old(app_label, state)
        state.rename_index(app_label, self.model_name, old, self.new_name)

    def _old(self, app_label: str, state: ProjectState) -> str:
        if self.old_name is not None:
            return self.old_name
        model = state.model(app_label, self.model_name)
        found = [
            i.name
            for i in model.indexes
            if mentioned_fields(i, model.fields) == self.old_fields
        ]
        if len(found) != 1:
            raise WrongArgument(
                f"{model.label} has {len(found)} indexes on {self.old_fields}",
                fix="give old_name instead of old_fields",
            )
        return str(found[0])

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        index = after.model(app_label, self.model_name).get_index_by_name(self.new_name)
        made = self.made(app_label, index, before, after)
        removed = self.removed(app_label, self._old(app_label, before), before)
        # It is over the same fields as before: these may change at any time.
        return Effects(
            reads=frozenset({resources.model(app_label, self.model_name)}),
            makes=made.makes,
            removes=removed.removes,
            keeps=frozenset(
                resources.field(app_label, self.model_name, name)
                for name in self.old_fields or ()
            ),
        )

    def describe(self) -> str:
        old = self.old_name or f"on {', '.join(self.old_fields or ())}"
        return f"Rename index {old} of {self.model_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        old = self.old_name or "_".join((self.model_name, *(self.old_fields or ())))
        return f"rename_{old.lower()}_{self.new_name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class AddConstraint(ItemOperation):
    """Add a constraint: unique, check, exclusion, foreign or primary key."""

    kind: ClassVar[str] = "constraint"
    category: ClassVar[Category] = Category.ADDITION

    constraint: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "constraint", dissect(self.constraint))

    @property
    def goes_by(self) -> tuple[None, str]:
        return None, identity(self.constraint)

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        match later:
            case RemoveConstraint():
                return ()
            case AlterConstraint():
                return (replace(self, constraint=later.constraint),)
            case RenameConstraint():
                renamed = renamed_item(self.constraint, later.new_name)
                return (replace(self, constraint=renamed),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.add_constraint(app_label, self.model_name, self.constraint)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return self.made(app_label, self.constraint, before, after)

    def describe(self) -> str:
        return f"Create constraint {identity(self.constraint)} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_{identity(self.constraint).lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RemoveConstraint(ItemOperation):
    """Drop a constraint by its name or, for an unnamed one, its identity."""

    kind: ClassVar[str] = "constraint"
    category: ClassVar[Category] = Category.REMOVAL

    name: str

    @property
    def goes_by(self) -> tuple[str, None]:
        return self.name, None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_constraint(app_label, self.model_name, self.name)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return self.removed(app_label, self.name, before)

    def describe(self) -> str:
        return f"Remove constraint {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name.lower()}_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RenameConstraint(ItemOperation):
    """
    Give a constraint another name, or one at all.

    Args:
        old_name: Its name or, for an unnamed one, its identity.
    """

    kind: ClassVar[str] = "constraint"
    category: ClassVar[Category] = Category.ALTERATION

    old_name: str
    new_name: str

    @property
    def goes_by(self) -> tuple[str, str]:
        return self.old_name, self.new_name

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        match later:
            case RemoveConstraint():
                return (replace(later, name=self.old_name),)
            case RenameConstraint() if later.new_name == self.old_name:
                return ()
            case RenameConstraint():
                return (replace(self, new_name=later.new_name),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.rename_constraint(
            app_label, self.model_name, self.old_name, self.new_name
        )

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        # It is over the same fields as before: these may change at any time.
        owner = before.model(app_label, self.model_name).key
        names = (self.old_name, self.new_name)
        old, new = (resources.item(self.kind, *owner, name) for name in names)
        return Effects(
            reads=frozenset({resources.model(*owner)}),
            makes=frozenset({new}),
            removes=frozenset({old}),
        )

    def describe(self) -> str:
        return (
            f"Rename constraint {self.old_name} of {self.model_name} to {self.new_name}"
        )

    @property
    def migration_name_fragment(self) -> str:
        new = self.new_name.lower()
        if "(" in self.old_name:
            return f"name_{new}"
        return f"rename_{self.old_name.lower()}_{new}"


@dataclass(frozen=True, eq=False, repr=False)
class AlterConstraint(ItemOperation):
    """
    Exchange a constraint's definition.

    Args:
        name: What it is called before; *constraint* may have another name.
    """

    kind: ClassVar[str] = "constraint"
    category: ClassVar[Category] = Category.ALTERATION

    name: str
    constraint: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "constraint", dissect(self.constraint))

    @property
    def goes_by(self) -> tuple[str, str]:
        return self.name, identity(self.constraint)

    def followed_by(self, later: ItemOperation) -> tuple[Operation, ...] | None:
        match later:
            case RemoveConstraint():
                return (replace(later, name=self.name),)
            case AlterConstraint():
                return (replace(self, constraint=later.constraint),)
        return None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.alter_constraint(app_label, self.model_name, self.name, self.constraint)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        made = self.made(app_label, self.constraint, before, after)
        owner = after.model(app_label, self.model_name)
        old = frozenset({resources.item(self.kind, *owner.key, self.name)})
        if old == made.makes:
            return Effects(reads=made.reads, changes=old)
        return Effects(reads=made.reads, removes=old, makes=made.makes)

    def describe(self) -> str:
        return f"Alter constraint {self.name} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.model_name.lower()}_{self.name.lower()}"


def mentioned(index: Any) -> str:
    """Return the plain columns or fields of an index for a description."""
    parts: Any = getattr(index, "fields", None) or getattr(index, "expressions", ())
    return ", ".join(part for part in parts if isinstance(part, str))
