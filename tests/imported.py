"""What other tests have imported, and a forked command must not find."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def forget_modules_named_in(folder: Path) -> None:
    """Drop imported modules that have the name of a module or folder in *folder*."""
    found = (path for path in folder.iterdir() if path.is_dir() or path.suffix == ".py")
    names = {path.stem for path in found}
    for name in list(sys.modules):
        if name.partition(".")[0] in names:
            del sys.modules[name]
    importlib.invalidate_caches()
