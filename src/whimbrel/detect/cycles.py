"""
Models that need each other: which relations to leave out so that they do not.

Place: `detect`, above `parts`. Used for models that are created together and,
with the old state, for models that are deleted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from whimbrel.models import Field
from whimbrel.state.model import ModelKey, ModelState, base_key, identity
from whimbrel.state.project import ProjectState
from whimbrel.state.relations import targets
from whimbrel.state.tables import ForeignKeyConstraint

Part: TypeAlias = tuple[str, str]
"""``("field", name)`` or ``("constraint", identity)``."""


@dataclass(frozen=True, slots=True)
class Needs:
    """
    The other models that one model needs.

    Args:
        whole: What cannot be left out: parents, and keys that are relations.

        parts: What can be left out for a while → whom it needs.
    """

    whole: frozenset[ModelKey]
    parts: Mapping[Part, frozenset[ModelKey]]

    def unmet(self, among: Set[ModelKey]) -> list[Part]:
        """Return the parts that need one of *among*."""
        return [part for part, keys in self.parts.items() if not keys.isdisjoint(among)]

    def all(self) -> frozenset[ModelKey]:
        return self.whole.union(*self.parts.values())


def left_out(
    models: Iterable[ModelState], state: ProjectState
) -> dict[ModelKey, frozenset[Part]]:
    """
    Return the parts of each model without which the models form no cycle.

    Models that need no part left out are missing in the answer. None of the parts
    is superfluous, and there are as few as a greedy search finds.

    Args:
        state: Where the models are found.
    """
    group = {model.key: model for model in models}
    tables = {model.full_table: key for key, model in group.items()}
    needs = {key: needs_of(model, tables) for key, model in group.items()}
    out: dict[ModelKey, set[Part]] = {}
    for keys in knots(frozenset(group), needs):
        knot = {key: group[key] for key in sorted(keys)}
        later = set(knot)
        mine: dict[ModelKey, set[Part]] = {}
        for key in lined_up(knot, needs):
            later.discard(key)
            mine[key] = set(needs[key].unmet(later))
        put_back(knot, needs, mine)
        out |= mine
    return {key: frozenset(parts) for key, parts in out.items() if parts}


def lined_up(
    knot: Mapping[ModelKey, ModelState], needs: Mapping[ModelKey, Needs]
) -> list[ModelKey]:
    """
    Return the models of one cycle so that few of them need a later one.

    Source:
        Eades, Lin, Smyth: A fast and effective heuristic for the feedback arc set
        problem (1993), with parts instead of arcs.
    """
    first: list[ModelKey] = []
    last: list[ModelKey] = []
    left = set(knot)
    while left:
        unmet = {k: len(needs[k].unmet(left)) for k in sorted(left)}
        hard = {k: len(needs[k].whole & left) for k in left}
        wanted = dependents(left, needs)
        free = [k for k in unmet if not unmet[k] and not hard[k]]
        loose = [k for k in unmet if not wanted[k]]
        if free:
            first += free
            left -= set(free)
        elif loose:
            last = loose + last
            left -= set(loose)
        else:
            best = min(unmet, key=lambda k: (hard[k], unmet[k] - wanted[k], k))
            first.append(best)
            left.discard(best)
    return first + last


def dependents(
    keys: Iterable[ModelKey], needs: Mapping[ModelKey, Needs]
) -> dict[ModelKey, int]:
    """Return how many parts of the others need each model."""
    counts = dict.fromkeys(keys, 0)
    for key in counts:
        for needed in (needs[key].whole, *needs[key].parts.values()):
            for other in needed:
                if other != key and other in counts:
                    counts[other] += 1
    return counts


def put_back(
    knot: Mapping[ModelKey, ModelState],
    needs: Mapping[ModelKey, Needs],
    out: Mapping[ModelKey, set[Part]],
) -> None:
    """Take from *out* what closes no cycle: columns before many-to-many fields."""
    parts = [(key, part) for key in knot for part in sorted(out[key])]
    parts.sort(key=lambda item: is_many_to_many(knot[item[0]], item[1]))
    for key, part in parts:
        if not leads_to(needs[key].parts[part], key, needs, out):
            out[key].discard(part)


def leads_to(
    starts: Iterable[ModelKey],
    end: ModelKey,
    needs: Mapping[ModelKey, Needs],
    out: Mapping[ModelKey, set[Part]],
) -> bool:
    """Return whether one of *starts* needs *end*, by itself or through others."""
    work = [key for key in starts if key in out]
    seen = set(work)
    while work:
        key = work.pop()
        if key == end:
            return True
        kept = [keys for part, keys in needs[key].parts.items() if part not in out[key]]
        for other in needs[key].whole.union(*kept):
            if other in out and other not in seen:
                seen.add(other)
                work.append(other)
    return False


def is_many_to_many(model: ModelState, part: Part) -> bool:
    """Return whether a part is a many-to-many field, which costs no column."""
    kind, name = part
    return kind == "field" and bool(model.fields[name].many_to_many)


def needs_of(model: ModelState, tables: Mapping[str, ModelKey]) -> Needs:
    """Return whom *model* needs; foreign keys name one of *tables*."""
    whole = {base_key(b, model.app_label) for b in model.bases if isinstance(b, str)}
    parts: dict[Part, frozenset[ModelKey]] = {}
    for name, field in model.fields.items():
        if not isinstance(field, Field) or not field.is_relation:
            continue
        keys = targets(field, model.app_label, model.name) - {model.key}
        if field.primary_key or getattr(field, "parent_link", False):
            whole |= keys
        elif keys:
            parts["field", name] = frozenset(keys)
    for constraint in model.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            target = tables.get(constraint.target, model.key)
            if target != model.key:
                parts["constraint", identity(constraint)] = frozenset({target})
    return Needs(frozenset(whole), parts)


def knots(
    keys: frozenset[ModelKey], needs: Mapping[ModelKey, Needs]
) -> list[frozenset[ModelKey]]:
    """Return the sets of more than one model that all need each other."""
    edges = {key: sorted(needs[key].all() & keys - {key}) for key in keys}
    return [frozenset(part) for part in components(edges) if len(part) > 1]


def components(
    edges: Mapping[ModelKey, Sequence[ModelKey]],
) -> list[list[ModelKey]]:
    """Return the strongly connected components (Tarjan's, without recursion)."""
    number: dict[ModelKey, int] = {}
    low: dict[ModelKey, int] = {}
    open_path: list[ModelKey] = []
    on_path: set[ModelKey] = set()
    found: list[list[ModelKey]] = []
    for root in sorted(edges):
        work = [(root, 0)] if root not in number else []
        while work:
            key, place = work.pop()
            if key not in number:
                number[key] = low[key] = len(number)
                open_path.append(key)
                on_path.add(key)
            for index in range(place, len(edges[key])):
                other = edges[key][index]
                if other not in number:
                    work += [(key, index), (other, 0)]
                    break
                if other in on_path:
                    low[key] = min(low[key], low[other])
            else:
                if low[key] == number[key]:
                    found.append(_closed(key, open_path, on_path))
    return found


def _closed(
    root: ModelKey, open_path: list[ModelKey], on_path: set[ModelKey]
) -> list[ModelKey]:
    component = []
    while True:
        key = open_path.pop()
        on_path.discard(key)
        component.append(key)
        if key == root:
            return component
