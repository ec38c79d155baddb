"""
A project of Django-style models as the strategies draw it.

Place: `testing.strategies`, above `field_kinds` and `model_items`; its state is
in `model_states`. As in `specs`, models, fields and items have numbers that stay
when they are renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whimbrel.testing.strategies.field_kinds import KEYS, KINDS, FieldKind
from whimbrel.testing.strategies.model_items import ModelItem
from whimbrel.testing.strategies.shown import Shown

GENERATED = "generated"
RELATIONS = ("foreign key", "one to one", "many to many")

DEFAULT_ROW = 7
"""Defaults are the value of this row."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FieldSpec(Shown):
    """
    A field.

    Args:
        kind: A name in `KINDS`, one of `RELATIONS`, or `GENERATED`.

        default, db_default: Whether it has one.

        db_index: Whether the option is other than usual: a plain field has an
            index, a foreign key has none.

        column: Whether the column has a name of its own.

        words: Which text for people it has; no database sees it.

        collation: ``db_collation``.

        source, form, stored: Of a generated field: the field (uid) and the name
            in `model_states.FORMULAS` that it is computed with.

        target: The model (uid) that a relation refers to.

        to_field: The field (uid) of the target that a foreign key refers to.

        checked: ``db_constraint``.

        deferrable: A name of `models.Deferrable`.

        symmetrical: False: a many-to-many field to its own model is not.

        link: Whether the table of a many-to-many field has a name of its own.

        through: The model (uid) of that table, and `ends` its two foreign keys.
    """

    uid: int
    name: str
    kind: str
    null: bool = False
    default: bool = False
    db_default: bool = False
    unique: bool = False
    db_index: bool = False
    column: bool = False
    comment: str | None = None
    words: int = 0
    collation: str | None = None
    source: int | None = None
    form: str = ""
    stored: bool = True
    target: int | None = None
    to_field: int | None = None
    on_delete: str = "cascade"
    checked: bool = True
    deferrable: str | None = None
    symmetrical: bool | None = None
    link: bool = False
    through: int | None = None
    ends: tuple[int, ...] = ()

    @property
    def many(self) -> bool:
        return self.kind == "many to many"

    @property
    def refers(self) -> bool:
        """Whether it is a column that refers to another."""
        return self.target is not None and not self.many

    @property
    def is_unique(self) -> bool:
        return self.unique or self.kind == "one to one"

    @property
    def field_kind(self) -> FieldKind | None:
        """Return what its type is; None for a relation or a generated field."""
        return KINDS.get(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelSpec(Shown):
    """
    A model.

    Args:
        key: A name in `KEYS`; unused where there is a *parent*.

        key_name: The name of the key, if not the usual one; *key_column*: whether
            its column has another one.

        key_target: The model (uid) whose key is this model's key, too.

        parent: The model (uid) that it inherits from, with a table of its own.

        proxy: It inherits without a table.

        table: Whether the table has a name of its own.

        order: The foreign key (uid) of ``order_with_respect_to``.
    """

    uid: int
    app: str
    name: str
    fields: tuple[FieldSpec, ...] = ()
    key: str = "big"
    key_name: str = ""
    key_column: bool = False
    key_target: int | None = None
    parent: int | None = None
    proxy: bool = False
    items: tuple[ModelItem, ...] = ()
    table: bool = False
    comment: str | None = None
    ordering: bool = False
    order: int | None = None
    words: int = 0

    def field(self, uid: int) -> FieldSpec:
        """Return a field by its number; KeyError if it is not there."""
        for field in self.fields:
            if field.uid == uid:
                return field
        raise KeyError(uid)

    def has(self, uid: int | None) -> bool:
        return any(field.uid == uid for field in self.fields)

    @property
    def label(self) -> str:
        return f"{self.app}.{self.name}"


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """The models of a project, parents before children."""

    models: tuple[ModelSpec, ...]

    def model(self, uid: int | None) -> ModelSpec:
        """Return a model by its number; KeyError if it is not there."""
        for model in self.models:
            if model.uid == uid:
                return model
        raise KeyError(uid)

    def has(self, uid: int | None) -> bool:
        return any(model.uid == uid for model in self.models)

    def parents(self, model: ModelSpec) -> Iterator[ModelSpec]:
        """Yield the models that *model* inherits from, the nearest first."""
        while model.parent is not None:
            model = self.model(model.parent)
            yield model

    def family(self, model: ModelSpec) -> list[ModelSpec]:
        """Return *model* with all that it inherits from, or that inherit from it."""
        above = [model, *self.parents(model)]
        below = [m for m in self.models if model in self.parents(m)]
        return [*above, *below]

    def key_name(self, model: ModelSpec) -> str:
        """Return the name of the field that is a model's primary key."""
        if model.proxy:
            return self.key_name(self.model(model.parent))
        if model.parent is not None:
            above = self.model(model.parent)
            while above.proxy:
                above = self.model(above.parent)
            return f"{above.name.lower()}_ptr"
        if model.key_name:
            return model.key_name
        return "code" if "code" in model.key else "id"

    def key_kind(self, model: ModelSpec) -> FieldKind:
        """Return the kind of a model's primary key, an inherited one too."""
        behind = model.key_target if model.parent is None else model.parent
        if behind is not None:
            return self.key_kind(self.model(behind))
        return KEYS[model.key]

    def referenced_kind(self, field: FieldSpec) -> FieldKind:
        """Return the kind of the column that a relation refers to."""
        target = self.model(field.target)
        if field.to_field is not None:
            return KINDS[target.field(field.to_field).kind]
        return self.key_kind(target)

    def kind_of(self, field: FieldSpec) -> FieldKind | None:
        """Return the kind of the values of a field; None for one that has none."""
        if field.refers:
            return self.referenced_kind(field)
        return field.field_kind
