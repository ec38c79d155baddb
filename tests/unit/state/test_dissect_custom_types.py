"""Types of users and of other packages as values."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import sqlalchemy as sa
import sqlmodel
from shown import shown
from sqlalchemy.types import TypeDecorator, UserDefinedType

from whimbrel.errors.state import TypeNotUnderstood
from whimbrel.state.build import build
from whimbrel.state.construct import Call, Construct, ListValue, Reference
from whimbrel.state.dissect import dissect_type
from whimbrel.state.dissect.compare import spelled_type


class Kind(enum.Enum):
    ONE = "1"


class Upper(TypeDecorator[str]):
    """Leaves its arguments to what it decorates."""

    impl = sa.String
    cache_ok = True


class Money(TypeDecorator[Any]):
    """Has arguments of its own, one kept under a private name."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, currency: str, places: int = 2) -> None:
        super().__init__(12, places)
        self.currency = currency
        self._places = places


class Choice(TypeDecorator[Any]):
    """Takes a class and a type."""

    impl = sa.String
    cache_ok = True

    def __init__(self, choices: Any, impl: Any = None) -> None:
        super().__init__()
        self.choices = choices
        if impl is not None:
            self.impl = impl


class Encrypted(TypeDecorator[str]):
    """Takes something that nobody should read in a migration."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, secret_key: str = "") -> None:
        super().__init__()
        self.secret_key = secret_key


class Fixed(TypeDecorator[str]):
    """Decorates one certain type."""

    impl = sa.String(7)
    cache_ok = True


class Vector(UserDefinedType[Any]):
    """Spells itself."""

    cache_ok = True

    def __init__(self, dim: int | None = None) -> None:
        self.dim = dim

    def get_col_spec(self, **_: object) -> str:
        return "VECTOR" if self.dim is None else f"VECTOR({self.dim})"


class Passing(Upper):
    """Takes one argument and passes the rest on."""

    cache_ok = True

    def __init__(self, tag: str = "-", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag = tag


class Hiding(UserDefinedType[Any]):
    """Keeps its argument under another name."""

    cache_ok = True

    def __init__(self, size: int = 1) -> None:
        self.how_large = size

    def get_col_spec(self, **_: object) -> str:
        return f"HIDING({self.how_large})"


class Losing(UserDefinedType[Any]):
    """Does not keep what it must be given."""

    cache_ok = True

    def __init__(self, size: int) -> None:
        self.how_large = size


HERE = __name__


def said(path: str, *args: object, **kwargs: object) -> Construct:
    return Construct(path, args, tuple(kwargs.items()))


TYPES: list[tuple[sa.types.TypeEngine[Any], Construct]] = [
    (Upper(), said(f"{HERE}.Upper")),
    (Upper(5), said(f"{HERE}.Upper", 5)),
    (Money("EUR"), said(f"{HERE}.Money", "EUR")),
    (Money("EUR", places=4), said(f"{HERE}.Money", "EUR", places=4)),
    (Choice(Kind), said(f"{HERE}.Choice", Reference(f"{HERE}.Kind"))),
    (
        Choice([("a", "A")], sa.Integer()),
        said(
            f"{HERE}.Choice", ListValue([("a", "A")]), impl=said("sqlalchemy.Integer")
        ),
    ),
    (Encrypted("hush"), said(f"{HERE}.Encrypted")),
    (Fixed(), said(f"{HERE}.Fixed")),
    (Vector(3), said(f"{HERE}.Vector", dim=3)),
    (Passing(length=5), said(f"{HERE}.Passing", length=5)),
    (Passing(tag="x", length=5), said(f"{HERE}.Passing", tag="x", length=5)),
    (Hiding(), said(f"{HERE}.Hiding")),
    (sqlmodel.AutoString(length=9), said("sqlmodel.AutoString", 9)),
]


@pytest.mark.parametrize(("type_", "value"), TYPES, ids=shown)
def test_a_type_of_a_user_becomes_the_call_that_makes_it(
    type_: sa.types.TypeEngine[Any], value: Construct
) -> None:
    """Arguments are found in attributes of their names, or in the type inside."""
    dissected = dissect_type(type_)

    assert dissected == value
    again = build(dissected)
    assert isinstance(again, sa.types.TypeEngine)
    assert spelled_type(again) == spelled_type(type_)


def test_variants_of_a_users_type_are_kept() -> None:
    """They are looked at one by one."""
    type_ = Vector(3).with_variant(sa.Text(), "sqlite")

    dissected = dissect_type(type_)

    assert dissected.kwargs == (("dim", 3),)
    assert dissected.calls == (
        Call("with_variant", (said("sqlalchemy.Text"), "sqlite")),
    )


def test_an_argument_that_is_lost_is_noticed() -> None:
    """Making the type again must give the same DDL, whatever was found."""
    with pytest.raises(TypeNotUnderstood) as caught:
        dissect_type(Hiding(7))

    assert str(caught.value) == (
        f"[ST120] the type {HERE}.Hiding cannot be written in a migration: "
        "made again, it is HIDING(1) instead of HIDING(7)\n"
        "fix: define it at the top of a module, and keep each argument of its "
        "__init__ in an attribute of the same name"
    )


def test_an_argument_that_must_be_given_and_is_not_kept_is_named() -> None:
    """The message says which one."""
    with pytest.raises(
        TypeNotUnderstood, match="its argument 'size' is not to be found"
    ):
        dissect_type(Losing(7))


def test_a_type_that_cannot_be_imported_is_refused() -> None:
    """A migration could not name it."""

    class Local(TypeDecorator[str]):
        impl = sa.String
        cache_ok = True

    with pytest.raises(TypeNotUnderstood, match="it cannot be imported"):
        dissect_type(Local())
