"""
What of a model hangs on some of its fields, and a model without these.

Place: `detect`, lowest part.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from whimbrel.migrations.resources import mentions
from whimbrel.state.model import ModelState, identity

ORDER_FIELD = "_order"


@dataclass(frozen=True, slots=True)
class Parts:
    """
    Fields and all that cannot be without them.

    Args:
        fields: Names, generated columns over them included.

        groups: Of ``unique_together``.

        order: Whether ``order_with_respect_to`` is among them.
    """

    fields: tuple[str, ...] = ()
    indexes: tuple[Any, ...] = ()
    constraints: tuple[Any, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    order: bool = False


def parts_on(
    model: ModelState, fields: Set[str], constraints: Set[str] = frozenset()
) -> Parts:
    """
    Return what hangs on *fields* of *model*.

    Args:
        constraints: Identities of constraints that belong to it in any case.
    """
    names = with_generated(model, fields)
    order = model.options.get("order_with_respect_to") in names
    reached = names | {ORDER_FIELD} if order else names
    return Parts(
        tuple(name for name in model.fields if name in names),
        tuple(i for i in model.indexes if mentions(model, i) & reached),
        tuple(
            c
            for c in model.constraints
            if identity(c) in constraints or mentions(model, c) & reached
        ),
        tuple(g for g in groups_of(model) if reached.intersection(g)),
        order,
    )


def with_generated(model: ModelState, fields: Set[str]) -> frozenset[str]:
    """Return *fields* and the generated columns that are computed from them."""
    names = frozenset(fields)
    while True:
        more = names.union(
            name
            for name, field in model.fields.items()
            if is_generated(field) and mentions(model, field) & names
        )
        if more == names:
            return names
        names = more


def with_sources(model: ModelState, fields: Set[str]) -> frozenset[str]:
    """Return *fields* and those that generated ones among them are computed from."""
    names = frozenset(fields)
    while True:
        generated = (name for name in names if is_generated(model.fields.get(name)))
        more = names.union(*(mentions(model, model.fields[g]) for g in generated))
        if more == names:
            return names
        names = more


def is_generated(field: Any) -> bool:
    """Return whether the database computes a field of either vocabulary."""
    return generation(field) is not None


def generation(field: Any) -> Any:
    """Return what says how a field is computed; None if it is not."""
    if getattr(field, "generated", False):
        return (field.expression, field.output_field, field.db_persist)
    return getattr(field, "computed", None)


def groups_of(model: ModelState) -> tuple[tuple[str, ...], ...]:
    """Return the groups of ``unique_together``."""
    return tuple(model.options.get("unique_together") or ())


def trimmed(model: ModelState, parts: Parts) -> ModelState:
    """Return *model* without *parts*."""
    if parts == Parts():
        return model
    options = {
        **model.options,
        "indexes": tuple(i for i in model.indexes if i not in parts.indexes),
        "constraints": tuple(
            c for c in model.constraints if c not in parts.constraints
        ),
    }
    kept = tuple(g for g in groups_of(model) if g not in parts.groups)
    if parts.groups and kept:
        options["unique_together"] = kept
    elif parts.groups:
        del options["unique_together"]
    if parts.order:
        del options["order_with_respect_to"]
    fields = {n: f for n, f in model.fields.items() if n not in parts.fields}
    return model.replace(fields=fields, options=options)


def names_in(groups: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Yield every field that *groups* name."""
    for group in groups:
        yield from group
