"""
The order of operations, from what they read, make, change and remove.

Place: `detect`, above `script`. The sort is that of `migrations.ordering`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from whimbrel.detect.ranks import RENAMES
from whimbrel.detect.script import Draft
from whimbrel.errors.detect import Unorderable
from whimbrel.migrations import ordering
from whimbrel.migrations.ordering import Edges, Roles

HARMLESS = frozenset({"reads", "releases"})
"""Two operations that only do this to a thing may change places."""


def ordered(drafts: Sequence[Draft]) -> tuple[list[Draft], list[frozenset[int]]]:
    """
    Return *drafts* in an order in which they may run, and whom each one needs.

    The drafts of rank `RENAMES` keep their order, and precede whatever has to do
    with the same things: the others are said in terms of the state after them.

    Returns:
        The drafts, and for each the places (in this order) of those that have
        to come before it.

    Raises:
        Unorderable: DE105.
    """
    needed = needed_edges(drafts)
    edges = defaultdict(set, {first: set(then) for first, then in needed.items()})
    renames = [p for p, draft in enumerate(drafts) if draft.rank == RENAMES]
    for first, then in pairwise(renames):
        edges[first].add(then)
    add_courtesies(drafts, edges)
    order = sorted_by_rank(drafts, edges)
    place = {number: place for place, number in enumerate(order)}
    before: list[set[int]] = [set() for _ in drafts]
    for first, others in needed.items():
        for other in others:
            before[place[other]].add(place[first])
    return [drafts[number] for number in order], [frozenset(b) for b in before]


def needed_edges(drafts: Sequence[Draft]) -> Edges:
    """Return who has to come before whom."""
    edges: Edges = defaultdict(set)
    effects = [draft.change.effects for draft in drafts]
    for roles in ordering.by_resource(effects).values():
        for first, then in pairs(drafts, roles):
            if first != then:
                edges[first].add(then)
    return edges


def pairs(drafts: Sequence[Draft], roles: Roles) -> Iterator[tuple[int, int]]:
    """Yield (first, then) for those who deal with one resource."""
    renames = {
        role: [p for p in places if drafts[p].rank == RENAMES]
        for role, places in roles.items()
    }
    others = {
        role: [p for p in places if drafts[p].rank != RENAMES]
        for role, places in roles.items()
    }
    yield from ordering.pairs({role: found for role, found in others.items() if found})
    # Two that change one thing keep the order in which they were found.
    changing = others.get("changes", [])
    yield from pairwise(changing)
    for role, places in renames.items():
        for one in places:
            for other_role, all_places in roles.items():
                if {role, other_role} <= HARMLESS:
                    continue
                for other in all_places:
                    if drafts[other].rank != RENAMES or one < other:
                        yield one, other


def add_courtesies(drafts: Sequence[Draft], edges: Edges) -> None:
    """Let those who free a name go before those who take it, where that may be."""
    freed: dict[object, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        for name in draft.claims.frees:
            freed[name].append(place)
    for place, draft in enumerate(drafts):
        for name in sorted(draft.claims.takes & freed.keys()):
            for first in freed[name]:
                if first != place and not reaches(edges, place, first):
                    edges[first].add(place)


def reaches(edges: Edges, start: int, end: int) -> bool:
    """Return whether *start* has to come before *end*."""
    seen, work = {start}, [start]
    while work:
        place = work.pop()
        if place == end:
            return True
        fresh = edges.get(place, set()) - seen
        seen |= fresh
        work += fresh
    return False


def sorted_by_rank(drafts: Sequence[Draft], edges: Edges) -> list[int]:
    """Return the places of *drafts* so that every edge leads forwards."""
    order = ordering.sort(len(drafts), edges, lambda p: sort_key(drafts[p], p))
    if len(order) < len(drafts):
        left = sorted(set(range(len(drafts))).difference(order))
        raise Unorderable(drafts[p].change.operation.describe() for p in left)
    return order


def sort_key(draft: Draft, place: int) -> tuple[int, str, str, str, int]:
    """Return rank, app, model and name of *draft*, and its place at last."""
    operation = draft.change.operation
    if draft.rank == RENAMES:
        return (RENAMES, "", "", "", place)
    name = getattr(operation, "name", None)
    model = getattr(operation, "model_name", name) or ""
    return (
        draft.rank,
        draft.change.app_label,
        str(model).lower(),
        str(name or "").lower(),
        place,
    )
