"""
Find a project's models: import what may hold some, and see what it holds.

Place: `project`, above `scan`, below `init`. Looks at classes and `MetaData`
by what they offer, so that Flask-SQLAlchemy's `db` is found as well as a
declarative base.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from whimbrel.project.place import place_in_project
from whimbrel.project.scan import Sources

MODEL_MODULES = ("models", "tables")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundApp:
    """
    Models that belong to one history.

    Args:
        kind: "Django-style models", "SQLAlchemy", "SQLModel".

        models: As they are to be configured.

        package: The package whose `models` module they are, if that says all.

        count: How many models or tables.
    """

    label: str
    kind: str
    models: tuple[str, ...]
    migrations: str
    package: str | None
    count: int


@dataclass(frozen=True, slots=True)
class FailedModule:
    """A module that could not be imported, and why."""

    name: str
    problem: str
    where: str | None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a project has."""

    apps: tuple[FoundApp, ...]
    failed: tuple[FailedModule, ...]


@dataclass(frozen=True, slots=True)
class _Holder:
    """An attribute of a module that leads to a `MetaData`."""

    module: str
    attribute: str
    metadata: sa.MetaData
    own: bool


def discover(folder: Path, sources: Sources) -> Discovery:
    """Return the apps below *folder*; imports every module that may hold models."""
    modules: dict[str, ModuleType] = {}
    failed: list[FailedModule] = []
    for candidate in sources.candidates():
        try:
            with redirect_stdout(sys.stderr), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                modules[candidate.name] = importlib.import_module(candidate.name)
        except (Exception, SystemExit) as error:
            problem = f"{type(error).__name__}: {error}".rstrip(": ")
            failed.append(
                FailedModule(candidate.name, problem, place_in_project(error, folder))
            )
    apps = [
        *_django_style(modules, sources, folder),
        *_tables(modules, sources, folder),
    ]
    return Discovery(tuple(_distinct(apps)), tuple(failed))


def _django_style(
    modules: dict[str, ModuleType], sources: Sources, folder: Path
) -> Iterator[FoundApp]:
    counts: dict[str, int] = {}
    roots: dict[str, Path] = {}
    for name, module in modules.items():
        own = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and value.__module__ == name
            and _is_django_style(value)
        ]
        if own:
            package = _package_of(name)
            counts[package] = counts.get(package, 0) + len(own)
            roots[package] = sources.modules[name].root().relative_to(folder)
    for package, count in sorted(counts.items()):
        yield FoundApp(
            label=package.rpartition(".")[2],
            kind="Django-style models",
            models=(f"{package}.models",),
            migrations=(
                roots[package] / package.replace(".", "/") / "migrations"
            ).as_posix(),
            package=package,
            count=count,
        )


def _is_django_style(value: type) -> bool:
    return any(
        parent.__name__ == "Model" and parent.__module__.startswith("whimbrel.models")
        for parent in value.__mro__[1:]
    )


def _tables(
    modules: dict[str, ModuleType], sources: Sources, folder: Path
) -> Iterator[FoundApp]:
    holders = list(_holders(modules))
    django_style = {
        name
        for name, module in modules.items()
        if any(
            isinstance(value, type) and _is_django_style(value)
            for value in vars(module).values()
        )
    }
    seen: list[sa.MetaData] = []
    for holder in holders:
        metadata = holder.metadata
        if any(metadata is other for other in seen) or not metadata.tables:
            continue
        seen.append(metadata)
        group = [other for other in holders if other.metadata is metadata]
        # Tables that no name keeps are at home where their MetaData is.
        homes = _homes(metadata, modules) or {holder.module}
        homes -= django_style
        if homes:
            yield _app_of(metadata, group, homes, sources, folder)


def _holders(modules: dict[str, ModuleType]) -> Iterator[_Holder]:
    for name, module in modules.items():
        for attribute, value in vars(module).items():
            if attribute.startswith("__"):
                continue
            metadata = value if isinstance(value, sa.MetaData) else _metadata_of(value)
            # A model leads to its MetaData as well, but names one table.
            if isinstance(metadata, sa.MetaData) and not _is_table(value):
                own = getattr(value, "__module__", name) == name
                yield _Holder(name, attribute, metadata, own)


def _metadata_of(value: object) -> object:
    try:
        return getattr(value, "metadata", None)
    except Exception:
        # Proxies (Flask's `current_app`) refuse questions out of season.
        return None


def _is_table(value: object) -> bool:
    if isinstance(value, sa.Table):
        return True
    return isinstance(value, type) and (
        getattr(value, "__table__", None) is not None or _is_mapped(value)
    )


def _is_mapped(value: type) -> bool:
    return sa.inspect(value, raiseerr=False) is not None


def _homes(metadata: sa.MetaData, modules: dict[str, ModuleType]) -> set[str]:
    """Return the modules in which tables of *metadata* are defined."""
    homes: set[str] = set()
    tables = set(metadata.tables.values())
    for name, module in modules.items():
        for value in vars(module).values():
            if isinstance(value, sa.Table):
                # Imported tables are found in several modules; the first wins.
                table: object = value
            elif isinstance(value, type) and value.__module__ == name:
                table = getattr(value, "__table__", None)
            else:
                continue
            if table in tables:
                homes.add(name)
    return homes


def _app_of(
    metadata: sa.MetaData,
    holders: list[_Holder],
    homes: set[str],
    sources: Sources,
    folder: Path,
) -> FoundApp:
    models, package = _where(holders, homes, sources)
    module = models[0].partition(":")[0]
    root = sources.modules[module].root().relative_to(folder)
    if package:
        label, home = package.rpartition(".")[2], root / package.replace(".", "/")
    elif "." in module:
        label, home = module.split(".")[0], root / module.split(".")[0]
    else:
        label, home = _identifier(folder.name), root
    return FoundApp(
        label=label,
        kind="SQLModel" if _is_sqlmodel(metadata) else "SQLAlchemy",
        models=models,
        migrations=_free_folder(folder, home),
        package=package,
        count=len(metadata.tables),
    )


def _where(
    holders: list[_Holder], homes: set[str], sources: Sources
) -> tuple[tuple[str, ...], str | None]:
    """Return what to configure: the shortest that imports every table's module."""

    def complete(name: str) -> bool:
        return homes <= sources.imported_with(name)

    packages = {_package_of(home) for home in homes}
    if len(packages) == 1:
        (package,) = packages
        if package and complete(f"{package}.models"):
            return (f"{package}.models",), package
    ranked = sorted(
        holders, key=lambda h: (not h.own, h.module.count("."), h.module, h.attribute)
    )
    for holder in ranked:
        # A module of tables imports others by chance, not to gather them.
        gathers = holder.own or holder.module not in homes
        if gathers and complete(holder.module):
            return (f"{holder.module}:{holder.attribute}",), None
    for module in sources.gatherers():
        if complete(module.name):
            for holder in _holders({module.name: importlib.import_module(module.name)}):
                if holder.metadata is ranked[0].metadata:
                    return (f"{holder.module}:{holder.attribute}",), None
    best = ranked[0]
    reached = sources.imported_with(best.module)
    rest = tuple(sorted(homes - reached))
    return (f"{best.module}:{best.attribute}", *rest), None


def _package_of(module: str) -> str:
    """Return the package whose models *module* holds: shop for shop.models.order."""
    parts = module.split(".")
    for position, part in enumerate(parts):
        if part in MODEL_MODULES[:1] and position:
            return ".".join(parts[:position])
    return ""


def _is_sqlmodel(metadata: sa.MetaData) -> bool:
    module = sys.modules.get("sqlmodel")
    return module is not None and module.SQLModel.metadata is metadata


def _free_folder(folder: Path, home: Path) -> str:
    """Return a folder for migrations under *home* that Alembic does not use."""
    taken = (folder / home / "migrations" / "env.py").exists()
    return (home / ("whimbrel_migrations" if taken else "migrations")).as_posix()


def _identifier(name: str) -> str:
    text = "".join(c if c.isalnum() else "_" for c in name.lower()).strip("_")
    return text if text.isidentifier() else f"app_{text}".rstrip("_")


def _distinct(apps: list[FoundApp]) -> Iterator[FoundApp]:
    """Yield *apps* with labels that differ: the later ones get a number."""
    taken: set[str] = set()
    for app in apps:
        label, number = app.label, 2
        while label in taken:
            label, number = f"{app.label}{number}", number + 1
        taken.add(label)
        yield FoundApp(
            label=label,
            kind=app.kind,
            models=app.models,
            migrations=app.migrations,
            package=app.package,
            count=app.count,
        )
