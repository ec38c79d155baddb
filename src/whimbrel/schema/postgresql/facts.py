"""
What PostgreSQL can do, by version.

Place: `schema.postgresql`, lowest. Source: the release notes,
https://www.postgresql.org/docs/release/.
"""

from __future__ import annotations

from dataclasses import dataclass

from whimbrel.facts import Facts

DEFAULT_VERSION = (14,)
"""Assumed where no server is at hand: the oldest supported one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlFacts(Facts):
    """What only PostgreSQL's compiler asks."""

    virtual_columns: bool = False
    """GENERATED ALWAYS AS … VIRTUAL exists."""

    unlogged_sequences: bool = False
    """A sequence can be UNLOGGED, and is where it numbers such a table."""

    validates_input: bool = False
    """`pg_input_is_valid` says whether a text reads as a type."""


def facts(version: tuple[int, ...] | None = None) -> PostgresqlFacts:
    """Return the abilities of *version*; without one, of the oldest supported."""
    version = version or DEFAULT_VERSION
    return PostgresqlFacts(
        identifier_length=63,
        transactional_ddl=True,
        errors_end_transactions=True,
        combines_alters=True,
        renames_constraints=True,
        partial_indexes=True,
        expression_indexes=True,
        covering_indexes=version >= (11,),
        pattern_indexes=True,
        deferrable_constraints=True,
        nulls_not_distinct=version >= (15,),
        random_uuid="replace(CAST(gen_random_uuid() AS text), '-', '')",
        comments=True,
        native_enums=True,
        sequences=True,
        extensions=True,
        schemas=True,
        names_constraints=True,
        virtual_columns=version >= (18,),
        unlogged_sequences=version >= (15,),
        validates_input=version >= (16,),
    )
