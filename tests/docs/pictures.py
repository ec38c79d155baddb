"""
The pictures of the pages, made by the projects that the pages set up.

    python tests/docs/pictures.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.pages import DOCS, page
from docs.running import Sandbox, sandbox

PICTURES = {
    "commands/graph.svg": "graph",
    "commands/schema.svg": "graph --schema",
}
"""Picture → the command that draws it, in the project of `commands/graph.md`."""

WHEN = re.compile(r"(?<=: applied )[-\d]+ [:\d]+")


def drawn() -> Iterator[tuple[Path, str]]:
    """Yield the pictures as they are drawn now."""
    for name, command in PICTURES.items():
        file = DOCS / name
        with sandbox(empty=False) as project:
            set_up(project, "commands/graph.md")
            project.printed(f"whimbrel {command} --output {file.name}")
            text = (project.folder / file.name).read_text(encoding="utf-8")
        yield file, WHEN.sub("2026-09-01 12:00:00", text)


def set_up(project: Sandbox, name: str) -> None:
    """Do in *project* what the page *name* does before its examples."""
    for block in page(name).blocks:
        if block.file:
            project.write(block.file, block.text)
        elif block.kind == "run":
            project.printed(block.info)


if __name__ == "__main__":
    for file, text in drawn():
        file.write_text(text, encoding="utf-8")
