"""A real browser, for pages that Whimbrel writes; Chromium without a window."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 120
MISSING = (
    f"no browser found ({', '.join(NAMES)}); set WHIMBREL_TEST_BROWSER to one's path"
)


def find_browser() -> str | None:
    """Return the path of a browser; None if there is none."""
    given = os.environ.get("WHIMBREL_TEST_BROWSER")
    return next(filter(None, map(shutil.which, [given] if given else NAMES)), None)


def opened(browser: str, page: Path, folder: Path) -> str:
    """Return the document that *page* has become once its scripts have run."""
    done = subprocess.run(
        [
            browser,
            # Sandboxes need rights that a container may lack; the page is ours.
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-dev-shm-usage", "--disable-background-networking"),
            *(f"--user-data-dir={folder}", "--window-size=1200,800"),
            *("--virtual-time-budget=3000", "--dump-dom", page.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout
