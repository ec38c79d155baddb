"""Where boxes and lines are: apart, downwards, and the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import pytest

from whimbrel.project.drawing.layered import Edge, arranged
from whimbrel.project.drawing.routes import Layout, Rectangle, laid_out

Run = tuple[str, float, float, float, str]
Case = tuple[Mapping[str, str], Sequence[Edge]]


def random_case(seed: int, *, boxes: int, groups: int, closed: bool = False) -> Case:
    """Return boxes in groups, each below some earlier ones; *closed*: circles too."""
    random = Random(seed)
    names = [f"b{number}" for number in range(boxes)]
    edges = set()
    for number in range(1, boxes):
        for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
            first = random.randrange(max(0, number - 30), number)
            edges.add((names[first], names[number]))
    if closed:
        edges.update((random.choice(names), random.choice(names)) for _ in range(9))
    return {name: f"g{random.randrange(groups)}" for name in names}, sorted(edges)


CASES = [
    pytest.param(random_case(1, boxes=1, groups=1), None, id="one box"),
    pytest.param(random_case(2, boxes=12, groups=2), None, id="two lanes"),
    pytest.param(random_case(3, boxes=60, groups=6), None, id="six lanes"),
    pytest.param(random_case(4, boxes=60, groups=1, closed=True), 7, id="circles"),
    pytest.param(random_case(5, boxes=1000, groups=25), None, id="a thousand"),
    pytest.param(({f"b{n}": "" for n in range(50)}, []), 8, id="no lines"),
]


def layout(case: Case, across: int | None) -> Layout:
    """Lay out boxes of different sizes."""
    groups, edges = case
    sizes = {
        box: (90.0 + 13 * (number % 7), 42.0 + 19 * (number % 3))
        for number, box in enumerate(groups)
    }
    return laid_out(sizes, groups, edges, across=across)


def meet(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def crossed(box: Rectangle, line: Sequence[tuple[float, float]]) -> bool:
    """Return whether a line runs through the inside of a box."""
    return any(
        min(x, end_x) < box.right - 1
        and max(x, end_x) > box.x + 1
        and min(y, end_y) < box.bottom - 1
        and max(y, end_y) > box.y + 1
        for (x, y), (end_x, end_y) in pairwise(line)
    )


@pytest.mark.parametrize(("case", "across"), CASES)
def test_boxes_do_not_overlap(case: Case, across: int | None) -> None:
    """And all are inside of the picture."""
    made = layout(case, across)
    boxes = sorted(made.boxes.values(), key=lambda box: (box.y, box.x))

    for number, box in enumerate(boxes):
        assert box.x >= 0
        assert box.right <= made.width
        assert box.bottom <= made.height
        for other in boxes[number + 1 :]:
            if other.y >= box.bottom:
                break
            assert not meet(box, other)


@pytest.mark.parametrize(("case", "across"), CASES)
def test_lines_run_downwards_around_the_boxes(case: Case, across: int | None) -> None:
    """From the lower side of one to the upper side of another, at right angles."""
    groups, edges = case
    made = layout(case, across)
    turned = arranged(groups, edges, across=across).reversed
    boxes = list(made.boxes.values())

    for edge, line in zip(edges, made.lines, strict=True):
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line))
        if edge[0] == edge[1]:
            continue
        upper, lower = edge[::-1] if edge in turned else edge
        way = line[::-1] if edge in turned else line
        assert way[0] == (made.boxes[upper].middle, made.boxes[upper].bottom)
        assert made.boxes[lower].x < way[-1][0] < made.boxes[lower].right
        assert way[-1][1] == made.boxes[lower].y > way[0][1]
        assert all(a[1] <= b[1] for a, b in pairwise(way))
        if len(boxes) < 100:
            assert not any(crossed(box, way) for box in boxes)


def runs(case: Case, made: Layout, turned: frozenset[Edge]) -> list[Run]:
    """Return the straight parts of all lines: where, from, to, and of which box."""
    found: list[Run] = []
    for edge, line in zip(case[1], made.lines, strict=True):
        source = edge[1] if edge in turned else edge[0]
        for (x, y), (end_x, end_y) in pairwise(line if edge[0] != edge[1] else ()):
            if x == end_x:
                found.append(("down", x, min(y, end_y), max(y, end_y), source))
            else:
                found.append(("across", y, min(x, end_x), max(x, end_x), source))
    return found


@pytest.mark.parametrize(("case", "across"), [c for c in CASES if c.id != "a thousand"])
def test_lines_of_different_boxes_never_run_in_one(
    case: Case, across: int | None
) -> None:
    """They cross, but nobody takes one for the other."""
    made = layout(case, across)
    parts = sorted(runs(case, made, arranged(*case, across=across).reversed))

    for number, (way, place, start, end, source) in enumerate(parts):
        for other in parts[number + 1 :]:
            if (way, place) != other[:2] or other[2] >= end:
                break
            assert source == other[4], (way, place, start, end, other)


@pytest.mark.parametrize(("case", "across"), CASES)
def test_a_lane_is_for_its_own_boxes(case: Case, across: int | None) -> None:
    """And lanes stand beside each other."""
    made = layout(case, across)
    grounds = sorted(made.lanes.values(), key=lambda ground: ground.x)

    assert all(one.right <= other.x for one, other in pairwise(grounds))
    for box, group in case[0].items():
        place, ground = made.boxes[box], made.lanes[group]
        assert ground.x < place.x
        assert place.right < ground.right
        assert ground.y < place.y
        assert place.bottom < ground.bottom


def test_a_chain_is_straight() -> None:
    """The most common history of all."""
    names = [f"m{number}" for number in range(20)]
    edges = list(pairwise(names))

    made = laid_out(dict.fromkeys(names, (100, 40)), dict.fromkeys(names, ""), edges)

    assert {len(line) for line in made.lines} == {2}
    assert len({box.x for box in made.boxes.values()}) == 1


def test_lines_do_not_cross_where_they_need_not() -> None:
    """Three pairs, given in an order that would cross them all."""
    groups = dict.fromkeys(["a", "b", "c", "z", "y", "x"], "")
    edges = [("a", "x"), ("b", "y"), ("c", "z")]

    grid = arranged(groups, edges)

    assert {a: grid.columns[a] for a, _ in edges} == {
        a: grid.columns[b] for a, b in edges
    }


def test_lanes_that_have_to_do_with_each_other_are_neighbours() -> None:
    """One that everything needs stands among those that need it."""
    groups = {name: name[0] for name in ("a1", "b1", "c1", "d1", "c2", "b2")}
    edges = [("a1", "d1"), ("b1", "c1"), ("b1", "c2"), ("c1", "b2")]

    lanes = arranged(groups, edges).lanes

    assert abs(lanes["a"].start - lanes["d"].start) == 1
    assert abs(lanes["b"].stop - lanes["c"].stop) <= 2


def test_a_row_has_no_more_boxes_than_allowed() -> None:
    """The rest goes into the next one, and no box above what it is below."""
    groups, edges = random_case(7, boxes=80, groups=1)

    grid = arranged(groups, edges, across=6)

    rows = list(grid.rows.values())
    assert max(map(rows.count, rows)) <= 6
    assert all(grid.rows[a] < grid.rows[b] for a, b in edges)


def test_circles_are_opened_at_one_line_each() -> None:
    """That one leads upwards."""
    groups = dict.fromkeys(["a", "b", "c"], "")
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")]

    assert arranged(groups, edges).reversed == {("c", "a")}


def test_the_same_graph_gives_the_same_picture() -> None:
    """So that a file under version control changes only with the history."""
    case = random_case(6, boxes=200, groups=9)

    assert layout(case, None) == layout(case, None)
