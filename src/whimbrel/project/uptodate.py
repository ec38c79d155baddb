"""
Is there nothing to migrate? Answered without running a migration file.

Place: `project`, above `layout`. The names of the files against the names that
are recorded: where they are the same there is nothing to do, whatever is in the
files. Any difference is for `migrate` to understand.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from whimbrel.execute.recorder import Key, Recorder
from whimbrel.history.files import find_files
from whimbrel.history.place import Folder
from whimbrel.project.config import Config
from whimbrel.project.layout import migrations_folders


def is_up_to_date(connection: Connection, config: Config) -> bool:
    """Return whether every migration file is recorded, and nothing else is."""
    recorded = set(Recorder.on(connection, config.history_table).applied())
    connection.rollback()
    return {key for key in recorded if key[0] in config.apps} == named(config)


def named(config: Config) -> set[Key]:
    """Return the keys of all migration files, by their names alone."""
    return {
        file.key
        for label, path in migrations_folders(config).items()
        for file in find_files(label, Folder(label, (path,)))
    }
