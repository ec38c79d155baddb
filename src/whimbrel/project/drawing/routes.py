"""
Where boxes and lines are, in pixels.

Place: `project.drawing`, above `layered`. Lines run down, across and down again:
across in the gaps between rows, down in columns where no box is in the way, or in
the gutters between columns. In each gap and gutter, lines of different boxes get
tracks of their own; lines from one box share theirs and look like a tree.

Invariants: no two boxes overlap, no line crosses a box, every line that is not
reversed ends below where it begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from whimbrel.project.drawing.layered import Edge, Grid, arranged

Point: TypeAlias = tuple[float, float]
Channel: TypeAlias = tuple[str, int]
"""A gap below a row (``("gap", row)``) or a gutter left of a column."""

GAP = 26
GUTTER = 30
STEP = 7
"""How far apart the tracks of a gap or gutter are."""

TRACKS = 16
"""Above so many, tracks are used twice: a picture must not be all lines."""

LANE = 14
"""How far the ground of a lane reaches beyond its boxes."""

MARGIN = 24
PORTS = 16
"""How far apart lines enter a box, if there is room."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """The upper left corner and the size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Halfway from left to right."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """
    Args:
        boxes: Box → where it is.

        lines: For each edge the corners of its line, from the first box on.

        lanes: Group → its ground.
    """

    boxes: Mapping[str, Rectangle]
    lines: tuple[tuple[Point, ...], ...]
    lanes: Mapping[str, Rectangle]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Way:
    """The channels that an edge, seen from above, runs through."""

    upper: str
    lower: str
    gap: int | None = None
    gutter: int | None = None
    last: int = 0


def laid_out(
    sizes: Mapping[str, tuple[float, float]],
    groups: Mapping[str, str],
    edges: Sequence[Edge],
    *,
    across: int | None = None,
    top: float = 0,
) -> Layout:
    """
    Return where to draw the boxes and the lines between them.

    Args:
        sizes: Box → width and height.

        across: How many boxes a row may have in each group; None for any number.

        top: Room to leave above all.
    """
    grid = arranged(groups, edges, across=across)
    occupied: dict[int, list[int]] = defaultdict(list)
    for box in sorted(grid.rows, key=lambda box: grid.rows[box]):
        occupied[grid.columns[box]].append(grid.rows[box])
    ways = [
        None
        if upper == lower
        else _way(grid, occupied, upper, lower, turned=(upper, lower) in grid.reversed)
        for upper, lower in edges
    ]
    tracks = _Tracks.of(grid, [way for way in ways if way is not None])
    frame = _Frame.of(grid, sizes, tracks, top)
    boxes = {box: frame.rectangle(grid, box, *sizes[box]) for box in sizes}
    ports = _ports(grid, boxes, [way for way in ways if way is not None])
    lines = []
    for (first, _), way in zip(edges, ways, strict=True):
        if way is None:
            lines.append(_loop(boxes[first]))
        else:
            line = _line(way, boxes, ports, frame, tracks)
            lines.append(line if way.upper == first else line[::-1])
    return Layout(
        boxes,
        tuple(lines),
        {group: frame.lane(columns) for group, columns in grid.lanes.items()},
        frame.width,
        frame.height,
    )


def _way(
    grid: Grid,
    occupied: Mapping[int, Sequence[int]],
    upper: str,
    lower: str,
    *,
    turned: bool,
) -> _Way:
    if turned:
        upper, lower = lower, upper
    start, end = grid.rows[upper], grid.rows[lower]
    here, there = grid.columns[upper], grid.columns[lower]
    rows = occupied[there]
    clear = bisect_left(rows, start + 1) == bisect_left(rows, end)
    if clear and here == there:
        return _Way(upper, lower, last=end - 1)
    if clear:
        return _Way(upper, lower, last=start)
    side = there if here <= there else there + 1
    return _Way(upper, lower, gap=start, gutter=side, last=end - 1)


@dataclass(frozen=True, slots=True)
class _Tracks:
    """(Channel, upper box) → its track; channel → how many it has."""

    track: Mapping[tuple[Channel, str], int]
    count: Mapping[Channel, int]

    @classmethod
    def of(cls, grid: Grid, ways: Iterable[_Way]) -> _Tracks:
        reach: dict[Channel, dict[str, list[int]]] = defaultdict(dict)

        def runs(channel: Channel, box: str, *places: int) -> None:
            found = reach[channel].setdefault(box, [min(places), max(places)])
            found[:] = min(found[0], *places), max(found[1], *places)

        for way in ways:
            start = 2 * grid.columns[way.upper] + 1
            end = 2 * grid.columns[way.lower] + 1
            if way.gap is not None and way.gutter is not None:
                runs(("gap", way.gap), way.upper, start, 2 * way.gutter)
                runs(("gutter", way.gutter), way.upper, way.gap, way.last)
                start = 2 * way.gutter
            runs(("gap", way.last), way.upper, start, end)
        track: dict[tuple[Channel, str], int] = {}
        count: dict[Channel, int] = {}
        for channel, found in reach.items():
            ends: list[int] = []
            for box, (low, high) in sorted(found.items(), key=lambda item: item[1]):
                free = next((n for n, end in enumerate(ends) if end < low), len(ends))
                if free == len(ends) and free < TRACKS:
                    ends.append(high)
                free %= TRACKS
                ends[free] = max(ends[free], high)
                track[channel, box] = free
            count[channel] = len(ends)
        return cls(track, count)

    def shift(self, channel: Channel, box: str) -> float:
        """Return how far the line of *box* is from the middle of the channel."""
        return (self.track[channel, box] - (self.count[channel] - 1) / 2) * STEP

    def thickness(self, channel: Channel) -> float:
        """Return the room that the lines of a channel need beyond the first."""
        return max(0, self.count.get(channel, 0) - 1) * STEP


@dataclass(frozen=True, slots=True)
class _Frame:
    """The columns, rows and what is between them, in pixels."""

    left: Sequence[float]
    widths: Sequence[float]
    upper: Sequence[float]
    heights: Sequence[float]
    gutters: Sequence[float]
    gaps: Sequence[float]
    width: float
    height: float

    @classmethod
    def of(
        cls,
        grid: Grid,
        sizes: Mapping[str, tuple[float, float]],
        tracks: _Tracks,
        top: float,
    ) -> _Frame:
        columns = 1 + max(grid.columns.values(), default=-1)
        rows = 1 + max(grid.rows.values(), default=-1)
        widths, heights = [0.0] * columns, [0.0] * rows
        for box, (width, height) in sizes.items():
            column, row = grid.columns[box], grid.rows[box]
            widths[column] = max(widths[column], width)
            heights[row] = max(heights[row], height)
        borders = {columns.start for columns in grid.lanes.values()} | {columns}
        room = [
            GUTTER
            + tracks.thickness(("gutter", number))
            + (2 * LANE if number in borders else 0)
            for number in range(columns + 1)
        ]
        gap = [GAP + tracks.thickness(("gap", row)) for row in range(rows)]
        # Nothing runs below the last row.
        gap[-1:] = [LANE] * bool(rows)
        across = _alternating(room, widths, MARGIN)
        down = _alternating([0.0, *gap], heights, MARGIN + top + LANE)
        return cls(
            left=across[1::2],
            widths=widths,
            upper=down[1::2],
            heights=heights,
            gutters=[x + r / 2 for x, r in zip(across[::2], room, strict=False)],
            gaps=[y + g / 2 for y, g in zip(down[2::2], gap, strict=False)],
            width=MARGIN * 2 + sum(room) + sum(widths),
            height=MARGIN * 2 + top + LANE + sum(gap) + sum(heights),
        )

    def rectangle(self, grid: Grid, box: str, width: float, height: float) -> Rectangle:
        column, row = grid.columns[box], grid.rows[box]
        x = self.left[column] + (self.widths[column] - width) / 2
        return Rectangle(x, self.upper[row], width, height)

    def lane(self, columns: range) -> Rectangle:
        """Return the ground of a lane, from the first row to the last."""
        start, end = self.left[columns.start], columns.stop - 1
        right = self.left[end] + self.widths[end]
        y = self.upper[0] - LANE
        bottom = self.height - MARGIN
        return Rectangle(start - LANE, y, right - start + 2 * LANE, bottom - y)


def _alternating(
    between: Sequence[float], extents: Sequence[float], start: float
) -> list[float]:
    """Return where each part begins: between, extent, between, …"""
    parts = [part for pair in zip(between, extents, strict=False) for part in pair]
    parts += between[len(extents) :]
    return list(accumulate(parts, initial=start))


def _ports(
    grid: Grid, boxes: Mapping[str, Rectangle], ways: Iterable[_Way]
) -> dict[tuple[str, str], float]:
    """Return where, from left to right, the line between two boxes enters."""
    entering: dict[str, set[str]] = defaultdict(set)
    leaving: set[str] = set()
    for way in ways:
        entering[way.lower].add(way.upper)
        leaving.add(way.upper)
    above = _above(grid)
    ports: dict[tuple[str, str], float] = {}
    for lower, uppers in entering.items():
        box = boxes[lower]
        order = sorted(uppers, key=lambda upper: (boxes[upper].middle, upper))
        step = min(PORTS, (box.width - PORTS) / len(order))
        # What comes straight from above stays straight; the others go beside it.
        straight = [n for n, upper in enumerate(order) if above.get(lower) == upper]
        middle = straight[0] if straight else (len(order) - 1) / 2
        if not straight and len(order) % 2 and above.get(lower) in leaving:
            # That one's own lines run down in the middle.
            middle += 0.5
        reach = max(middle, len(order) - 1 - middle)
        if reach:
            step = min(step, (box.width / 2 - PORTS / 2) / reach)
        for number, upper in enumerate(order):
            ports[upper, lower] = box.middle + (number - middle) * step
    return ports


def _above(grid: Grid) -> dict[str, str]:
    """Return box → the next one above it in its column."""
    last: dict[int, str] = {}
    found: dict[str, str] = {}
    for box in sorted(grid.rows, key=lambda box: grid.rows[box]):
        column = grid.columns[box]
        if column in last:
            found[box] = last[column]
        last[column] = box
    return found


def _line(
    way: _Way,
    boxes: Mapping[str, Rectangle],
    ports: Mapping[tuple[str, str], float],
    frame: _Frame,
    tracks: _Tracks,
) -> tuple[Point, ...]:
    def level(gap: int) -> float:
        return frame.gaps[gap] + tracks.shift(("gap", gap), way.upper)

    upper, lower = boxes[way.upper], boxes[way.lower]
    points = [(upper.middle, upper.bottom)]
    if way.gap is not None and way.gutter is not None:
        x = frame.gutters[way.gutter]
        x += tracks.shift(("gutter", way.gutter), way.upper)
        points += [(upper.middle, level(way.gap)), (x, level(way.gap))]
        points.append((x, level(way.last)))
    port = ports[way.upper, way.lower]
    if points[-1][0] != port:
        if len(points) == 1:
            points.append((upper.middle, level(way.last)))
        points.append((port, level(way.last)))
    points.append((port, lower.y))
    return tuple(points)


def _loop(box: Rectangle) -> tuple[Point, ...]:
    """Return the line from a box to itself, at its right side."""
    out, y = box.right + GUTTER / 2 - 3, box.y + 14
    return ((box.right, y), (out, y), (out, y + 20), (box.right, y + 20))
