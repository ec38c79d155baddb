"""
A project in a temporary folder, and the real command line run in it.

Each command runs in a process of its own, forked from this one: as cheap as a
call, and it leaves no module, registry or `MetaData` of the project behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import textwrap
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from imported import forget_modules_named_in
from whimbrel.cli.lazy import load
from whimbrel.cli.main import COMMANDS, main

PATIENCE = 30
"""Seconds of silence after which a command in a terminal is taken for stuck."""

CONTROL_C = "\x03"

PROMPTS = (": ", "> ")

INHERITED = ("WHIMBREL_DATABASE_URL", "DATABASE_URL", "NO_COLOR", "FORCE_COLOR")

for _name in (*(f"cli.{_command}" for _command in COMMANDS), "cli.migrate_text"):
    # What the parent has imported, no child must import again.
    load(_name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended. In a terminal, `stdout` is all that it showed."""

    code: int
    stdout: str
    stderr: str = ""

    @property
    def json(self) -> Any:
        """The result, read as JSON."""
        return json.loads(self.stdout)


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folder."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Write a file; its folder is made, and is a package."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        if name.endswith(".py"):
            folder = file.parent
            while folder != self.folder:
                (folder / "__init__.py").touch()
                folder = folder.parent
        return file

    def read(self, name: str) -> str:
        """Return the text of a file."""
        return (self.folder / name).read_text(encoding="utf-8")

    def files(self, pattern: str = "**/*") -> list[str]:
        """Return the files that match, apart from caches, sorted."""
        return sorted(
            str(file.relative_to(self.folder))
            for file in self.folder.glob(pattern)
            if file.is_file() and "__pycache__" not in file.parts
        )

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Run `whimbrel` with *arguments*; no terminal anywhere."""
        return self._child(lambda: main(list(arguments)), env)

    def script(self, text: str, *, env: Mapping[str, str] | None = None) -> Outcome:
        """Run a program of the project's in its folder."""
        code = compile(textwrap.dedent(text), "script.py", "exec")
        return self._child(lambda: exec(code, {"__name__": "__main__"}), env)

    def _child(
        self, command: Callable[[], object], env: Mapping[str, str] | None
    ) -> Outcome:
        """Run *command* in a child process."""
        out, err = self.folder / ".stdout", self.folder / ".stderr"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            with _quiet_fork():
                child = os.fork()
            if child == 0:
                with open(os.devnull, "rb") as nothing:
                    os.dup2(nothing.fileno(), 0)
                os.dup2(stdout.fileno(), 1)
                os.dup2(stderr.fileno(), 2)
                self._become(command, env)
            _, status = os.waitpid(child, 0)
        outcome = Outcome(
            os.waitstatus_to_exitcode(status),
            out.read_text(encoding="utf-8"),
            err.read_text(encoding="utf-8"),
        )
        out.unlink()
        err.unlink()
        return outcome

    def ok(self, *arguments: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Run `whimbrel` and insist that it says it is done."""
        outcome = self.run(*arguments, env=env)
        assert outcome.code == 0, outcome.stdout + outcome.stderr
        return outcome

    def typed(
        self, *arguments: str, keys: list[str], env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run `whimbrel` in a terminal; each of *keys* is typed at a prompt."""
        with _quiet_fork():
            child, terminal = os.forkpty()
        if child == 0:
            self._become(
                lambda: main(list(arguments)), {"NO_COLOR": "1", **(env or {})}
            )
        try:
            text = _converse(terminal, keys)
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            os.close(terminal)
            _, status = os.waitpid(child, 0)
        return Outcome(os.waitstatus_to_exitcode(status), text)

    def _become(
        self, command: Callable[[], object], env: Mapping[str, str] | None
    ) -> NoReturn:
        """Be the command, in the child process; never returns."""

        def prepared() -> None:
            os.chdir(self.folder)
            forget_modules_named_in(self.folder)
            sys.dont_write_bytecode = True
            # A shell starts what runs in the background with Ctrl-C ignored.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for name in INHERITED:
                os.environ.pop(name, None)
            os.environ.update(env or {})
            # pytest's replacements write elsewhere.
            sys.stdin = os.fdopen(0, encoding="utf-8")
            sys.stdout = os.fdopen(1, "w", encoding="utf-8")
            sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
            warnings.resetwarnings()
            command()

        os._exit(_exit_code(prepared))


def _converse(terminal: int, keys: list[str]) -> str:
    """Return what was shown, having typed one of *keys* at each prompt."""
    shown = ""
    waiting = list(keys)
    silence = 0
    while True:
        readable, _, _ = select.select([terminal], [], [], 1)
        silence = 0 if readable else silence + 1
        if silence > PATIENCE:
            raise TimeoutError(f"nothing more after:\n{shown}")
        if not readable:
            if keys[-1:] == [CONTROL_C] and not waiting:
                # One that comes right before Python reads is not noticed.
                os.write(terminal, CONTROL_C.encode())
            continue
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            # A terminal whose other end is gone ends in an error, not in silence.
            chunk = b""
        if not chunk:
            return shown
        shown += chunk.decode().replace("\r\n", "\n")
        if waiting and shown.endswith(PROMPTS):
            os.write(terminal, waiting.pop(0).encode())


def _exit_code(command: Callable[[], None]) -> int:
    code = 0
    try:
        command()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(bool(exit_.code))
    except BaseException:
        traceback.print_exc()
        code = 99
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
    return code


@contextlib.contextmanager
def _quiet_fork() -> Any:
    # Python 3.12 warns of threads, which pytest-xdist has; the child uses none.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
