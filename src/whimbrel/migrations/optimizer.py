"""
A list of operations made shorter, with the same outcome for schema and rows.

Place: `migrations`, above `footprints` and `ordering`. Operations that touch the
same thing stay in their order; all others may change places. Two that belong
together are merged (`Operation.merged_with`) unless a third has to stay between
them. So which operation may pass which follows from what they say of themselves:
there is no rule for pairs of classes that have nothing to do with each other.

Invariants: the result is no longer than the list, and cannot be made shorter by
asking again. Where nothing can be merged, the list is returned as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from whimbrel.migrations.effects import Resource
from whimbrel.migrations.footprints import Footprint, footprint
from whimbrel.migrations.hints import Hints, ModelKey
from whimbrel.migrations.meeting import Meeting
from whimbrel.migrations.operation import Operation
from whimbrel.migrations.ordering import sort
from whimbrel.state.project import ProjectState


def optimize(
    app_label: str, operations: Iterable[Operation], state: ProjectState
) -> tuple[Operation, ...]:
    """
    Return operations that do what *operations* do, and are as few as possible.

    Args:
        state: The state before the first of them; stays as it is.
    """
    current = tuple(operations)
    while True:
        shorter = _once(app_label, current, state)
        if len(shorter) == len(current):
            return current
        current = shorter


def _once(
    app_label: str, operations: Sequence[Operation], state: ProjectState
) -> tuple[Operation, ...]:
    """Merge once, by what the operations touch as they stand."""
    work = _Work(app_label)
    after = state.clone()
    for place, operation in enumerate(operations):
        before = after.clone()
        operation.state_forwards(app_label, after)
        work.add(place, operation, before, after)
    return work.result()


@dataclass(slots=True, eq=False)
class _Group:
    """
    Operations that follow each other at once.

    Args:
        place: Where the first of them stood.

        rank: Groups in ascending order run as the list does.

        operations: What is left of *given*, which were merged.

        before: The state that the first of them was written for.

        alone: Nothing is merged with it.

        earlier, later: Groups that must stay on that side, those next to it at least.
    """

    place: int
    rank: int
    operations: tuple[Operation, ...]
    given: tuple[Operation, ...]
    before: ProjectState
    alone: bool
    earlier: set[_Group] = field(default_factory=set)
    later: set[_Group] = field(default_factory=set)
    merged_into: _Group | None = None


@dataclass(slots=True)
class _Work:
    """The operations so far, as groups."""

    app_label: str
    groups: list[_Group] = field(default_factory=list)
    last_change: dict[Resource, _Group] = field(default_factory=dict)
    users_since: dict[Resource, list[_Group]] = field(default_factory=dict)
    without_rows: set[ModelKey] = field(default_factory=set)
    ranks: int = 0

    def add(
        self,
        place: int,
        operation: Operation,
        before: ProjectState,
        after: ProjectState,
    ) -> None:
        """Take in the next operation, and merge it with earlier ones if possible."""
        touched = footprint(operation, self.app_label, before, after)
        group = _Group(
            place, self._next_rank(), (operation,), (operation,), before, touched.alone
        )
        for other in self._earlier(group, touched):
            group.earlier.add(other)
            other.later.add(group)
        self.groups.append(group)
        self._follow_rows(operation, before, after)
        self._merge_back(group)

    def _next_rank(self) -> int:
        self.ranks += 1
        return self.ranks

    def _earlier(self, group: _Group, touched: Footprint) -> set[_Group]:
        """Return those that *group* comes right after, and note what it touches."""
        found: set[_Group] = set()
        for resource in touched.uses - touched.changes:
            if resource in self.last_change:
                found.add(_current(self.last_change[resource]))
            self.users_since.setdefault(resource, []).append(group)
        for resource in touched.changes:
            users = self.users_since.pop(resource, ())
            found.update(map(_current, users))
            if resource in self.last_change:
                found.add(_current(self.last_change[resource]))
            self.last_change[resource] = group
        return found

    def _follow_rows(
        self, operation: Operation, before: ProjectState, after: ProjectState
    ) -> None:
        if not operation.derives_ddl:
            self.without_rows.clear()
            return
        hints: Hints = operation.transition_hints(self.app_label, before, after)
        self.without_rows -= hints.gone_models
        renamed = {
            old: new for old, new in hints.models.items() if old in self.without_rows
        }
        self.without_rows -= renamed.keys()
        self.without_rows.update(renamed.values(), hints.new_models)

    def _merge_back(self, group: _Group) -> None:
        """Merge *group* with whom it comes after, as long as that is possible."""
        merged: _Group | None = group
        while merged is not None:
            merged = self._merged_once(merged)

    def _merged_once(self, group: _Group) -> _Group | None:
        for other in sorted(group.earlier, key=lambda g: g.rank, reverse=True):
            if _may_belong(other, group) and not _is_between(other, group):
                left = self._joined(other, group)
                if left is not None:
                    return self._contract(other, group, left)
        return None

    def _joined(self, first: _Group, second: _Group) -> tuple[Operation, ...] | None:
        """Return what the operations of both become; None if that is no merge."""
        done = list(first.operations)
        for number, operation in enumerate(second.operations):
            merged = self._pair(first.before, done, operation)
            if merged is None and number == 0:
                return None
            done += [operation] if merged is None else ()
            if merged is not None:
                done[-1:] = merged
                self._squeeze(first.before, done)
        return tuple(done)

    def _squeeze(self, before: ProjectState, done: list[Operation]) -> None:
        """Merge the last operations with each other while that makes them fewer."""
        while len(done) > 1:
            merged = self._pair(before, done[:-1], done[-1])
            if merged is None or len(merged) > 1:
                return
            done[-2:] = merged

    def _pair(
        self, before: ProjectState, done: Sequence[Operation], operation: Operation
    ) -> tuple[Operation, ...] | None:
        if not done:
            return None
        last = done[-1]

        def reached() -> ProjectState:
            state = before.clone()
            for earlier in done[:-1]:
                earlier.state_forwards(self.app_label, state)
            return state

        about = operation.one_model
        key = (self.app_label, about[1]) if about else None
        meeting = Meeting(self.app_label, reached, key in self.without_rows)
        merged = last.merged_with(operation, meeting)
        return operation.swallows(last, meeting) if merged is None else merged

    def _contract(
        self, first: _Group, second: _Group, left: tuple[Operation, ...]
    ) -> _Group:
        """Make one group of two that nothing has to stand between."""
        moves = any(other.rank > first.rank for other in second.earlier - {first})
        first.operations, first.given = left, (*first.given, *second.given)
        second.merged_into = first
        for other in second.earlier - {first}:
            other.later.discard(second)
            other.later.add(first)
        for other in second.later:
            other.earlier.discard(second)
            other.earlier.add(first)
        first.earlier |= second.earlier
        first.later |= second.later
        first.earlier.discard(first)
        first.later.discard(second)
        if moves:
            # It follows what only the second had to follow, and so do its followers.
            for group in sorted(_followers(first), key=lambda g: g.rank):
                group.rank = self._next_rank()
        return first

    def result(self) -> tuple[Operation, ...]:
        """Return what is left, as near to the places where it stood as possible."""
        groups = [group for group in self.groups if group.merged_into is None]
        number = {id(group): count for count, group in enumerate(groups)}
        edges = {
            number[id(group)]: {number[id(other)] for other in group.later}
            for group in groups
        }
        order = sort(len(groups), edges, lambda count: groups[count].place)
        return tuple(left for count in order for left in _left(groups[count]))


def _may_belong(first: _Group, second: _Group) -> bool:
    """Return whether the two are about one model, or neither is about any."""
    if first.alone or second.alone or not (first.operations and second.operations):
        return False
    one, other = first.operations[-1].one_model, second.operations[0].one_model
    return (one and one[1]) == (other and other[0])


def _left(group: _Group) -> tuple[Operation, ...]:
    """Return the operations of *group*; as they were given if they are no fewer."""
    fewer = len(group.operations) < len(group.given)
    return group.operations if fewer else group.given


def _current(group: _Group) -> _Group:
    """Return the group that *group* has become part of."""
    end = group
    while end.merged_into is not None:
        end = end.merged_into
    while group.merged_into is not None:
        following = group.merged_into
        if following is not end:
            group.merged_into = end
        group = following
    return end


def _is_between(first: _Group, second: _Group) -> bool:
    """Return whether something must come after *first* and before *second*."""
    seen: set[_Group] = set()
    waiting = [g for g in second.earlier if g is not first and g.rank > first.rank]
    while waiting:
        group = waiting.pop()
        if first in group.earlier:
            return True
        for other in group.earlier:
            if other.rank > first.rank and other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def _followers(group: _Group) -> Iterator[_Group]:
    """Yield *group* and all that have to come after it."""
    seen = {group}
    waiting = [group]
    while waiting:
        current = waiting.pop()
        yield current
        for other in current.later - seen:
            seen.add(other)
            waiting.append(other)
