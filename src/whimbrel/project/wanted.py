"""
The state that the models want.

Place: `project`, above `importing`; hands modules and objects to `reflect`.

Every app's modules are imported before any is read, so that relations between
apps find each other. Tables of one `MetaData` belong to the one app that names
it; where several apps share one (SQLModel has but one), each has the tables
that its own modules define.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import ModuleType

import sqlalchemy as sa

from whimbrel.models import Model
from whimbrel.models.registry import apps as registry
from whimbrel.project.config import AppSettings, Config
from whimbrel.project.importing import import_sources
from whimbrel.reflect.django_style import read_models
from whimbrel.reflect.metadata import metadata_of, read_metadata
from whimbrel.reflect.model_names import all_mappers
from whimbrel.reflect.read import ReadModels
from whimbrel.state.model import ModelKey
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Args:
        state: All models as they are now.

        renamed_models: (app, name in lower case) → the old name that
            ``renamed_from`` says.

        renamed_fields: (app, model in lower case, field) → the old name.
    """

    state: ProjectState
    renamed_models: Mapping[ModelKey, str] = field(default_factory=dict)
    renamed_fields: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the sources of one app led to."""

    app: AppSettings
    modules: tuple[ModuleType, ...]
    metadatas: tuple[sa.MetaData, ...]


def read_wanted(config: Config) -> Wanted:
    """
    Import the models of all apps and return their state.

    Raises:
        ModelsNotFound, ModelsNotImportable: PR112, PR111.

        ModelsError, ReflectError, StateError: MO1xx, RE1xx, ST1xx, the models
            contradict themselves or each other, or cannot be kept.
    """
    config.activate()
    for app in config.apps.values():
        for prefix in prefixes(app):
            registry.register_app(app.label, prefix, config.default_auto_field)
    sources = [_sources(config, app) for app in config.apps.values()]
    registry.check()
    read = [part for source in sources for part in _read(source, sources)]
    return Wanted(
        ProjectState.of(
            chain.from_iterable(part.models for part in read),
            chain.from_iterable(part.sequences for part in read),
        ),
        {key: old for part in read for key, old in part.renamed_models.items()},
        {key: old for part in read for key, old in part.renamed_fields.items()},
    )


def prefixes(app: AppSettings) -> tuple[str, ...]:
    """Return the modules whose models, and those below, belong to *app*."""
    if app.package is not None:
        return (app.package,)
    return tuple(source.partition(":")[0] for source in app.models)


def _sources(config: Config, app: AppSettings) -> _Sources:
    found = import_sources(config, app)
    named = [metadata_of(value) for module, value in found if value is not module]
    # A module beside a named object is there to be imported, not to be searched.
    searched = [] if named else [module for module, _ in found]
    seen = {id(one): one for one in chain.from_iterable(map(metadatas_in, searched))}
    # What a library brings along is not the app's own.
    own = [one for one in seen.values() if any(_homes(one, [app]))]
    distinct = {id(metadata): metadata for metadata in (*named, *own)}
    return _Sources(app, tuple(m for m, _ in found), tuple(distinct.values()))


def metadatas_in(module: ModuleType) -> Iterator[sa.MetaData]:
    """Yield each `MetaData` that an attribute of *module* is or has."""
    for value in vars(module).values():
        found = value if isinstance(value, sa.MetaData) else _metadata_of(value)
        if found is not None:
            yield found


def _metadata_of(value: object) -> sa.MetaData | None:
    # Asking a Django-style class for its attributes may map it, which costs.
    if isinstance(value, type) and issubclass(value, Model):
        return None
    try:
        found = getattr(value, "metadata", None)
    except Exception:
        # Proxies (Flask's `current_app`) refuse questions out of season.
        return None
    return found if isinstance(found, sa.MetaData) else None


def _read(source: _Sources, all_sources: Iterable[_Sources]) -> Iterator[ReadModels]:
    label = source.app.label
    if source.modules:
        yield read_models(source.modules[0], label)
    for metadata in source.metadatas:
        sharing = [
            other
            for other in all_sources
            if any(metadata is one for one in other.metadatas)
        ]
        read = read_metadata(metadata, label)
        if len(sharing) > 1:
            owners = owners_of(metadata, [other.app for other in sharing])
            mine = {name for name, owner in owners.items() if owner == label}
            read = _only(read, mine, first=sharing[0] is source)
        yield read


def owners_of(metadata: sa.MetaData, apps: list[AppSettings]) -> dict[str, str]:
    """Return full name of each table → label of the app that defines it."""
    homes = {table.fullname: label for table, label in _homes(metadata, apps)}
    return {name: homes.get(name, apps[0].label) for name in metadata.tables}


def _homes(
    metadata: sa.MetaData, apps: list[AppSettings]
) -> Iterator[tuple[sa.Table, str]]:
    """Yield tables that the modules of *apps* define, with the app's label."""
    tables = set(metadata.tables.values())
    for name, module in list(sys.modules.items()):
        label = _owner(name, apps)
        for value in list(vars(module).values()) if label else ():
            if label and isinstance(value, sa.Table) and value in tables:
                yield value, label
    # Last, because it is certain: a class knows where it was made.
    for mapper in all_mappers():
        label = _owner(mapper.class_.__module__, apps)
        if label and mapper.local_table in tables:
            yield mapper.local_table, label


def _owner(module: str, apps: list[AppSettings]) -> str | None:
    """Return the app that *module* is in, the innermost one."""
    fitting = [
        (len(prefix), app.label)
        for app in apps
        for prefix in prefixes(app)
        if module == prefix or module.startswith(f"{prefix}.")
    ]
    return max(fitting)[1] if fitting else None


def _only(read: ReadModels, tables: set[str], *, first: bool) -> ReadModels:
    """Return what *read* has on *tables*; only one app has the lone sequences."""
    models = tuple(model for model in read.models if model.full_table in tables)
    keys = {model.key for model in models}
    return ReadModels(
        models=models,
        sequences=read.sequences if first else (),
        renamed_models={k: v for k, v in read.renamed_models.items() if k in keys},
        renamed_fields={k: v for k, v in read.renamed_fields.items() if k[:2] in keys},
    )
