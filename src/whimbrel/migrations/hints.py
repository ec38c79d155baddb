"""
What two states cannot say about the change between them.

Place: `migrations`. Every operation gives its hints; those of a run of
operations compose with `then`, and `inverted` is the way back.

A model is ``(app_label, name_lower)``. Two states alone identify a model or a
field by its name; hints say where that is wrong: what was renamed, and what is
new although something of that name was there before.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

ModelKey: TypeAlias = tuple[str, str]
FieldKey: TypeAlias = tuple[str, str, str]
"""App label, model name in lower case (after the change), field name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """
    Args:
        models: Old key → new key of renamed models.

        fields: (app, model after, old field name) → new field name.

        new_models: Keys (after) of models that are no continuation of a model
            that had this key before.

        new_fields: Likewise for fields.

        gone_models, gone_fields: The same seen from before: what is no longer
            there although the name may be taken again. Field keys carry the
            model's key after the change.

        fills: Field (after) → value for existing rows; a callable is evaluated
            when the statements are made.

        back_fills: Field → value for existing rows on the way back. Keys are those
            of *gone_fields*: the model's after the change, the field's before it.

        casts: Field (after) → SQL expression of the new value in a type change.

        values: Field (after) → old → new text of the values of its enumeration
            that are called otherwise.

        fills_neutrally: On the way back: a column that comes back and must
            not be NULL is filled with its type's neutral value.
    """

    models: Mapping[ModelKey, ModelKey] = field(default_factory=dict)
    fields: Mapping[FieldKey, str] = field(default_factory=dict)
    new_models: frozenset[ModelKey] = frozenset()
    new_fields: frozenset[FieldKey] = frozenset()
    gone_models: frozenset[ModelKey] = frozenset()
    gone_fields: frozenset[FieldKey] = frozenset()
    fills: Mapping[FieldKey, object] = field(default_factory=dict)
    back_fills: Mapping[FieldKey, object] = field(default_factory=dict)
    casts: Mapping[FieldKey, str] = field(default_factory=dict)
    values: Mapping[FieldKey, Mapping[str, str]] = field(default_factory=dict)
    fills_neutrally: bool = False

    def only_fields_of(self, models: Container[ModelKey]) -> bool:
        """Return whether nothing is said but of fields of *models*, if anything."""
        if self.models or self.new_models or self.gone_models:
            return False
        names = (self.fields, self.new_fields, self.gone_fields)
        rows = (self.fills, self.back_fills, self.casts, self.values)
        return all(key[:2] in models for keys in (*names, *rows) for key in keys)

    def model_before(self, after: ModelKey) -> ModelKey | None:
        """Return the key that model *after* had before; None if it is new."""
        for old, new in self.models.items():
            if new == after:
                return old
        if after in self.new_models or after in self.models:
            return None
        return None if after in self.gone_models else after

    def field_before(self, model: ModelKey, name: str) -> str | None:
        """Return the name that field *name* of *model* (after) had; None if new."""
        for (app, model_name, old), new in self.fields.items():
            if (app, model_name) == model and new == name:
                return old
        key = (*model, name)
        if key in self.new_fields or key in self.fields or key in self.gone_fields:
            return None
        return name

    def inverted(self) -> Hints:
        """Return the hints of the way back, where *back_fills* are the fills.

        Fills and casts only lead forwards.
        """
        back = {new: old for old, new in self.models.items()}

        def before(key: FieldKey) -> FieldKey:
            return (*back.get(key[:2], key[:2]), key[2])

        return Hints(
            fills_neutrally=True,
            models=back,
            fields={
                (*back.get((app, model), (app, model)), new): old
                for (app, model, old), new in self.fields.items()
            },
            new_models=self.gone_models,
            gone_models=self.new_models,
            new_fields=frozenset(map(before, self.gone_fields)),
            gone_fields=frozenset(map(before, self.new_fields)),
            fills={before(key): value for key, value in self.back_fills.items()},
            values={
                (*before(key)[:2], name): {new: old for old, new in moves.items()}
                for key, moves in self.values.items()
                if (name := self.field_before(key[:2], key[2])) is not None
            },
        )

    def then(self, later: Hints) -> Hints:
        """Return the hints of this change followed by *later*."""

        def moved(key: FieldKey) -> FieldKey:
            model = later.models.get(key[:2], key[:2])
            return (*model, later.fields.get((*model, key[2]), key[2]))

        def survives(key: FieldKey) -> bool:
            model = later.models.get(key[:2], key[:2])
            return (
                key[:2] not in later.gone_models
                and (*model, key[2]) not in later.gone_fields
            )

        return Hints(
            fills_neutrally=self.fills_neutrally or later.fills_neutrally,
            models=_then_models(self, later),
            fields=_then_fields(self, later),
            new_models=later.new_models
            | {
                later.models.get(key, key)
                for key in self.new_models - later.gone_models
            },
            gone_models=self.gone_models
            | frozenset(
                before
                for key in later.gone_models
                if (before := self.model_before(key)) is not None
            ),
            new_fields=later.new_fields
            | {moved(key) for key in self.new_fields if survives(key)},
            gone_fields=_then_gone_fields(self, later),
            fills={moved(k): v for k, v in self.fills.items() if survives(k)}
            | dict(later.fills),
            back_fills=_then_back_fills(self, later),
            casts={moved(k): v for k, v in self.casts.items() if survives(k)}
            | dict(later.casts),
            values=_then_values(
                {moved(k): v for k, v in self.values.items() if survives(k)},
                later.values,
            ),
        )


def _then_values(
    first: Mapping[FieldKey, Mapping[str, str]],
    later: Mapping[FieldKey, Mapping[str, str]],
) -> dict[FieldKey, Mapping[str, str]]:
    """Return both renames of values; *first* goes by the last names of fields."""
    composed: dict[FieldKey, Mapping[str, str]] = {}
    for key in [*first, *(key for key in later if key not in first)]:
        moves = {o: later.get(key, {}).get(n, n) for o, n in first.get(key, {}).items()}
        taken = {*moves, *first.get(key, {}).values()}
        moves |= {o: n for o, n in later.get(key, {}).items() if o not in taken}
        composed[key] = {old: new for old, new in moves.items() if old != new}
    return composed


def _then_models(first: Hints, later: Hints) -> dict[ModelKey, ModelKey]:
    renamed = {
        old: later.models.get(new, new)
        for old, new in first.models.items()
        if new not in later.gone_models
    }
    for old, new in later.models.items():
        before = first.model_before(old)
        if before is not None and before not in renamed:
            renamed[before] = new
    return {old: new for old, new in renamed.items() if old != new}


def _then_fields(first: Hints, later: Hints) -> dict[FieldKey, str]:
    renamed: dict[FieldKey, str] = {}
    for (app, model, old), new in first.fields.items():
        after = later.models.get((app, model), (app, model))
        if (app, model) in later.gone_models or (*after, new) in later.gone_fields:
            continue
        renamed[(*after, old)] = later.fields.get((*after, new), new)
    for (app, model, old), new in later.fields.items():
        between = next(
            (o for o, n in later.models.items() if n == (app, model)), (app, model)
        )
        before = first.field_before(between, old)
        if before is not None:
            renamed.setdefault((app, model, before), new)
    return {key: new for key, new in renamed.items() if key[2] != new}


def _then_gone_fields(first: Hints, later: Hints) -> frozenset[FieldKey]:
    """Fields as they were called before *first*, under the model's last key."""
    gone = _under_last_keys(first.gone_fields, later).values()
    return frozenset(gone) | _before_first(later.gone_fields, first, later).keys()


def _then_back_fills(first: Hints, later: Hints) -> dict[FieldKey, object]:
    """Return both; the way back comes to the values of *later* first."""
    last = _under_last_keys(first.back_fills, later)
    earlier = {new: first.back_fills[old] for old, new in last.items()}
    names = _before_first(later.back_fills, first, later)
    return earlier | {new: later.back_fills[old] for new, old in names.items()}


def _under_last_keys(
    keys: Iterable[FieldKey], later: Hints
) -> dict[FieldKey, FieldKey]:
    """Return key → key with what *later* calls the model, if that stays."""
    return {
        key: (*later.models.get(key[:2], key[:2]), key[2])
        for key in keys
        if key[:2] not in later.gone_models
    }


def _before_first(
    keys: Iterable[FieldKey], first: Hints, later: Hints
) -> dict[FieldKey, FieldKey]:
    """Return key with the field's name before *first* → key; without new fields."""
    found: dict[FieldKey, FieldKey] = {}
    for app, model, name in keys:
        between = next(
            (o for o, n in later.models.items() if n == (app, model)), (app, model)
        )
        before = first.field_before(between, name)
        if before is not None:
            found[(app, model, before)] = (app, model, name)
    return found
