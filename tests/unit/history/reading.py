"""What these tests share: source read back, and folders of migration files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whimbrel.history.place import Location
from whimbrel.history.serialize import serialize
from whimbrel.history.source.expression import Expression
from whimbrel.history.source.imports import imports_text, spelling
from whimbrel.history.source.layout import layout
from whimbrel.migrations import Migration, Operation


def source(value: object, *, column: int = 0) -> str:
    """Return the source that is written for *value*, on as many lines as it takes.

    Args:
        column: How much stands before it on its first line.
    """
    return layout(serialize(value), spelling, column=column)


def evaluated(expression: Expression) -> Any:
    """Return what *expression* gives when Python runs it."""
    names: dict[str, Any] = {}
    exec(imports_text([expression]), names)
    return eval(layout(expression, spelling), names)


def read_back(value: object) -> Any:
    """Return what the source of *value* gives."""
    return evaluated(serialize(value))


def loaded(text: str, app_label: str = "library", name: str = "0001_initial") -> Any:
    """Return the migration that the text of a file declares."""
    names: dict[str, Any] = {"__name__": f"{app_label}.migrations.{name}"}
    exec(text, names)
    return names["Migration"](name, app_label)


def ruff(*arguments: str, source: str) -> str:
    """Return what ruff answers on *source*, in a project where we are a library."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "-"],
        input=source,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tempfile.gettempdir(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def formatted(text: str) -> str:
    """Return *text* as ruff formats it."""
    return ruff("format", "--isolated", source=text)


def file_text(body: str = "", **attributes: object) -> str:
    """Return the text of a small migration file."""
    lines = [f"    {name} = {value!r}\n" for name, value in attributes.items()]
    return (
        "from whimbrel import migrations\n\n\n"
        + textwrap.dedent(body)
        + "class Migration(migrations.Migration):\n"
        + "".join(lines or ["    pass\n"])
    )


def folder_of(parent: Path, label: str, files: Mapping[str, str]) -> Location:
    """Write *files* (name → text) to a folder of their own, and say where it is."""
    folder = parent / label / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Location(folder=folder)


def migration(
    key: str,
    *parents: str,
    replaces: tuple[str, ...] = (),
    run_before: tuple[str, ...] = (),
    operations: tuple[Operation, ...] = (),
) -> Migration:
    """Return migration ``app.name`` with its dependencies written the same way."""
    return Migration.of(
        *split(key),
        dependencies=map(split, parents),
        replaces=map(split, replaces),
        run_before=map(split, run_before),
        operations=operations,
    )


def split(key: str) -> tuple[str, str]:
    """Return ``app.name`` as a key."""
    app, _, name = key.partition(".")
    return app, name
