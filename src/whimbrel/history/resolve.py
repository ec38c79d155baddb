"""
From what migrations declare to their graph.

Place: `history`, above `graph` and `squashes`. Nothing here runs a migration.

A squash comes after what it declares itself and nothing else: Django also gives
it all parents of the files it replaces, which makes circles that nobody can
break by editing the squash. What came after a replaced migration comes after
the squash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from whimbrel.errors.history import DependencyNotFound, ReplacedPartly
from whimbrel.history.graph import Graph
from whimbrel.history.squashes import Squashes, place_squashes

Key: TypeAlias = tuple[str, str]

FIRST = "__first__"
LATEST = "__latest__"


class Declared(Protocol):
    """What a migration says about its place in the history."""

    @property
    def dependencies(self) -> Sequence[Key]: ...
    @property
    def run_before(self) -> Sequence[Key]: ...
    @property
    def replaces(self) -> Sequence[Key]: ...


@dataclass(frozen=True, slots=True)
class Resolved:
    """The graph of the migrations that count, and the part of squashes in it."""

    graph: Graph
    squashes: Squashes
    applied: frozenset[Key]
    """Nodes of the graph that the database has."""


def resolve(
    declared: Mapping[Key, Declared],
    labels: Collection[str],
    applied: Collection[Key] = (),
    unfolded: Collection[Key] = (),
    files: Mapping[Key, str] | None = None,
) -> Resolved:
    """
    Return the graph, given what the database has.

    Args:
        labels: All apps, also those without migrations.

        applied: As recorded; may hold migrations that have no file.

        unfolded: Squashes that must not be used.

        files: Migration → its file, for messages.

    Raises:
        DependencyNotFound: HI107.

        CyclicDependencies: HI111.
    """
    replaces = {key: m.replaces for key, m in declared.items() if m.replaces}
    squashes = place_squashes(replaces, declared.keys(), applied, unfolded)
    gone = squashes.stand_ins.keys() | squashes.aside.keys()
    nodes = [key for key in declared if key not in gone]
    pointer = _Pointer(declared, squashes, labels, files or {})
    own = list(pointer.own_edges(nodes))
    pointer.ends = Graph.of(nodes, own)
    graph = Graph.of(nodes, [*own, *pointer.foreign_edges()])
    graph.check_acyclic()
    used = {key for key in nodes if key in squashes.applied}
    plain = {key for key in nodes if key in squashes.known and key not in replaces}
    return Resolved(graph, squashes, frozenset(used | plain))


@dataclass(slots=True)
class _Pointer:
    """Finds the nodes that a declared key stands for."""

    declared: Mapping[Key, Declared]
    squashes: Squashes
    labels: Collection[str]
    files: Mapping[Key, str]
    ends: Graph | None = None

    def own_edges(self, nodes: Iterable[Key]) -> Iterator[tuple[Key, Key]]:
        """Yield (child, parent) within the apps."""
        for child in nodes:
            for target in self.declared[child].dependencies:
                if target[0] == child[0] and target[1] != FIRST:
                    for parent in self.nodes_of(target, child, "dependencies"):
                        if parent != child or target == child:
                            yield child, parent

    def foreign_edges(self) -> Iterator[tuple[Key, Key]]:
        """Yield (child, parent) across apps, and what `run_before` says."""
        for key, migration in self.declared.items():
            here = self.squashes.stand_ins.get(key, key)
            if here in self.squashes.aside:
                continue
            for target in migration.dependencies if here == key else ():
                if target[0] != key[0]:
                    for parent in self.nodes_of(target, key, "dependencies"):
                        yield here, parent
            for target in migration.run_before:
                for child in self.nodes_of(target, key, "run_before"):
                    if child != here or target == key:
                        yield child, here

    def nodes_of(self, target: Key, said_by: Key, attribute: str) -> tuple[Key, ...]:
        """Return the nodes that *target* stands for; none for an app without files."""
        app, name = target
        if name in (FIRST, LATEST) and app in self.labels:
            return self._end(app, name)
        stand_in = self.squashes.stand_ins.get(target)
        if stand_in is not None:
            return (stand_in,)
        if target in self.squashes.aside:
            return self._last_of(target)
        if target in self.declared:
            return (target,)
        for squash in self.squashes.aside.values():
            if target in squash.originals:
                raise ReplacedPartly(squash.key, [target])
        raise DependencyNotFound(
            said_by,
            target,
            self.declared,
            self.labels,
            where=self.files.get(said_by),
            attribute=attribute,
        )

    def _end(self, app: str, name: str) -> tuple[Key, ...]:
        if self.ends is None:
            return ()
        return (self.ends.roots(app) if name == FIRST else self.ends.leaves(app))[:1]

    def _last_of(self, squash: Key) -> tuple[Key, ...]:
        """Return what an unused squash stands for: the ends of what it replaces."""
        originals = [
            key for key in self.squashes.aside[squash].originals if key in self.declared
        ]
        nodes = {self.squashes.stand_ins.get(key, key) for key in originals}
        inner = {
            self.squashes.stand_ins.get(target, target)
            for key in originals
            for target in self.declared[key].dependencies
        }
        return tuple(sorted(nodes - inner)) or tuple(sorted(nodes))
