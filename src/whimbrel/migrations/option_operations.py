"""
Operations on a model's options.

Place: `migrations`, above `model_operations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from whimbrel.migrations import resources
from whimbrel.migrations.effects import Effects, Resource
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.model_operations import ModelOperation
from whimbrel.migrations.operation import Category, Operation
from whimbrel.state.model import base_key, freeze_options, together_tuples
from whimbrel.state.project import ProjectState

ALTERED_OPTIONS = (
    "base_manager_name",
    "default_manager_name",
    "default_related_name",
    "get_latest_by",
    "managed",
    "ordering",
    "permissions",
    "default_permissions",
    "select_on_save",
    "verbose_name",
    "verbose_name_plural",
    "table_options",
    "db_tablespace",
    "required_db_features",
    "required_db_vendor",
    "swappable",
)
"""What `AlterModelOptions` sets; those that it is not given are removed."""


@dataclass(frozen=True, eq=False, repr=False)
class OptionOperation(ModelOperation):
    """Base of the operations that change options of one model."""

    category: ClassVar[Category] = Category.ALTERATION

    def changed(self) -> tuple[str, ...]:
        """Return the names of the options that it sets."""
        raise TypeError(f"{type(self).__name__} does not say what it sets")

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """The last word counts: each sets all that operations of its kind set."""
        if type(later) is type(self) and later.one_model == self.one_model:
            return (later,)
        return None

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(
            reads=frozenset({resources.model(app_label, self.name)}),
            changes=frozenset(
                resources.option(app_label, self.name, key) for key in self.changed()
            ),
        )


@dataclass(frozen=True, eq=False, repr=False)
class TableOperation(OptionOperation):
    """Base of those that change what foreign keys of SQLAlchemy's call a table."""

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        plain = super().effects(app_label, before, after)
        if not after.model(app_label, self.name).is_table:
            return plain
        named = frozenset({resources.model(app_label, self.name)})
        return Effects(reads=plain.reads, changes=plain.changes | named)


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelTable(TableOperation):
    """Give a model another table name; None is the default name."""

    table: str | None

    def changed(self) -> tuple[str, ...]:
        return ("db_table",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        given = {"db_table": self.table} if self.table is not None else {}
        state.alter_model_options(app_label, self.name, given, ("db_table",))

    def describe(self) -> str:
        table = self.table if self.table is not None else "(default)"
        return f"Rename table for {self.name} to {table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table"


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelSchema(TableOperation):
    """Move a SQLAlchemy model's table to another schema; None is the default one."""

    schema: str | None

    def changed(self) -> tuple[str, ...]:
        return ("schema",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        given = {"schema": self.schema} if self.schema is not None else {}
        state.alter_model_options(app_label, self.name, given, ("schema",))

    def describe(self) -> str:
        schema = self.schema if self.schema is not None else "(default)"
        return f"Move table of {self.name} to schema {schema}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_schema"


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelBases(OptionOperation):
    """
    Give a model other base classes.

    Mixins and the bases of proxies mean nothing to a database. Concrete parents
    do: their columns have to be moved by operations on fields besides this one.
    """

    bases: tuple[Any, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "bases", tuple(self.bases))

    def changed(self) -> tuple[str, ...]:
        return ("bases",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        model = state.model(app_label, self.name)
        state.remove_model(app_label, self.name)
        state.add_model(model.replace(bases=self.bases))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        plain = super().effects(app_label, before, after)
        old = before.models.get((app_label, self.name_lower))
        gone = self._parents(app_label, old.bases if old else ())
        made = self._parents(app_label, self.bases)
        return Effects(
            reads=plain.reads | (made - gone),
            changes=plain.changes,
            releases=gone - made,
        )

    def _parents(self, app_label: str, bases: tuple[Any, ...]) -> frozenset[Resource]:
        return frozenset(
            resources.model(*base_key(base, app_label))
            for base in bases
            if isinstance(base, str)
        )

    def describe(self) -> str:
        return f"Change bases of {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_bases"


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelTableComment(OptionOperation):
    """Change the comment on a model's table; None removes it."""

    table_comment: str | None

    def changed(self) -> tuple[str, ...]:
        return ("db_table_comment",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        given = (
            {"db_table_comment": self.table_comment}
            if self.table_comment is not None
            else {}
        )
        state.alter_model_options(app_label, self.name, given, ("db_table_comment",))

    def describe(self) -> str:
        return f"Alter {self.name} table comment"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table_comment"


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelOptions(OptionOperation):
    """Set the options that have no operation of their own (`ALTERED_OPTIONS`)."""

    options: Mapping[str, Any]

    serialization_expand_args: ClassVar[tuple[str, ...]] = ("options",)

    def __post_init__(self) -> None:
        frozen = freeze_options(self.options)
        object.__setattr__(
            self, "options", frozen.without("indexes").without("constraints")
        )

    def changed(self) -> tuple[str, ...]:
        return ALTERED_OPTIONS

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.alter_model_options(app_label, self.name, self.options, ALTERED_OPTIONS)

    def describe(self) -> str:
        return f"Change options on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_options"


@dataclass(frozen=True, eq=False, repr=False)
class AlterModelManagers(OptionOperation):
    """Replace the managers that historical models have."""

    managers: Iterable[tuple[str, Any]]

    serialization_expand_args: ClassVar[tuple[str, ...]] = ("managers",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "managers", tuple(self.managers))

    def changed(self) -> tuple[str, ...]:
        return ("managers",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.alter_model_managers(app_label, self.name, self.managers)

    def describe(self) -> str:
        return f"Change managers on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_managers"


@dataclass(frozen=True, eq=False, repr=False)
class AlterUniqueTogether(OptionOperation):
    """Set ``unique_together``: groups of fields whose values are unique together."""

    unique_together: Iterable[Iterable[str]] | None

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "unique_together", together_tuples(self.unique_together)
        )

    def changed(self) -> tuple[str, ...]:
        return ("unique_together",)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        groups = together_tuples(self.unique_together)
        given = {"unique_together": groups} if groups else {}
        state.alter_model_options(app_label, self.name, given, ("unique_together",))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        plain = super().effects(app_label, before, after)
        old = before.models.get((app_label, self.name_lower))
        gone = old.options.get("unique_together", ()) if old else ()
        made = tuple(self.unique_together or ())
        # The groups that stay are no reason to run early or late.
        return Effects(
            reads=plain.reads
            | self._fields(app_label, [g for g in made if g not in gone]),
            changes=plain.changes,
            releases=self._fields(app_label, [g for g in gone if g not in made]),
            keeps=self._fields(app_label, [g for g in gone if g in made]),
        )

    def _fields(
        self, app_label: str, groups: Iterable[Iterable[str]]
    ) -> frozenset[Resource]:
        return frozenset(
            resources.field(app_label, self.name, name)
            for group in groups
            for name in group
        )

    def describe(self) -> str:
        count = len(tuple(self.unique_together or ()))
        return f"Alter unique_together for {self.name} ({count} constraint(s))"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_unique_together"


@dataclass(frozen=True, eq=False, repr=False)
class AlterOrderWithRespectTo(OptionOperation):
    """Set ``order_with_respect_to``, which keeps an ``_order`` column."""

    order_with_respect_to: str | None

    def changed(self) -> tuple[str, ...]:
        return ("order_with_respect_to",)

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        """A column that goes in between takes the order of the rows with it."""
        merged = super().merged_with(later, meeting)
        goes = self.order_with_respect_to is None
        comes = getattr(later, "order_with_respect_to", None) is not None
        return None if goes and comes and not meeting.no_rows else merged

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        key = "order_with_respect_to"
        given = {key: self.order_with_respect_to} if self.order_with_respect_to else {}
        state.alter_model_options(app_label, self.name, given, (key,))

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        plain = super().effects(app_label, before, after)
        old = before.models.get((app_label, self.name_lower))
        released = old.options.get("order_with_respect_to") if old else None
        target = self.order_with_respect_to
        order = resources.field(app_label, self.name, "_order")
        return Effects(
            reads=plain.reads
            | ({resources.field(app_label, self.name, target)} if target else set()),
            changes=plain.changes,
            makes=frozenset({order} if target and not released else ()),
            removes=frozenset({order} if released and not target else ()),
            releases=frozenset(
                {resources.field(app_label, self.name, released)} if released else ()
            ),
        )

    def describe(self) -> str:
        target = self.order_with_respect_to
        return f"Set order_with_respect_to on {self.name} to {target}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_order_with_respect_to"
