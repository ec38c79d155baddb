"""
Where the migration files of an app are, or will be.

Place: `history`, above `errors`. Finds folders and the names under which their
files are imported; reads no migration.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.history import FolderNotFound

OUTSIDE = "_whimbrel_migrations"
"""Package name, followed by the app's label, of folders that cannot be imported."""


@dataclass(frozen=True, slots=True)
class Location:
    """
    What the configuration says: a package or a folder, one of the two.

    Args:
        module: Name of a package (``library.migrations``), which need not exist.

        folder: Absolute path of a folder, which need not exist.
    """

    module: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """
    A folder of migration files.

    Args:
        package: Its files are imported as ``package.name``.

        paths: The folders; more than one only for a namespace package. New
            files go into the first.

        importable: Whether *package* is a name under which Python finds it.
    """

    package: str
    paths: tuple[Path, ...]
    importable: bool = True

    @property
    def path(self) -> Path:
        return self.paths[0]


def find_folder(app_label: str, location: Location) -> Folder:
    """
    Return the folder at *location*, existing or not.

    Raises:
        FolderNotFound: HI104, the package above it cannot be imported, or there
            is a module in its place.
    """
    if location.folder is not None:
        return _at_path(app_label, location.folder)
    module = location.module or f"{app_label}.migrations"
    spec = _spec(app_label, module)
    if spec is not None:
        if spec.submodule_search_locations is None:
            reason = f"{module} is a module, not a package"
            raise FolderNotFound(app_label, spec.origin or module, reason)
        paths = tuple(Path(p) for p in spec.submodule_search_locations)
        return Folder(module, paths)
    parent, _, last = module.rpartition(".")
    if not parent:
        raise FolderNotFound(app_label, module, "there is no package of that name")
    above = sys.modules[parent]
    return Folder(module, tuple(Path(p) / last for p in above.__path__)[:1])


def _spec(app_label: str, module: str) -> ModuleSpec | None:
    """Return the spec of *module*; the packages above it are imported."""
    try:
        return find_spec(module)
    except WhimbrelError:
        raise
    except ModuleNotFoundError as error:
        raise FolderNotFound(app_label, module, str(error)) from error
    except Exception as error:
        reason = f"importing the package above it failed: {error!r}"
        raise FolderNotFound(app_label, module, reason) from error


def _at_path(app_label: str, folder: Path) -> Folder:
    """Return the folder under the name by which Python would import it, if any."""
    if folder.exists() and not folder.is_dir():
        raise FolderNotFound(app_label, str(folder), "there is a file of that name")
    for name in _names(folder):
        spec = _quiet_spec(name)
        places = spec.submodule_search_locations if spec else None
        if places and any(_same(Path(place), folder) for place in places):
            return Folder(name, (folder,))
    return Folder(f"{OUTSIDE}.{app_label}", (folder,), importable=False)


def _names(folder: Path) -> list[str]:
    """Return the dotted names of *folder* below `sys.path`, the shortest first.

    With both a project and its ``src`` on the path, ``src.shop.migrations`` is a
    name, too, but not the one by which the project's own code is imported.
    """
    resolved = folder.resolve()
    names = []
    for entry in dict.fromkeys(sys.path):
        base = _resolved(entry or os.curdir, os.getcwd())
        if resolved != base and resolved.is_relative_to(base):
            parts = resolved.relative_to(base).parts
            if all(part.isidentifier() for part in parts):
                names.append(parts)
    return [".".join(parts) for parts in sorted(names, key=len)]


@lru_cache(maxsize=256)
def _resolved(entry: str, cwd: str) -> Path:
    return Path(cwd, entry).resolve()


def _quiet_spec(name: str) -> ModuleSpec | None:
    try:
        return find_spec(name)
    except Exception:  # a package above that fails to import has no say here
        return None


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
