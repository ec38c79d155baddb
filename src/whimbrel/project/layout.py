"""
Where the packages and migration folders of a project's apps are.

Place: `project`, above `config`. Looks at folders and import paths; imports no
package of the project unless only that can tell where it is.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from whimbrel.errors.project import ModelsNotFound
from whimbrel.project.config import AppSettings, Config

MIGRATIONS = "migrations"


def migrations_folder(config: Config, app: AppSettings) -> Path:
    """
    Return the folder of the app's migration files; it need not exist.

    Raises:
        ModelsNotFound: PR112, the app's package is nowhere.
    """
    if app.migrations is not None:
        return config.folder / app.migrations
    package = app.package or app.models[0].partition(":")[0].rpartition(".")[0]
    if not package:
        return config.folder / MIGRATIONS
    return package_folder(config, app, package) / MIGRATIONS


def migrations_folders(config: Config) -> dict[str, Path]:
    """Return app label → folder of its migration files, in the order of labels."""
    return {
        label: migrations_folder(config, app)
        for label, app in sorted(config.apps.items())
    }


def package_folder(config: Config, app: AppSettings, package: str) -> Path:
    """Return the folder of *package*, which belongs to *app*."""
    parts = package.split(".")
    for root in (config.folder, config.folder / "src"):
        folder = root.joinpath(*parts)
        if folder.is_dir():
            return folder
        if folder.with_suffix(".py").is_file():
            raise _not_a_package(config, app, package)
    spec = _spec(parts)
    if spec is None:
        raise ModelsNotFound(
            f"app {app.label!r} names the package {package!r}, which is not there",
            where=str(config.file or config.folder),
            fix=f"correct the name, or make the folder {'/'.join(parts)}",
        )
    if not spec.submodule_search_locations:
        raise _not_a_package(config, app, package)
    return Path(next(iter(spec.submodule_search_locations)))


def _spec(parts: list[str]) -> ModuleSpec | None:
    """Return where a package is, going down without importing where possible."""
    path: list[str] | None = None
    spec: ModuleSpec | None = None
    for depth in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: depth + 1]), path)
        if spec is None or spec.submodule_search_locations is None:
            break
        path = list(spec.submodule_search_locations)
    if spec is not None:
        return spec
    try:
        # Editable installs have finders of their own, which only this asks.
        return importlib.util.find_spec(".".join(parts))
    except ImportError:
        return None


def _not_a_package(config: Config, app: AppSettings, package: str) -> ModelsNotFound:
    home = package.rpartition(".")[0].replace(".", "/")
    folder = f"{home}/{MIGRATIONS}" if home else MIGRATIONS
    return ModelsNotFound(
        f"app {app.label!r} names {package!r}, which is a module and no package",
        where=str(config.file or config.folder),
        fix=f'write {app.label} = {{ models = "{package}", migrations = "{folder}" }}',
    )
