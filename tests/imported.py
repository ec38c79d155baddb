"""What other tests have imported, and a forked command must not find."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def forget_modules_named_in(folder: Path) -> None:
    """Drop imported modules that have the name of something in *folder*."""
    names = {path.stem for path in folder.iterdir()}
    for name in list(sys.modules):
        if name.partition(".")[0] in names:
            del sys.modules[name]
    importlib.invalidate_caches()
