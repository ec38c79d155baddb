"""
The program: a process that runs one command and ends.

Place: `cli`, above `main`. What only a whole process may do is done here: half of
a short command's time went into collecting garbage that is none, and into taking
apart, at the end, what the operating system takes apart at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading

from whimbrel.cli.main import main

THRESHOLDS = (10_000, 20, 50)
"""Of the collector: looking through everything is rare, because importing makes
hundreds of thousands of objects that stay; what dies young goes as early as ever."""


def run() -> None:
    """Run the command line in a process of its own."""
    gc.set_threshold(*THRESHOLDS)
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int) or threading.active_count() > 1:
            raise
        leave(end.code)


def leave(code: int) -> None:
    """End the process: what was asked to run at exit runs, and all is written."""
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        # A reader that went away: Python knows how to complain about it.
        sys.exit(code)
    os._exit(code)
