"""
A stage for demonstrations: a project in a temporary folder, the real command
line, and what a person would see.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent, indent

from rich.console import Console
from rich.syntax import Syntax

console = Console(highlight=False, soft_wrap=True)


class Stage:
    """One project; every step is shown as it is done."""

    def __init__(self, title: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="whimbrel-demo-"))
        console.rule(f"[bold]{title}")

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)

    def say(self, text: str) -> None:
        """Say what comes next."""
        console.print(f"\n[bold cyan]{' '.join(text.split())}[/]")

    def write(self, path: str, text: str, *, show: bool = True) -> None:
        """Write a file of the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip())
        if show and text.strip():
            console.print(f"[dim]{path}[/]")
            self._python(file.read_text())

    def show(self, path: str) -> None:
        """Show a file that a command wrote."""
        console.print(f"[dim]{path}[/]")
        self._python((self.folder / path).read_text())

    def _python(self, text: str) -> None:
        if console.is_terminal:
            console.print(Syntax(text, "python", padding=(0, 4)))
        else:
            console.print(indent(text, "    "), markup=False)

    def whimbrel(self, *arguments: str, expect: int = 0) -> None:
        """Run a command; anything but the *expect*ed exit status ends the demo."""
        shown = " ".join(a if " " not in a else f"'{a}'" for a in arguments)
        console.print(f"[bold green]$ whimbrel {shown}[/]")
        done = subprocess.run(
            [sys.executable, "-m", "whimbrel", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        console.print(indent(done.stdout.rstrip(), "  "), markup=False)
        if done.returncode != expect:
            raise SystemExit(f"demo: exit status {done.returncode}, not {expect}")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Run a query on the project's SQLite database and show the rows."""
        console.print(f"[bold green]sqlite> {sql}[/]")
        with sqlite3.connect(self.folder / "db.sqlite3") as connection:
            found = connection.execute(sql).fetchall()
        for row in found:
            console.print(f"  {row}", markup=False)
        return found

    def insert(self, sql: str) -> None:
        """Change the database as an application would."""
        console.print(f"[bold green]sqlite> {sql}[/]")
        with sqlite3.connect(self.folder / "db.sqlite3") as connection:
            connection.execute(sql)
        connection.close()

    def expect(self, found: object, wanted: object) -> None:
        """End the demo unless it shows what it claims."""
        if found != wanted:
            raise SystemExit(f"demo: expected {wanted}, found {found}")
