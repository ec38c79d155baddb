"""
Indexes and constraints of Django-style models as the strategies draw them.

Place: `testing.strategies`, below `model_specs`. An item says what it is over by
the numbers of fields; here it becomes an object of `whimbrel.models`. All rows
of `rows`, and the values that tools are given for rows, satisfy every check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from whimbrel import models
from whimbrel.models import F, Q
from whimbrel.models.functions import Lower
from whimbrel.models.postgresql import (
    BrinIndex,
    BTreeIndex,
    ExclusionConstraint,
    GinIndex,
    HashIndex,
    SpGistIndex,
)
from whimbrel.testing.strategies.shown import Shown

ItemKind: TypeAlias = Literal["index", "unique", "check", "together", "exclude"]

QUOTES = 'it\'s 100 %s, "so" \\ they say'
"""Characters that somebody has to escape."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelItem(Shown):
    """
    An index, constraint, or group of unique_together, over fields (uids).

    Args:
        form: A name in `ELEMENTS` (what an index or a unique constraint is over),
            or in `CHECKS`.

        condition: A name in `CONDITIONS`, if only some rows count.

        method: A name in `METHODS`.

        opclass: Whether the fields have an operator class (text only).

        deferrable: A name of `models.Deferrable`.

        nulls_equal: Whether two NULLs count as equal.

        name: Empty: made up from table and columns.
    """

    uid: int
    kind: ItemKind
    fields: tuple[int, ...]
    form: str = "fields"
    descending: bool = False
    condition: str | None = None
    include: tuple[int, ...] = ()
    method: str | None = None
    opclass: bool = False
    deferrable: str | None = None
    nulls_equal: bool = False
    bound: int = 0
    name: str = ""

    @property
    def mentioned(self) -> set[int]:
        """The fields (uids) that the item cannot be without."""
        return {*self.fields, *self.include}

    @property
    def meaning(self) -> object:
        """What two items of one model must not share."""
        bound = self.bound if self.kind == "check" else 0
        return (self.kind, self.fields, self.form, bound, self.condition, self.method)


@dataclass(frozen=True, slots=True)
class Form:
    """What can be said of fields whose kinds are of *families* (empty: any)."""

    families: frozenset[str]
    make: Callable[..., Any]


_TEXT = frozenset({"text"})
_NUMBERS = frozenset({"integer"})

ELEMENTS: dict[str, Form] = {
    "lower": Form(_TEXT, lambda name: Lower(name)),
    "nulls last": Form(frozenset(), lambda name: F(name).desc(nulls_last=True)),
    "sum": Form(_NUMBERS, lambda name: F(name) + 1),
    "lower, descending": Form(_TEXT, lambda name: Lower(name).desc()),
}
"""Expressions of indexes, over the first field."""

CHECKS: dict[str, Form] = {
    "bound": Form(_NUMBERS, lambda bound, a, b: _q(a, "gte", bound)),
    "or": Form(
        _NUMBERS, lambda bound, a, b: _q(a, "gt", bound - 1) | _q(b, "isnull", True)
    ),
    "in": Form(_NUMBERS, lambda bound, a, b: _q(a, "in", list(range(bound, 30)))),
    "range": Form(_NUMBERS, lambda bound, a, b: _q(a, "range", (bound, 100))),
    "fields": Form(_NUMBERS, lambda bound, a, b: _q(a, "lt", F(b) + 100)),
    "quotes": Form(_TEXT, lambda bound, a, b: ~_q(a, "exact", QUOTES)),
    "contains": Form(
        _TEXT, lambda bound, a, b: ~(_q(a, "contains", QUOTES) & _q(b, "iexact", "%"))
    ),
}
"""Conditions over a first and a last field, which may be the same."""

CONDITIONS: dict[str, Form] = {
    "not null": Form(frozenset(), lambda name: _q(name, "isnull", False)),
    "number": Form(_NUMBERS, lambda name: _q(name, "gt", -7)),
    "text": Form(_TEXT, lambda name: ~_q(name, "exact", QUOTES)),
}

METHODS: dict[str, Form] = {
    "hash": Form(frozenset(), HashIndex),
    "brin": Form(_NUMBERS, lambda **o: BrinIndex(pages_per_range=4, **o)),
    "btree": Form(frozenset(), lambda **o: BTreeIndex(fillfactor=70, **o)),
    "spgist": Form(_TEXT, SpGistIndex),
    "gin": Form(frozenset({"json"}), GinIndex),
}
"""PostgreSQL's kinds of indexes."""

SINGLE = frozenset({"hash", "spgist", "gin"})
"""Those over one field only."""


def _q(field: str, lookup: str, value: object) -> Q:
    conditions: dict[str, Any] = {f"{field}__{lookup}": value}
    return Q(**conditions)


Names: TypeAlias = Callable[[Sequence[int]], list[str]]
"""Fields (uids) → their names."""


def index_of(item: ModelItem, names_of: Names) -> models.Index:
    """Return the index that *item* is, perhaps without a name yet."""
    names = names_of(item.fields)
    expressions: list[Any] = []
    options: dict[str, Any] = {"name": item.name or None}
    if item.form != "fields":
        expressions = [ELEMENTS[item.form].make(names[0]), *map(F, names[1:])]
    elif item.descending:
        options["fields"] = [f"-{names[0]}", *names[1:]]
    else:
        options["fields"] = names
    options |= _common(item, names, names_of)
    make: Any = models.Index if item.method is None else METHODS[item.method].make
    return make(*expressions, **options)  # type: ignore[no-any-return]


def constraint_of(item: ModelItem, names_of: Names) -> models.BaseConstraint:
    """Return the constraint that *item* is."""
    names = names_of(item.fields)
    if item.kind == "check":
        condition = CHECKS[item.form].make(item.bound, names[0], names[-1])
        return models.CheckConstraint(condition=condition, name=item.name)
    options = {"name": item.name, **_common(item, names, names_of)}
    if item.deferrable:
        options["deferrable"] = models.Deferrable[item.deferrable]
    if item.kind == "exclude":
        pairs = [(name, "=") for name in names]
        return ExclusionConstraint(expressions=pairs, index_type="SPGIST", **options)
    if item.nulls_equal:
        options["nulls_distinct"] = False
    if item.form != "fields":
        elements = [ELEMENTS[item.form].make(names[0]), *map(F, names[1:])]
        return models.UniqueConstraint(*elements, **options)
    return models.UniqueConstraint(fields=names, **options)


def _common(item: ModelItem, names: list[str], names_of: Names) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if item.condition:
        options["condition"] = CONDITIONS[item.condition].make(names[0])
    if item.include:
        options["include"] = names_of(item.include)
    if item.opclass:
        options["opclasses"] = ["text_pattern_ops"] * len(names)
    return options
