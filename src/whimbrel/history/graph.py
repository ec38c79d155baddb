"""
The graph of migrations: which comes before which.

Place: `history`, above `errors`. Knows keys only, no files and no operations.

Invariants: neighbours are sorted, so every order that is returned depends on the
nodes and edges alone. Nothing recurses; each function is linear in what it visits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from whimbrel.errors.history import CyclicDependencies, InconsistentHistory

Key: TypeAlias = tuple[str, str]
Edges: TypeAlias = Mapping[Key, tuple[Key, ...]]


@dataclass(frozen=True, slots=True)
class Graph:
    """
    Migrations and what they depend on.

    Args:
        parents: For each node what comes right before it, sorted.

        children: For each node what comes right after it, sorted.
    """

    parents: Edges = field(default_factory=dict)
    children: Edges = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[Key], edges: Iterable[tuple[Key, Key]]) -> Graph:
        """Return the graph of *nodes* and (child, parent) pairs between them."""
        parents: dict[Key, set[Key]] = {node: set() for node in sorted(nodes)}
        children: dict[Key, set[Key]] = {node: set() for node in parents}
        for child, parent in edges:
            parents[child].add(parent)
            children[parent].add(child)
        return cls(
            {node: tuple(sorted(found)) for node, found in parents.items()},
            {node: tuple(sorted(found)) for node, found in children.items()},
        )

    def __contains__(self, key: object) -> bool:
        return key in self.parents

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def nodes(self) -> Collection[Key]:
        """All nodes, sorted."""
        return self.parents.keys()

    def forwards_plan(self, *targets: Key) -> tuple[Key, ...]:
        """Return *targets* and all that comes before them, parents first.

        Raises:
            KeyError: A target is no node.
        """
        return depth_first(self.parents, targets)

    def backwards_plan(self, *targets: Key) -> tuple[Key, ...]:
        """Return *targets* and all that comes after them, children first."""
        return depth_first(self.children, targets)

    def full_plan(self) -> tuple[Key, ...]:
        """Return all nodes, parents first."""
        return self.forwards_plan(*self.leaves())

    def roots(self, app_label: str | None = None) -> tuple[Key, ...]:
        """Return the nodes without a parent in their own app, sorted."""
        return self._ends(self.parents, app_label)

    def leaves(self, app_label: str | None = None) -> tuple[Key, ...]:
        """Return the nodes without a child in their own app, sorted."""
        return self._ends(self.children, app_label)

    def _ends(self, edges: Edges, app_label: str | None) -> tuple[Key, ...]:
        return tuple(
            node
            for node, found in edges.items()
            if app_label in (None, node[0]) and all(n[0] != node[0] for n in found)
        )

    def conflicts(self) -> dict[str, tuple[str, ...]]:
        """Return for each app with several leaves their names, sorted."""
        ends: dict[str, list[str]] = {}
        for app_label, name in self.leaves():
            ends.setdefault(app_label, []).append(name)
        return {app: tuple(names) for app, names in ends.items() if len(names) > 1}

    def check_acyclic(self) -> None:
        """Raise `CyclicDependencies` (HI111) if nodes depend on each other."""
        waiting = {node: len(found) for node, found in self.parents.items()}
        free = [node for node, count in waiting.items() if not count]
        while free:
            node = free.pop()
            del waiting[node]
            for child in self.children[node]:
                waiting[child] -= 1
                if not waiting[child]:
                    free.append(child)
        if waiting:
            raise CyclicDependencies(self._cycle(waiting))

    def _cycle(self, among: Collection[Key]) -> list[Key]:
        """Return a circle of nodes, each *among* the given ones, first one repeated."""
        # Each of them waits for another one of them, so walking upwards must return.
        path = [min(among)]
        while True:
            following = next(n for n in self.parents[path[-1]] if n in among)
            if following in path:
                return [*path[path.index(following) :], following]
            path.append(following)

    def check_consistent(
        self, applied: Collection[Key], where: str | None = None
    ) -> None:
        """Raise `InconsistentHistory` (HI115) if a parent of an applied one is not."""
        for child, parents in self.parents.items():
            if child not in applied:
                continue
            for parent in parents:
                if parent not in applied:
                    raise InconsistentHistory(child, parent, where)


def depth_first(edges: Edges, targets: Iterable[Key]) -> tuple[Key, ...]:
    """Return *targets* and all they lead to, what a node leads to before the node."""
    ordered: dict[Key, None] = {}
    entered: set[Key] = set()
    stack = [(target, False) for target in reversed(list(targets))]
    while stack:
        node, left = stack.pop()
        if left:
            ordered[node] = None
        elif node not in entered:
            entered.add(node)
            stack.append((node, True))
            stack.extend((n, False) for n in reversed(edges[node]) if n not in entered)
    return tuple(ordered)
