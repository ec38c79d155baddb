"""
`showmigrations`: which migrations there are, and which a database has.

Place: `project`, above `recorded`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from whimbrel.history.history import History, Key
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.recorded import check_labels, load_history, read_recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMigration:
    """
    One migration.

    Args:
        applied: The database has it, or all that it replaces.

        recorded: It is recorded itself; a squash is not until `migrate` has run.

        when: When it was recorded.

        replaces: How many migrations it stands for.

        after: What comes right before it.
    """

    app: str
    name: str
    applied: bool
    recorded: bool
    when: datetime | None
    replaces: int
    after: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMigrations:
    """
    Args:
        apps: App → its migrations, parents first; both in order.

        plan: The migrations of these apps and what they need, in the order of
            applying them.

        lost: Recorded, of these apps, without a file.
    """

    database: str
    apps: Mapping[str, tuple[ShownMigration, ...]]
    plan: tuple[ShownMigration, ...]
    lost: tuple[Key, ...]


def showmigrations(
    config: Config, labels: Collection[str] = (), *, database: str = DEFAULT
) -> ShownMigrations:
    """Return the migrations of the apps *labels*, all of them for none."""
    check_labels(config, labels)
    recorded = read_recorded(config, database)
    history = load_history(config, recorded)
    shown = {key: _shown(history, key, recorded) for key in history.graph.nodes}
    wanted = [label for label in sorted(config.apps) if not labels or label in labels]
    ends = [leaf for label in wanted for leaf in history.graph.leaves(label)]
    return ShownMigrations(
        database=database,
        apps={
            label: tuple(shown[migration.key] for migration in history.of_app(label))
            for label in wanted
        },
        plan=tuple(shown[key] for key in history.graph.forwards_plan(*ends)),
        lost=tuple(key for key in history.without_file() if key[0] in wanted),
    )


def _shown(
    history: History, key: Key, recorded: Mapping[Key, datetime]
) -> ShownMigration:
    return ShownMigration(
        app=key[0],
        name=key[1],
        applied=key in history.applied,
        recorded=key in recorded,
        when=recorded.get(key),
        replaces=len(history.migrations[key].replaces),
        after=history.graph.parents[key],
    )
