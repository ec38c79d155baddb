"""
Operations on extensions of the database.

Place: `migrations`, above `operation`. Models do not say which extensions they
need, so these are written by hand. On databases without extensions they change the
state alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import ClassVar

from whimbrel.errors.migrations import WrongArgument
from whimbrel.migrations.effects import Effects
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Category, Operation
from whimbrel.state.extensions import Extension
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, eq=False, repr=False)
class CreateExtension(Operation):
    """
    Create an extension, unless the database has it.

    Args:
        schema: Where its objects go; None: the first of the search path.

        version: None: the newest that the server has.
    """

    category: ClassVar[Category] = Category.ADDITION

    name: str
    schema: str | None = None
    version: str | None = None

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        # What this says of it, other apps that have it would be left with.
        says = self.schema is not None or self.version is not None
        gone = isinstance(later, DeleteExtension) and later.name == self.name
        return () if gone and not says else None

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        extension = Extension(name=self.name, schema=self.schema, version=self.version)
        state.add_extension(app_label, extension)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(makes=frozenset({("extension", app_label, self.name)}))

    def describe(self) -> str:
        return f"Create extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"create_extension_{_in_names(self.name)}"


@dataclass(frozen=True, eq=False, repr=False)
class AlterExtension(Operation):
    """
    Move an extension to another schema, or update it.

    Args:
        schema, version: None: as it is.

    Raises:
        WrongArgument: MI102, neither is said.
    """

    category: ClassVar[Category] = Category.ALTERATION

    name: str
    schema: str | None = None
    version: str | None = None

    def __post_init__(self) -> None:
        if self.schema is None and self.version is None:
            raise WrongArgument(
                f"AlterExtension({self.name!r}) changes nothing",
                fix="say the schema or the version that the extension gets",
            )

    def merged_with(
        self, later: Operation, meeting: Meeting
    ) -> tuple[Operation, ...] | None:
        if not isinstance(later, AlterExtension) or later.name != self.name:
            return None
        schema, version = later.schema or self.schema, later.version or self.version
        return (replace(self, schema=schema, version=version),)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.alter_extension(
            app_label, self.name, schema=self.schema, version=self.version
        )

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(changes=frozenset({("extension", app_label, self.name)}))

    def describe(self) -> str:
        return f"Alter extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_extension_{_in_names(self.name)}"


@dataclass(frozen=True, eq=False, repr=False)
class DeleteExtension(Operation):
    """Let go of an extension: the last app that does drops it."""

    category: ClassVar[Category] = Category.REMOVAL

    name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_extension(app_label, self.name)

    def effects(
        self, app_label: str, before: ProjectState, after: ProjectState
    ) -> Effects:
        return Effects(removes=frozenset({("extension", app_label, self.name)}))

    def describe(self) -> str:
        return f"Delete extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"delete_extension_{_in_names(self.name)}"


# The names that Django's users know


@dataclass(frozen=True, eq=False, repr=False)
class BloomExtension(CreateExtension):
    """Bloom filters as indexes."""

    name: str = field(default="bloom", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class BtreeGinExtension(CreateExtension):
    """GIN indexes over scalars."""

    name: str = field(default="btree_gin", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class BtreeGistExtension(CreateExtension):
    """GiST indexes and exclusion constraints over scalars."""

    name: str = field(default="btree_gist", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class CITextExtension(CreateExtension):
    """The type ``citext``: texts whose case does not count."""

    name: str = field(default="citext", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class CryptoExtension(CreateExtension):
    """Functions that encrypt and hash."""

    name: str = field(default="pgcrypto", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class HStoreExtension(CreateExtension):
    """The type ``hstore``: texts by key."""

    name: str = field(default="hstore", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class TrigramExtension(CreateExtension):
    """Likeness of texts, and indexes for ``LIKE '%…%'``."""

    name: str = field(default="pg_trgm", init=False)


@dataclass(frozen=True, eq=False, repr=False)
class UnaccentExtension(CreateExtension):
    """Text search without accents."""

    name: str = field(default="unaccent", init=False)


def _in_names(name: str) -> str:
    """Return the name of an extension as part of a file's name."""
    return re.sub(r"\W", "_", name.lower())
