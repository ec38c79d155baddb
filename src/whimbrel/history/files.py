"""
Migration files: found in folders and run as modules.

Place: `history`, above `place`. A file is run anew whenever its content differs
from the last time in this process; `sys.modules` always holds the latest.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from whimbrel.errors.base import WhimbrelError
from whimbrel.errors.history import DuplicateMigration, FileNotUnderstood
from whimbrel.history.place import Folder

SETTLED = 2.0
"""Seconds after which a file's time of change tells versions apart: Python's
bytecode cache keeps whole seconds, so fresher files are compiled without it."""


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """A file that should hold a migration, not run yet."""

    app_label: str
    name: str
    path: Path
    module: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.app_label, self.name)


_loaded: dict[Path, tuple[bytes, ModuleType]] = {}


def provide_package(folder: Folder) -> None:
    """Make the package of a folder that Python would not find, so that its files can
    import their neighbours."""
    if folder.importable:
        return
    paths = [str(path) for path in folder.paths]
    known = sys.modules.get(folder.package)
    if known is not None and list(known.__path__) == paths:
        return
    for name in [n for n in sys.modules if n.startswith(f"{folder.package}.")]:
        del sys.modules[name]
    parent, _, last = folder.package.rpartition(".")
    above = sys.modules.setdefault(parent, ModuleType(parent))
    above.__path__ = []
    package = ModuleType(folder.package)
    package.__path__ = paths
    sys.modules[folder.package] = package
    setattr(above, last, package)


def find_files(app_label: str, folder: Folder) -> Iterator[MigrationFile]:
    """
    Yield the migration files of *folder*, by name.

    Names that begin with ``_``, ``~`` or ``.`` are left alone, as are folders.

    Raises:
        DuplicateMigration: HI106, two parts of a namespace package have one name.
    """
    found: dict[str, Path] = {}
    for place in folder.paths:
        for name, path in _modules(place).items():
            if name in found:
                raise DuplicateMigration(
                    (app_label, name), [str(found[name]), str(path)]
                )
            found[name] = path
    for name in sorted(found):
        yield MigrationFile(app_label, name, found[name], f"{folder.package}.{name}")


def _modules(place: Path) -> dict[str, Path]:
    """Return name → file of the modules in one folder; source before bytecode."""
    if not place.is_dir():
        return {}
    modules: dict[str, Path] = {}
    for path in sorted(place.iterdir(), key=lambda p: p.suffix == ".pyc"):
        name = path.stem
        if path.suffix not in (".py", ".pyc") or name[:1] in "_~." or "." in name:
            continue
        if name not in modules and path.is_file():
            modules[name] = path
    return modules


def run_file(file: MigrationFile) -> ModuleType:
    """
    Return the module of *file*, run now or since it was last changed.

    Raises:
        FileNotUnderstood: HI101, it is no Python or running it failed.

        WhimbrelError: What an operation in it raised, placed in the file.
    """
    digest = blake2b(file.path.read_bytes(), digest_size=16).digest()
    known = _loaded.get(file.path)
    if known and known[0] == digest and known[1].__name__ == file.module:
        sys.modules[file.module] = known[1]
        return known[1]
    module = _run(file)
    _loaded[file.path] = (digest, module)
    return module


def _run(file: MigrationFile) -> ModuleType:
    code = _code(file)
    spec = spec_from_file_location(file.module, file.path)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[file.module] = module
    try:
        exec(code, module.__dict__)
    except Exception as error:
        del sys.modules[file.module]
        raise _placed(error, file) from error
    return module


def _code(file: MigrationFile) -> CodeType:
    try:
        if file.path.suffix == ".pyc":
            code = SourcelessFileLoader(file.module, str(file.path)).get_code(
                file.module
            )
        elif time.time() - file.path.stat().st_mtime > SETTLED:
            code = SourceFileLoader(file.module, str(file.path)).get_code(file.module)
        else:
            text = file.path.read_bytes()
            code = compile(text, str(file.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise FileNotUnderstood(str(file.path), error.lineno, error.msg) from error
    except (ImportError, ValueError, EOFError) as error:
        reason = str(error)
        if "magic number" in reason:
            reason = "it was compiled by another version of Python"
        raise FileNotUnderstood(str(file.path), None, reason) from error
    assert code is not None
    return code


def _placed(error: Exception, file: MigrationFile) -> WhimbrelError:
    """Return what to raise for *error*, with the line of *file* that led to it."""
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(file.path):
            line = frame.lineno
    if isinstance(error, WhimbrelError):
        return error.at(str(file.path) if line is None else f"{file.path}:{line}")
    return FileNotUnderstood(str(file.path), line, f"{type(error).__name__}: {error}")
