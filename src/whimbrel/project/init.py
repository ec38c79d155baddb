"""
`init`: look at the project, and write its configuration.

Place: `project`, above `discover`. Adds to a pyproject.toml and never takes
from it; a configuration that is there already is left alone.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from whimbrel.errors.project import (
    ConfigurationExists,
    ConfigurationUnwritable,
    NothingFound,
)
from whimbrel.project.config import (
    DEFAULT_URL,
    OWN_FILE,
    SHARED_FILE,
    Config,
    config_in,
    read_toml,
)
from whimbrel.project.discover import FailedModule, FoundApp, discover
from whimbrel.project.scan import scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised:
    """
    What `init` found, and what it wrote or would write.

    Args:
        file: The configuration's file.

        text: What was added to it.

        created: The file was not there before.

        written: False for a dry run.

        failed: Modules that look like models and cannot be imported.
    """

    file: Path
    text: str
    created: bool
    written: bool
    url: str
    apps: tuple[FoundApp, ...]
    failed: tuple[FailedModule, ...]


def initialise(
    folder: Path | None = None, *, url: str | None = None, dry_run: bool = False
) -> Initialised:
    """
    Write the configuration of the project in *folder*.

    Args:
        folder: The project's folder; None is the working folder.

        url: The database's URL; None looks for an environment variable in
            the sources, and falls back to a SQLite file.

        dry_run: Look and tell, write nothing.

    Raises:
        ConfigurationExists: PR104, there is one; it is left alone.

        NothingFound: PR119, no models anywhere.
    """
    folder = (folder or Path.cwd()).resolve()
    existing = config_in(folder)
    if existing is not None:
        raise ConfigurationExists(str(existing))
    Config(folder=folder).activate()
    sources = scan(folder)
    found = discover(folder, sources)
    if not found.apps:
        raise NothingFound(str(folder), [module.name for module in found.failed])
    url = url or _url(sources.url_variables())
    file, before, addition = _addition(folder, url, found.apps)
    if not dry_run:
        write_file(file, before + addition)
    return Initialised(
        file=file,
        text=addition.lstrip("\n"),
        created=not before,
        written=not dry_run,
        url=url,
        apps=found.apps,
        failed=found.failed,
    )


def configuration(
    url: str, apps: Sequence[FoundApp], *, prefix: str = "tool.whimbrel."
) -> str:
    """Return the TOML text that configures *apps*."""
    lines = [f"[{prefix}databases.default]", f"url = {_quoted(url)}", ""]
    lines.append(f"[{prefix}apps]")
    lines += [f"{app.label} = {_app_value(app)}" for app in apps]
    return "\n".join(lines) + "\n"


def write_file(file: Path, text: str) -> None:
    """Write *text* to *file* wholly or not at all; its permissions are kept."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=file.parent, prefix=".whimbrel-", delete=False, encoding="utf-8"
        ) as draft:
            draft.write(text)
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        os.chmod(draft.name, mode)
        os.replace(draft.name, file)
    except OSError as error:
        raise ConfigurationUnwritable(str(file), error.strerror or str(error)) from None


def _addition(
    folder: Path, url: str, apps: Sequence[FoundApp]
) -> tuple[Path, str, str]:
    """Return the file, the text that it has and the text that it gets."""
    shared = folder / SHARED_FILE
    if shared.is_file():
        read_toml(shared)
        before = shared.read_text(encoding="utf-8")
        gap = "\n" if before.endswith("\n") or not before else "\n\n"
        addition = gap + configuration(url, apps)
        if before and _is_toml(before + addition):
            return shared, before, addition
    return folder / OWN_FILE, "", configuration(url, apps, prefix="")


def _is_toml(text: str) -> bool:
    # A pyproject.toml that spells out `tool = {…}` cannot be added to.
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _url(variables: Sequence[str]) -> str:
    preferred = [name for name in variables if "TEST" not in name.upper()]
    return f"env:{preferred[0]}" if preferred else DEFAULT_URL


def _app_value(app: FoundApp) -> str:
    by_convention = app.package and app.migrations.endswith(
        f"{app.package.replace('.', '/')}/migrations"
    )
    if app.package and by_convention:
        return _quoted(app.package)
    models = (
        _quoted(app.models[0])
        if len(app.models) == 1
        else "[" + ", ".join(map(_quoted, app.models)) + "]"
    )
    return f"{{ models = {models}, migrations = {_quoted(app.migrations)} }}"


def _quoted(text: str) -> str:
    # JSON's strings are TOML's basic strings.
    return json.dumps(text, ensure_ascii=False)
