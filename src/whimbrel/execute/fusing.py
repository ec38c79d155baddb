"""
Which operations may be executed as one: what they do to rows decides.

Place: `execute`, lowest part. One transition from before the first operation to
after the last gives the same schema as all of them in turn. It gives the same rows
only if none in between changes values in a way that the two ends do not show: a
column that must not be NULL for a while is filled, and a text that is short for
a while is cut. Where a table has no rows, there is nothing to lose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from whimbrel.migrations.hints import FieldKey, Hints, ModelKey
from whimbrel.migrations.operation import Operation
from whimbrel.state.project import ProjectState


@dataclass(frozen=True, slots=True)
class Touched:
    """
    What one operation does to rows.

    Args:
        fresh: Models that it makes: their tables are empty.

        settled: Fields that get values or convert them.

        alone: Nobody can say (a custom operation), or what a state means to the
            database changes (``managed``).
    """

    fresh: frozenset[ModelKey] = frozenset()
    settled: frozenset[FieldKey] = frozenset()
    alone: bool = False


NOTHING = Touched()


def touched_by(
    operation: Operation,
    app_label: str,
    before: ProjectState,
    after: ProjectState,
    hints: Hints,
) -> Touched:
    """Return what *operation*, whose DDL follows from the states, does to rows."""
    if hints.new_models or hints.gone_models or hints.models or hints.fields:
        return Touched(fresh=hints.new_models)
    effects = operation.effects(app_label, before, after)
    settled = set()
    for kind, *names in effects.makes | effects.changes:
        if kind == "field":
            app, model, name = names
            settled.add((app, model, name))
        elif kind == "option" and names[2] == "managed":
            app, model, _ = names
            if _managed(before, (app, model)) != _managed(after, (app, model)):
                return Touched(alone=True)
    return Touched(settled=frozenset(settled), alone=effects.opaque)


def _managed(state: ProjectState, key: ModelKey) -> bool:
    return bool(state.models[key].options.get("managed", True))


@dataclass(slots=True)
class Rows:
    """
    What is known of the rows after a run of operations.

    Args:
        empty: Models whose tables have no rows.

        settled: Fields of other models whose values the run has settled, by the
            names that they have now.

        alone: The run can take nothing more.
    """

    empty: set[ModelKey]
    settled: set[FieldKey] = field(default_factory=set)
    alone: bool = False

    def allow(self, touched: Touched) -> bool:
        """Whether the run may take an operation that has *touched* that."""
        apart = self.alone or touched.alone
        return not apart and self.settled.isdisjoint(touched.settled)

    def follow(self, touched: Touched, hints: Hints) -> None:
        """Note what an operation has *touched*, renamed and removed."""
        if hints.models or hints.fields or hints.gone_models or hints.gone_fields:
            kept = self.empty - hints.gone_models
            self.empty = {hints.models.get(key, key) for key in kept}
            followed = (_followed(key, hints) for key in self.settled)
            self.settled = {key for key in followed if key is not None}
        self.empty |= touched.fresh
        self.settled |= {k for k in touched.settled if k[:2] not in self.empty}
        self.alone = touched.alone

    def later(self) -> Rows:
        """Return what is known when another run begins."""
        return Rows(self.empty)


def _followed(key: FieldKey, hints: Hints) -> FieldKey | None:
    """Return what a field is called after *hints*; None if it is gone."""
    if key[:2] in hints.gone_models:
        return None
    model = hints.models.get(key[:2], key[:2])
    if (*model, key[2]) in hints.gone_fields:
        return None
    return (*model, hints.fields.get((*model, key[2]), key[2]))


def composed(hints: Sequence[Hints]) -> Hints:
    """Return what all of *hints* say in turn; by halves, as each step costs what
    has been said before it."""
    if not hints:
        return Hints()
    if len(hints) == 1:
        return hints[0]
    middle = len(hints) // 2
    return composed(hints[:middle]).then(composed(hints[middle:]))
