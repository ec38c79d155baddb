"""
A picture before anybody has drawn it: boxes, lines and a legend.

Place: `project.drawing`, lowest part. `migrations` makes one of a graph; `svg` and
`html` draw any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

End: TypeAlias = Literal["arrow", "one", "many"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of text in a box: what marks it, its name, and what it is."""

    mark: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    Args:
        group: Boxes of one group stand together.

        looks: Words that decide how it looks, ``applied`` for instance.

        mark: Before the title.

        rows: Below the title.

        notes: What to say about it, in sentences; the first is its full name.

        details: What it consists of: (symbol, text).
    """

    key: str
    group: str
    title: str
    caption: str = ""
    mark: str = ""
    looks: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    @property
    def tooltip(self) -> str:
        """All that there is to say about it, in lines."""
        return "\n".join((*self.notes, *(f"{s} {text}" for s, text in self.details)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line from one box to another, which stands below if there is no circle."""

    upper: str
    lower: str
    end: End = "arrow"
    dashed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the legend; *looks* as those of a box."""

    looks: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """
    Args:
        kind: What a box is, in the plural.

        lanes: Each group has a ground of its own, with its name above.

        across: How many boxes a row may have; None for any number.
    """

    title: str
    kind: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    legend: tuple[Entry, ...]
    lanes: bool = True
    across: int | None = None
