"""
What an operation reads, makes, changes and removes.

Place: `migrations`. Ordering in detection, the cutting of changes into
migrations, merging and fusing all ask the same question of these: must this
operation come before that one?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Resource: TypeAlias = tuple[str, ...]
"""``("model", app, name_lower)``, ``("field", app, model, field)``,
``("index", app, model, name)``, ``("constraint", app, model, identity)``,
``("option", app, model, option)``, ``("sequence", app, name)``,
``("extension", app, name)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """
    Args:
        reads: What must be there, in its new form, when the operation runs.

        releases: What the operation lets go of: it must still be there when
            the operation runs, and may be removed afterwards.

        keeps: What the operation names and needs before and after, perhaps under
            another name. That orders nothing; but where another app makes it
            under this name, its migration is one to depend on.

        opaque: Nobody can say what it does (raw SQL, Python code); it commutes
            with nothing.
    """

    reads: frozenset[Resource] = frozenset()
    makes: frozenset[Resource] = frozenset()
    changes: frozenset[Resource] = frozenset()
    removes: frozenset[Resource] = frozenset()
    releases: frozenset[Resource] = frozenset()
    keeps: frozenset[Resource] = frozenset()
    opaque: bool = False

    def commutes(self, other: Effects) -> bool:
        """Return whether the two may change places without a difference."""
        return not (
            self.opaque
            or other.opaque
            or self.must_precede(other)
            or other.must_precede(self)
            or self.changes & other.changes
            or self.makes & other.makes
            or self.removes & other.removes
        )

    def must_precede(self, other: Effects) -> bool:
        """
        Return whether this operation has to run before *other*.

        Makers come before changers and readers, releasers before changers and
        removers, removers before those who make the same thing anew.
        """
        return bool(
            self.makes & (other.reads | other.changes)
            or self.changes & (other.reads | other.removes)
            or self.releases & (other.removes | other.changes | other.makes)
            or self.removes & other.makes
        )
