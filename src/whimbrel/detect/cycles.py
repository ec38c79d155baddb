"""
Models that need each other: which relations to leave out so that they do not.

Place: `detect`, above `parts`. Used for models that are created together and,
with the old state, for models that are deleted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    def unmet(self, among: frozenset[ModelKey]) -> list[Part]:
        """Return the parts that need one of *among*."""
        return [part for part, keys in self.parts.items() if keys & among]

    def all(self) -> frozenset[ModelKey]:
        return self.whole.union(*self.parts.values())


def left_out(
    models: Iterable[ModelState], state: ProjectState
) -> dict[ModelKey, frozenset[Part]]:
    """
    Return the parts of each model without which the models form no cycle.

    Models of no cycle are missing in the answer. As few parts as a greedy search
    finds, many-to-many fields rather than columns.

    Args:
        state: Where the models and their tables are found.
    """
    group = {model.key: model for model in models}
    tables = {model.full_table: key for key, model in group.items()}
    needs = {key: needs_of(model, tables) for key, model in group.items()}
    out: dict[ModelKey, frozenset[Part]] = {}
    waiting = [frozenset(group)]
    while waiting:
        for knot in knots(waiting.pop(), needs):
            key = min(knot, key=lambda k: cost(group[k], needs[k], knot))
            unmet = needs[key].unmet(knot - {key})
            if unmet:
                out[key] = frozenset(unmet)
            # What stands first is no longer needed by the others.
            waiting.append(knot - {key})
    return out


def cost(
    model: ModelState, needs: Needs, knot: frozenset[ModelKey]
) -> tuple[int, int, int, ModelKey]:
    """Return what it costs to take *model* first of its cycle."""
    others = knot - {model.key}
    unmet = needs.unmet(others)
    columns = [part for part in unmet if not is_many_to_many(model, part)]
    return (len(needs.whole & others), len(unmet), len(columns), model.key)


def is_many_to_many(model: ModelState, part: Part) -> bool:
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
