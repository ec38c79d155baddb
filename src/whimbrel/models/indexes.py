"""
Indexes of a model.

Place: `models`, beside `constraints`. A value; an index without a name gets one
from `named`, as soon as its table is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from whimbrel.errors.models import BadIndex, FrozenValue
from whimbrel.models.constraints import freeze_call, named_by, rename_options
from whimbrel.models.deconstruct import Constructed, Deconstruction, public_path
from whimbrel.models.expressions import F
from whimbrel.models.names import generated_index_name
from whimbrel.models.q import Q

NAME_LENGTH = 30


class Index(Constructed):
    """
    An index over fields or expressions.

    Args:
        fields: Names; a ``-`` in front means descending order.

        name: None: made from table and columns.

        condition: Only rows that fulfil it are in the index.

        include: Fields kept in the index without being part of the key.

        opclasses: PostgreSQL's operator classes, one for each field.
    """

    suffix: ClassVar[str] = "idx"
    """End of a generated name."""
    using: ClassVar[str | None] = None
    """The access method; None: the database's usual one."""
    PARAMETERS: ClassVar[tuple[str, ...]] = ()
    """Names of attributes that are storage parameters (``WITH (…)``)."""

    name: str
    fields: tuple[str, ...]
    expressions: tuple[Any, ...]
    condition: Q | None
    include: tuple[str, ...]
    opclasses: tuple[str, ...]
    db_tablespace: str | None

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] = (),
        name: str | None = None,
        db_tablespace: str | None = None,
        opclasses: Iterable[str] = (),
        condition: Q | None = None,
        include: Iterable[str] | None = None,
    ) -> None:
        if isinstance(fields, str):
            fields = [fields]
        made = tuple(F(e) if isinstance(e, str) else e for e in expressions)
        self._set(expressions=made, fields=tuple(fields), name=name or "")
        self._set(db_tablespace=db_tablespace, opclasses=tuple(opclasses))
        self._set(condition=condition, include=tuple(include or ()))
        for problem, fix in _problems(self):
            raise BadIndex(type(self).__name__, problem, fix=fix)

    def _set(self, **attributes: Any) -> None:
        for key, value in attributes.items():
            object.__setattr__(self, key, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenValue(type(self).__name__, name)

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal index."""
        given: dict[str, Any] = {
            "fields": list(self.fields) or None,
            "name": self.name or None,
            "db_tablespace": self.db_tablespace,
            "opclasses": self.opclasses or None,
            "condition": self.condition,
            "include": self.include or None,
        }
        given |= {key: getattr(self, key) for key in self.PARAMETERS}
        kwargs = {key: value for key, value in given.items() if value is not None}
        return public_path(type(self)), self.expressions, kwargs

    def identity(self) -> Any:
        path, args, kwargs = self.deconstruct()
        return freeze_call(path, args, kwargs)

    def clone(self, **changes: Any) -> Any:
        """Return a copy of this index in which *changes* replace arguments."""
        _, args, kwargs = self.deconstruct()
        return type(self)(*args, **{**kwargs, **changes})

    def interpolated(self, app_label: str, class_name: str) -> Any:
        """Return this index with the placeholders in its name replaced."""
        if "%" not in self.name:
            return self
        names = {"app_label": app_label.lower(), "class": class_name.lower()}
        return self.clone(name=self.name % names)

    def named(self, table: str, columns: Sequence[str]) -> Any:
        """
        Return this index with a name.

        Args:
            columns: The columns of `fields`, in order, without signs.
        """
        if self.name:
            return self
        signed = [
            f"-{column}" if field.startswith("-") else column
            for field, column in zip(self.fields, columns, strict=True)
        ]
        extra = max(len(self.suffix) - 3, 0)
        return self.clone(
            name=generated_index_name(table, signed, self.suffix, extra=extra)
        )

    @property
    def fields_named(self) -> tuple[str, ...]:
        """The fields that this index mentions."""
        return named_by(self.fields, self.expressions, self.condition, self.include)

    def with_renamed_field(self, old: str, new: str) -> Any:
        """Return this index after the field *old* was renamed."""
        _, args, kwargs = self.deconstruct()
        changed = rename_options(kwargs, old, new)
        return type(self)(*(a.with_renamed_field(old, new) for a in args), **changed)

    def parameters(self) -> dict[str, Any]:
        """Return the storage parameters that follow WITH."""
        return {}


def _problems(index: Index) -> Iterable[tuple[str, str]]:
    """Yield what is wrong with *index*, with advice."""
    if not index.fields and not index.expressions:
        yield "it names no field", "set fields=[…] or give expressions"
    if index.fields and index.expressions:
        yield "it has fields and expressions", "turn the fields into expressions: F(…)"
    if not all(isinstance(field, str) for field in index.fields):
        yield "fields are no names", "expressions are positional: Index(Lower('name'))"
    if index.expressions and not index.name:
        yield "it has expressions and no name", "give it a name"
    if index.condition is not None and not isinstance(index.condition, Q):
        yield f"the condition is {index.condition!r}", "give a Q"
    if (index.condition is not None or index.include or index.opclasses) and (
        not index.name
    ):
        yield "condition, include and opclasses need a name", "give it a name"
    if index.opclasses and index.expressions:
        yield "opclasses do not go with expressions", "use OpClass in the expression"
    if index.opclasses and len(index.opclasses) != len(index.fields):
        yield "opclasses are not as many as fields", "give one for each field"
    if len(index.name) > NAME_LENGTH + max(len(index.suffix) - 3, 0):
        yield f"the name {index.name!r} is too long", "use at most 30 characters"
