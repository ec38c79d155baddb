"""
What is known about a model without mapping it: `Model._meta`.

Place: `models`, above fields, below `model`, which fills it. It satisfies
`table.Definition`, as the state of a model does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from whimbrel.errors.models import UnknownMetaOption
from whimbrel.models.fields.base import Field
from whimbrel.models.names import default_table_name, many_to_many_table_name
from whimbrel.models.registry import Apps

META_OPTIONS = (
    "verbose_name",
    "verbose_name_plural",
    "db_table",
    "db_table_comment",
    "ordering",
    "unique_together",
    "permissions",
    "get_latest_by",
    "order_with_respect_to",
    "app_label",
    "db_tablespace",
    "abstract",
    "managed",
    "proxy",
    "swappable",
    "default_permissions",
    "select_on_save",
    "default_related_name",
    "required_db_features",
    "required_db_vendor",
    "base_manager_name",
    "default_manager_name",
    "indexes",
    "constraints",
    "apps",
    "renamed_from",
)
"""Every attribute that `class Meta` may have."""

NOT_STATE = frozenset({"apps", "app_label", "abstract", "renamed_from"})
"""Those that are no part of the model's recorded options."""


def meta_attributes(meta: type | None, model: str) -> dict[str, Any]:
    """
    Return the options that *meta* sets, its own and inherited ones.

    Raises:
        UnknownMetaOption: MO104.
    """
    if meta is None:
        return {}
    for name in vars(meta):
        if not name.startswith("_") and name not in META_OPTIONS:
            raise UnknownMetaOption(model, name, META_OPTIONS)
    return {name: getattr(meta, name) for name in META_OPTIONS if hasattr(meta, name)}


def normalise_unique_together(value: Any) -> tuple[tuple[str, ...], ...]:
    """Return ``unique_together`` as a tuple of tuples, also for one flat tuple."""
    if not value:
        return ()
    if isinstance(next(iter(value)), str):
        value = (value,)
    return tuple(tuple(names) for names in value)


class Options:
    """
    The definition of one model class.

    Attributes:
        fields: Local fields by name, many-to-many ones last. Not those of concrete
            parents.

        options: What `class Meta` says explicitly, without app_label and abstract;
            ``indexes`` and ``constraints`` as tuples, every one named.

        bases: As in a migration: ``"app.Model"`` for concrete parents, the class
            itself for mixins and `models.Model`.

        managers: (name, manager), in order.

        parents: Concrete parent class → name of the field that links to it; None
            for the model behind a proxy.
    """

    def __init__(
        self,
        *,
        apps: Apps,
        app_label: str,
        object_name: str,
        meta: Mapping[str, Any],
    ) -> None:
        self.apps = apps
        self.app_label = app_label
        self.object_name = object_name
        self.name = object_name
        self.model_name = object_name.lower()
        self.abstract = bool(meta.get("abstract", False))
        self.proxy = bool(meta.get("proxy", False))
        self.managed = bool(meta.get("managed", True))
        self.swappable: str | None = meta.get("swappable")
        self.renamed_from: str | None = meta.get("renamed_from")
        self.fields: Mapping[str, Field] = MappingProxyType({})
        self.options: Mapping[str, Any] = MappingProxyType({})
        self.bases: tuple[str | type, ...] = ()
        self.managers: tuple[tuple[str, Any], ...] = ()
        self.parents: dict[type[Any], str | None] = {}
        self.meta = dict(meta)
        self.model: type[Any] | None = None

    @property
    def label(self) -> str:
        """``app.Model``"""
        return f"{self.app_label}.{self.object_name}"

    @property
    def label_lower(self) -> str:
        return f"{self.app_label}.{self.model_name}"

    @property
    def db_table(self) -> str:
        """The table's name, before a database truncates it."""
        if self.proxy:
            return str(self.concrete_model._meta.db_table)
        given = self.meta.get("db_table")
        return given or default_table_name(self.app_label, self.object_name)

    @property
    def owns_table(self) -> bool:
        """Whether Whimbrel makes a table for this model."""
        return not self.abstract and not self.proxy and self.managed

    @property
    def verbose_name(self) -> str:
        given = self.meta.get("verbose_name")
        return str(given) if given else _spaced(self.object_name)

    @property
    def verbose_name_plural(self) -> str:
        return str(self.meta.get("verbose_name_plural") or f"{self.verbose_name}s")

    @property
    def ordering(self) -> tuple[Any, ...]:
        """The default order of queries; inherited from a concrete parent."""
        return tuple(self._inherited("ordering") or ())

    @property
    def get_latest_by(self) -> Any:
        return self._inherited("get_latest_by")

    def _inherited(self, option: str) -> Any:
        if option in self.meta:
            return self.meta[option]
        for parent in self.parents:
            value = getattr(parent._meta, option)
            if value:
                return value
        return None

    @property
    def concrete_model(self) -> Any:
        """The class whose table this model uses: itself, unless it is a proxy."""
        if self.proxy:
            return next(iter(self.parents))._meta.concrete_model
        return self.model

    @property
    def pk_name(self) -> str:
        """Name of the primary key's field."""
        for name, field in self.fields.items():
            if field.primary_key:
                return name
        if self.proxy:
            return str(next(iter(self.parents))._meta.pk_name)
        return "id"

    @property
    def pk(self) -> Field:
        """The primary key's field."""
        return self.all_fields[self.pk_name]

    @property
    def all_fields(self) -> dict[str, Field]:
        """Fields of concrete parents and then the local ones, by name."""
        found: dict[str, Field] = {}
        for parent in self.parents:
            found.update(parent._meta.all_fields)
        found.update(self.fields)
        return found

    @property
    def all_attributes(self) -> set[str]:
        """Names of all fields and of the attributes that hold their values."""
        fields = self.all_fields
        return {
            a for name, field in fields.items() for a in (name, field.attname(name))
        }

    def get_field(self, name: str) -> Field:
        """Return the field called *name*, local or inherited; KeyError if none."""
        return self.all_fields[name]

    def many_to_many_tables(self) -> Iterator[tuple[str, str]]:
        """Yield name and table of every automatic many-to-many field."""
        if not self.owns_table:
            return
        for name, field in self.fields.items():
            if field.many_to_many and getattr(field, "automatic", False):
                table = getattr(field, "db_table", None)
                yield name, table or many_to_many_table_name(self.db_table, name)

    def __repr__(self) -> str:
        return f"<Options for {self.label}>"


def _spaced(name: str) -> str:
    """Return CamelCase as spaced lower-case words."""
    words = ""
    for index, letter in enumerate(name):
        ends = letter.isupper() and index and not name[index - 1].isupper()
        words += f" {letter.lower()}" if ends else letter.lower()
    return words
