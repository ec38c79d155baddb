"""
`graph`: the migrations as nodes and what they come after as edges.

Place: `project`, above `recorded`. Data only; `drawing` turns it into pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from whimbrel.history.history import History, Key
from whimbrel.history.resolve import FIRST, LATEST
from whimbrel.project.config import DEFAULT, Config
from whimbrel.project.describe import Described, described
from whimbrel.project.recorded import check_labels, load_history, read_recorded


class Status(Enum):
    """
    What a database has of a migration.

    Attributes:
        REPLACED: Not the squash itself, but all that it replaces; the next
            `migrate` records it.

        UNKNOWN: No database was asked.
    """

    APPLIED = "applied"
    REPLACED = "replaced"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """
    One migration.

    Args:
        when: When it was recorded.

        replaces: What it stands for, if it is a squash.

        after: What comes right before it, sorted.

        pushed: Those of *after* that it does not name itself: they say so with
            ``run_before``.

        leaf: Nothing of its own app comes after it.

        context: Of another app than those asked for; drawn because one of these
            comes after it.
    """

    app: str
    name: str
    status: Status
    when: datetime | None
    operations: tuple[Described, ...]
    replaces: tuple[Key, ...]
    after: tuple[Key, ...]
    pushed: tuple[Key, ...]
    leaf: bool
    context: bool

    @property
    def key(self) -> Key:
        return (self.app, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationGraph:
    """
    Args:
        database: Which one was asked; None for none.

        nodes: Parents first.

        aside: Squashes that are not used, because the database has a part of
            what they replace.

        lost: Recorded, of these apps, without a file.
    """

    database: str | None
    nodes: tuple[GraphNode, ...]
    aside: tuple[Key, ...]
    lost: tuple[Key, ...]

    def by_app(self) -> dict[str, list[GraphNode]]:
        """Return app → its nodes, parents first; apps sorted."""
        found: dict[str, list[GraphNode]] = {}
        for node in self.nodes:
            found.setdefault(node.app, []).append(node)
        return dict(sorted(found.items()))

    @property
    def conflicts(self) -> frozenset[Key]:
        """The leaves of apps that have more than one."""
        leaves = [node for node in self.nodes if node.leaf and not node.context]
        count = Counter(node.app for node in leaves)
        return frozenset(node.key for node in leaves if count[node.app] > 1)


def graph(
    config: Config, labels: Collection[str] = (), *, database: str | None = DEFAULT
) -> MigrationGraph:
    """
    Return the graph of the apps *labels*, all of them for none.

    Args:
        database: Whose migrations are marked as applied; None asks none, and
            every squash stands for what it replaces.
    """
    check_labels(config, labels)
    recorded = {} if database is None else read_recorded(config, database)
    history = load_history(config, recorded)
    apps = frozenset(labels or config.apps)
    parents = history.graph.parents
    own = {key for key in history.graph.nodes if key[0] in apps}
    wanted = own.union(*(parents[key] for key in own))
    leaves = frozenset(leaf for app in apps for leaf in history.graph.leaves(app))
    return MigrationGraph(
        database=database,
        nodes=tuple(
            _node(
                history,
                key,
                recorded if database is not None else None,
                after=tuple(parent for parent in parents[key] if parent in wanted),
                leaf=key in leaves,
                context=key not in own,
            )
            for key in history.graph.full_plan()
            if key in wanted
        ),
        aside=tuple(
            sorted(key for key in history.resolved.squashes.aside if key[0] in apps)
        ),
        lost=tuple(key for key in history.without_file() if key[0] in apps),
    )


def _node(
    history: History,
    key: Key,
    recorded: Mapping[Key, datetime] | None,
    *,
    after: tuple[Key, ...],
    leaf: bool,
    context: bool,
) -> GraphNode:
    migration = history.migrations[key]
    return GraphNode(
        app=key[0],
        name=key[1],
        status=_status(history, key, recorded),
        when=recorded.get(key) if recorded else None,
        operations=described(migration),
        replaces=tuple(migration.replaces),
        after=after,
        pushed=tuple(parent for parent in after if not _names(history, key, parent)),
        leaf=leaf,
        context=context,
    )


def _status(history: History, key: Key, recorded: Collection[Key] | None) -> Status:
    if recorded is None:
        return Status.UNKNOWN
    if key in recorded:
        return Status.APPLIED
    return Status.REPLACED if key in history.applied else Status.PENDING


def _names(history: History, child: Key, parent: Key) -> bool:
    """Return whether *child* itself says that it comes after *parent*."""
    squashes = history.resolved.squashes
    for target in history.migrations[child].dependencies:
        if parent in (target, squashes.stand_ins.get(target)):
            return True
        if target[1] in (FIRST, LATEST) and target[0] == parent[0]:
            return True
        unused = squashes.aside.get(target)
        if unused is not None:
            stands = (squashes.stand_ins.get(key, key) for key in unused.originals)
            if parent in stands:
                return True
    return False
