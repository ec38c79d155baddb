"""
Statements that belong together, and the order in which such units run.

Place: `schema`, above `statement`. A compiler yields units, each with its effects
on what is in the database; `in_order` sorts them by the one question of
`migrations.effects`: must this come before that? What nothing orders stays in the
order of the phases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, auto
from itertools import pairwise
from typing import TypeAlias, TypeVar

from whimbrel.errors.schema import CannotBeOrdered
from whimbrel.migrations import ordering
from whimbrel.migrations.effects import Effects, Resource
from whimbrel.migrations.ordering import Edges
from whimbrel.schema.renames import aside
from whimbrel.schema.statement import Statement

NOTHING = Effects()
Names: TypeAlias = frozenset[Resource]
NO_NAMES: Names = frozenset()
BROUGHT: Resource = ("brought",)
"""What extensions bring that come: nobody says what that is, nor who uses it."""
TAKEN: Resource = ("taken",)
"""What extensions take along that go; likewise."""
Name = TypeVar("Name")


class Phase(IntEnum):
    """What comes first where nothing else decides."""

    SCHEMAS = auto()
    EXTENSIONS = auto()
    TYPES = auto()
    FOREIGN_KEYS_OFF = auto()
    TABLES_OFF = auto()
    ITEMS_OFF = auto()
    TABLE_NAMES = auto()
    COLUMN_NAMES = auto()
    ITEM_NAMES = auto()
    TABLES = auto()
    CHANGES = auto()
    INDEXES = auto()
    FOREIGN_KEYS = auto()
    TYPES_OFF = auto()
    EXTENSIONS_OFF = auto()
    SCHEMAS_OFF = auto()


Opening: TypeAlias = Callable[[Names], list["Unit"]]
"""From all resources of a change to the units that do the same in more steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """
    Statements that run one right after another.

    Args:
        effects: On the resources of `schema.namespaces`: names that are taken
            (made) and freed (removed), and what they stand for.

        otherwise: How to do the same in several steps, should the unit stand in
            a circle.
    """

    phase: Phase
    statements: tuple[Statement, ...]
    effects: Effects = NOTHING
    otherwise: Opening | None = None


def in_order(units: Iterable[Unit]) -> list[Statement]:
    """
    Return the statements of *units* in an order in which they can run.

    Raises:
        CannotBeOrdered: SC106.
    """
    every = [unit for unit in units if unit.statements]
    while True:
        edges = edges_of(every)
        phases = [unit.phase for unit in every]
        order = ordering.sort(len(every), edges, phases.__getitem__)
        if len(order) == len(every):
            return [s for place in order for s in every[place].statements]
        left = set(range(len(every))).difference(order)
        every = opened(every, ordering.circles(edges, left))


def edges_of(units: Sequence[Unit]) -> Edges:
    """Return which of *units* have to come before which."""
    edges: Edges = defaultdict(set)
    effects = [unit.effects for unit in units]
    for roles in ordering.by_resource(effects).values():
        if len(roles) > 1:
            for first, then in ordering.pairs(roles):
                edges[first].add(then)
        # Two that change one thing keep the order in which they were found.
        for first, then in pairwise(roles.get("changes", ())):
            edges[first].add(then)
    return edges


def opened(units: Sequence[Unit], circles: Iterable[set[int]]) -> list[Unit]:
    """Return *units*, in each of *circles* one in its several steps."""
    steps: dict[int, list[Unit]] = {}
    taken = NO_NAMES.union(*map(_resources, units))
    for circle in circles:
        place = _to_open(units, circle)
        opening = None if place is None else units[place].otherwise
        if place is None or opening is None:
            raise CannotBeOrdered(s.does for p in circle for s in units[p].statements)
        steps[place] = opening(taken)
    return [u for place, unit in enumerate(units) for u in steps.get(place, [unit])]


def _to_open(units: Sequence[Unit], circle: Iterable[int]) -> int | None:
    """
    Return which of *circle* goes in several steps; None if none can.

    It is one that others wait for because it frees a name, and rather one of a
    late phase: what a table has steps aside more easily than the table.
    """
    wanted = NO_NAMES.union(*(units[place].effects.makes for place in circle))
    able = [
        (-units[place].phase, place)
        for place in circle
        if units[place].otherwise and units[place].effects.removes & wanted
    ]
    return min(able)[1] if able else None


def _resources(unit: Unit) -> Names:
    return unit.effects.makes | unit.effects.removes


def in_schemas(unit: Unit, created: Names, dropped: Names) -> Unit:
    """
    Return *unit* with the schemas in which it takes and frees names.

    Args:
        created, dropped: Those that come and go.
    """
    effects = unit.effects
    comes = frozenset(map(_schema_of, effects.makes))
    goes = frozenset(map(_schema_of, effects.removes | effects.releases))
    effects = replace(
        effects,
        reads=effects.reads | (comes & created),
        releases=effects.releases | (goes & dropped),
    )
    return replace(unit, effects=effects)


def _schema_of(name: Resource) -> Resource:
    return ("schema", name[1] if len(name) > 2 else "")


AROUND = frozenset(
    {Phase.SCHEMAS, Phase.EXTENSIONS, Phase.EXTENSIONS_OFF, Phase.SCHEMAS_OFF}
)
"""Phases of what is there before extensions come, and after they have gone."""


def with_extensions(unit: Unit) -> Unit:
    """Return *unit* with all extensions, of which it may use any."""
    if unit.phase in AROUND:
        return unit
    effects = unit.effects
    effects = replace(
        effects,
        reads=effects.reads | {BROUGHT},
        releases=effects.releases | {TAKEN},
    )
    return replace(unit, effects=effects)


def on_the_way(
    unit: Unit,
    way: Sequence[Name],
    names: Callable[[Name], Names],
    rename: Callable[[Name, Name], list[Statement]],
) -> Iterator[Unit]:
    """
    Yield the steps of a rename.

    Args:
        unit: With what every step reads and releases, and the last one makes.

        way: The name before, those on the way, and the one after. What is
            called so on the way is nobody else's, so it is not freed for them.
    """
    common = unit.effects
    last = len(way) - 2
    for place, (old, new) in enumerate(pairwise(way)):
        effects = Effects(
            reads=common.reads | names(old) if place else common.reads,
            releases=common.releases,
            removes=NO_NAMES if place else names(old),
            makes=names(new) | common.makes if place == last else names(new),
        )
        yield Unit(
            phase=unit.phase,
            statements=tuple(rename(old, new)),
            effects=effects,
            otherwise=unit.otherwise,
        )


def unused(name: str, names: Callable[[str], Names], taken: Names) -> str:
    """Return a name for what steps aside."""
    candidate, number = aside(name), 1
    while names(candidate) & taken:
        number += 1
        candidate = aside(f"{number}_{name}")
    return candidate
