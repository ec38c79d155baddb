"""
A SQL function whose spelling differs between databases.

Place: the lowest part of `models` that meets SQLAlchemy's compiler; below
`expressions`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal


@dataclass(frozen=True, init=False)
class SqlTemplate:
    """
    SQL text per database: ``{}`` is all arguments, ``{0}`` the first of them.

    Args:
        standard: For every database that *dialects* does not name.
    """

    standard: str
    dialects: tuple[tuple[str, str], ...]

    def __init__(self, standard: str, **dialects: str) -> None:
        object.__setattr__(self, "standard", standard)
        object.__setattr__(self, "dialects", tuple(sorted(dialects.items())))

    def text(self, dialect: str) -> str:
        """Return the text for the database *dialect*; MariaDB has MySQL's."""
        found = dict(self.dialects)
        family = "mysql" if dialect == "mariadb" else dialect
        return found.get(dialect) or found.get(family, self.standard)


class _Templated(FunctionElement[Any]):
    """A function with a template of its own; one subclass for each template."""

    # The type decides how results are read, so cached statements depend on it.
    _traverse_internals = [
        *FunctionElement._traverse_internals,
        ("type", InternalTraversal.dp_type),
    ]
    inherit_cache = False
    sql_template: SqlTemplate


@compiles(_Templated)  # type: ignore[no-untyped-call, untyped-decorator, unused-ignore]
def _render(element: _Templated, compiler: Any, **kwargs: Any) -> str:
    text = element.sql_template.text(compiler.dialect.name)
    if compiler.preparer._double_percents:
        text = text.replace("%", "%%")
    args = [compiler.process(clause, **kwargs) for clause in element.clauses]
    if "{}" in text:
        text = text.replace("{}", "{all}")
    return text.format(*args, all=", ".join(args))


@functools.cache
def _element_class(template: SqlTemplate) -> type[_Templated]:
    # A class of its own, because SQLAlchemy's statement cache keys by class.
    return type(
        "Templated", (_Templated,), {"sql_template": template, "inherit_cache": True}
    )


def templated(
    template: SqlTemplate, type_: Any, *args: sa.ColumnElement[Any]
) -> sa.ColumnElement[Any]:
    """Return a call of *template* with *args*, of the SQLAlchemy type *type_*."""
    element = _element_class(template)(*args)
    element.type = sa.types.to_instance(type_)
    return element
