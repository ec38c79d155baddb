"""
Which box goes into which row and column.

Place: `project.drawing`. Rows are the longest ways from the top, columns come from
barycentres: a box goes where the mean of its neighbours is. Boxes of one group have
columns of their own, a lane. `routes` finds the lines between them.

Invariants: the result depends on the order of what is given and nothing else. Each
function is linear in boxes and edges, but for a sort.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

Edge: TypeAlias = tuple[str, str]
"""Upper box and lower box."""

Neighbours: TypeAlias = Mapping[str, Sequence[str]]

SWEEPS = 8
"""How often the columns of a lane, or the lanes, are put in a better order."""


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Args:
        rows, columns: Box → its place, counted from 0.

        lanes: Group → its columns, from the left.

        reversed: Edges that lead upwards, because they close a circle.
    """

    rows: Mapping[str, int]
    columns: Mapping[str, int]
    lanes: Mapping[str, range]
    reversed: frozenset[Edge]


def arranged(
    groups: Mapping[str, str], edges: Sequence[Edge], *, across: int | None = None
) -> Grid:
    """
    Return a place for each box.

    Args:
        groups: Box → its group.

        edges: Between those boxes; one that leads to its own box says nothing.

        across: How many boxes a row may have in each lane; None for any number.
    """
    turned = _closing(groups, edges)
    down = [(b, a) if (a, b) in turned else (a, b) for a, b in edges if a != b]
    rows = _rows(groups, down, across)
    members: dict[str, list[str]] = {}
    for box, group in groups.items():
        members.setdefault(group, []).append(box)
    inner: dict[str, list[Edge]] = defaultdict(list)
    for upper, lower in down:
        if groups[upper] == groups[lower]:
            inner[groups[upper]].append((upper, lower))
    columns: dict[str, int] = {}
    lanes: dict[str, range] = {}
    start = 0
    for group in _lanes(members, groups, rows, down):
        placed = _columns(members[group], rows, inner[group])
        end = start + 1 + max(placed.values())
        lanes[group] = range(start, end)
        columns.update((box, start + column) for box, column in placed.items())
        start = end
    return Grid(rows, columns, lanes, frozenset(turned))


def _closing(boxes: Iterable[str], edges: Iterable[Edge]) -> set[Edge]:
    """Return the edges that close a circle, as a walk from the top meets them."""
    below = _grouped(edges)
    state: dict[str, bool] = {}
    closing: set[Edge] = set()
    for box in boxes:
        stack = [(box, iter(below.get(box, ())))] if box not in state else []
        state.setdefault(box, True)
        while stack:
            current, following = stack[-1]
            for lower in following:
                if lower not in state:
                    state[lower] = True
                    stack.append((lower, iter(below.get(lower, ()))))
                    break
                if state[lower] and lower != current:
                    closing.add((current, lower))
            else:
                state[current] = False
                stack.pop()
    return closing


def _rows(
    boxes: Iterable[str], edges: Sequence[Edge], across: int | None
) -> dict[str, int]:
    below, above = _grouped(edges), _grouped((b, a) for a, b in edges)
    linked = [box for box in boxes if box in below or box in above]
    alone = [box for box in boxes if box not in below and box not in above]
    waiting = {box: len(above.get(box, ())) for box in linked}
    free = deque(box for box in linked if not waiting[box])
    first: dict[str, int] = {}
    taken: dict[int, int] = defaultdict(int)
    rows: dict[str, int] = {}

    def put(box: str, row: int) -> None:
        while across is not None and taken[row] >= across:
            row += 1
        taken[row] += 1
        rows[box] = row

    while free:
        box = free.popleft()
        put(box, first.get(box, 0))
        for lower in below.get(box, ()):
            first[lower] = max(first.get(lower, 0), rows[box] + 1)
            waiting[lower] -= 1
            if not waiting[lower]:
                free.append(lower)
    # What has no lines goes below what has some, where rows are short.
    bottom = max(rows.values(), default=-1) + 1 if across is not None else 0
    for box in alone:
        put(box, bottom)
        if across is not None and taken[bottom] >= across:
            bottom += 1
    return rows


def _lanes(
    members: Mapping[str, Sequence[str]],
    groups: Mapping[str, str],
    rows: Mapping[str, int],
    edges: Iterable[Edge],
) -> list[str]:
    """Return the groups in an order in which the edges between them are short."""
    near: dict[str, list[str]] = defaultdict(list)
    for upper, lower in edges:
        if groups[upper] != groups[lower]:
            near[groups[upper]].append(groups[lower])
            near[groups[lower]].append(groups[upper])
    top = {group: min(rows[box] for box in found) for group, found in members.items()}
    order = sorted(members, key=lambda group: (top[group], -len(near[group])))
    best, shortest = order, None
    for _ in range(SWEEPS):
        at = {group: place for place, group in enumerate(order)}
        length = sum(abs(at[a] - at[b]) for a in near for b in near[a])
        if shortest is None or length < shortest:
            best, shortest = order, length
        mean = {
            group: (fmean(at[other] for other in near[group]) + at[group]) / 2
            if near[group]
            else float(at[group])
            for group in order
        }
        order = sorted(order, key=lambda group: (mean[group], at[group]))
    return best


def _columns(
    boxes: Sequence[str], rows: Mapping[str, int], edges: Sequence[Edge]
) -> dict[str, int]:
    """Return the columns of one lane: those of the sweep with the fewest crossings."""
    layers: dict[int, list[str]] = defaultdict(list)
    for box in boxes:
        layers[rows[box]].append(box)
    width = max(map(len, layers.values()))
    order = [layers[row] for row in sorted(layers)]
    place: dict[str, int] = {}
    for layer in order:
        start = (width - len(layer)) // 2
        place.update((box, start + number) for number, box in enumerate(layer))
    above, below = _grouped((b, a) for a, b in edges), _grouped(edges)
    best, least = dict(place), _cost(edges, rows, place)
    for sweep in range(SWEEPS if width > 1 else 0):
        upwards = bool(sweep % 2)
        for layer in reversed(order) if upwards else order:
            _settle(layer, below if upwards else above, place, width)
        cost = _cost(edges, rows, place)
        if cost < least:
            best, least = dict(place), cost
    return best


def _settle(
    layer: list[str], neighbours: Neighbours, place: dict[str, int], width: int
) -> None:
    """Put the boxes of a row below, or above, the mean of their neighbours."""
    wanted = {
        box: fmean(place[other] for other in neighbours[box])
        if neighbours.get(box)
        else float(place[box])
        for box in layer
    }
    layer.sort(key=lambda box: (wanted[box], place[box]))
    left = 0
    for number, box in enumerate(layer):
        most = width - (len(layer) - number)
        place[box] = max(left, min(round(wanted[box]), most))
        left = place[box] + 1


def _cost(
    edges: Iterable[Edge], rows: Mapping[str, int], place: Mapping[str, int]
) -> tuple[int, int]:
    """Return how many edges of the same two rows cross, and how far all reach."""
    bundles: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for upper, lower in edges:
        ends = (place[upper], place[lower])
        bundles[rows[upper], rows[lower]].append(ends)
    crossings = length = 0
    for bundle in bundles.values():
        bundle.sort()
        seen: list[int] = []
        for start, end in bundle:
            crossings += len(seen) - bisect_right(seen, end)
            insort(seen, end)
            length += abs(end - start)
    return crossings, length


def _grouped(edges: Iterable[Edge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in edges:
        found.setdefault(one, []).append(other)
    return found
