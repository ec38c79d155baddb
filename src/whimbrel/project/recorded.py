"""
What the migration files say, and what a database has of it.

Place: `project`, above `layout`. Loads migrations; imports no models.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from whimbrel.errors.history import AppliedWithoutFile
from whimbrel.errors.project import NoMigrations
from whimbrel.execute.recorder import Recorder
from whimbrel.history.history import History, Key
from whimbrel.history.loader import load
from whimbrel.history.place import Location
from whimbrel.history.replay import state_at
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.engine import is_absent, run
from whimbrel.project.layout import migrations_folders
from whimbrel.state.project import ProjectState


def load_history(config: Config, applied: Iterable[Key] = ()) -> History:
    """Return the history of all apps, as a database with *applied* sees it."""
    config.activate()
    places = {
        label: Location(folder=folder)
        for label, folder in migrations_folders(config).items()
    }
    return load(places, applied)


def read_recorded(config: Config, alias: str = DEFAULT) -> dict[Key, datetime]:
    """Return what database *alias* has recorded, and when; makes no database."""
    if is_absent(config, alias):
        return {}
    return run(config, alias, lambda c: Recorder.on(c, config.history_table).applied())


def recorded_state(history: History) -> ProjectState:
    """Return the state after all migrations."""
    return state_at(history)


def check_labels(config: Config, labels: Iterable[str]) -> None:
    """Raise `UnknownApp` (PR106) for a label that no app has."""
    for label in labels:
        config.app(label)


def check_has_migrations(history: History, label: str) -> None:
    """Raise `NoMigrations` (PR118) for an app without any."""
    if not any(app == label for app, _ in history.migrations):
        raise NoMigrations(label)


def check_files(history: History, *, where: str) -> None:
    """Raise `AppliedWithoutFile` (HI117) if the database is ahead of the files."""
    lost = history.without_file()
    if lost:
        raise AppliedWithoutFile(lost[0]).at(where)
