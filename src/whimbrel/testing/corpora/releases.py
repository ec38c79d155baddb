"""
A folder of schemas: one Python module for each release of an application.

Place: `testing.corpora`, lowest part. A file is called
``<application>-<version>.py`` and has a `MetaData` called ``metadata``. An
optional ``true_renames.json`` says which tables and columns were renamed:
``{"app-1.0-2.0": {"tables": [[old, new]], "columns": [[table, old table, old,
new]]}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

_NAME = re.compile(r"(?P<application>.+)-(?P<version>\d+(?:\.\d+)*)\Z")


@dataclass(frozen=True, slots=True)
class Renames:
    """
    What was renamed between two releases.

    Args:
        tables: Pairs of old and new name.

        columns: (new or old name of the table, old name, new name).
    """

    tables: frozenset[tuple[str, str]] = frozenset()
    columns: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Release:
    """One file."""

    path: Path
    application: str
    version: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    def metadata(self) -> sa.MetaData:
        """Run the file anew and return its metadata."""
        name = "whimbrel_corpus_" + re.sub(r"\W", "_", self.name)
        spec = spec_from_file_location(name, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        metadata = module.metadata
        assert isinstance(metadata, sa.MetaData)
        return metadata


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases of one application, one after the other."""

    before: Release
    after: Release
    renames: Renames = field(default_factory=Renames)

    @property
    def name(self) -> str:
        version = ".".join(map(str, self.after.version))
        return f"{self.before.name} > {version}"


def releases_in(folder: Path, only: Iterable[str] = ()) -> list[Release]:
    """
    Return the releases in *folder*, by application and version.

    Args:
        only: Names of applications or beginnings of file names; none: all.
    """
    wanted = tuple(only)
    found = []
    for path in folder.glob("*.py"):
        match = _NAME.match(path.stem)
        if match and (not wanted or path.stem.startswith(wanted)):
            version = tuple(int(part) for part in match["version"].split("."))
            found.append(Release(path, match["application"], version))
    return sorted(found, key=lambda release: (release.application, release.version))


def pairs_of(releases: Iterable[Release]) -> list[Pair]:
    """Return each release with the next one of its application."""
    ordered = list(releases)
    return [
        Pair(before, after, _renames(before, after))
        for before, after in pairwise(ordered)
        if before.application == after.application
    ]


def _renames(before: Release, after: Release) -> Renames:
    file = before.path.parent / "true_renames.json"
    if not file.exists():
        return Renames()
    version = ".".join(map(str, after.version))
    said = json.loads(file.read_text()).get(f"{before.name}-{version}", {})
    columns = said.get("columns", [])
    return Renames(
        frozenset((old, new) for old, new in said.get("tables", [])),
        frozenset((new_table, old, new) for new_table, _, old, new in columns)
        | frozenset((old_table, old, new) for _, old_table, old, new in columns),
    )
