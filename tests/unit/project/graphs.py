"""Migrations in files, and the graph of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from whimbrel import Project

HEAD = """\
from whimbrel import migrations, models


class Migration(migrations.Migration):
"""


def write_migration(
    folder: Path, app: str, name: str, said: Mapping[str, str] | None = None
) -> None:
    """Write the file of a migration; *said* is attribute → source."""
    place = folder / app / "migrations"
    place.mkdir(parents=True, exist_ok=True)
    for package in (place.parent, place):
        (package / "__init__.py").touch()
    (place.parent / "models.py").touch()
    body = "".join(f"    {key} = {value}\n" for key, value in (said or {}).items())
    (place / f"{name}.py").write_text(HEAD + (body or "    pass\n"), encoding="utf-8")


def project_in(folder: Path, apps: Iterable[str]) -> Project:
    """Return a project of *apps*, whose files are in *folder*."""
    return Project(
        {app: app for app in apps}, {"default": "sqlite:///db.sqlite3"}, folder=folder
    )
