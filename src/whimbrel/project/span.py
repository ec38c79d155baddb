"""
A range of migrations, ``FROM:TO``, as a plan.

Place: `project`, above `recorded`. No database is asked: one that has FROM and what
that needs, and nothing else, is assumed. Both sides mean what they mean to
`migrate`; FROM after TO leads back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whimbrel.errors.project import OptionsClash
from whimbrel.history.history import History, Key
from whimbrel.history.plan import ZERO, Step, Target, plan, target, viewed
from whimbrel.project.recorded import check_has_migrations

BETWEEN = ":"


@dataclass(frozen=True, slots=True)
class Span:
    """
    Args:
        app: None means all apps.

        start, end: A migration's name or the beginning of it, or "zero"; "" is
            the beginning, or the end, of the history.
    """

    app: str | None = None
    start: str = ""
    end: str = ""

    @classmethod
    def read(cls, app: str | None, text: str | None, *, backwards: bool) -> Span:
        """Return what *text* says: ``FROM:TO``; None is everything.

        Args:
            backwards: From TO to FROM.
        """
        start, _, end = (text or "").partition(BETWEEN)
        if not backwards:
            return cls(app, start or ZERO, end)
        return cls(app, end, start or ZERO)

    def applied(self, history: History) -> tuple[Key, ...]:
        """Return what a database has that is at `start`."""
        places = self.places(history, self.start)
        graph = viewed(history, (), places).graph
        there = [(app, name) for app, name in places if name is not None]
        return graph.forwards_plan(*there) if there else ()

    def steps(self, history: History) -> list[Step]:
        """
        Return the plan, in a *history* that sees what is `applied`.

        Raises:
            MigrationNotFound, AmbiguousName: HI112, HI113.
        """
        return plan(history, history.recorded, self.places(history, self.end))

    def places(self, history: History, name: str) -> Sequence[Target]:
        if self.app is not None:
            check_has_migrations(history, self.app)
            if name:
                return [target(history, self.app, name)]
            return list(history.graph.leaves(self.app))
        if name == ZERO:
            return [(app, None) for app in sorted(history.labels)]
        if name:
            raise OptionsClash("no app is named", "name one: whimbrel sqlmigrate APP …")
        return list(history.graph.leaves())
