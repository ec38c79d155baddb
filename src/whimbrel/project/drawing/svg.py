"""
A picture as SVG: scales, prints, and follows the light or dark of its reader.

Place: `project.drawing`, above `routes` and `picture`. Texts are texts: they can be
found, copied and read aloud. Nothing from elsewhere is needed to show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from unicodedata import east_asian_width

from whimbrel.project.drawing.picture import Box, End, Entry, Link, Picture, Row
from whimbrel.project.drawing.routes import (
    MARGIN,
    Layout,
    Point,
    Rectangle,
    laid_out,
)

CHARACTER = 7.3
"""How wide a character of 12 pixels is, in the widest of the fonts."""

LONGEST = 40
"""How many characters of a title or type are shown; the tooltip has all."""

PADDING = 12
TITLE = 42
ROW = 19
HEAD = 86
"""What the heading, the legend and the names of the lanes need."""

ROUND = 6


def svg(picture: Picture) -> str:
    """Return *picture* as a file."""
    return Drawing.of(picture).text()


@dataclass(frozen=True, slots=True)
class Drawing:
    """
    A picture with the place of everything in it.

    Args:
        framed: With a heading, a legend and the style sheet.
    """

    picture: Picture
    layout: Layout
    framed: bool

    @classmethod
    def of(cls, picture: Picture, *, framed: bool = True) -> Drawing:
        """Lay *picture* out."""
        sizes = {box.key: _size(box) for box in picture.boxes}
        if picture.lanes:
            sizes = _as_wide(picture, sizes)
        layout = laid_out(
            sizes,
            {box.key: box.group if picture.lanes else "" for box in picture.boxes},
            [(link.upper, link.lower) for link in picture.links],
            across=picture.across,
            top=HEAD if framed else 0,
        )
        return cls(picture, layout, framed)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height; the legend fits in."""
        legend = sum(_entry_width(entry) for entry in self.picture.legend)
        title = shown_length(self.picture.title) * 10
        width = max(self.layout.width, legend + 2 * MARGIN, title + 2 * MARGIN)
        return round(width), round(self.layout.height)

    def text(self) -> str:
        """Return the file, or the part of a page."""
        return "".join(f"{line}\n" for line in self.lines())

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        width, height = self.size
        title = self.picture.title
        count = f"{len(self.picture.boxes)} {self.picture.kind}"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" '
            'role="graphics-document document" '
            f'aria-label="{escaped(f"{title}, {count}")}">'
        )
        yield f"<title>{escaped(title)}</title>"
        if self.framed:
            yield f"<style>\n{style()}</style>"
        yield f'<rect class="ground" width="{width}" height="{height}"/>'
        if self.framed:
            yield f'<text class="heading" x="{MARGIN}" y="34">{escaped(title)}</text>'
            yield from _legend(self.picture.legend)
        if self.picture.lanes:
            for group, ground in self.layout.lanes.items():
                yield from _lane(group, ground)
        numbers = {box.key: n for n, box in enumerate(self.picture.boxes)}
        for link, points in zip(self.picture.links, self.layout.lines, strict=True):
            ends = (numbers[link.upper], numbers[link.lower])
            yield from _link(link, points, ends)
        for number, box in enumerate(self.picture.boxes):
            yield from _box(box, self.layout.boxes[box.key], number)
        yield "</svg>"


def style() -> str:
    """Return the style sheet, for light and dark."""
    return files(__package__).joinpath("svg.css").read_text(encoding="utf-8")


def escaped(text: str) -> str:
    """Return *text* as XML, without the characters that XML does not have."""
    known = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)
    for character, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
    ):
        known = known.replace(character, entity)
    return known


def shown_length(text: str) -> int:
    """Return how many columns *text* takes; Chinese characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return *text*, or its beginning and an ellipsis."""
    if shown_length(text) <= longest:
        return text
    while shown_length(text) >= longest:
        text = text[:-1]
    return f"{text}…"


def _size(box: Box) -> tuple[float, float]:
    head = max(shown_length(_headline(box)), shown_length(cut(box.caption)) * 0.85)
    body = _name_width(box.rows) + max(
        (_length(row.kind) for row in box.rows), default=0
    )
    width = max(head * CHARACTER, body * CHARACTER) + 2 * PADDING
    height = TITLE + (ROW * len(box.rows) + 8 if box.rows else 0)
    return max(width, 90), height


def _as_wide(
    picture: Picture, sizes: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Return *sizes* with the boxes of a lane all as wide as its widest."""
    widest: dict[str, float] = {}
    for box in picture.boxes:
        widest[box.group] = max(widest.get(box.group, 0), sizes[box.key][0])
    return {box.key: (widest[box.group], sizes[box.key][1]) for box in picture.boxes}


def _length(text: str) -> int:
    return shown_length(cut(text))


def _name_width(rows: Sequence[Row]) -> int:
    """Return how many characters there are before the kinds of *rows*."""
    return max((3 + _length(row.name) + 2 for row in rows), default=0)


def _headline(box: Box) -> str:
    return f"{box.mark} {cut(box.title)}".strip()


def _entry_width(entry: Entry) -> float:
    return 34 + 7 * shown_length(entry.text) + 18


def _legend(entries: Sequence[Entry]) -> Iterator[str]:
    x = float(MARGIN)
    for entry in entries:
        yield f'<g class="{entry.looks}" transform="translate({_n(x)} 48)">'
        yield from legend_shape(entry)
        yield f'<text class="entry" x="34" y="13">{escaped(entry.text)}</text></g>'
        x += _entry_width(entry)


def legend_shape(entry: Entry) -> Iterator[str]:
    """Yield the sign of a line of the legend, 26 by 16 pixels."""
    if entry.looks == "link":
        yield '<g class="dashed"><path class="line" d="M0 8H26"/></g>'
        return
    yield '<rect class="frame" width="26" height="16" rx="4"/>'
    yield (f'<text class="mark" x="13" y="12" text-anchor="middle">{entry.mark}</text>')


def _lane(group: str, ground: Rectangle) -> Iterator[str]:
    name = cut(group, max(4, int(ground.width / 8)))
    yield (
        f'<g class="lane-group" data-group="{escaped(group)}">'
        f'<rect class="lane" x="{_n(ground.x)}" y="{_n(ground.y)}" '
        f'width="{_n(ground.width)}" height="{_n(ground.height)}" rx="10"/>'
        f"<title>{escaped(group)}</title>"
        f'<text class="lane-name" x="{_n(ground.x + 4)}" y="{_n(ground.y - 8)}">'
        f"{escaped(name)}</text></g>"
    )


def _box(box: Box, place: Rectangle, number: int) -> Iterator[str]:
    classes = " ".join(("box", *box.looks))
    yield (
        f'<g class="{classes}" data-box="{number}" role="graphics-symbol img" '
        f'aria-label="{escaped(box.notes[0] if box.notes else box.title)}" '
        f'transform="translate({_n(place.x)} {_n(place.y)})">'
    )
    yield f"<title>{escaped(box.tooltip)}</title>"
    yield (
        f'<rect class="frame" width="{_n(place.width)}" height="{_n(place.height)}" '
        'rx="7"/>'
    )
    if box.rows:
        straight = f"h{_n(place.width - 14)}"
        yield (
            f'<path class="head" d="M0 {TITLE}V7a7 7 0 0 1 7-7{straight}'
            f'a7 7 0 0 1 7 7V{TITLE}Z"/>'
        )
    caption, title = escaped(cut(box.caption)), escaped(cut(box.title))
    yield f'<text class="caption" x="{PADDING}" y="15">{caption}</text>'
    mark = f'<tspan class="mark">{box.mark} </tspan>' if box.mark else ""
    yield f'<text class="title" x="{PADDING}" y="31">{mark}{title}</text>'
    if box.rows:
        yield f'<path class="rule" d="M0 {TITLE}H{_n(place.width)}"/>'
    kinds = PADDING + _name_width(box.rows) * CHARACTER
    for line, row in enumerate(box.rows):
        name, kind = escaped(cut(row.name)), escaped(cut(row.kind))
        yield (
            f'<text y="{TITLE + 16 + line * ROW}">'
            f'<tspan class="mark" x="{PADDING}">{row.mark}</tspan>'
            f'<tspan x="{_n(PADDING + 3 * CHARACTER)}">{name}</tspan>'
            f'<tspan class="dim" x="{_n(kinds)}">{kind}</tspan></text>'
        )
    yield "</g>"


def _link(link: Link, points: Sequence[Point], ends: tuple[int, int]) -> Iterator[str]:
    dashed = " dashed" if link.dashed else ""
    yield (
        f'<g class="link{dashed}" data-from="{ends[0]}" data-to="{ends[1]}">'
        f"<title>{escaped(link.note)}</title>"
        f'<path class="line" d="{_path(points)}"/>'
        f"{_end(link.end, points[-2], points[-1])}</g>"
    )


def _path(points: Sequence[Point]) -> str:
    """Return the way along *points*, with round corners."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(ROUND, _distance(before, corner) / 2, _distance(corner, after) / 2)
        x, y = _towards(corner, before, radius)
        end_x, end_y = _towards(corner, after, radius)
        parts.append(f"L{_n(x)} {_n(y)}")
        parts.append(f"Q{_n(corner[0])} {_n(corner[1])} {_n(end_x)} {_n(end_y)}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def _end(end: End, before: Point, at: Point) -> str:
    """Return what a line ends in: an arrow, a crow's foot or a bar."""
    length = _distance(before, at) or 1
    along = ((at[0] - before[0]) / length, (at[1] - before[1]) / length)

    def point(back: float, aside: float) -> str:
        x = at[0] - along[0] * back - along[1] * aside
        y = at[1] - along[1] * back + along[0] * aside
        return f"{_n(x)} {_n(y)}"

    match end:
        case "arrow":
            path = f"M{point(0, 0)}L{point(8, 4)}L{point(8, -4)}Z"
            return f'<path class="arrow" d="{path}"/>'
        case "many":
            path = f"M{point(0, 6)}L{point(10, 0)}L{point(0, -6)}"
        case "one":
            path = f"M{point(7, 5)}L{point(7, -5)}"
    return f'<path class="foot" d="{path}"/>'


def _distance(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, end: Point, length: float) -> Point:
    share = length / (_distance(start, end) or 1)
    return (
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
    )


def _n(number: float) -> str:
    """Return a number as short as a tenth of a pixel allows."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
