"""
SQLAlchemy's columns, constraints and indexes, in SQLAlchemy's words.

Place: `history.serialize`, above `made`. Reading the text back gives SQLAlchemy
objects, which `state.dissect` takes apart again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whimbrel.history.serialize.made import reference
from whimbrel.history.serialize.plain import Say, listed, text
from whimbrel.history.source.expression import (
    Attribute,
    Binary,
    Call,
    DictDisplay,
    Display,
    Expression,
    Reference,
    Subscript,
    Unary,
)
from whimbrel.state import construct, tables

SA = "sqlalchemy"

SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "lshift": "<<",
    "rshift": ">>",
}
"""Name in the module `operator` → how Python writes it."""

Pairs = tuple[tuple[str, Expression], ...]


def made(value: construct.Construct, say: Say) -> Expression:
    """Return a type or an expression: the call, and the calls on its result."""
    said = _operation(value, say) or Call(
        reference(value.path), tuple(map(say, value.args)), _named(value.kwargs, say)
    )
    for call in value.calls:
        target = said if call.name == "__call__" else Attribute(said, call.name)
        said = Call(target, tuple(map(say, call.args)), _named(call.kwargs, say))
    return said


def _operation(value: construct.Construct, say: Say) -> Expression | None:
    """Return what a function of the module `operator` does, as Python writes it."""
    module, _, name = value.path.rpartition(".")
    if module != "operator":
        return None
    args = tuple(map(say, value.args))
    if name == "getitem":
        return Subscript(args[0], args[1])
    if name in ("neg", "inv", "invert"):
        return Unary("-" if name == "neg" else "~", args[0])
    return Binary(SIGNS[name], args) if name in SIGNS else None


def referred(value: construct.Reference) -> Expression:
    """Return an importable thing itself."""
    return reference(value.path)


def list_value(value: construct.ListValue, say: Say) -> Expression:
    """Return a list."""
    return listed(value, say)


def dict_value(value: construct.DictValue, say: Say) -> Expression:
    """Return a dict."""
    return DictDisplay(tuple((say(key), say(item)) for key, item in value))


def column(value: tables.Column, say: Say, name: str | None = None) -> Expression:
    """
    Return ``sa.Column(type, …)``.

    Args:
        name: What the operation calls it; needed only where it is quoted by force.
    """
    args: list[Expression] = []
    if value.quote is not None:
        quoted = Reference(SA, "quoted_name")
        args.append(Call(quoted, (text(name or ""), say(value.quote))))
    args.append(say(value.type))
    args += [say(p) for p in (value.computed, value.identity, value.sequence) if p]
    said: dict[str, object] = {}
    if value.primary_key:
        said["primary_key"] = True
    # An identity changes what SQLAlchemy takes for granted.
    if value.nullable == value.primary_key or value.identity:
        said["nullable"] = value.nullable
    if value.autoincrement != "auto":
        said["autoincrement"] = value.autoincrement
    for attribute in ("server_default", "server_onupdate", "comment"):
        if getattr(value, attribute) is not None:
            said[attribute] = getattr(value, attribute)
    if value.check_name is not None:
        said["info"] = {"check_name": value.check_name}
    return _call("Column", args, (*said.items(), *value.options), say)


def index(value: tables.Index, say: Say) -> Expression:
    """Return ``sa.Index(name, …)``."""
    said: dict[str, object] = {"unique": True} if value.unique else {}
    args = map(say, (value.name, *value.expressions))
    made = _call("Index", args, (*said.items(), *value.options), say)
    return _only_on(value.dialects, made, say)


def sequence(value: tables.Sequence, say: Say) -> Expression:
    """Return ``sa.Sequence(name, …)``."""
    said = (*value.arguments,)
    if value.schema:
        said = (("schema", value.schema), *said)
    return _call("Sequence", (say(value.name),), said, say)


def primary_key(value: tables.PrimaryKeyConstraint, say: Say) -> Expression:
    """Return ``sa.PrimaryKeyConstraint(column, …)``."""
    return _constraint("PrimaryKeyConstraint", map(say, value.columns), value, say)


def unique(value: tables.UniqueConstraint, say: Say) -> Expression:
    """Return ``sa.UniqueConstraint(column, …)``."""
    return _constraint("UniqueConstraint", map(say, value.columns), value, say)


def check(value: tables.CheckConstraint, say: Say) -> Expression:
    """Return ``sa.CheckConstraint(sql, …)``."""
    return _constraint("CheckConstraint", [say(value.sql)], value, say)


def foreign_key(value: tables.ForeignKeyConstraint, say: Say) -> Expression:
    """Return ``sa.ForeignKeyConstraint([column], ["table.column"], …)``."""
    targets = [f"{value.target}.{name}" for name in value.target_columns]
    args = [listed(value.columns, say), listed(targets, say)]
    own: dict[str, object] = {
        "ondelete": value.ondelete,
        "onupdate": value.onupdate,
        "match": value.match,
        "use_alter": value.use_alter or None,
    }
    return _constraint("ForeignKeyConstraint", args, value, say, own)


def exclude(value: tables.ExcludeConstraint, say: Say) -> Expression:
    """Return ``postgresql.ExcludeConstraint((element, operator), …)``."""
    args = [Display("tuple", (say(part), say(sign))) for part, sign in value.elements]
    own: dict[str, object] = {
        "where": value.where,
        "using": value.using if value.using != "gist" else None,
        "ops": dict(value.ops) or None,
    }
    name = "dialects.postgresql.ExcludeConstraint"
    return _constraint(name, args, value, say, own)


def _constraint(
    kind: str,
    args: Iterable[Expression],
    value: tables.Constraint,
    say: Say,
    own: dict[str, object] | None = None,
) -> Expression:
    said = {
        "name": value.name,
        **(own or {}),
        "deferrable": value.deferrable,
        "initially": value.initially,
        "comment": value.comment,
    }
    given = tuple((key, item) for key, item in said.items() if item is not None)
    return _only_on(
        value.dialects, _call(kind, args, (*given, *value.options), say), say
    )


def _only_on(dialects: tuple[str, ...], item: Expression, say: Say) -> Expression:
    if not dialects:
        return item
    named = dialects[0] if len(dialects) == 1 else dialects
    return Call(Attribute(item, "ddl_if"), (), (("dialect", say(named)),))


def _call(
    kind: str,
    args: Iterable[Expression],
    kwargs: Iterable[tuple[str, object]],
    say: Say,
) -> Call:
    return Call(reference(f"{SA}.{kind}"), tuple(args), _named(kwargs, say))


def _named(kwargs: Iterable[tuple[str, object]], say: Say) -> Pairs:
    return tuple((name, say(value)) for name, value in kwargs)
