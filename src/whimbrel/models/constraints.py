"""
Constraints of a model: checks and uniqueness.

Place: `models`, above expressions and conditions, below `table`, which turns
them into SQLAlchemy's.

Invariants: values; every constraint has a name, because migrations refer to it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from whimbrel.errors.models import BadConstraint, FrozenValue
from whimbrel.models.deconstruct import (
    Constructed,
    Deconstruction,
    freeze,
    public_path,
)
from whimbrel.models.expressions import F
from whimbrel.models.q import Q


class Deferrable(enum.Enum):
    """When a deferrable constraint is checked unless a transaction says otherwise."""

    DEFERRED = "DEFERRED"
    IMMEDIATE = "IMMEDIATE"


class BaseConstraint(Constructed):
    """
    Base of the constraints.

    Args:
        name: Unique in the database; ``%(app_label)s`` and ``%(class)s`` are
            replaced, for constraints of abstract models.
    """

    name: str

    def _set(self, **attributes: Any) -> None:
        for key, value in attributes.items():
            object.__setattr__(self, key, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenValue(type(self).__name__, name)

    def _require_name(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise BadConstraint(
                type(self).__name__,
                "it has no name",
                fix="give it one: migrations refer to a constraint by its name",
            )

    def deconstruct(self) -> Deconstruction:
        """Return path and arguments of the call that makes an equal constraint."""
        return public_path(type(self)), (), self.options()

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments that make this constraint."""
        raise NotImplementedError

    def identity(self) -> Any:
        from_path, args, kwargs = self.deconstruct()
        return freeze_call(from_path, args, kwargs)

    def clone(self, **changes: Any) -> Any:
        """Return a copy of this constraint in which *changes* replace arguments."""
        _, args, kwargs = self.deconstruct()
        return type(self)(*args, **{**kwargs, **changes})

    def interpolated(self, app_label: str, class_name: str) -> Any:
        """Return this constraint with the placeholders in its name replaced."""
        if "%" not in self.name:
            return self
        names = {"app_label": app_label.lower(), "class": class_name.lower()}
        return self.clone(name=self.name % names)

    @property
    def fields_named(self) -> tuple[str, ...]:
        """The fields that this constraint mentions."""
        raise NotImplementedError

    def with_renamed_field(self, old: str, new: str) -> Any:
        """Return this constraint after the field *old* was renamed."""
        raise NotImplementedError


class CheckConstraint(BaseConstraint):
    """A condition that every row fulfils; ``check=`` is its older name."""

    condition: Any
    violation_error_message: str | None
    violation_error_code: str | None

    def __init__(
        self,
        *,
        condition: Any = None,
        name: str,
        check: Any = None,
        violation_error_message: str | None = None,
        violation_error_code: str | None = None,
    ) -> None:
        condition = condition if condition is not None else check
        self._set(name=name, condition=condition)
        self._set(
            violation_error_message=violation_error_message,
            violation_error_code=violation_error_code,
        )
        self._require_name()
        if not getattr(condition, "conditional", False):
            raise BadConstraint(
                f"CheckConstraint {name!r}",
                f"the condition is {condition!r}",
                fix="give a Q: condition=models.Q(price__gte=0)",
            )

    def options(self) -> dict[str, Any]:
        return {"condition": self.condition, "name": self.name, **_messages(self)}

    @property
    def fields_named(self) -> tuple[str, ...]:
        return tuple(self.condition.fields_named)

    def with_renamed_field(self, old: str, new: str) -> CheckConstraint:
        return self.clone(  # type: ignore[no-any-return]
            condition=self.condition.with_renamed_field(old, new)
        )


class UniqueConstraint(BaseConstraint):
    """
    No two rows agree in all of *fields*, or in all of *expressions*.

    Args:
        condition: Only rows that fulfil it count (a partial unique index).

        include: Fields kept in the index without being part of the key.

        nulls_distinct: False: two NULLs count as equal; None: the database's rule.
    """

    fields: tuple[str, ...]
    expressions: tuple[Any, ...]
    condition: Q | None
    deferrable: Deferrable | None
    include: tuple[str, ...]
    opclasses: tuple[str, ...]
    nulls_distinct: bool | None
    violation_error_message: str | None
    violation_error_code: str | None

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] = (),
        name: str | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
        include: Iterable[str] | None = None,
        opclasses: Iterable[str] = (),
        nulls_distinct: bool | None = None,
        violation_error_message: str | None = None,
        violation_error_code: str | None = None,
    ) -> None:
        made = tuple(F(e) if isinstance(e, str) else e for e in expressions)
        self._set(name=name, expressions=made, fields=tuple(fields))
        self._set(condition=condition, deferrable=deferrable)
        self._set(include=tuple(include or ()), opclasses=tuple(opclasses))
        self._set(nulls_distinct=nulls_distinct)
        self._set(
            violation_error_message=violation_error_message,
            violation_error_code=violation_error_code,
        )
        self._require_name()
        for problem, fix in _unique_problems(self):
            raise BadConstraint(f"UniqueConstraint {name!r}", problem, fix=fix)

    @property
    def is_index(self) -> bool:
        """Whether only a unique index can express it, and no constraint."""
        return bool(
            self.condition is not None
            or self.include
            or self.opclasses
            or self.expressions
        )

    def deconstruct(self) -> Deconstruction:
        return public_path(type(self)), self.expressions, self.options()

    def options(self) -> dict[str, Any]:
        given = {
            "fields": self.fields,
            "name": self.name,
            "condition": self.condition,
            "deferrable": self.deferrable,
            "include": self.include,
            "opclasses": self.opclasses,
            "nulls_distinct": self.nulls_distinct,
        }
        kept = {k: v for k, v in given.items() if v is not None and v != ()}
        return {**kept, **_messages(self)}

    @property
    def fields_named(self) -> tuple[str, ...]:
        return named_by(self.fields, self.expressions, self.condition, self.include)

    def with_renamed_field(self, old: str, new: str) -> UniqueConstraint:
        _, args, kwargs = self.deconstruct()
        changed = rename_options(kwargs, old, new)
        return type(self)(*(a.with_renamed_field(old, new) for a in args), **changed)


def freeze_call(path: str, args: Any, kwargs: Any) -> Any:
    """Return the frozen form of a constructor call."""
    return (path, freeze(args), freeze(kwargs))


def named_by(
    fields: Iterable[str],
    expressions: Iterable[Any],
    condition: Q | None,
    include: Iterable[str],
) -> tuple[str, ...]:
    """Return every field that an index or a constraint mentions, once."""
    found = [name.removeprefix("-") for name in fields]
    for expression in expressions:
        found += expression.fields_named
    found += condition.fields_named if condition is not None else ()
    return tuple(dict.fromkeys([*found, *include]))


def rename_options(options: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the arguments of an index or constraint after a field was renamed."""
    changed = dict(options)
    if "fields" in options:
        kind = type(options["fields"])
        changed["fields"] = kind(_renamed(n, old, new) for n in options["fields"])
    if "include" in options:
        changed["include"] = tuple(
            _renamed(name, old, new) for name in options["include"]
        )
    if options.get("condition") is not None:
        changed["condition"] = options["condition"].with_renamed_field(old, new)
    return changed


def _renamed(name: str, old: str, new: str) -> str:
    sign = "-" if name.startswith("-") else ""
    return f"{sign}{new}" if name.removeprefix("-") == old else name


def _messages(constraint: Any) -> dict[str, Any]:
    keys = ("violation_error_code", "violation_error_message")
    given = {key: getattr(constraint, key) for key in keys}
    return {key: value for key, value in given.items() if value is not None}


def _unique_problems(unique: UniqueConstraint) -> Iterable[tuple[str, str]]:
    """Yield what is wrong with *unique*, with advice."""
    if not unique.fields and not unique.expressions:
        yield "it names no field", "set fields=[…]"
    if unique.fields and unique.expressions:
        yield "it has fields and expressions", "turn the fields into expressions: F(…)"
    if unique.condition is not None and not isinstance(unique.condition, Q):
        yield f"the condition is {unique.condition!r}", "give a Q"
    if unique.deferrable is not None and (unique.is_index):
        yield "only plain fields can be deferrable", "remove deferrable"
    if unique.nulls_distinct is False and unique.deferrable is not None:
        yield "nulls_distinct and deferrable exclude each other", "remove one"
    if unique.opclasses and unique.expressions:
        yield "opclasses do not go with expressions", "use OpClass in the expression"
    if unique.opclasses and len(unique.opclasses) != len(unique.fields):
        yield "opclasses are not as many as fields", "give one for each field"
