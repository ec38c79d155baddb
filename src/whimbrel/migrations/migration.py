"""
The migration: what the class `Migration` of a file says.

Place: `migrations`, above the operations. `history.loader` makes instances of
the classes in files; `history.arrange` makes migrations that are not written
yet; `history.writer` prints either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self, TypeAlias

from whimbrel.migrations.operation import Operation
from whimbrel.state.project import ProjectState

Key: TypeAlias = tuple[str, str]
"""App label and name of a migration; the name is that of its file."""

NAME_LENGTH = 52
"""How long a suggested name may grow before it ends in ``_and_more``."""


class Migration:
    """
    One step of the history of one app.

    Subclasses in migration files set the class attributes; they are copied to
    each instance, so that no list is shared.

    Args:
        name: Name of the file without ``.py``.

        app_label: The app that it belongs to.
    """

    operations: Sequence[Operation] = ()
    dependencies: Sequence[Key] = ()
    """Migrations that come before; ``__first__`` and ``__latest__`` are names too."""

    run_before: Sequence[Key] = ()
    """Migrations that come after, for apps whose files cannot say it themselves."""

    replaces: Sequence[Key] = ()
    """Migrations that this one stands for: it is a squash."""

    initial: bool | None = None
    """Whether it makes the app's first tables; None: judged by its dependencies."""

    atomic: bool = True
    """False: not in a transaction, even where the database could."""

    def __init__(self, name: str, app_label: str) -> None:
        self.name = name
        self.app_label = app_label
        self.operations = list(self.operations)
        self.dependencies = list(self.dependencies)
        self.run_before = list(self.run_before)
        self.replaces = list(self.replaces)

    @classmethod
    def of(
        cls,
        app_label: str,
        name: str,
        *,
        operations: Iterable[Operation] = (),
        dependencies: Iterable[Key] = (),
        run_before: Iterable[Key] = (),
        replaces: Iterable[Key] = (),
        initial: bool | None = None,
        atomic: bool = True,
    ) -> Self:
        """Return a migration that no file says (yet)."""
        made = cls(name, app_label)
        made.operations = list(operations)
        made.dependencies = list(dependencies)
        made.run_before = list(run_before)
        made.replaces = list(replaces)
        made.initial = initial
        made.atomic = atomic
        return made

    @property
    def key(self) -> Key:
        return (self.app_label, self.name)

    def mutate_state(self, state: ProjectState) -> ProjectState:
        """Change *state* by all operations, in place, and return it."""
        for operation in self.operations:
            operation.state_forwards(self.app_label, state)
        return state

    def suggest_name(self, moment: datetime | None = None) -> str:
        """
        Return a name, without number, that says what the operations do.

        Args:
            moment: Goes into the name if the operations give none; without it
                such a name is just ``auto``.
        """
        if self.initial:
            return "initial"
        fragments = [op.migration_name_fragment for op in self.operations]
        known = [re.sub(r"\W+", "_", fragment) for fragment in fragments if fragment]
        if not known or len(known) < len(fragments):
            return f"auto_{moment:%Y%m%d_%H%M}" if moment else "auto"
        name = known[0]
        for fragment in known[1:]:
            longer = f"{name}_{fragment}"
            if len(longer) > NAME_LENGTH:
                return f"{name}_and_more"
            name = longer
        return name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Migration) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"

    def __repr__(self) -> str:
        return f"<Migration {self}>"
