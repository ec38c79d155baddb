"""
Extensions of the database, and what several apps say of one.

Place: `state`, below `project`. A database has an extension once, whoever wants it:
it comes with the first app that creates it and goes with the last that lets go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """
    What one app says of an extension.

    Args:
        schema: Where its objects are; None: where the database puts them.

        version: None: the one that the database installs.
    """

    name: str
    schema: str | None = None
    version: str | None = None

    def completed(self, other: Extension) -> Extension:
        """Return this with what *other* says where this says nothing."""
        return replace(
            self,
            schema=self.schema if self.schema is not None else other.schema,
            version=self.version if self.version is not None else other.version,
        )

    def contradicts(self, other: Extension) -> str | None:
        """Return the first argument about which both say something else, if any."""
        for argument in fields(self):
            ours, theirs = getattr(self, argument.name), getattr(other, argument.name)
            if None not in (ours, theirs) and ours != theirs:
                return argument.name
        return None


Extensions: TypeAlias = Mapping[tuple[str, str], Extension]
"""(app label, name) → what the app says."""


def without(
    extensions: Extensions, gone: tuple[str, str]
) -> dict[tuple[str, str], Extension]:
    """Return what is left when one app lets go: others have it where it was."""
    _, name = gone
    heirs = {
        key: extension.completed(extensions[gone])
        for key, extension in extensions.items()
        if key[1] == name and key != gone
    }
    left: dict[tuple[str, str], Extension] = {}
    for key, extension in extensions.items():
        if key[1] == name:
            # All of them here, so that what came later still comes after it.
            left.update(heirs)
        else:
            left[key] = extension
    return left


def united(extensions: Extensions) -> dict[str, Extension]:
    """
    Return each extension once, with all that the apps say of it, by name.

    They are in the order of their creation: one may need another.
    """
    found: dict[str, Extension] = {}
    for (_, name), extension in extensions.items():
        found[name] = found.get(name, extension).completed(extension)
    return found
