"""
The migrations of a project, loaded from its folders.

Place: `history`, above `history`. The only function that runs migration files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import invalidate_caches
from pathlib import Path

from whimbrel.errors.history import SharedFolder
from whimbrel.history.declared import declared_migration
from whimbrel.history.files import find_files, provide_package, run_file
from whimbrel.history.history import History, Key
from whimbrel.history.place import Folder, Location, find_folder


def load(apps: Mapping[str, Location], applied: Iterable[Key] = ()) -> History:
    """
    Return the history of all *apps*.

    Args:
        apps: Label → where the migrations of the app are. A folder that does
            not exist, or is empty, means that the app has none yet.

        applied: What the database has recorded. Without a database: nothing,
            and every squash is used.

    Raises:
        HistoryError: HI101-HI111: a folder, a file, a dependency or a squash is
            wrong; the message names the file and, where there is one, the line.
    """
    invalidate_caches()
    folders = {label: find_folder(label, apps[label]) for label in sorted(apps)}
    _check_apart(folders)
    for folder in folders.values():
        provide_package(folder)
    found = [file for label in folders for file in find_files(label, folders[label])]
    migrations = [declared_migration(file, run_file(file)) for file in found]
    return History.of(
        migrations,
        labels=folders,
        applied=applied,
        files={file.key: str(file.path) for file in found},
        folders=folders,
    )


def _check_apart(folders: Mapping[str, Folder]) -> None:
    owners: dict[Path, list[str]] = {}
    for label, folder in folders.items():
        for path in folder.paths:
            owners.setdefault(path.resolve(), []).append(label)
    for path, labels in owners.items():
        if len(labels) > 1:
            raise SharedFolder(labels, str(path))
