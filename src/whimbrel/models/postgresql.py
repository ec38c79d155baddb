"""
What only PostgreSQL has: further kinds of indexes, exclusion constraints.

Place: `models`, above `indexes`. On other databases an index of such a kind is
an ordinary one, and an exclusion constraint is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy.dialects import postgresql

from whimbrel.errors.models import BadConstraint, BadIndex
from whimbrel.models.constraints import BaseConstraint, Deferrable, named_by
from whimbrel.models.expressions import F, resolve_expression
from whimbrel.models.indexes import Index
from whimbrel.models.q import Q

__all__ = [
    "BTreeIndex",
    "BloomIndex",
    "BrinIndex",
    "ExclusionConstraint",
    "GinIndex",
    "GistIndex",
    "HashIndex",
    "SpGistIndex",
]


class PostgresIndex(Index):
    """Base of the kinds that take storage parameters."""

    PARAMETERS: ClassVar[tuple[str, ...]] = ("fillfactor",)

    def __init__(self, *expressions: Any, **options: Any) -> None:
        given = {key: options.pop(key, None) for key in self.PARAMETERS}
        self._set(**given)
        super().__init__(*expressions, **options)

    def parameters(self) -> dict[str, Any]:
        return {
            name: _parameter(getattr(self, name))
            for name in self.PARAMETERS
            if getattr(self, name) is not None
        }


def _parameter(value: Any) -> Any:
    return ("on" if value else "off") if isinstance(value, bool) else value


class BTreeIndex(PostgresIndex):
    """A B-tree; *fillfactor* in per cent, *deduplicate_items*."""

    suffix = "btree"
    using = "btree"
    PARAMETERS = ("fillfactor", "deduplicate_items")


class HashIndex(PostgresIndex):
    """Hashes, for equality only."""

    suffix = "hash"
    using = "hash"


class GistIndex(PostgresIndex):
    """GiST: geometry, ranges, full text; *buffering*."""

    suffix = "gist"
    using = "gist"
    PARAMETERS = ("buffering", "fillfactor")


class SpGistIndex(PostgresIndex):
    """Space-partitioned GiST."""

    suffix = "spgist"
    using = "spgist"


class GinIndex(PostgresIndex):
    """GIN: arrays, JSON, full text; *fastupdate*, *gin_pending_list_limit* in kB."""

    suffix = "gin"
    using = "gin"
    PARAMETERS = ("fastupdate", "gin_pending_list_limit")


class BrinIndex(PostgresIndex):
    """Block ranges, for huge tables in natural order."""

    suffix = "brin"
    using = "brin"
    PARAMETERS = ("autosummarize", "pages_per_range")


class BloomIndex(PostgresIndex):
    """
    A Bloom filter (extension ``bloom``).

    Args:
        length: Bits of a signature. columns: Bits for each field, in order.
    """

    suffix = "bloom"
    using = "bloom"
    PARAMETERS = ("length", "columns")

    length: int | None
    columns: Iterable[int] | None

    def __init__(self, *expressions: Any, **options: Any) -> None:
        if options.get("columns") is not None:
            options["columns"] = tuple(options["columns"])
            if len(options["columns"]) > len(options.get("fields", ())):
                raise BadIndex(
                    "BloomIndex",
                    "there are more columns than fields",
                    fix="give at most one number of bits for each field",
                )
        super().__init__(*expressions, **options)

    def parameters(self) -> dict[str, Any]:
        found = {"length": self.length} if self.length is not None else {}
        bits = {f"col{i}": n for i, n in enumerate(self.columns or (), start=1)}
        return {**found, **bits}


class ExclusionConstraint(BaseConstraint):
    """
    No two rows for which every (expression, operator) holds.

    Args:
        expressions: Pairs of a field or an expression and an operator.

        index_type: ``GIST`` or ``SPGIST``.
    """

    expressions: tuple[tuple[Any, str], ...]
    index_type: str
    condition: Q | None
    deferrable: Deferrable | None
    include: tuple[str, ...]

    def __init__(
        self,
        *,
        name: str,
        expressions: Iterable[tuple[Any, str]],
        index_type: str | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Iterable[str] | None = None,
    ) -> None:
        pairs = tuple((e, operator) for e, operator in expressions)
        self._set(name=name, expressions=pairs, condition=condition)
        self._set(index_type=(index_type or "GIST").upper(), deferrable=deferrable)
        self._set(include=tuple(include or ()))
        self._require_name()
        if not pairs:
            raise BadConstraint(
                f"ExclusionConstraint {name!r}",
                "it has no expressions",
                fix="give pairs of an expression and an operator",
            )

    def options(self) -> dict[str, Any]:
        given = {
            "name": self.name,
            "expressions": list(self.expressions),
            "index_type": None if self.index_type == "GIST" else self.index_type,
            "condition": self.condition,
            "deferrable": self.deferrable,
            "include": self.include or None,
        }
        return {key: value for key, value in given.items() if value is not None}

    @property
    def fields_named(self) -> tuple[str, ...]:
        parts = [F(e) if isinstance(e, str) else e for e, _ in self.expressions]
        return named_by((), parts, self.condition, self.include)

    def with_renamed_field(self, old: str, new: str) -> ExclusionConstraint:
        pairs = [
            (
                F(e).with_renamed_field(old, new).name
                if isinstance(e, str)
                else e.with_renamed_field(old, new),
                operator,
            )
            for e, operator in self.expressions
        ]
        condition = self.condition
        if condition is not None:
            condition = condition.with_renamed_field(old, new)
        include = [new if name == old else name for name in self.include]
        return self.clone(  # type: ignore[no-any-return]
            expressions=pairs, condition=condition, include=include
        )

    def add_to_table(self, table: Any, find: Any, facts: Any) -> None:
        """Add this constraint to the SQLAlchemy *table*."""
        if not facts.deferrable_constraints:
            return
        elements = [
            (resolve_expression(e, find), operator) for e, operator in self.expressions
        ]
        where = None if self.condition is None else self.condition.resolve(find)
        table.append_constraint(
            postgresql.ExcludeConstraint(
                *elements,
                name=self.name,
                using=self.index_type.lower(),
                where=where,
                deferrable=True if self.deferrable else None,
                initially=self.deferrable.value if self.deferrable else None,
            )
        )
