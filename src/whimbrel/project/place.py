"""
Where in the user's files an exception was raised.

Place: `project`, lowest part. What a user can mend is in the user's files;
the frames of libraries below are noise.
"""

from __future__ import annotations

import traceback
from pathlib import Path


def place_in_project(error: BaseException, folder: Path) -> str | None:
    """
    Return the last place below *folder* that *error* went through.

    Returns:
        "shop/models.py, line 12", or None when it never was in such a file.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(Path(error.filename), folder)}, line {error.lineno}"
    found: str | None = None
    for frame in traceback.extract_tb(error.__traceback__):
        file = Path(frame.filename)
        if _is_below(file, folder):
            found = f"{_shown(file, folder)}, line {frame.lineno}"
    return found


def shown_path(file: Path) -> str:
    """Return *file* as a person at the working folder calls it."""
    return _shown(file, Path.cwd())


def _shown(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder) if _is_below(file, folder) else file)


def _is_below(file: Path, folder: Path) -> bool:
    # A virtual environment inside the project is not the user's own text.
    return (
        file.is_relative_to(folder)
        and "site-packages" not in file.relative_to(folder).parts
    )
