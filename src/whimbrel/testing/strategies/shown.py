"""
Specs in failing examples show only what differs from the default.

Place: `testing.strategies`, lowest part.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any


class Shown:
    """Base of dataclasses (``repr=False``) with many optional facts."""

    __slots__ = ()

    def __repr__(self) -> str:
        said = []
        for fact in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, fact.name)
            if fact.default is MISSING or value != fact.default:
                said.append(f"{fact.name}={value!r}")
        return f"{type(self).__name__}({', '.join(said)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Tell Hypothesis' printer to use the representation as it is."""
        printer.text(repr(self))
