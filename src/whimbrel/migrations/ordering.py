"""
The order of things with effects: who has to come before whom, and a stable sort.

Place: `migrations`, above `effects`. Detection orders operations by it, the schema
compiler statements. Edges are found by resource, so the cost grows with what
the things have in common, not with the square of their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Any, TypeAlias

from whimbrel.migrations.effects import Effects, Resource

Edges: TypeAlias = dict[int, set[int]]
"""Place of a thing → places of those that have to come after it."""

Roles: TypeAlias = Mapping[str, list[int]]
"""What is done to one resource (``makes``) → places of those that do it."""

ROLES = ("reads", "makes", "changes", "removes", "releases")

FIRST_THEN = (
    ("makes", "reads"),
    ("makes", "changes"),
    ("changes", "reads"),
    ("changes", "removes"),
    ("releases", "removes"),
    ("releases", "changes"),
    ("releases", "makes"),
    ("removes", "makes"),
)
"""Roles in which one thing precedes another: `Effects.must_precede`."""


def by_resource(effects: Iterable[Effects]) -> Mapping[Resource, Roles]:
    """Return what is done, and by whom, to each resource that several deal with."""
    once: dict[Resource, tuple[str, int]] = {}
    index: dict[Resource, dict[str, list[int]]] = {}
    for place, effect in enumerate(effects):
        for role in ROLES:
            for resource in getattr(effect, role):
                if resource in index:
                    index[resource].setdefault(role, []).append(place)
                elif resource in once:
                    before, first = once[resource]
                    index[resource] = {before: [first]}
                    index[resource].setdefault(role, []).append(place)
                else:
                    once[resource] = (role, place)
    return index


def pairs(roles: Roles) -> Iterator[tuple[int, int]]:
    """Yield (first, then) for those who deal with one resource."""
    for first, then in FIRST_THEN:
        if first in roles and then in roles:
            for one in roles[first]:
                for other in roles[then]:
                    if one != other:
                        yield one, other


def sort(
    count: int, edges: Mapping[int, Iterable[int]], key: Callable[[int], Any]
) -> list[int]:
    """
    Return 0 … *count* - 1 so that every edge leads forwards, else by *key*.

    Those in a circle, and those after one, are left out.
    """
    waiting = waiting_for(count, edges)
    ready = [(key(place), place) for place in range(count) if not waiting[place]]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, place = heappop(ready)
        order.append(place)
        for other in edges.get(place, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, (key(other), other))
    return order


def waiting_for(count: int, edges: Mapping[int, Iterable[int]]) -> list[int]:
    """Return how many come right before each."""
    waiting = [0] * count
    for others in edges.values():
        for other in others:
            waiting[other] += 1
    return waiting


def circles(edges: Mapping[int, Iterable[int]], among: Iterable[int]) -> list[set[int]]:
    """Return the groups *among* whom each has to come before each other (Kosaraju)."""
    inside = set(among)
    forwards = {p: sorted(inside.intersection(edges.get(p, ()))) for p in inside}
    backwards: dict[int, list[int]] = {place: [] for place in inside}
    for place, others in forwards.items():
        for other in others:
            backwards[other].append(place)
    finished = [p for start in sorted(inside) for p in _visit(start, forwards, inside)]
    inside = set(finished)
    groups = [set(_visit(p, backwards, inside)) for p in reversed(finished)]
    return [group for group in groups if len(group) > 1]


def _visit(
    start: int, edges: Mapping[int, Iterable[int]], open_: set[int]
) -> Iterator[int]:
    """Yield those of *open_* that *start* leads to, itself last; they are closed."""
    if start not in open_:
        return
    open_.discard(start)
    work = [(start, iter(edges[start]))]
    while work:
        place, others = work[-1]
        for other in others:
            if other in open_:
                open_.discard(other)
                work.append((other, iter(edges[other])))
                break
        else:
            work.pop()
            yield place
