"""
The history: all migrations of a project, and the graph of those that count.

Place: `history`, above `resolve`; made by `loader` from files or by
`History.of` from migrations in memory. Plans, replay, numbering and merging
are functions of it.

Invariants: frozen. What the database has is part of the value, because it
decides which squashes are used: `seen_by` gives the same history for another
database without loading anything again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from whimbrel.errors.history import (
    AmbiguousName,
    AppliedWithoutFile,
    AppNotFound,
    MigrationNotFound,
    SeveralLeaves,
)
from whimbrel.history.graph import Graph
from whimbrel.history.place import Folder
from whimbrel.history.resolve import Resolved, resolve
from whimbrel.migrations.migration import Migration

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """
    Args:
        labels: All apps, also those without migrations.

        migrations: Every migration that has a file, replaced ones included.

        resolved: The graph, given *recorded*.

        recorded: What the database says it has; also migrations without a file.

        files: Migration → its file.

        folders: App → where its migration files are, or will be.
    """

    labels: frozenset[str]
    migrations: Mapping[Key, Migration]
    resolved: Resolved
    recorded: frozenset[Key] = frozenset()
    files: Mapping[Key, str] = field(default_factory=dict)
    folders: Mapping[str, Folder] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        migrations: Iterable[Migration],
        *,
        labels: Iterable[str] = (),
        applied: Iterable[Key] = (),
        files: Mapping[Key, str] | None = None,
        folders: Mapping[str, Folder] | None = None,
    ) -> History:
        """Return the history of *migrations*; their apps need not be in *labels*."""
        known = {migration.key: migration for migration in migrations}
        apps = frozenset(labels) | {app for app, _ in known}
        recorded = frozenset(applied)
        resolved = resolve(known, apps, recorded, files=files)
        return cls(apps, known, resolved, recorded, files or {}, folders or {})

    @property
    def graph(self) -> Graph:
        """The migrations that count: squashes or what they replace, never both."""
        return self.resolved.graph

    @property
    def applied(self) -> frozenset[Key]:
        """Nodes of the graph that the database has."""
        return self.resolved.applied

    def seen_by(
        self, applied: Iterable[Key], *, unfolded: Collection[Key] = ()
    ) -> History:
        """
        Return the history as a database sees it.

        Args:
            applied: What the database has recorded.

            unfolded: Squashes that must not be used.
        """
        recorded = frozenset(applied)
        if recorded == self.recorded and not unfolded:
            return self
        resolved = resolve(self.migrations, self.labels, recorded, unfolded, self.files)
        return replace(self, resolved=resolved, recorded=recorded)

    def without_file(self) -> tuple[Key, ...]:
        """Return what is recorded, of known apps, but neither there nor replaced."""
        replaced = {key for m in self.migrations.values() for key in m.replaces}
        return tuple(
            sorted(
                key
                for key in self.recorded
                if key[0] in self.labels
                and key not in self.migrations
                and key not in replaced
            )
        )

    def check_label(self, app_label: str) -> None:
        """Raise `AppNotFound` (HI114) for a label that no app has."""
        if app_label not in self.labels:
            raise AppNotFound(app_label, self.labels)

    def leaf(self, app_label: str) -> Migration | None:
        """
        Return the last migration of an app; None if it has no migrations.

        Raises:
            SeveralLeaves: HI118, its history branches.
        """
        leaves = self.graph.leaves(app_label)
        if len(leaves) > 1:
            raise SeveralLeaves([(app_label, [name for _, name in leaves])])
        return self.migrations[leaves[0]] if leaves else None

    def of_app(self, app_label: str) -> tuple[Migration, ...]:
        """Return the migrations of an app that count, parents first."""
        leaves = self.graph.leaves(app_label)
        keys = self.graph.forwards_plan(*leaves)
        return tuple(self.migrations[key] for key in keys if key[0] == app_label)

    def check_conflicts(self, labels: Collection[str] | None = None) -> None:
        """Raise `SeveralLeaves` (HI118) if the history of one of the apps branches."""
        conflicts = [
            (app, names)
            for app, names in self.graph.conflicts().items()
            if labels is None or app in labels
        ]
        if conflicts:
            raise SeveralLeaves(conflicts)

    def check_consistent(self, where: str | None = None) -> None:
        """Raise `InconsistentHistory` (HI115) if an applied one lacks a parent."""
        self.graph.check_consistent(self.applied, where)

    def find(self, app_label: str, prefix: str) -> Migration:
        """
        Return the migration that is called *prefix*, or the only one that begins so.

        Raises:
            AppNotFound: HI114.

            AmbiguousName: HI113.

            AppliedWithoutFile: HI117, it is recorded and has no file.

            MigrationNotFound: HI112.
        """
        self.check_label(app_label)
        exact = self.migrations.get((app_label, prefix))
        if exact is not None:
            return exact
        names = [name for app, name in self.migrations if app == app_label]
        found = [name for name in names if name.startswith(prefix)]
        if len(found) > 1:
            raise AmbiguousName(app_label, prefix, found)
        if found:
            return self.migrations[app_label, found[0]]
        for key in sorted(self.recorded):
            if key[0] == app_label and key[1].startswith(prefix):
                raise AppliedWithoutFile(key, self.resolved.squashes.stand_ins.get(key))
        raise MigrationNotFound(app_label, prefix, names)
