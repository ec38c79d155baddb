"""The program as a process: what must hold although it ends without ceremony."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import atexit, sys
from whimbrel.cli.entry import run
{before}
sys.argv = ["whimbrel", *{arguments!r}]
run()
"""


def process(
    *arguments: str, before: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    code = START.format(before=before, arguments=list(arguments))
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def test_output_and_exit_status_survive(tmp_path: Path) -> None:
    """All of stdout and stderr is there, and the status is the command's."""
    good, bad = process("--help"), process("migrate", folder=tmp_path)

    assert good.returncode == 0
    assert good.stdout.rstrip().endswith("migrations.")
    assert bad.returncode == 2
    assert "fix:" in bad.stderr


def test_what_was_asked_to_run_at_exit_runs() -> None:
    """A model's module may have registered something, a monitor's last message."""
    found = process("--version", before="atexit.register(print, 'last words')")

    assert found.stdout.splitlines()[-1] == "last words"


def test_another_thread_is_waited_for() -> None:
    """Then the process ends as every other."""
    thread = (
        "import threading, time\n"
        "def late():\n"
        "    time.sleep(0.2)\n"
        "    print('late')\n"
        "threading.Thread(target=late).start()"
    )
    found = process("--version", before=thread)

    assert found.stdout.splitlines()[-1] == "late"


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`whimbrel … | head -1` prints no complaint."""
    found = subprocess.run(
        f"{sys.executable} -m whimbrel --help | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout.startswith("Usage:")
    assert found.stderr == ""
