"""
Write what commands really print into the pages.

    python tests/docs/fill.py docs/getting-started.md …
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.pages import Page
from docs.running import results


def fill(path: Path) -> bool:
    """Bring the console blocks of a page up to date; return whether all is well."""
    page = Page(path)
    outputs: dict[int, list[str]] = {}
    good = True
    for block, command, said, happened in results(page.blocks):
        if block.kind == "console":
            outputs.setdefault(block.line, []).append(f"$ {command}\n{happened}")
        elif said != happened:
            good = False
            print(f"{path}:{block.line}: {command}\n{happened}")
    lines = page.text.splitlines(keepends=True)
    for line, texts in sorted(outputs.items(), reverse=True):
        end = lines.index("```\n", line - 1)
        lines[line - 1 : end] = ["".join(texts)]
    path.write_text("".join(lines), encoding="utf-8")
    return good


if __name__ == "__main__":
    wrong = [name for name in sys.argv[1:] if not fill(Path(name).resolve())]
    sys.exit(bool(wrong))
