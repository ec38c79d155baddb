"""
Pages of the documentation, taken apart: prose, fenced blocks, hidden set-up.

What a block's first line says decides what is done with it:

``python file=NAME``
    is written into the page's project under that name.

``console``
    lines that begin with ``$`` are run in the project, and what follows is what
    they print. ``console norun`` is only shown.

``pycon``
    is run as a doctest in the project, with `project` and a session at hand.

Comments are not shown to readers: ``<!-- project -->`` begins a new project
(``<!-- project: empty -->`` one without a configuration), ``<!-- file: NAME``
followed by lines writes a file, ``<!-- run: COMMAND -->`` runs a command that must
succeed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

FENCE = re.compile(r"```(?P<language>\w+)?(?P<info>[^`]*)\Z")
COMMENT = re.compile(
    r"<!-- (?P<kind>project|file|run)(?:: *(?P<rest>.*?))?(?: *(?P<end>-->))?\Z"
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """
    A fenced block or a comment that sets something up.

    Args:
        kind: The fence's language, or ``project``, ``file``, ``run``.

        info: What follows the language, or the comment's argument.

        line: Of its first line of text, counted from 1.
    """

    kind: str
    info: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The file that it is written to, if it is."""
        if self.kind == "file":
            return self.info
        found = re.search(r"\bfile=(\S+)", self.info)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def blocks(self) -> list[Block]:
        return list(blocks_of(self.text.splitlines()))

    @property
    def prose(self) -> str:
        """The text without fenced blocks."""
        return re.sub(r"^```.*?^```$", "", self.text, flags=re.MULTILINE | re.DOTALL)

    @property
    def anchors(self) -> set[str]:
        """The anchors that its headings give, as GitHub makes them."""
        heads = re.findall(r"^#+ (.*)$", self.prose, flags=re.MULTILINE)
        return {anchor(head) for head in heads}

    @property
    def links(self) -> list[str]:
        return [match["target"] for match in LINK.finditer(self.prose)]


def anchor(heading: str) -> str:
    """Return the anchor of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def blocks_of(lines: list[str]) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    at = 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        comment = COMMENT.match(lines[at])
        if fence:
            end = lines.index("```", at + 1)
            kind, info = fence["language"] or "", fence["info"].strip()
            yield Block(kind, info, _joined(lines[at + 1 : end]), at + 2)
            at = end
        elif comment and comment["end"]:
            yield Block(comment["kind"], (comment["rest"] or "").strip(), "", at + 1)
        elif comment:
            end = lines.index("-->", at + 1)
            text = _joined(lines[at + 1 : end])
            yield Block(comment["kind"], (comment["rest"] or "").strip(), text, at + 2)
            at = end
        at += 1


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@cache
def pages() -> tuple[Page, ...]:
    """Return all pages: `docs`, and the texts at the top of the repository."""
    found = sorted(DOCS.rglob("*.md"))
    return tuple(Page(path) for path in (*sorted(ROOT.glob("*.md")), *found))


def page(name: str) -> Page:
    """Return the page `docs/<name>`."""
    return Page(DOCS / name)
