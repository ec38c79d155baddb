"""
Import what an app's configuration names: modules, and attributes of them.

Place: `project`, above `config`. Whatever a user's module does while it is
imported becomes an error that names the user's file and line.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from types import ModuleType

from whimbrel.errors.base import WhimbrelError, did_you_mean
from whimbrel.errors.project import ModelsNotFound, ModelsNotImportable
from whimbrel.project.config import AppSettings, Config
from whimbrel.project.place import place_in_project


def import_sources(config: Config, app: AppSettings) -> list[tuple[ModuleType, object]]:
    """
    Return the module and the object of each of the app's sources, in order.

    The object is the module itself where no attribute is named.

    Raises:
        ModelsNotFound: PR112, there is no such module or attribute.

        ModelsNotImportable: PR111, a module raises.
    """
    with _importing():
        return [_source(config, app, source) for source in app.models]


def _source(config: Config, app: AppSettings, source: str) -> tuple[ModuleType, object]:
    name, _, path = source.partition(":")
    module = _module(config, app, name)
    value: object = module
    for part in path.split(".") if path else ():
        try:
            value = getattr(value, part)
        except AttributeError:
            raise ModelsNotFound(
                f"app {app.label!r} names {source!r}, but there is no {part!r}",
                where=module.__file__ or name,
                fix=did_you_mean(part, _public(value)) or f"define {part} there",
            ) from None
    return module, value


def _module(config: Config, app: AppSettings, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise _not_found(config, app, name, error.name) from error
        raise _broken(config, app, name, error) from error
    except WhimbrelError as error:
        raise error.at(place_in_project(error, config.folder) or name) from None
    except (Exception, SystemExit) as error:
        raise _broken(config, app, name, error) from error


def _not_found(
    config: Config, app: AppSettings, name: str, missing: str
) -> ModelsNotFound:
    file = name.replace(".", "/") + ".py"
    return ModelsNotFound(
        f"app {app.label!r} names the module {name!r}, but there is no {missing!r}",
        where=str(config.file or config.folder),
        fix=f"make {file}, or correct [tool.whimbrel.apps]",
    )


def _broken(
    config: Config, app: AppSettings, name: str, error: BaseException
) -> ModelsNotImportable:
    text = str(error.msg if isinstance(error, SyntaxError) else error)
    problem = f"{type(error).__name__}: {text}" if text else type(error).__name__
    place = place_in_project(error, config.folder)
    return ModelsNotImportable(app.label, name, problem, where=place)


@contextmanager
def _importing() -> Iterator[None]:
    """Keep stdout for our results, and the collector out of the way."""
    # Importing makes objects that stay: collecting in between finds nothing.
    collects = gc.isenabled()
    gc.disable()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if collects:
            gc.enable()


def _public(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]
