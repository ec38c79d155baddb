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
from dataclasses import dataclass, field, replace
from itertools import chain
from types import ModuleType

import sqlalchemy as sa

from whimbrel.detect.comparison import PythonDefaults
from whimbrel.errors.project import ModelWithoutApp, ReferenceNotFound
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

        defaults: The same → what new rows get from Python in a column.
    """

    state: ProjectState
    renamed_models: Mapping[ModelKey, str] = field(default_factory=dict)
    renamed_fields: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    defaults: PythonDefaults = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the sources of one app led to."""

    app: AppSettings
    modules: tuple[ModuleType, ...]
    metadatas: tuple[sa.MetaData, ...]


@dataclass(frozen=True, slots=True)
class _Shared:
    """A MetaData of several apps: the first of them, and app → its tables."""

    first: str
    tables: Mapping[str, frozenset[str]]


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
    check_homes(config)
    registry.check()
    check_references([one for source in sources for one in source.metadatas])
    shared = _shared(sources)
    read = [part for source in sources for part in _read(source, shared)]
    return Wanted(
        ProjectState.of(
            chain.from_iterable(part.models for part in read),
            chain.from_iterable(part.sequences for part in read),
        ),
        {key: old for part in read for key, old in part.renamed_models.items()},
        {key: old for part in read for key, old in part.renamed_fields.items()},
        {key: default for part in read for key, default in part.defaults.items()},
    )


def check_homes(config: Config) -> None:
    """Raise `ModelWithoutApp` (PR123) for a model of the project outside its apps."""
    own = {p.split(".")[0] for app in config.apps.values() for p in prefixes(app)}
    for model in registry.get_models():
        label = model._meta.app_label
        stray = label not in config.apps and model.__module__.split(".")[0] in own
        if stray and not model._meta.abstract:
            raise ModelWithoutApp(model._meta.label, model.__module__)


def check_references(metadatas: Iterable[sa.MetaData]) -> None:
    """Raise `ReferenceNotFound` (PR122) for a foreign key that leads nowhere."""
    tables = {t.fullname: t for m in metadatas for t in m.tables.values()}
    for table in tables.values():
        for key in table.foreign_keys:
            target, _, column = key.target_fullname.rpartition(".")
            if target not in tables:
                raise ReferenceNotFound(
                    table.fullname, key.target_fullname, target, tables
                )
            columns = tables[target].columns
            known = {text for c in columns for text in (c.key, c.name)}
            if column not in known:
                raise ReferenceNotFound(
                    table.fullname, key.target_fullname, column, known
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
    # What a library brings along is not the app's own. A MetaData that the module
    # itself names is, though nothing may name its tables.
    plain = {
        id(value)
        for module in searched
        for value in vars(module).values()
        if isinstance(value, sa.MetaData)
    }
    own = [o for o in seen.values() if id(o) in plain or any(_homes(o, [app]))]
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


def _read(source: _Sources, shared: Mapping[int, _Shared]) -> Iterator[ReadModels]:
    label = source.app.label
    if source.modules:
        yield read_models(source.modules[0], label)
    for metadata in source.metadatas:
        apart = shared.get(id(metadata))
        if apart is None:
            yield read_metadata(metadata, label)
            continue
        read = read_metadata(metadata, label, only=apart.tables.get(label, ()))
        # A sequence that no table uses is nobody's: the first app has it.
        yield read if apart.first == label else replace(read, sequences=())


def _shared(sources: Iterable[_Sources]) -> dict[int, _Shared]:
    """Return identity → who has which tables, of each MetaData of several apps."""
    metadatas: dict[int, sa.MetaData] = {}
    sharing: dict[int, list[AppSettings]] = {}
    for source in sources:
        for metadata in source.metadatas:
            metadatas[id(metadata)] = metadata
            sharing.setdefault(id(metadata), []).append(source.app)
    return {
        key: _Shared(apps[0].label, tables_by_owner(metadatas[key], apps))
        for key, apps in sharing.items()
        if len(apps) > 1
    }


def tables_by_owner(
    metadata: sa.MetaData, apps: list[AppSettings]
) -> dict[str, frozenset[str]]:
    """Return label → full names of the tables that the app defines."""
    homes = {table.fullname: label for table, label in _homes(metadata, apps)}
    owned: dict[str, set[str]] = {}
    for name in metadata.tables:
        owned.setdefault(homes.get(name, apps[0].label), set()).add(name)
    return {label: frozenset(names) for label, names in owned.items()}


def _homes(
    metadata: sa.MetaData, apps: list[AppSettings]
) -> Iterator[tuple[sa.Table, str]]:
    """Yield tables that the modules of *apps* define, with the app's label."""
    tables = set(metadata.tables.values())
    owners = {prefix: app.label for app in apps for prefix in prefixes(app)}
    for name, module in list(sys.modules.items()):
        label = _owner(name, owners)
        for value in list(vars(module).values()) if label else ():
            if label and isinstance(value, sa.Table) and value in tables:
                yield value, label
    # Last, because it is certain: a class knows where it was made.
    for mapper in all_mappers():
        label = _owner(mapper.class_.__module__, owners)
        if label and mapper.local_table in tables:
            yield mapper.local_table, label


def _owner(module: str, owners: Mapping[str, str]) -> str | None:
    """Return the app that *module* is in, the innermost one; *owners* has prefixes."""
    while module not in owners:
        module, dot, _ = module.rpartition(".")
        if not dot:
            return None
    return owners[module]
