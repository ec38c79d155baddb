"""
The configuration: what a project says about itself.

Place: `project`, the entry of everything. Reads TOML, checks every key and
returns frozen values; imports no models, no SQLAlchemy, and opens nothing.

The form is fixed (DESIGN.md §3): `[tool.whimbrel]` in pyproject.toml, or the
same keys at the top of whimbrel.toml, which wins where a folder has both.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whimbrel.errors.project import (
    ConfigurationInvalid,
    ConfigurationNotFound,
    UnknownApp,
    UnknownDatabase,
    UnknownSetting,
)

OWN_FILE = "whimbrel.toml"
SHARED_FILE = "pyproject.toml"
DEFAULT = "default"
DEFAULT_URL = "sqlite:///db.sqlite3"
HISTORY_TABLE = "whimbrel_migrations"
AUTO_FIELD = "BigAutoField"
OVERRIDE = "WHIMBREL_DATABASE_URL"
SETTINGS = ("history_table", "default_auto_field", "databases", "apps")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """
    One database.

    Args:
        url: As configured; "env:NAME" reads the environment when it is used.
    """

    alias: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """
    One app: where its models are and where its migrations go.

    Args:
        package: The package, when the app is given as one.

        models: "module" or "module:attribute"; several where the models of
            one base are spread over modules.

        migrations: The folder of its migration files, absolute or relative
            to the configuration; None means `migrations` in the package.
    """

    label: str
    models: tuple[str, ...]
    package: str | None = None
    migrations: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """
    A whole configuration.

    Args:
        folder: What relative paths are relative to; absolute.

        file: Where it was read, None for one made by a program.
    """

    folder: Path
    file: Path | None = None
    history_table: str = HISTORY_TABLE
    default_auto_field: str = AUTO_FIELD
    databases: Mapping[str, DatabaseSettings] = field(default_factory=dict)
    apps: Mapping[str, AppSettings] = field(default_factory=dict)

    def database(self, alias: str) -> DatabaseSettings:
        """Return the settings of *alias*; raise `UnknownDatabase`."""
        try:
            return self.databases[alias]
        except KeyError:
            raise UnknownDatabase(alias, self.databases) from None

    def app(self, label: str) -> AppSettings:
        """Return the settings of *label*; raise `UnknownApp`."""
        try:
            return self.apps[label]
        except KeyError:
            raise UnknownApp(label, self.apps) from None

    def activate(self) -> None:
        """Put the folder first on `sys.path`, then its `src` where it has one."""
        sources = self.folder / "src"
        wanted = [str(self.folder)]
        if sources.is_dir() and not (sources / "__init__.py").exists():
            wanted.append(str(sources))
        sys.path[:] = wanted + [path for path in sys.path if path not in wanted]


def find_config(start: Path | None = None) -> Path:
    """Return the nearest file with a configuration, from *start* upwards."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        found = config_in(folder)
        if found is not None:
            return found
    raise ConfigurationNotFound(str(start))


def config_in(folder: Path) -> Path | None:
    """Return the file with a configuration in *folder* itself."""
    own = folder / OWN_FILE
    if own.is_file():
        return own
    shared = folder / SHARED_FILE
    # A search of the text first: most folders' pyproject.toml is not ours.
    if (
        shared.is_file()
        and b"whimbrel" in shared.read_bytes()
        and "whimbrel" in read_toml(shared).get("tool", {})
    ):
        return shared
    return None


def load_config(path: str | Path | None = None) -> Config:
    """
    Read the configuration.

    Args:
        path: A file, a folder that holds one, or None to search upwards from
            the working folder.

    Raises:
        ConfigurationNotFound: PR101, there is none.

        ConfigurationInvalid: PR102, a value of the wrong kind.

        UnknownSetting: PR103, a key that means nothing.
    """
    file = find_config() if path is None else named_config(Path(path))
    content = read_toml(file)
    tool = content.get("tool", {})
    if file.name == SHARED_FILE or "whimbrel" in tool:
        prefix, settings = "tool.whimbrel", tool.get("whimbrel")
        if settings is None:
            raise ConfigurationInvalid(
                "the file has no [tool.whimbrel] table",
                file=str(file),
                fix="run `whimbrel init` in its folder",
            )
    else:
        prefix, settings = "", content
    return parse_config(settings, file=file, prefix=prefix)


def named_config(path: Path) -> Path:
    """Return the file that *path*, a file or a folder, stands for."""
    path = path.resolve()
    found = config_in(path) if path.is_dir() else path
    if found is None or not found.is_file():
        raise ConfigurationInvalid(
            "there is no configuration",
            file=str(path),
            fix="name a pyproject.toml or whimbrel.toml that exists",
        )
    return found


def read_toml(file: Path) -> dict[str, Any]:
    """Return the content of *file*; a syntax error names the file and line."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        problem = f"the file is not valid TOML: {error}"
    except UnicodeDecodeError as error:
        problem = f"the file is not UTF-8: {error.reason} at byte {error.start}"
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
    raise ConfigurationInvalid(problem, file=str(file), fix="correct the file")


def parse_config(
    settings: Mapping[str, Any], *, file: Path, prefix: str = ""
) -> Config:
    """Return the configuration that *settings*, read from *file*, describe."""
    place = _Place(str(file), prefix)
    place.known(settings, SETTINGS)
    return Config(
        folder=file.parent,
        file=file,
        history_table=place.text(settings, "history_table", HISTORY_TABLE),
        default_auto_field=place.text(settings, "default_auto_field", AUTO_FIELD),
        databases=_databases(settings.get("databases", {}), place.into("databases")),
        apps=_apps(settings.get("apps", {}), place.into("apps")),
    )


def make_databases(urls: Mapping[str, str]) -> Mapping[str, DatabaseSettings]:
    """Return the databases with these URLs, the default one always among them."""
    known = {DEFAULT: DEFAULT_URL, **urls}
    return MappingProxyType(
        {alias: DatabaseSettings(alias=alias, url=url) for alias, url in known.items()}
    )


def make_app(label: str, value: object, *, file: str = "apps") -> AppSettings:
    """Return the app that *value*, a package or a table, describes."""
    return _app(label, value, _Place(file, ""))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file we are, for the messages."""

    file: str
    table: str

    def into(self, name: str) -> _Place:
        return replace(self, table=f"{self.table}.{name}" if self.table else name)

    def known(self, settings: object, names: Iterable[str]) -> None:
        """Refuse anything but a table with keys out of *names*."""
        if not isinstance(settings, Mapping):
            raise self.wrong(f"[{self.table}] must be a table", None)
        for key in settings:
            if key not in names:
                raise UnknownSetting(key, self.table, names, self.file)

    def text(self, settings: Mapping[str, Any], name: str, missing: str) -> str:
        """Return the string that *name* must be, *missing* if it is not there."""
        value = settings.get(name, missing)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(
                f"{self.into(name).table} must be a string, not {value!r}", None
            )
        return value

    def wrong(self, what: str, fix: str | None) -> ConfigurationInvalid:
        return ConfigurationInvalid(what, file=self.file, fix=fix or "correct it")


def _databases(settings: object, place: _Place) -> Mapping[str, DatabaseSettings]:
    if not isinstance(settings, Mapping):
        raise place.wrong(f"[{place.table}] must be a table of databases", None)
    urls: dict[str, str] = {}
    for alias, value in settings.items():
        inside = place.into(alias)
        if isinstance(value, str):
            raise inside.wrong(
                f"{inside.table} must be a table",
                f"write [{inside.table}] and, under it, url = {value!r}",
            )
        inside.known(value, ("url",))
        urls[alias] = inside.text(value, "url", DEFAULT_URL)
    return make_databases(urls)


def _apps(settings: object, place: _Place) -> Mapping[str, AppSettings]:
    if not isinstance(settings, Mapping):
        raise place.wrong(f"[{place.table}] must be a table of apps", None)
    return MappingProxyType(
        {label: _app(label, value, place) for label, value in settings.items()}
    )


def _app(label: str, value: object, place: _Place) -> AppSettings:
    inside = place.into(label)
    if not label.isidentifier():
        raise place.wrong(
            f"the app label {label!r} is not a Python identifier",
            "use letters, digits and underscores",
        )
    if isinstance(value, str) and value.strip():
        _dotted(inside, value)
        return AppSettings(label=label, models=(f"{value}.models",), package=value)
    if not isinstance(value, Mapping):
        raise inside.wrong(
            f"{inside.table} must be a package or a table, not {value!r}",
            f'write {label} = "{label}" or '
            f'{label} = {{ models = "{label}.models", '
            f'migrations = "{label}/migrations" }}',
        )
    inside.known(value, ("models", "migrations"))
    return AppSettings(
        label=label,
        models=_models(value, inside),
        migrations=(
            inside.text(value, "migrations", "") if "migrations" in value else None
        ),
    )


def _models(value: Mapping[str, Any], place: _Place) -> tuple[str, ...]:
    given = value.get("models")
    sources = [given] if isinstance(given, str) else given
    if (
        not isinstance(sources, list)
        or not sources
        or not all(isinstance(source, str) for source in sources)
    ):
        raise place.wrong(
            f"{place.table} does not say where its models are",
            'write models = "module" or models = "module:attribute"',
        )
    for source in sources:
        module, colon, attribute = source.partition(":")
        _dotted(place, module)
        if colon:
            _dotted(place, attribute)
    return tuple(sources)


def _dotted(place: _Place, name: str) -> None:
    if not all(part.isidentifier() for part in name.split(".")):
        raise place.wrong(
            f"{place.table}: {name!r} is not a dotted Python name",
            'write a package as "shop.orders", not as a path',
        )


def environment_override() -> str | None:
    """Return the URL that the environment gives the default database."""
    return os.environ.get(OVERRIDE) or None
