"""
Sequences and identities taken apart.

Place: `state.dissect`, above `types`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from whimbrel.state import tables
from whimbrel.state.construct import Argument, Construct
from whimbrel.state.dissect.arguments import plain_argument, plain_text
from whimbrel.state.dissect.types import dissect_type

NUMBERS = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)
"""What sequences and identity columns have in common, in SQLAlchemy's order."""

OLD_ORACLE_OPTIONS = ("order", "on_null")
"""Plain arguments before SQLAlchemy 2.1, which spells them ``oracle_…``."""

Pairs = tuple[tuple[str, Argument], ...]


def numbering(item: sa.Sequence | sa.Identity) -> Pairs:
    """Return the arguments about numbers that are given, and those for dialects."""
    names = (*NUMBERS, *(n for n in OLD_ORACLE_OPTIONS if n in vars(item)))
    said = [(name, getattr(item, name)) for name in names]
    kwargs: Any = getattr(item, "dialect_kwargs", {})
    said += sorted((key, plain_argument(value)) for key, value in kwargs.items())
    return tuple((name, value) for name, value in said if value is not None)


def dissect_identity(identity: sa.Identity) -> Construct:
    """Return the call that makes *identity*."""
    always: Pairs = () if identity.always is False else (("always", identity.always),)
    return Construct("sqlalchemy.Identity", (), (*always, *numbering(identity)))


def sequence_arguments(sequence: sa.Sequence) -> Pairs:
    """Return what `sa.Sequence` takes after the name, but for the schema."""
    said: list[tuple[str, Argument]] = list(numbering(sequence))
    if sequence.data_type is not None:
        said.append(("data_type", dissect_type(sequence.data_type)))
    if sequence.optional:
        said.append(("optional", True))
    return tuple(said)


def dissect_sequence(sequence: sa.Sequence) -> Construct:
    """Return the call that makes *sequence*, as a column's default."""
    said = sequence_arguments(sequence)
    if sequence.schema:
        said = (("schema", plain_text(sequence.schema)), *said)
    return Construct("sqlalchemy.Sequence", (plain_text(sequence.name),), said)


def sequence_value(sequence: sa.Sequence) -> tables.Sequence:
    """Return a sequence of a MetaData as the state keeps it."""
    return tables.Sequence(
        name=plain_text(sequence.name),
        schema=plain_text(sequence.schema) if sequence.schema else None,
        arguments=sequence_arguments(sequence),
    )
