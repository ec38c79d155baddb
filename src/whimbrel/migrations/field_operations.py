"""
Operations on fields: add, remove, alter, rename.

Place: `migrations`, above `operation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any, ClassVar

from whimbrel.errors.migrations import ValueNotRenamed, ValuesDecidedTwice
from whimbrel.migrations import resources, row_changes
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.hints import Hints
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Category, Operation
from whimbrel.models import NOT_PROVIDED
from whimbrel.state.dissect import dissect
from whimbrel.state.enumerations import enumerated
from whimbrel.state.project import ProjectState
from whimbrel.state.renames import rename_in_field
from whimbrel.state.tables import Column


@dataclass(frozen=True, eq=False, repr=False)
class FieldOperation(Operation):
    """Base of the operations that name one field of one model."""

    model_name: str
    name: str

    @property
    def model_name_lower(self) -> str:
        return self.model_name.lower()

    @property
    def one_model(self) -> tuple[str, str]:
        return self.model_name_lower, self.model_name_lower

    def is_before(self, later: Operation) -> bool:
        """Return whether *later* is about the field that this one leaves."""
        if isinstance(later, RenameField):
            name = later.old_name
        elif isinstance(later, FieldOperation):
            name = later.name
        else:
            return False
        return (self.model_name_lower, self.name) == (later.model_name.lower(), name)

    def resource(self, app_label: str) -> tuple[str, ...]:
        return resources.field(app_label, self.model_name, self.name)

    def key(self, app_label: str) -> tuple[str, str, str]:
        return (app_label, self.model_name_lower, self.name)

    def owner(self, app_label: str) -> frozenset[tuple[str, ...]]:
        return frozenset({resources.model(app_label, self.model_name)})


@dataclass(frozen=True, eq=False, repr=False)
class AddField(FieldOperation):
    """
    Add a field and its column.

    Args:
        field: Whimbrel's field or a `sqlalchemy.Column`.

        preserve_default: False: the field's default only fills existing rows
            and is no part of the model.

        fill: For a `sqlalchemy.Column`: the value that existing rows get, or a
            callable that gives it.
    """

    category: ClassVar[Category] = Category.ADDITION

    field: Any
    preserve_default: bool = True
    fill: Any = NOT_PROVIDED

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", dissect(self.field))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.add_field(
            app_label, self.model_name, self.name, self.field, self.preserve_default
        )

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        key = self.key(app_label)
        return Hints(new_fields=frozenset({key}), fills=one_off(key, self))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        owner = after.model(app_label, self.model_name)
        needs = resources.field_needs(owner, self.field, after)
        return Effects(
            reads=self.owner(app_label) | needs,
            makes=frozenset({self.resource(app_label)}),
        )

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        if not self.is_before(later):
            return None
        match later:
            case RemoveField():
                return ()
            case RenameField():
                return (renamed(self, later.new_name),)
            case AlterField():
                altered = added_and_altered(self, later, meeting)
                return None if altered is None else (altered,)
        return None

    def describe(self) -> str:
        return f"Add field {self.name} to {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RemoveField(FieldOperation):
    """
    Remove a field, its column and the data in it.

    Args:
        fill_back: The value that rows get when the field comes back, or a
            callable that gives it: for each row where the column is unique.
    """

    category: ClassVar[Category] = Category.REMOVAL

    fill_back: Any = NOT_PROVIDED

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_field(app_label, self.model_name, self.name)

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        key = self.key(app_label)
        return Hints(gone_fields=frozenset({key}), back_fills=way_back(key, self))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        owner = before.model(app_label, self.model_name)
        needs = resources.field_needs(owner, owner.get_field(self.name), before)
        return Effects(
            releases=self.owner(app_label) | needs,
            removes=frozenset({self.resource(app_label)}),
        )

    def describe(self) -> str:
        return f"Remove field {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class AlterField(FieldOperation):
    """
    Replace a field's definition.

    Args:
        preserve_default: False: the field's default only fills rows that are
            NULL where the new definition forbids it.

        fill: The same for a `sqlalchemy.Column`.

        using: SQL expression of the new value, where the database cannot
            convert the old one by itself (``name::integer``).

        renamed_values: Old → new text of the values of an enumeration that are
            called otherwise from now on. Rows that have them follow, there and
            back. Two values may exchange their names.

        fill_back: What a NULL becomes on the way back, should the earlier
            definition forbid it: a value or a callable.
    """

    category: ClassVar[Category] = Category.ALTERATION

    field: Any
    preserve_default: bool = True
    fill: Any = NOT_PROVIDED
    using: str | None = None
    renamed_values: Mapping[str, str] = dataclass_field(default_factory=dict)
    fill_back: Any = NOT_PROVIDED

    def __post_init__(self) -> None:
        object.__setattr__(self, "field", dissect(self.field))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """
        Replace the field.

        Raises:
            ValueNotRenamed: MI104, the enumerations contradict *renamed_values*.

            ValuesDecidedTwice: MI105, *using* stands beside *renamed_values*.
        """
        if self.renamed_values:
            if self.using:
                raise ValuesDecidedTwice(f"{self.model_name}.{self.name}")
            old = state.model(app_label, self.model_name).get_field(self.name)
            check_renamed_values(self, old)
        state.alter_field(
            app_label, self.model_name, self.name, self.field, self.preserve_default
        )

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        key = self.key(app_label)
        casts = {key: self.using} if self.using else {}
        values = {key: dict(self.renamed_values)} if self.renamed_values else {}
        return Hints(
            fills=one_off(key, self),
            back_fills=way_back(key, self),
            casts=casts,
            values=values,
        )

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        old = before.models.get((app_label, self.model_name_lower))
        new = after.model(app_label, self.model_name)
        needed = resources.field_needs(new, self.field, after)
        released = (
            resources.field_needs(old, old.fields[self.name], before)
            if old is not None and self.name in old.fields
            else frozenset()
        )
        # What it needs before and after is no reason to run early or late.
        return Effects(
            reads=self.owner(app_label) | (needed - released),
            changes=frozenset({self.resource(app_label)}),
            releases=released - needed,
            keeps=needed & released,
        )

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        if not self.is_before(later):
            return None
        match later:
            case RemoveField():
                removed = altered_and_removed(self, later, meeting)
                return None if removed is None else (removed,)
            case RenameField():
                # Another alteration, or a removal, may follow under the new name.
                return later, renamed(self, later.new_name)
            case AlterField():
                altered = altered_twice(self, later, meeting)
                return None if altered is None else (altered,)
        return None

    def describe(self) -> str:
        moves = (f"{old} to {new}" for old, new in self.renamed_values.items())
        renamed = f" and rename its values {', '.join(moves)}"
        text = f"Alter field {self.name} on {self.model_name}"
        return text + renamed * bool(self.renamed_values)

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.model_name_lower}_{self.name.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class RenameField(Operation):
    """Rename a field and its column; all that mentions it follows."""

    category: ClassVar[Category] = Category.ALTERATION

    model_name: str
    old_name: str
    new_name: str

    @property
    def one_model(self) -> tuple[str, str]:
        return self.model_name.lower(), self.model_name.lower()

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        match later:
            case RenameField() if self._is_before(later, later.old_name):
                if later.new_name == self.old_name:
                    return ()
                return (replace(self, new_name=later.new_name),)
            case RemoveField() if self._is_before(later, later.name):
                return (replace(later, name=self.old_name),)
        return None

    def _is_before(self, later: RenameField | RemoveField, name: str) -> bool:
        same = self.model_name.lower() == later.model_name.lower()
        return same and self.new_name == name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.rename_field(app_label, self.model_name, self.old_name, self.new_name)

    def transition_hints(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Hints:
        key = (app_label, self.model_name.lower(), self.old_name)
        return Hints(fields={key: self.new_name})

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(
            releases=frozenset({resources.model(app_label, self.model_name)}),
            removes=frozenset(
                {resources.field(app_label, self.model_name, self.old_name)}
            ),
            makes=frozenset(
                {resources.field(app_label, self.model_name, self.new_name)}
            ),
        )

    def describe(self) -> str:
        return f"Rename field {self.old_name} on {self.model_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        old, new = self.old_name.lower(), self.new_name.lower()
        return f"rename_{old}_{self.model_name.lower()}_{new}"


def one_off(
    key: tuple[str, str, str], operation: AddField | AlterField
) -> dict[tuple[str, str, str], Any]:
    """Return the fill that an operation carries for existing rows, if any."""
    if operation.fill is not NOT_PROVIDED:
        return {key: operation.fill}
    if operation.preserve_default or isinstance(operation.field, Column):
        return {}
    default = operation.field.default
    return {} if default is NOT_PROVIDED else {key: default}


def way_back(
    key: tuple[str, str, str], operation: AlterField | RemoveField
) -> dict[tuple[str, str, str], Any]:
    """Return the fill that an operation carries for the way back, if any."""
    given = operation.fill_back is not NOT_PROVIDED
    return {key: operation.fill_back} if given else {}


def renamed(operation: FieldOperation, name: str) -> FieldOperation:
    """Return an addition or alteration of the field under another name."""
    assert isinstance(operation, AddField | AlterField)
    field = rename_in_field(operation.field, operation.name, name)
    return replace(operation, name=name, field=field)


def added_and_altered(
    added: AddField, altered: AlterField, meeting: Meeting
) -> AddField | None:
    """Return the addition of the field as it is in the end; None if rows differ."""
    merged = replace(
        added,
        field=altered.field,
        preserve_default=altered.preserve_default,
        fill=altered.fill,
    )
    if meeting.no_rows:
        return merged
    if altered.using or altered.renamed_values:
        return None
    key = added.key(meeting.app_label)
    fills, later_fills = one_off(key, added), one_off(key, altered)
    if not fills and row_changes.is_added_as_null(added.field):
        tightened = later_fills and not row_changes.is_added_as_null(altered.field)
        null = not later_fills and row_changes.is_added_as_null(altered.field)
        return merged if tightened or null else None
    if later_fills or row_changes.changes_rows(added.field, altered.field):
        return None
    if fills:
        return replace(merged, fill=fills[key])
    if row_changes.gives_new_rows_the_same(added.field, altered.field):
        return merged
    value = row_changes.default_for_rows(added.field)
    return None if value is NOT_PROVIDED else replace(merged, fill=value)


def altered_twice(
    first: AlterField, second: AlterField, meeting: Meeting
) -> AlterField | None:
    """Return the two alterations as one; None if both change rows."""
    if meeting.no_rows:
        return second
    old = meeting.model_before(first.model_name).get_field(first.name)
    if not _touches_rows(first, old):
        return second
    if _touches_rows(second, first.field):
        return None
    fills = one_off(first.key(meeting.app_label), first)
    if fills:
        (fill,) = fills.values()
    elif row_changes.gives_new_rows_the_same(first.field, second.field):
        fill = NOT_PROVIDED
    else:
        fill = row_changes.default_for_rows(first.field)
        if fill is NOT_PROVIDED:
            return None
    return replace(
        second,
        fill=fill,
        using=first.using,
        renamed_values=first.renamed_values,
        fill_back=first.fill_back,
    )


def _touches_rows(operation: AlterField, old: Any) -> bool:
    said = operation.using or operation.renamed_values
    fills = (operation.fill, operation.fill_back)
    return bool(
        said
        or any(fill is not NOT_PROVIDED for fill in fills)
        or not operation.preserve_default
        or row_changes.changes_rows(old, operation.field)
    )


def altered_and_removed(
    altered: AlterField, removed: RemoveField, meeting: Meeting
) -> RemoveField | None:
    """Return the removal alone; None if its value for the way back is of the type
    that the field has only in between."""
    if removed.fill_back is NOT_PROVIDED:
        return replace(removed, fill_back=altered.fill_back)
    old = meeting.model_before(altered.model_name).get_field(altered.name)
    return None if row_changes.changes_rows(old, altered.field) else removed


def check_renamed_values(operation: AlterField, old: Any) -> None:
    """
    Compare the renamed values with the enumerations of both definitions.

    A type that hides its values (one of the project's own) is believed.

    Raises:
        ValueNotRenamed: MI104.
    """
    before, after = enumerated(old), enumerated(operation.field)
    moves = operation.renamed_values
    news = list(moves.values())
    for former, new in moves.items():
        problem = None
        if before is not None and former not in before:
            problem = f"there is no value {former!r} before"
        elif after is not None and new not in after:
            problem = f"there is no value {new!r} afterwards"
        elif news.count(new) > 1:
            problem = f"two values would become {new!r}"
        elif before is not None and new in before and new not in moves:
            problem = (
                f"there is a value {new!r} already, and its rows would be mixed up"
            )
        if problem is not None:
            where = f"{operation.model_name}.{operation.name}"
            raise ValueNotRenamed(where, former, new, problem)


__all__ = ["AddField", "AlterField", "FieldOperation", "RemoveField", "RenameField"]
