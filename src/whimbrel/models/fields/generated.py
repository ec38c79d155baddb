"""The field that the database computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from whimbrel.errors.models import BadFieldOption
from whimbrel.models.fields.base import Field, FieldOptions


class GeneratedField(Field):
    """
    A column computed from other columns of its row.

    Args:
        expression: Of `F`, functions and values.

        output_field: A field that gives the column's type.

        db_persist: Stored (True) or computed whenever it is read (False).
    """

    OPTIONS: ClassVar[Mapping[str, Any]] = {
        "editable": False,
        "blank": True,
        "expression": None,
        "output_field": None,
        "db_persist": None,
    }
    ALWAYS_WRITTEN = frozenset({"expression", "output_field", "db_persist"})
    generated = True
    stores_text = False

    expression: Any
    output_field: Field
    db_persist: bool

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        expression: Any,
        output_field: Field,
        db_persist: bool,
        **options: Unpack[FieldOptions],
    ) -> None:
        given: dict[str, Any] = {"blank": True, "editable": False, **options}
        given |= {"expression": expression, "output_field": output_field}
        given["db_persist"] = db_persist
        self._store({"verbose_name": verbose_name, **given})

    def _check_options(self) -> None:
        super()._check_options()
        name = type(self).__name__
        if not isinstance(self.db_persist, bool):
            raise BadFieldOption(
                name, "db_persist is missing", fix="set db_persist=True or False"
            )
        if not isinstance(self.output_field, Field):
            raise BadFieldOption(
                name,
                f"output_field is {self.output_field!r}",
                fix="give a field, as in output_field=models.IntegerField()",
            )
        if self.has_default or self.has_db_default:
            raise BadFieldOption(
                name,
                "a computed column cannot have a default",
                fix="remove default and db_default",
            )

    @property
    def fields_named(self) -> tuple[str, ...]:
        """The fields that the expression mentions."""
        return tuple(getattr(self.expression, "fields_named", ()))

    def with_renamed_field(self, old: str, new: str) -> GeneratedField:
        """Return this field after the field *old* of its model was renamed."""
        if old not in self.fields_named:
            return self
        return self.clone(expression=self.expression.with_renamed_field(old, new))

    @property
    def collation(self) -> str | None:
        return self.output_field.collation

    def sqlalchemy_type(self) -> TypeEngine[Any]:
        return self.output_field.sqlalchemy_type()

    def reference_type(self) -> TypeEngine[Any]:
        return self.output_field.reference_type()

    def column_checks(
        self, column: sa.ColumnElement[Any]
    ) -> tuple[sa.ColumnElement[bool], ...]:
        return self.output_field.column_checks(column)
